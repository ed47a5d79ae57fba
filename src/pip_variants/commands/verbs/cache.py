"""``pip variant cache``: what is kept of the answers of providers, and its removal."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from optparse import Values
from pathlib import Path
from textwrap import shorten
from typing import Any

from ... import _pip
from ...cache_folder import (
    detected_folder,
    folder_size,
    provider_folders,
    providers_folder,
    remove_providers,
    variant_cache,
)
from ...machine import this_host
from ...text import printable
from ...variantlib.cache import DiskCache, Entry
from ...variantlib.fingerprint import fingerprint_digest
from ...variantlib.inquiry import told_of
from ._base import Verb, add_json_option, keep_notes_off, print_json, print_table

__all__ = ["CacheVerb"]

_VERSION = 1
_LONGEST = 40
_OFF = "pip's cache is switched off, so that nothing is kept."


@dataclass(frozen=True, slots=True)
class _Answer:
    """An entry as it is shown.

    :param stale: why it does not count here and now, "" when it does.
    :param features: how many there are; None where there is no such answer.
    """

    provider: str
    source: str
    version: str
    asked: datetime
    stale: str
    features: int | None
    failure: str


class CacheVerb(Verb):
    """
    Show what providers answered before, or remove it.

    "info" lists the answers that pip keeps, and whether they count on this
    machine now. "purge" removes them, and the provider packages that were
    installed only to be asked.
    """

    usage = """
        %prog info [options]
        %prog purge [options]"""

    def add_options(self) -> None:
        """Add the options."""
        add_json_option(self.cmd_opts)
        self.parser.insert_option_group(0, self.cmd_opts)

    def run(self, options: Values, args: list[str]) -> int:
        """Do what the only argument says.

        :raises pip's CommandError: for another one, or none.
        """
        keep_notes_off(options)
        if not args or args[0] not in _ACTIONS:
            asked = f"unknown action {args[0]!r}" if args else "no action given"
            msg = f"{asked}; choose one of: {', '.join(_ACTIONS)}"
            raise _pip.CommandError(msg)
        self.refuse(args[1:])
        _ACTIONS[args[0]](options)
        return 0


def _info(options: Values) -> None:
    folder = variant_cache(options)
    if folder is None:
        _say_off(options, {"size": 0, "answers": [], "providers": 0})
        return
    answers = _answers(DiskCache(detected_folder(folder)))
    size, providers = _size(folder), len(provider_folders(folder))
    if options.json:
        found = {"size": size, "answers": [*map(_document, answers)]}
        _print_json(folder, {**found, "providers": providers})
        return
    _pip.write_output("%s", f"Folder: {printable(folder)}")
    _pip.write_output("%s", f"Size: {_pip.format_size(size)}")
    _pip.write_output("%s", f"Provider packages: {providers}")
    _pip.write_output("%s", f"Answers: {len(answers)}")
    if answers:
        heads = ("Provider", "Source", "Asked", "Answer", "Counts")
        print_table([heads, *map(_row, answers)], indent="  ")


def _purge(options: Values) -> None:
    folder = variant_cache(options)
    if folder is None:
        _say_off(options, {"removed": {"answers": 0, "providers": 0, "size": 0}})
        return
    before = _size(folder)
    answers = DiskCache(detected_folder(folder)).purge()
    providers = remove_providers(folder)
    size = max(0, before - _size(folder))
    if options.json:
        removed = {"answers": answers, "providers": providers, "size": size}
        _print_json(folder, {"removed": removed})
        return
    _pip.write_output(
        "%s",
        f"Answers removed: {answers}, provider packages removed: {providers} "
        f"({_pip.format_size(size)})",
    )


_ACTIONS = {"info": _info, "purge": _purge}


def _say_off(options: Values, content: Mapping[str, Any]) -> None:
    if options.json:
        _print_json(None, content)
    else:
        _pip.write_output("%s", _OFF)


def _print_json(folder: Path | None, content: Mapping[str, Any]) -> None:
    place = None if folder is None else str(folder)
    print_json({"version": _VERSION, "folder": place, **content})


def _size(folder: Path) -> int:
    """Return how many bytes both kinds of things take."""
    answers = DiskCache(detected_folder(folder)).size()
    return answers + folder_size(providers_folder(folder))


def _answers(cache: DiskCache) -> Sequence[_Answer]:
    machine, now = fingerprint_digest(this_host()), time.time()
    found = [_answer(entry, machine, now) for entry in cache.entries()]
    return sorted(found, key=lambda each: (each.provider, each.source, each.asked))


def _answer(entry: Entry, machine: str, now: float) -> _Answer:
    told = told_of(entry)
    return _Answer(
        entry.key.get("provider", ""),
        entry.key.get("source", ""),
        entry.key.get("version", ""),
        datetime.fromtimestamp(int(entry.created), UTC),
        _staleness(entry, machine, now),
        None if told is None or told.failure else len(told.features),
        "" if told is None else told.failure,
    )


def _staleness(entry: Entry, machine: str, now: float) -> str:
    if entry.key.get("machine") != machine:
        return "other machine, boot, driver or variables"
    if not entry.holds_in(os.environ):
        return "other environment variables"
    return "" if entry.is_current(now) else "too old"


def _document(answer: _Answer) -> dict[str, Any]:
    return {
        "provider": answer.provider,
        "source": answer.source,
        "version": answer.version,
        "asked": answer.asked.isoformat(),
        "counts": not answer.stale,
        "reason": answer.stale,
        "features": answer.features,
        "failure": answer.failure,
    }


def _row(answer: _Answer) -> tuple[str, ...]:
    provider = " ".join(filter(None, (answer.provider, answer.version)))
    if answer.features is not None:
        told = f"features: {answer.features}" if answer.features else "nothing"
    else:
        told = shorten(answer.failure, _LONGEST, placeholder=" ...") or "unknown"
    cells = (provider, answer.source, f"{answer.asked:%Y-%m-%d %H:%M} UTC", told)
    state = f"no: {answer.stale}" if answer.stale else "yes"
    return (*map(printable, cells), state)
