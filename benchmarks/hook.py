"""What the hook adds to every Python process, and to the smallest pip command."""

from __future__ import annotations

from .environments import Sides
from .samples import difference, ratio, take_turns
from .table import Report, Row, as_milliseconds, judge, ratio_row

__all__ = ["measure"]

_BUDGET = 0.001


def measure(sides: Sides, rounds: int) -> Report:
    """Measure ``python -c pass`` *rounds* times, ``pip --version`` a fifth of that.

    The difference between the two environments without the hook is noise.
    """
    report = Report()
    environments = {
        "hooked": sides.hooked,
        "stock": sides.stock,
        "stock again": sides.control,
    }
    for name, arguments, count, budget in (
        ("python -c pass", ("-c", "pass"), rounds, _BUDGET),
        ("pip --version", ("-m", "pip", "--version"), max(5, rounds // 5), None),
    ):
        runs = take_turns(
            {
                f"{name}: {side}": environment.command(*arguments).time
                for side, environment in environments.items()
            },
            count,
        )
        report.series |= runs
        with_hook, without, again = runs.values()
        added = difference(with_hook, without)
        noise = difference(again, without)
        report.rows += [
            Row(
                f"added by the hook to `{name}`",
                "" if budget is None else "1.00 ms",
                as_milliseconds(added),
                "" if budget is None else judge(added, budget),
            ),
            ratio_row(name, "the same as a ratio", ratio(with_hook, without)),
            Row("noise: stock to stock", "", as_milliseconds(noise)),
        ]
    return report
