"""Row 2: what the hook adds to every Python process, and to the smallest pip command."""

from __future__ import annotations

from .environments import Environment
from .samples import difference, ratio, take_turns
from .table import Report, Row, as_milliseconds, as_ratio, judge

__all__ = ["measure"]

_BUDGET = 0.001


def measure(
    hooked: Environment, stock: Environment, control: Environment, rounds: int
) -> Report:
    """Measure ``python -c pass`` *rounds* times, ``pip --version`` a fifth of that.

    :param control: made as *stock* is: what differs between these two is noise.
    """
    report = Report()
    sides = {"hooked": hooked, "stock": stock, "stock again": control}
    for name, arguments, count, budget in (
        ("python -c pass", ("-c", "pass"), rounds, _BUDGET),
        ("pip --version", ("-m", "pip", "--version"), max(5, rounds // 5), None),
    ):
        runs = take_turns(
            {
                f"{name}: {side}": environment.command(*arguments).time
                for side, environment in sides.items()
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
            Row("the same as a ratio", "", as_ratio(ratio(with_hook, without))),
            Row("noise: stock against stock", "", as_milliseconds(noise)),
        ]
    return report
