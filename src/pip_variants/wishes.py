"""The labels that the user asks for, by package.

They are written in three ways: ``name==1.0#label`` (a pin), ``--variant`` and
``--force-variant``. What names a package decides before what is for all packages;
two that name a package must agree.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from . import _pip
from .origins import Layer, Setting
from .text import tight

__all__ = ["EVERY", "Wish", "Wishes", "combine", "read_wishes"]

EVERY = ""
"""Stands in place of a name for all packages that the user named."""

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Wish:
    """Labels that the user asks for.

    :param labels: in the order of preference.
    :param place: where it was written.
    :param forced: they count as supported.
    :param named: it is for one package, not for all.
    """

    labels: tuple[str, ...]
    place: str
    forced: bool = False
    named: bool = True


class Wishes:
    """All that the user asks for in one run: pins, ``--variant``, ``--force-variant``.

    :param pins: finds the label in the requirements of a package, by canonical name.
    :param listed: wishes by canonical name, those for all packages under ``""``.
    :param forced: the same for labels that are forced.
    """

    def __init__(
        self,
        pins: Callable[[str], Wish | None],
        listed: Mapping[str, Wish],
        forced: Mapping[str, Wish],
    ) -> None:
        """Start before the requirements are read.

        ``named`` holds the packages that the user named, None for all.
        """
        self.named: frozenset[str] | None = None
        self._pins = pins
        self._tables = (listed, forced)
        self._met = False
        self._asked: set[str] = set()

    def of(self, name: str) -> Wish | None:
        """Return what the user asks for of a package, None when the machine decides.

        :raises pip's InstallationError: for wishes that contradict each other.
        """
        name = _pip.canonicalize_name(name)
        self._asked.add(name)
        found = [self._pins(name), *(table.get(name) for table in self._tables)]
        if not any(found) and (self.named is None or name in self.named):
            found = [table.get(EVERY) for table in self._tables]
        return combine(name, filter(None, found))

    def labels(self, name: str) -> tuple[str, ...] | None:
        """Return the labels that the user asks for, None when the machine decides."""
        wish = self.of(name)
        return None if wish is None else wish.labels

    def meet(self, wish: Wish | None) -> None:
        """Note that a wish met a package with variants."""
        if wish is not None and not wish.named:
            self._met = True

    def idle(self) -> list[tuple[str, Wish]]:
        """Return name and wish of what was asked for and met nobody.

        Only of the command line: settings elsewhere are for many runs.
        """
        return [
            (name, wish)
            for table in self._tables
            for name, wish in table.items()
            if wish.place.startswith("--")
            and not (self._met if name == EVERY else name in self._asked)
        ]


def read_wishes(found: Iterable[Layer], key: str) -> Mapping[str, Wish]:
    """Return the wishes by canonical name, each from the place that decides for it.

    :param key: ``variant`` or ``force-variant``.
    :raises pip's CommandError: for a bad name or label, and for two labels where
        there can be only one.
    """
    wishes: dict[str, Wish] = {}
    for layer in found:
        if key in layer:
            for name, wish in _of_setting(layer[key], key).items():
                wishes.setdefault(name, wish)
    return {name: wish for name, wish in wishes.items() if wish.labels}


def _of_setting(setting: Setting, key: str) -> Mapping[str, Wish]:
    wishes: dict[str, Wish] = {}
    forced = key == "force-variant"
    for name, labels in _parts(setting):
        known = wishes.get(name)
        if forced and len({*labels, *(known.labels if known else ())}) > 1:
            msg = f"{setting.origin}: only one label of a package can be forced"
            raise _pip.CommandError(msg)
        together = (*(known.labels if known else ()), *labels)
        wishes[name] = Wish(
            tuple(dict.fromkeys(together)), str(setting.origin), forced, name != EVERY
        )
    return wishes


def _parts(setting: Setting) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield name and labels of each ``[NAME=]LABEL[,LABEL...]``."""
    from .variantlib.model import is_label

    for text in setting.texts:
        # Blanks part wishes, as in every list of pip, but not around "=" and ",".
        for part in tight(text, "=", ",").split() or [""]:
            name, equals, listed = part.rpartition("=")
            if equals and not _NAME.fullmatch(name):
                msg = (
                    f"{setting.origin}: {name!r} is no name of a package; for several "
                    "packages, give the option once for each"
                )
                raise _pip.CommandError(msg)
            labels = tuple(label for label in listed.split(",") if label)
            for label in labels:
                if not is_label(label):
                    msg = (
                        f"{setting.origin}: {label!r} is no variant label; a label "
                        "holds only 0-9, a-z, '_' and '.'"
                    )
                    raise _pip.CommandError(msg)
            yield (_pip.canonicalize_name(name) if name else EVERY), labels


def combine(name: str, wishes: Iterable[Wish]) -> Wish | None:
    """Return what the wishes for a package come to, None when there are none.

    :raises pip's InstallationError: when they contradict each other.
    """
    result: Wish | None = None
    for wish in wishes:
        if result is None:
            result = wish
            continue
        both = tuple(label for label in result.labels if label in wish.labels)
        if not both:
            msg = (
                f"Two variants of {name} are asked for: {_quoted(result)} "
                f"({result.place}) and {_quoted(wish)} ({wish.place}). Keep one."
            )
            raise _pip.InstallationError(msg)
        forced = result.forced or wish.forced
        places = dict.fromkeys((result.place, wish.place))
        place = wish.place if wish.forced else " and ".join(places)
        result = Wish(both, place, forced, result.named)
    return result


def _quoted(wish: Wish) -> str:
    return ", ".join(map(repr, wish.labels))
