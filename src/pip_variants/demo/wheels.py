"""Small, correct, reproducible wheels and sdists, written by hand.

A wheel holds one module, so that what was installed can be asked for its label::

    torch-2.8.0-py3-none-any-cu129.whl
      torch.py                            __version__, VARIANT
      torch-2.8.0.dist-info/METADATA
      torch-2.8.0.dist-info/WHEEL
      torch-2.8.0.dist-info/variant.json  only the wheel's own label (R25)
      torch-2.8.0.dist-info/RECORD
"""

from __future__ import annotations

import gzip
import io
import json
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from . import _backend
from ._backend import escape, pack, wheel_file

__all__ = ["build_sdist", "build_wheel"]

_NO_EXTRAS: Mapping[str, Sequence[str]] = MappingProxyType({})

_PYPROJECT = b"""\
[build-system]
requires = []
build-backend = "_backend"
backend-path = ["."]
"""


def build_wheel(  # noqa: PLR0913 - one argument for each thing a wheel can say
    folder: Path,
    name: str,
    version: str,
    *,
    label: str | None = None,
    tag: str = "py3-none-any",
    build: str | None = None,
    requires: Sequence[str] = (),
    extras: Mapping[str, Sequence[str]] = _NO_EXTRAS,
    requires_python: str | None = None,
    variant_json: Mapping[str, object] | None = None,
    inner_label: str | None = None,
    files: Mapping[str, bytes] | None = None,
    entry_points: Mapping[str, Mapping[str, str]] | None = None,
) -> Path:
    """Write a wheel into *folder* and return its path.

    :param version: in its normalised form.
    :param label: the variant label of the file name.
    :param tag: compatibility tag, which may be a compressed set.
    :param build: build number.
    :param requires: dependency specifiers.
    :param extras: extra -> dependency specifiers.
    :param requires_python: version specifier.
    :param variant_json: variant metadata in any dialect. Of its variants the wheel
        gets its own alone; a document that does not list that label is written as it
        is, which makes a wheel that contradicts itself.
    :param inner_label: the label inside, where it is to differ from the one of the
        file name: a renamed wheel (E32).
    :param files: path in the wheel -> content, in place of the one module. Paths
        below the wheel's ``.dist-info`` replace what would be written there.
    :param entry_points: group -> name -> object reference.
    """
    stem = f"{escape(name)}-{version.replace('-', '_')}"
    dist_info = f"{stem}.dist-info"
    own = _module(name, version, label) if files is None else files
    info = {
        "METADATA": _metadata(name, version, requires, extras, requires_python),
        "WHEEL": wheel_file(tag, build),
    }
    if entry_points:
        info["entry_points.txt"] = _entry_points(entry_points)
    if variant_json is not None:
        document = _own_part(variant_json, label, inner_label)
        info["variant.json"] = _json(document)
    parts = [stem, build, tag, label]
    path = folder / ("-".join(part for part in parts if part is not None) + ".whl")
    written = {f"{dist_info}/{key}": data for key, data in info.items()}
    folder.mkdir(parents=True, exist_ok=True)
    # The recommended order: what is installed first, what describes it last.
    pack(path, {**own, **written, **own}, dist_info)
    return path


def build_sdist(
    folder: Path,
    name: str,
    version: str,
    *,
    requires: Sequence[str] = (),
    extras: Mapping[str, Sequence[str]] = _NO_EXTRAS,
    requires_python: str | None = None,
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """Write an sdist into *folder* that pip builds without any build dependency.

    :param files: path below ``src`` -> content, in place of the one module; the
        other parameters are those of :func:`build_wheel`.
    """
    own = _module(name, version, None) if files is None else files
    stem = f"{escape(name)}-{version}"
    members = {
        "PKG-INFO": _metadata(name, version, requires, extras, requires_python),
        "pyproject.toml": _PYPROJECT,
        "_backend.py": Path(_backend.__file__).read_bytes(),
        **{f"src/{path}": data for path, data in own.items()},
    }
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for path, data in members.items():
            # A fresh TarInfo has no date and belongs to nobody.
            member = tarfile.TarInfo(f"{stem}/{path}")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{stem}.tar.gz"
    target.write_bytes(gzip.compress(tar.getvalue(), mtime=0))
    return target


def _module(name: str, version: str, label: str | None) -> dict[str, bytes]:
    text = (
        f'"""A stand-in for {name}, made by the pip-variants demo."""\n\n'
        f"__version__ = {version!r}\n"
        f"VARIANT = {label!r}\n"
    )
    return {f"{escape(name)}.py": text.encode()}


def _metadata(
    name: str,
    version: str,
    requires: Sequence[str],
    extras: Mapping[str, Sequence[str]],
    requires_python: str | None,
) -> bytes:
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {name}",
        f"Version: {version}",
        f"Summary: A stand-in for {name}, made by the pip-variants demo.",
    ]
    if requires_python is not None:
        lines.append(f"Requires-Python: {requires_python}")
    lines += [f"Requires-Dist: {requirement}" for requirement in requires]
    for extra, requirements in extras.items():
        lines.append(f"Provides-Extra: {extra}")
        lines += [f"Requires-Dist: {_of_extra(item, extra)}" for item in requirements]
    return ("\n".join(lines) + "\n").encode()


def _of_extra(requirement: str, extra: str) -> str:
    """Make a requirement count for an extra only.

    >>> print(_of_extra("a; python_version > '3'", "gpu"))
    a ; (python_version > '3') and extra == "gpu"
    """
    base, separator, marker = requirement.partition(";")
    condition = f'extra == "{extra}"'
    if separator:
        condition = f"({marker.strip()}) and {condition}"
    return f"{base.strip()} ; {condition}"


def _entry_points(groups: Mapping[str, Mapping[str, str]]) -> bytes:
    def lines() -> Iterator[str]:
        for group, entries in groups.items():
            yield f"[{group}]"
            yield from (f"{name} = {target}" for name, target in entries.items())
            yield ""

    return "\n".join(lines()).encode()


def _own_part(
    document: Mapping[str, object], label: str | None, inner_label: str | None
) -> Mapping[str, object]:
    """Reduce the variants of a document to one label, as a wheel's own must be (R25)."""
    variants = document.get("variants")
    wanted = label if inner_label is None else inner_label
    if not isinstance(variants, Mapping) or wanted is None:
        return document
    if wanted in variants:
        return {**document, "variants": {wanted: variants[wanted]}}
    if inner_label is not None and label in variants:
        return {**document, "variants": {wanted: variants[label]}}
    return document


def _json(document: Mapping[str, object]) -> bytes:
    return (json.dumps(document, indent=4, sort_keys=True) + "\n").encode()
