"""The whole ``pip install torch``, with wheels of its sizes from a network of its speed.

::

    contents, archive, wheels   the wheels, made in seconds
    server, index               an index whose connections have a limited rate
    runs                        installations with pip and uv
    anatomy, overlap            scripts that run pip: taken apart, and rearranged

Everything goes to a temporary folder that needs about five times the size of the tree.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path

from ..environments import Sides
from ..samples import Estimate, Sample, Series, ratio, take_turns
from ..table import Report, Row, as_ratio
from ..uv import find_uv
from .index import SlowIndex
from .runs import Installation, Place
from .wheels import FULL_SIZE, PACKAGES, write_wheels

__all__ = ["FULL_SIZE", "fitting_size", "measure"]

_RATE = 100.0
"""How fast a connection to the index is, in MB/s."""

_CONNECTIONS = 4
_INSTALLERS = 2
_GB = 1e9
_FACTOR = 5
_RESERVE = 2.0
_SMALLEST = 0.1

_STOCK, _OURS = "stock pip", "pip with variants"
_TAKEN_APART = "stock pip, taken apart"


def fitting_size(folder: Path, wanted: float = FULL_SIZE) -> float:
    """Return how large a tree the disk has room for, in GB.

    :param folder: on the disk in question.
    :return: at most *wanted*; 0 where there is no room worth speaking of.
    """
    free = shutil.disk_usage(folder).free / _GB
    room = (free - _RESERVE) / _FACTOR
    if room >= wanted:
        return wanted
    return math.floor(10 * room) / 10 if room >= _SMALLEST else 0.0


def measure(sides: Sides, work: Path, size: float, rounds: int) -> Report:
    """Install the tree with stock pip, uv and ours, and take stock pip apart.

    :param work: a folder; what is put there is removed again.
    :param size: of the wheels that are installed, in GB.
    """
    folder, place = work / "tree-index", work / "tree"
    place.mkdir()
    try:
        write_wheels(folder, size)
        with SlowIndex(folder, _RATE) as index:
            report = _measure(sides, Place(index.url, place), rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
    report.notes.insert(
        0,
        f"The tree: {len(PACKAGES)} wheels of {size:g} GB in all, {_RATE:g} MB/s for "
        f"each connection, runs of each side: {rounds}.",
    )
    return report


def _measure(sides: Sides, place: Place, rounds: int) -> Report:
    answer = place.work / "anatomy.json"
    report = Report()
    contenders = _contenders(sides, place, report)
    once = {
        _TAKEN_APART: place.taken_apart(sides.stock, answer),
        f"pip, {_CONNECTIONS} connections": place.overlapped(
            sides.stock, _CONNECTIONS, 0
        ),
        f"pip, {_CONNECTIONS} connections, {_INSTALLERS} processes that install": (
            place.overlapped(sides.stock, _CONNECTIONS, _INSTALLERS)
        ),
    }
    runs = _run(contenders, rounds)
    single = _run(once, 1)
    for name, series in {**runs, **single}.items():
        report.series[f"whole install: {name}"] = series
        if name not in (_STOCK, _TAKEN_APART):
            measured = _written(ratio(series, runs[_STOCK]))
            report.rows.append(
                Row(f"whole install, {name}: to stock pip", "", measured)
            )
    parts = json.loads(answer.read_text("utf-8"))
    report.rows += _anatomy(parts, single[_TAKEN_APART].samples[0])
    return report


def _contenders(
    sides: Sides, place: Place, report: Report
) -> Mapping[str, Installation]:
    found = {
        _STOCK: place.with_pip(sides.stock),
        _OURS: place.with_pip(sides.hooked, variant=True),
    }
    program = find_uv()
    if program is None:
        report.notes.append("uv is not here: it did not install the tree.")
        return found
    compiled = ("--compile-bytecode",)
    return {
        **found,
        "uv": place.with_uv(program, sides.stock),
        "uv, compiling as pip does": place.with_uv(program, sides.stock, *compiled),
    }


def _run(contenders: Mapping[str, Installation], rounds: int) -> Mapping[str, Series]:
    for each in contenders.values():
        each.warm_up()
    runs = {name: each.run for name, each in contenders.items()}
    # A run takes a minute: none is spent on being thrown away.
    return take_turns(runs, rounds, warm_up=0)


def _written(estimate: Estimate) -> str:
    """Write a ratio; without an interval where there was one run of each."""
    if estimate.low < estimate.high:
        return as_ratio(estimate)
    text = f"{estimate.middle:.2f}"
    return text if estimate.cpu is None else f"{text}; CPU {estimate.cpu.middle:.2f}"


def _anatomy(parts: Mapping[str, float], whole: Sample) -> list[Row]:
    """Tell where the time of one run went, the largest part first.

    :param parts: the seconds of each part of pip; of all of it under the empty name.
    :param whole: the run as seen from outside.
    """
    inside = {name: seconds for name, seconds in parts.items() if name}
    inside["starting Python and pip, ending"] = whole.wall - parts[""]
    inside["all else"] = whole.wall - sum(inside.values())
    ordered = sorted(inside.items(), key=lambda item: -item[1])
    return [
        Row(
            f"of the time of stock pip: {name}",
            "",
            f"{seconds / whole.wall:.1%} ({seconds:.1f} s)",
        )
        for name, seconds in ordered
    ]
