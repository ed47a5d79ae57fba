"""A fresh virtual environment with this pip and this pip-variants, made offline.

What the running interpreter has is copied, so that nothing is downloaded or built, and
an editable install or a bare source folder will do::

    site-packages/pip/, pip-26.3.dist-info/
    site-packages/pip_variants/                 also pip_variants-0.1.0.dist-info/, when
    site-packages/pip_variants.pth, .start      it is installed, to be uninstalled there
    bin/pip, bin/variantlib                     not on Windows
"""

from __future__ import annotations

import base64
import csv
import hashlib
import importlib.metadata
import importlib.util
import os
import shlex
import shutil
import sys
import sysconfig
import venv
from collections.abc import Iterable, Mapping
from pathlib import Path

__all__ = ["clean_environ", "fresh_environment"]

_OURS = "pip_variants"
_WINDOWS = os.name == "nt"

_PIP = "-m pip"
_VARIANTLIB = (
    "-c 'import sys; from pip_variants.variantlib.cli import main; "
    'sys.argv[0] = "variantlib"; sys.exit(main())\''
)

# Each of these makes pip or Python look somewhere else than at their environment.
_FOREIGN = frozenset({"VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME"})
_FORCED = (
    "NV_VARIANT_PROVIDER_FORCE_",
    "NV_PROVIDER_FORCE_",
    "AMD_VARIANT_PROVIDER_FORCE_",
    "INTEL_VARIANT_PROVIDER_FORCE_",
)


def clean_environ(base: Mapping[str, str], **extra: str) -> dict[str, str]:
    """Return environment variables under which pip does what its options say.

    No configuration of the user's, no forced hardware, no questions, and no proxy
    for the demo's own index.

    >>> clean_environ({"PIP_INDEX_URL": "x", "LANG": "C"}, PIP_QUIET="1")["LANG"]
    'C'

    :param base: what to start from; it is left alone.
    :param extra: variables to set in the end.
    """
    kept = {
        name: text
        for name, text in base.items()
        if name not in _FOREIGN and not name.startswith(("PIP_", *_FORCED))
    }
    return {
        **kept,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        # Both spellings are in use, and the lower one goes first.
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
        **extra,
    }


def fresh_environment(folder: Path) -> Path:
    """Make a virtual environment and return the path of its Python.

    :param folder: where it is to be; it may not hold anything yet.
    :raises FileNotFoundError: when pip or pip-variants are not in folders, as when
        pip runs out of a zip file.
    """
    venv.EnvBuilder(with_pip=False, symlinks=not _WINDOWS).create(folder)
    base = {"base": str(folder), "platbase": str(folder)}
    site = Path(sysconfig.get_path("purelib", "venv", base))
    scripts = Path(sysconfig.get_path("scripts", "venv", base))
    python = scripts / ("python.exe" if _WINDOWS else "python")

    _copy_package("pip", site)
    _copy_dist_info("pip", site)
    _write_script(scripts / "pip", python, _PIP)

    source = _copy_package(_OURS, site)
    hook = _write_hook(source.parent, site)
    script = _write_script(scripts / "variantlib", python, _VARIANTLIB)
    dist_info = _copy_dist_info(_OURS, site)
    if dist_info is not None:
        _write_record(dist_info, [site / _OURS, *hook, *script])
    return python


def _copy_package(name: str, site: Path) -> Path:
    """Copy an import package with its compiled files; return where it was."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"{name} is not installed")
    source = Path(spec.submodule_search_locations[0])
    shutil.copytree(source, site / name, ignore=_useless)
    return source


def _useless(folder: str, names: list[str]) -> list[str]:
    """Name the compiled files of other Pythons, and of modules that are gone.

    pip would not remove these when it uninstalls what was copied.
    """
    ending = f".{sys.implementation.cache_tag}.pyc"
    modules = Path(folder).parent
    return [
        name
        for name in names
        if name.endswith(".pyc")
        and not (modules / f"{name.removesuffix(ending)}.py").is_file()
    ]


def _copy_dist_info(name: str, site: Path) -> Path | None:
    """Copy the metadata of an installed distribution; return the copy, if any."""
    for found in importlib.metadata.distributions(name=name.replace("_", "-")):
        folder = f"{name}-{found.version}.dist-info"
        source = Path(str(found.locate_file(folder)))
        # An ".egg-info" in a source folder answers to the name as well.
        if source.is_dir():
            ignored = shutil.ignore_patterns("direct_url.json", "__pycache__")
            return Path(shutil.copytree(source, site / folder, ignore=ignored))
    return None


def _write_hook(source: Path, site: Path) -> list[Path]:
    """Write the files that make Python load the hook; copies where there are any."""
    # It is not imported above: what this environment runs may be stock pip.
    from .._startup import PTH_LINE, START_LINE

    written = []
    for suffix, line in ((".pth", PTH_LINE), (".start", START_LINE)):
        path = site / f"{_OURS}{suffix}"
        installed = source / path.name
        if installed.is_file():
            shutil.copyfile(installed, path)
        else:
            path.write_text(f"{line.rstrip()}\n", "utf-8", newline="\n")
        written.append(path)
    return written


def _write_script(path: Path, python: Path, arguments: str) -> list[Path]:
    """Write a console script, except on Windows, where only programs can be one."""
    if _WINDOWS:
        return []
    # Not with Python in the first line, which may be neither long nor have blanks.
    # "-P" since commands, unlike "-m", do not import from the working directory.
    text = f'#!/bin/sh\nexec {shlex.quote(str(python))} -P {arguments} "$@"\n'
    path.write_text(text, "utf-8")
    path.chmod(0o755)
    return [path]


def _write_record(dist_info: Path, installed: Iterable[Path]) -> None:
    """Write the RECORD that makes ``pip uninstall`` remove what was copied."""
    site = dist_info.parent
    record = dist_info / "RECORD"
    files = [
        file
        for path in (*installed, dist_info)
        for file in (sorted(path.rglob("*")) if path.is_dir() else (path,))
        # pip removes the compiled files of each module by itself.
        if file.is_file() and file.parent.name != "__pycache__" and file != record
    ]
    with record.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for file in files:
            data = file.read_bytes()
            digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
            relative = Path(os.path.relpath(file, site)).as_posix()
            text = digest.rstrip(b"=").decode()
            writer.writerow((relative, f"sha256={text}", len(data)))
        writer.writerow((record.relative_to(site).as_posix(), "", ""))
