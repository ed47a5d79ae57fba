"""What packages without variants cost: one that needs no other, and a tree of them."""

from __future__ import annotations

from pathlib import Path

from .behaviour import memory_row, modules_row, watch
from .environments import Sides
from .packages import PLAIN_PACKAGES, write_plain_packages
from .samples import ratio, take_turns
from .serving import IndexProcess
from .table import Report, Row, as_ratio, judge, ratio_row

__all__ = ["measure"]

_OFF = "PIP_VARIANTS_OFF"


def measure(sides: Sides, work: Path, rounds: int, memory_runs: int) -> Report:
    """Measure dry runs against an index in another process.

    :param memory_runs: how often the memory is looked at.
    """
    report = Report()
    folder = work / "tree"
    root, leaf = write_plain_packages(folder)
    with IndexProcess(folder) as index:
        for what, requirement in (
            ("a dry run of one plain package", leaf),
            (f"a dry run of {PLAIN_PACKAGES} plain packages", root),
        ):
            report.add(_measure_one(sides, index, what, requirement, rounds))
            commands = (
                sides.hooked.dry_run(index.url, requirement),
                sides.stock.dry_run(index.url, requirement),
            )
            report.rows.append(modules_row(what, *commands))
        report.rows.append(memory_row(what, *commands, memory_runs))
    return report


def _measure_one(
    sides: Sides, index: IndexProcess, what: str, requirement: str, rounds: int
) -> Report:
    url = index.url
    commands = {
        "hooked": sides.hooked.dry_run(url, requirement),
        "off": sides.hooked.dry_run(url, requirement, **{_OFF: "1"}),
        "stock": sides.stock.dry_run(url, requirement),
        "stock again": sides.control.dry_run(url, requirement),
    }
    behaviour = watch(commands, index)
    timed = {f"{what}: {name}": command.time for name, command in commands.items()}
    runs = take_turns(timed, rounds, warm_up=0)
    hooked, off, stock, again = runs.values()
    measured = ratio(hooked, stock)
    title = f"{what}, to stock pip"
    return Report(
        rows=[
            Row(
                title,
                "1.00 within noise",
                as_ratio(measured),
                judge(measured, 1.0),
                what,
                measured,
            ),
            ratio_row(
                f"{what}, to ours when off",
                "the same to PIP_VARIANTS_OFF=1",
                ratio(hooked, off),
            ),
            Row("noise: stock to stock", "", as_ratio(ratio(again, stock))),
            *behaviour.rows(what),
        ],
        series=runs,
    )
