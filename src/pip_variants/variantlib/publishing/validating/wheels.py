"""Whether one wheel is sound, and says the same thing everywhere.

What the checks of a whole release need of it is kept as a :class:`Wheel`; the archive
itself is closed again.
"""

from __future__ import annotations

import email.parser
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, islice, product
from pathlib import Path
from typing import Any, NamedTuple

from ...errors import FilenameError, VariantError, WheelError
from ...filename import parse_wheel_filename
from ...metadata import VariantsJson
from ...model import Label, is_label
from ...reading import parse_json
from ...requirement import normalize_name
from ...wheel import MEMBER
from ..wheels.archive import Archive, read_archive
from .documents import check_document, usable
from .findings import Finding, finding
from .records import check_record
from .tools import Tools

__all__ = ["Wheel", "WheelName", "check_wheel"]

_PLAIN_PARTS = 5
_LARGEST = 4 * 1024 * 1024
"""The largest METADATA or WHEEL that is read, in bytes."""

_MOST_TAGS = 1_000
_LONGEST_TAG = 500

_PYTHON_TAG = re.compile(r"[a-z]+[0-9]+(?:_[0-9]+)?")
_DISTRIBUTION = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._]*[A-Za-z0-9])?")


class WheelName(NamedTuple):
    """The parts of a file name.

    :param name: normalised.
    :param tag: ``python-abi-platform``, which may be a compressed set.
    """

    name: str
    version: str
    build: str
    tag: str
    label: Label | None

    @property
    def tags(self) -> frozenset[str]:
        """The tags of the set, one by one."""
        return frozenset(islice(_expanded(self.tag), _MOST_TAGS))


def _expanded(tag: str) -> Iterator[str]:
    """Yield the tags of a compressed set.

    >>> sorted(_expanded("py2.py3-none-any"))
    ['py2-none-any', 'py3-none-any']
    """
    for each in product(*(part.split(".") for part in tag.split("-"))):
        yield "-".join(each)


@dataclass(frozen=True, slots=True, eq=False)
class Wheel:
    """What is known of a wheel once it was looked at.

    :param where: what it is called in findings.
    :param document: its variant metadata, None when it has none that can be used.
    :param raw: the same as it is written.
    :param requires: its dependencies, as they are written.
    """

    path: Path
    where: str
    name: WheelName
    document: VariantsJson | None = None
    raw: Mapping[str, Any] | None = None
    requires: tuple[str, ...] = ()


def check_wheel(path: Path, tools: Tools) -> tuple[Wheel | None, list[Finding]]:
    """Look at a wheel; return what is known of it, and what is wrong.

    None comes back for a file that is no wheel at all.
    """
    where = str(path)
    found: list[Finding] = []
    name = _parse(path.name, where, found)
    if name is None:
        return None, found
    wheel = Wheel(path, where, name)
    try:
        with path.open("rb") as file:
            archive = read_archive(file, path.name)
            wheel = _inside(archive, wheel, tools, found)
            found += check_record(archive, where)
    except (OSError, VariantError) as error:
        remedy = "build the wheel anew, or copy it again"
        found.append(finding("W1", "error", where, str(error), remedy))
    return wheel, found


def _parse(filename: str, where: str, found: list[Finding]) -> WheelName | None:
    """Read a file name, or say what is wrong with it."""
    try:
        plain, label = parse_wheel_filename(filename)
    except FilenameError as error:
        *parts, last = filename.removesuffix(".whl").split("-")
        rule = "R12" if len(parts) >= _PLAIN_PARTS and not is_label(last) else "W3"
        remedy = "make the label of 0-9, a-z, _ and dots only"
        found.append(
            finding(rule, "error", where, str(error), remedy if rule == "R12" else "")
        )
        return None
    name, version, *build, python, abi, platform = plain[: -len(".whl")].split("-")
    if not _PYTHON_TAG.match(python):
        text = f"{python!r:.100} is read as the Python tag"
        if python[:1].isdigit():
            text += ", which may not begin with a digit"
        elif build:
            text += f", since a third part such as {build[0]!r:.100} is a build number"
        remedy = "begin the Python tag with a letter"
        found.append(finding("R11", "error", where, text, remedy))
    if not _DISTRIBUTION.fullmatch(name):
        text = f"{name!r:.200} is no name of a distribution"
        found.append(finding("W3", "error", where, text))
    tag = f"{python}-{abi}-{platform}"
    return WheelName(normalize_name(name), version, "".join(build), tag, label)


def _inside(
    archive: Archive, wheel: Wheel, tools: Tools, found: list[Finding]
) -> Wheel:
    """Check what the wheel says of itself against its name."""
    where = wheel.where
    metadata = _headers(archive, "METADATA", where, found)
    found += _check_metadata(metadata, wheel, tools)
    found += _check_wheel_file(_headers(archive, "WHEEL", where, found), wheel)
    requires = tuple(metadata.get("requires-dist", ()))
    raw = _read_variant_json(archive, wheel, found)
    document = None
    if raw is not None:
        document = usable(raw)
        found += check_document(raw, where, tools)
        found += _check_label(raw, wheel)
    return Wheel(wheel.path, where, wheel.name, document, raw, requires)


def _headers(
    archive: Archive, member: str, where: str, found: list[Finding]
) -> dict[str, list[str]]:
    """Read a file of headers: name in small letters -> values."""
    try:
        data = archive.read(archive.info(member), _LARGEST)
        # The description may be long and has nothing to say.
        head = data.decode("utf-8", "replace").replace("\r\n", "\n")
        message = email.parser.HeaderParser().parsestr(head.partition("\n\n")[0])
        pairs = [(key.lower(), str(value)) for key, value in message.items()]
    except (WheelError, ValueError, LookupError, RecursionError) as error:
        found.append(finding("W3", "error", where, f"{member} cannot be read: {error}"))
        return {}
    headers: dict[str, list[str]] = {}
    for key, value in pairs:
        headers.setdefault(key, []).append(" ".join(value.split()))
    return headers


def _check_metadata(
    headers: Mapping[str, list[str]], wheel: Wheel, tools: Tools
) -> Iterator[Finding]:
    names, versions = headers.get("name", []), headers.get("version", [])
    for key, values in (("Name", names), ("Version", versions)):
        if len(values) != 1:
            text = f"METADATA has {len(values)} lines {key!r}, and needs one"
            yield finding("W3", "error", wheel.where, text)
    if names and normalize_name(names[0]) != wheel.name.name:
        text = f"METADATA is that of {names[0]!r:.200}"
        yield finding("W3", "error", wheel.where, text, _RENAMED)
    canonical = tools.canonical_version
    if versions and canonical(versions[0]) != canonical(wheel.name.version):
        text = f"METADATA is that of version {versions[0]!r:.200}"
        yield finding("W3", "error", wheel.where, text, _RENAMED)


_RENAMED = "give the file its own name back, or build it anew"


def _check_wheel_file(
    headers: Mapping[str, list[str]], wheel: Wheel
) -> Iterator[Finding]:
    # Some builders write a whole set on one line; all of them together are bounded.
    sets = (tag[:_LONGEST_TAG] for tag in headers.get("tag", []))
    tags = {*islice(chain.from_iterable(map(_expanded, sets)), _MOST_TAGS)}
    name = wheel.name
    for tag in sorted(tags):
        if tag[:1].isdigit():
            text = f"WHEEL has the tag {tag!r:.200}, which begins with a digit"
            remedy = "begin the Python tag with a letter"
            yield finding("R11", "error", wheel.where, text, remedy)
    if tags != name.tags:
        shown = ", ".join(sorted(tags)[:5]) or "none"
        text = f"WHEEL has other tags than the file name: {shown:.500}"
        yield finding("W3", "warning", wheel.where, text, _RENAMED)
    builds = headers.get("build", [])
    if "".join(builds) != name.build:
        inside = ", ".join(builds) or "none"
        text = f"WHEEL has the build number {inside:.100}, the name {name.build!r:.100}"
        yield finding("W3", "error", wheel.where, text, _RENAMED)


def _read_variant_json(
    archive: Archive, wheel: Wheel, found: list[Finding]
) -> Mapping[str, Any] | None:
    """Read the metadata, or say what is wrong with it or that it is missing (R6)."""
    where, label = wheel.where, wheel.name.label
    member = archive.info(MEMBER)
    twin = next((m for m in map(_name_of, archive.members) if _is_twin(m, member)), "")
    if twin:
        text = f"holds {twin!r:.200} in place of {MEMBER}, or beside it"
        found.append(finding("R6", "error", where, text))
    if archive.find(member) is None:
        if label is not None and not twin:
            text = f"is named {label!r:.200} and has no {MEMBER}"
            remedy = 'make it with "pip variant make" from the plain wheel'
            found.append(finding("R6", "error", where, text, remedy))
        return None
    if label is None:
        text = f"has a {MEMBER} and no label in its name"
        remedy = 'name it with "pip variant make", or take it off: "pip variant unmake"'
        found.append(finding("R6", "error", where, text, remedy))
    try:
        return parse_json(archive.read(member))
    except VariantError as error:
        text = f"{MEMBER} cannot be used: {error}"
        found.append(finding("R1", "error", where, text))
        return None


def _name_of(entry: Any) -> str:
    return str(entry.filename)


def _is_twin(member: str, own: str) -> bool:
    """Tell whether a member takes the place of another where case is ignored (E32)."""
    return member != own and member.casefold() == own.casefold()


def _check_label(raw: Mapping[str, Any], wheel: Wheel) -> Iterator[Finding]:
    """Compare the only label inside with the name (R25)."""
    variants, label = raw.get("variants"), wheel.name.label
    if not isinstance(variants, Mapping) or label is None:
        return
    inside = sorted(map(str, variants))
    if inside != [label]:
        shown = ", ".join(map(repr, inside[:5])) or "no label"
        text = f"is named {label!r:.200}, and its {MEMBER} describes {shown:.500}"
        remedy = 'rename it, or make it anew: "pip variant unmake", "pip variant make"'
        yield finding("R25", "error", wheel.where, text, remedy)
