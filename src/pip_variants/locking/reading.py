"""How ``pip install -r pylock.toml`` chooses among the variants of a lock file.

pip selects packages and wheels by markers and tags. Where the selected wheel has
others with labels beside it, the machine is asked again, by the metadata in the file:
neither an index page nor ``variants.json`` is fetched (R59). What is chosen is
downloaded by its hash and looked into, like every wheel of a lock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from .. import _pip, report
from ..beside.picks import LockedPicks
from ..choice import Choice
from ..decisions import Decisions
from ..release import Release
from ..release_metadata import ReleaseMetadata
from ..text import printable
from ..variantlib import lock_table
from ..variantlib.errors import MetadataError
from ..variantlib.filename import label_of
from ..variantlib.markers import marker_names
from ..variantlib.metadata import VariantsJson
from ..wishes import Wish

__all__ = ["LockReader"]

_NO_TABLE = "the lock file has no variants-json table for it"


class LockReader:
    """Stands in place of the class of pip's lock files while one of them is read."""

    def __init__(self, pips_own: Any, url_of: Any, path: str, decisions: Decisions):
        """Prepare to read a file.

        :param pips_own: the class that this one stands for.
        :param url_of: pip's function from a place and a wheel to an address.
        :param path: where the file is.
        """
        self._pips_own = pips_own
        self._url_of = url_of
        self._path = path
        self._decisions = decisions
        self._lock: Any = None
        self._documents: dict[int, VariantsJson] = {}
        self._tags: Mapping[Any, int] | None = None
        self._wishes: dict[str, Wish | None] = {}

    def __getattr__(self, name: str) -> Any:
        """Answer like the lock file that was read."""
        return getattr(self._lock, name)

    def from_dict(self, raw: Mapping[str, Any]) -> LockReader:
        """Read a parsed file, like pip's method of that name.

        :raises pip's InstallationError: for metadata of variants that breaks its
            schema.
        """
        _refuse_markers(raw)
        self._lock = self._pips_own.from_dict(raw)
        for position, package in enumerate(self._lock.packages):
            table = raw["packages"][position].get(lock_table.KEY)
            if table is None or self._decisions.settings.no_variant:
                continue
            try:
                self._documents[id(package)] = lock_table.read_table(table)
            except MetadataError as error:
                place = error.below(f"packages[{position}]", lock_table.KEY)
                msg = f"{package.name}: {printable(place)}"
                raise _pip.InstallationError(msg) from None
        return self

    def select(self, **options: Any) -> Iterator[tuple[Any, Any]]:
        """Yield packages and what to install of each, like pip's method.

        :raises pip's InstallationError: when nothing of a package can be used here.
        """
        selected = [*self._lock.select(**options)]
        versions: dict[str, str] = {
            _pip.canonicalize_name(package.name): str(package.version)
            for package, _ in selected
            if package.version is not None
        }
        self._decisions.expect(partial(LockedPicks, versions))
        for package, file in selected:
            self._wishes[package.name] = self._decisions.wishes.of(package.name)
            if any(file is wheel for wheel in package.wheels or ()):
                yield package, self._choose(package, file)
            else:
                yield package, file

    def check_wishes(self) -> None:
        """Check that all labels asked for were known when the file was read.

        :raises pip's InstallationError: when one came later.
        """
        for name, wish in self._wishes.items():
            now = self._decisions.wishes.of(name)
            if now is not None and now != wish:
                labels = ",".join(now.labels)
                msg = (
                    f"Variant {labels} of {name} is asked for ({now.place}), when "
                    f"{_pip.redact_auth_from_url(self._path)} has already been read. Write --variant "
                    f"{name}={labels} instead."
                )
                raise _pip.InstallationError(msg)

    def _choose(self, package: Any, by_tag: Any) -> Any:
        """Return the wheel to install of a package, or its source distribution."""
        wish = self._decisions.wishes.of(package.name)
        named = wish is not None and wish.named
        if not named and not any(label_of(each.filename) for each in package.wheels):
            return by_tag
        wheels = self._fitting(package.wheels)
        labelled = [wheel for wheel in wheels if label_of(wheel.filename)]
        if not named and not labelled:
            return by_tag
        choice = None
        if labelled and not self._decisions.settings.no_variant:
            choice = self._decide(package, labelled)
            if choice.ranked:
                best = choice.ranked[0]
                return next(w for w in labelled if label_of(w.filename) == best)
        others = [wheel for wheel in wheels if label_of(wheel.filename) is None]
        if package.sdist is not None:
            others.append(package.sdist)
        if others and (wish is None or not (named or choice)):
            if choice is not None:
                report.plain_instead(self._decisions, choice)
            return others[0]
        lines = report.none_locked(self._decisions, package.name, choice)
        version = _version(by_tag)
        msg = f"Nothing of {package.name} {version} in it can be used here:"
        raise _pip.InstallationError("\n  ".join([msg, *lines]))

    def _decide(self, package: Any, labelled: Sequence[Any]) -> Choice:
        """Decide about the wheels with labels that fit by their tags."""
        links = [self._link(wheel) for wheel in labelled]
        version = _version(labelled[0])
        release = Release.of(package.name, version, self._path, links)
        document = self._documents.get(id(package))
        metadata = ReleaseMetadata(document, "" if document else _NO_TABLE)
        every = [self._link(wheel) for wheel in package.wheels]
        return self._decisions.decide_locked(release, metadata, every)

    def _link(self, wheel: Any) -> _pip.Link:
        url = self._url_of(self._path, wheel)
        link = _pip.Link(url, comes_from=self._path, hashes=dict(wheel.hashes))
        if link.is_wheel and label_of(link.filename) != label_of(wheel.filename):
            msg = (
                f"{printable(wheel.filename)} in {self._path} is named in another way "
                f"than its address, {printable(link.redacted_url)}. Lock again."
            )
            raise _pip.InstallationError(msg)
        return link

    def _fitting(self, wheels: Sequence[Any]) -> list[Any]:
        """Return the wheels that this Python can use: by tags, then build number."""
        if self._tags is None:
            self._tags = {tag: rank for rank, tag in enumerate(_pip.sys_tags())}
        ranked = []
        for wheel in wheels:
            _, _, build, tags = _pip.parse_wheel_filename(wheel.filename)
            ranks = [self._tags[tag] for tag in tags if tag in self._tags]
            if ranks:
                ranked.append((min(ranks), build, wheel))
        ranked.sort(key=lambda item: item[1], reverse=True)
        ranked.sort(key=lambda item: item[0])
        return [wheel for _, _, wheel in ranked]


def _version(wheel: Any) -> str:
    return str(wheel.filename.split("-")[1])


def _refuse_markers(raw: Mapping[str, Any]) -> None:
    """Refuse what describes a wheel where none is chosen yet (R60).

    :raises pip's InstallationError: for the first such marker.
    """
    environments = raw.get("environments")
    packages = raw.get("packages")
    places = {
        f"environments[{position}]": marker
        for position, marker in enumerate(_listed(environments))
    }
    for position, package in enumerate(_listed(packages)):
        if isinstance(package, Mapping):
            places[f"packages[{position}].marker"] = package.get("marker")
    for place, marker in places.items():
        names = marker_names(marker) if isinstance(marker, str) else ()
        if names:
            msg = f"{names[0]} may not stand in {place}, where no wheel is chosen yet"
            raise _pip.InstallationError(msg)


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
