"""Gets the wheels of a provider package and of what it depends on, all of them trusted.

::

    requirements --trusted?--> pip download --no-deps --> wheels --trusted?--> done
         ^                                                  |
         +---------------- what they depend on -------------+

pip never sees a package that is not trusted. If it looked for the dependencies itself,
it would: and a dependency can name a URL, whose sdist pip builds to see what that one
depends on.

Sources: providers draft, "Security Implications"; R75, R87, E17, E20.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from .. import _pip
from ..text import printable, without_credentials
from ..variantlib.errors import Refusal
from ..variantlib.trust import Trusted, trusted_for
from . import how_to_pin, how_to_trust
from .child import run_pip
from .sources import Sources

__all__ = ["Package", "check_trusted", "counting", "covers", "gather"]

_VERSION = re.compile(r"[A-Za-z0-9.!+*_-]{1,100}")
_MOST_ROUNDS = 10
_MOST_REQUIREMENTS = 100


@dataclass(frozen=True, slots=True)
class Package:
    """A wheel that was checked.

    :param name: the normalised name.
    """

    name: str
    version: str
    sha256: str
    file: Path


def gather(
    requirements: Sequence[str],
    trusted: Iterable[Trusted],
    sources: Sources,
    folder: Path,
    *,
    hash_mode: bool = False,
) -> tuple[Package, ...]:
    """Download what *requirements* and their dependencies ask for.

    :param requirements: without markers, the one that holds the plugin first.
    :param folder: an empty one.
    :param hash_mode: take only wheels whose hash the user knows (E28).
    :raises Refusal: when one is not trusted, or cannot be had; no code has run.
    """
    return _Gathering(requirements, tuple(trusted), sources, hash_mode).run(folder)


def check_trusted(
    requirements: Sequence[str], trusted: Iterable[Trusted], *, hash_mode: bool = False
) -> None:
    """Check that every package that is asked for is trusted (R75).

    :raises Refusal: when one is not; whoever keeps packages need not look for them.
    """
    _Gathering(requirements, tuple(trusted), Sources(), hash_mode).check()


def counting(
    trusted: Iterable[Trusted], name: str, *, hash_mode: bool
) -> tuple[Trusted, ...]:
    """Return what the user wrote about a package, as far as it counts."""
    found = trusted_for(trusted, name)
    return tuple(item for item in found if item.sha256 or not hash_mode)


def covers(items: Iterable[Trusted], version: _pip.Version, digest: str) -> bool:
    """Tell whether what the user wrote about a package means this wheel of it."""
    return any(
        (item.version is None or _pip.Version(item.version) == version)
        and item.sha256 in (None, digest)
        for item in items
    )


class _Gathering:
    def __init__(
        self,
        requirements: Sequence[str],
        trusted: tuple[Trusted, ...],
        sources: Sources,
        hash_mode: bool,
    ) -> None:
        self._asked = frozenset(map(_parse, requirements))
        self._owner = _parse(requirements[0]).name
        self._trusted = trusted
        self._sources = sources
        self._hash_mode = hash_mode

    def check(self) -> None:
        self._check(self._asked)

    def run(self, folder: Path) -> tuple[Package, ...]:
        wanted = self._asked
        for count in range(_MOST_ROUNDS):
            self._check(wanted)
            wheels = self._download(wanted, folder / str(count))
            packages = tuple(map(self._examine, wheels))
            needed = self._asked.union(*(_needs(each, wanted) for each in packages))
            if needed <= wanted:
                return packages
            wanted = needed
        raise Refusal(f"the dependencies of {self._owner} come to no end")

    def _check(self, wanted: frozenset[_Wanted]) -> None:
        """Check that all packages are trusted, before anybody looks for them.

        :raises Refusal: when one is not.
        """
        if len(wanted) > _MOST_REQUIREMENTS:
            msg = f"{self._owner} needs more than {_MOST_REQUIREMENTS} packages"
            raise Refusal(msg)
        names = _names(wanted)
        strange = [name for name in names if not trusted_for(self._trusted, name)]
        if strange:
            raise self._untrusted(strange)
        loose = [name for name in names if not self._items(name)]
        if loose:
            raise _unpinned(loose, self._trusted)

    def _untrusted(self, names: Sequence[str]) -> Refusal:
        trust = how_to_trust(names, self._trusted)
        problem, remedy = f"{names[0]} is not trusted", f"to trust it, add {trust}"
        if len(names) > 1:
            problem = f"{' and '.join(names)} are not trusted"
            remedy = f"to trust them, add {trust}"
        if {each.name for each in self._asked}.isdisjoint(names):
            problem = f"{self._owner} also needs others: {problem}"
        return Refusal(problem, remedy)

    def _items(self, name: str) -> tuple[Trusted, ...]:
        return counting(self._trusted, name, hash_mode=self._hash_mode)

    def _download(self, wanted: frozenset[_Wanted], folder: Path) -> list[Path]:
        """Let pip choose among the wheels of trusted packages, and get them."""
        folder.mkdir()
        versions = {name: self._version(name, wanted) for name in _names(wanted)}
        # The version fits what is asked for, and pip's complaints are clearer with it.
        exact = {
            each._replace(specifier=f"=={version}") if version else each
            for each in wanted
            for version in [versions[each.name]]
        }
        run_pip(
            "download",
            (
                *("--no-deps", "--only-binary", ":all:", "--progress-bar", "off"),
                *("--dest", str(folder), "--"),
                *sorted(map(str, exact)),
            ),
            self._sources,
        )
        return sorted(folder.iterdir())

    def _version(self, name: str, wanted: frozenset[_Wanted]) -> str | None:
        """Return the version to take where only some are trusted.

        :raises Refusal: when none of these is asked for.
        """
        versions = [item.version for item in self._items(name)]
        if None in versions:
            return None
        asked = [each.specifier for each in wanted if each.name == name]
        fitting = [
            text
            for text in map(str, versions)
            if all(
                _pip.SpecifierSet(each).contains(text, prereleases=True)
                for each in asked
            )
        ]
        if not fitting:
            msg = (
                f"{' '.join(sorted(str(e) for e in wanted if e.name == name))} is asked "
                f"for, and of {name} only {', '.join(map(str, versions))} is trusted"
            )
            raise Refusal(msg)
        return max(fitting, key=_pip.Version)

    def _examine(self, wheel: Path) -> Package:
        """Check a wheel against the list.

        :raises Refusal: when it is another one.
        """
        try:
            name, version, *_ = _pip.parse_wheel_filename(wheel.name)
        except ValueError as error:
            raise Refusal(printable(error)) from None
        digest = _digest(wheel)
        if covers(self._items(name), version, digest):
            return Package(name, str(version), digest, wheel)
        raise Refusal(f"{wheel.name} is not trusted: its sha256 is {digest}")


class _Wanted(NamedTuple):
    """A requirement without marker.

    :param name: the normalised name.
    :param extras: sorted.
    """

    name: str
    extras: tuple[str, ...]
    specifier: str

    def __str__(self) -> str:
        extras = f"[{','.join(self.extras)}]" if self.extras else ""
        return f"{self.name}{extras}{self.specifier}"


def _parse(text: str) -> _Wanted:
    """Read a requirement.

    :raises Refusal: for one that names no package of an index (E17).
    """
    try:
        requirement = _pip.Requirement(text)
    except _pip.InvalidRequirement:
        raise Refusal(f"{printable(text)!r:.200} is no requirement") from None
    return _wanted(requirement)


def _wanted(requirement: _pip.Requirement) -> _Wanted:
    if requirement.url is not None:
        named = printable(without_credentials(requirement))
        raise Refusal(f"{named:.200} has a URL, and nothing is installed from one")
    for specifier in requirement.specifier:
        # "===" takes any text, and pip takes a text with slashes for a file to build.
        if specifier.operator == "===" or not _VERSION.fullmatch(specifier.version):
            text = printable(f"{specifier.version!r:.100}")
            raise Refusal(f"{requirement.name} {text} is no version of an index")
    name = _pip.canonicalize_name(requirement.name)
    extras = tuple(sorted(map(_pip.canonicalize_name, requirement.extras)))
    return _Wanted(name, extras, str(requirement.specifier))


def _names(wanted: Iterable[_Wanted]) -> list[str]:
    return sorted({each.name for each in wanted})


def _needs(package: Package, wanted: Iterable[_Wanted]) -> Iterator[_Wanted]:
    """Yield what a package depends on, with the extras that are asked for.

    :raises Refusal: when the wheel cannot be read, or is of another package than its
        name says.
    """
    asked = [each.extras for each in wanted if each.name == package.name]
    try:
        wheel = _pip.FilesystemWheel(str(package.file))
        dist = _pip.get_wheel_distribution(wheel, _pip.canonicalize_name(package.name))
        found = dist.canonical_name, str(dist.version)
        needed = [
            *dist.iter_dependencies([each for extras in asked for each in extras])
        ]
    except Exception as error:  # noqa: BLE001 - pip and zipfile raise what they like
        msg = f"{package.file.name} cannot be read: {error}"
        raise Refusal(printable(msg)) from None
    if found != (package.name, package.version):
        msg = f"{package.file.name} holds {' '.join(found)}"
        raise Refusal(printable(msg))
    yield from map(_wanted, needed)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _unpinned(names: Sequence[str], trusted: Sequence[Trusted]) -> Refusal:
    return Refusal(
        f"hashes are checked, and none is known of {', '.join(names)}",
        f"to trust one wheel alone: {how_to_pin(names, trusted)}",
    )
