"""Stock pip and ours do the same with every command line of the corpus."""

from __future__ import annotations

import difflib
import os
import shutil
from collections.abc import Iterator
from importlib.metadata import version

import pytest
from packaging.version import Version

from tests.faults.commands._allowed import undone, undone_in_file
from tests.faults.commands._corpus import Case, read_all
from tests.faults.commands._sides import OURS, STOCK, Outcome, Sides, Step

pytestmark = pytest.mark.skipif(
    os.name == "nt", reason="the corpus has the paths and the programs of Unix"
)

CASES = [
    pytest.param(case, id=case.id, marks=[pytest.mark.thorough] * (not case.short))
    for case in read_all()
]


@pytest.mark.parametrize("case", CASES)
def test_the_same_as_with_stock_pip(case: Case, sides: Sides) -> None:
    skip_what_cannot_run(case, sides)
    stock = sides.run(STOCK, case)
    # What nobody knows beforehand is as it is: the corpus says what the newest pip does.
    unknown = [None] * len(stock.steps)
    wanted = sides.statuses(case) if sides.version == version("pip") else unknown
    found = [step.status for step in stock.steps]
    assert found == [
        status if want is None else want
        for want, status in zip(wanted, found, strict=True)
    ], told(stock)
    ours = sides.run(OURS, case)
    stand_as_equal(stock, ours)


def skip_what_cannot_run(case: Case, sides: Sides) -> None:
    if Version(sides.version) < Version(case.since):
        pytest.skip(f"for pip {case.since} and later")
    if case.needs and not shutil.which(case.needs):
        pytest.skip(f"needs {case.needs}")


def stand_as_equal(stock: Outcome, ours: Outcome) -> None:
    """Fail with all differences, when there are any that are not allowed."""
    first = list(everything(stock, allowed=False))
    second = list(everything(ours, allowed=True))
    found = difflib.unified_diff(first, second, "stock pip", "ours", n=4, lineterm="")
    assert not (text := "\n".join(found)), f"\n{text}"


def everything(outcome: Outcome, *, allowed: bool) -> Iterator[str]:
    """Write down all that can be compared, in lines.

    :param allowed: whether to leave out what only ours may do.
    """
    for step in outcome.steps:
        out, err = undone(step) if allowed else (step.out, step.err)
        yield f"$ {step.line}"
        yield f"ends with {step.status}"
        yield from (f"1> {line}" for line in out)
        yield from (f"2> {line}" for line in err)
        yield from (f"asks: {request}" for request in step.requests)
    for name, content in outcome.files.items():
        text = undone_in_file(content) if allowed else content
        yield from (f"{name}: {line}" for line in text.splitlines() or [""])


def told(outcome: Outcome) -> str:
    def lines(step: Step) -> Iterator[str]:
        yield f"$ {step.line}"
        yield f"ends with {step.status}"
        yield from [*step.out[-12:], *step.err[-12:]]

    return "\n".join(["", *(line for step in outcome.steps for line in lines(step))])
