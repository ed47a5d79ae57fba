"""What a command does apart from taking time: output, requests, modules, memory."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .commands import Command, peak_memory
from .samples import Estimate, estimate
from .serving import IndexProcess
from .table import Row, judge

__all__ = ["Behaviour", "memory_row", "modules_row", "watch"]

_MEMORY_BUDGET = 5.0
_MB = 1e6
_OURS = re.compile(r"pip_variants\b")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What commands print and ask for, by their names."""

    outputs: Mapping[str, str]
    requests: Mapping[str, Sequence[str]]

    def rows(self, what: str) -> list[Row]:
        """Tell whether all of them behave as the one that is called "stock"."""
        stock = self.requests["stock"]
        same = all(asked == stock for asked in self.requests.values())
        counts = ", ".join(
            f"{name} {len(asked)}" for name, asked in self.requests.items()
        )
        # The ratio tells of requests that are added. One that is missing makes it no
        # larger, and is told by *same*, which compares the requests themselves.
        most = max(map(len, self.requests.values())) / max(1, len(stock))
        lines = self.outputs["stock"].count("\n")
        text = self.outputs["stock"]
        alike = all(each == text for each in self.outputs.values())
        return [
            _sameness(f"requests of {what}", counts, same, most),
            _sameness(f"output of {what}", f"{lines} lines", alike),
        ]


def watch(commands: Mapping[str, Command], index: IndexProcess) -> Behaviour:
    """Run each command twice, and look at the second time: caches are warm then."""
    outputs: dict[str, str] = {}
    requests: dict[str, Sequence[str]] = {}
    for name, command in commands.items():
        command.run()
        index.requests()
        done = command.run()
        outputs[name] = done.stdout + done.stderr
        requests[name] = sorted(index.requests())
    return Behaviour(outputs, requests)


def _sameness(what: str, measured: str, same: bool, ratio: float = 0) -> Row:
    said = f"{measured}: {'the same' if same else 'different'}"
    verdict = "within" if same else "over"
    if not ratio:
        return Row(what, "the same", said, verdict)
    exact = Estimate(ratio, ratio, ratio)
    return Row(what, "the same", said, verdict, what, exact)


def modules_row(what: str, ours: Command, theirs: Command) -> Row:
    """Count what is imported; our own modules, and those that only we import."""
    hooked, stock = _imported(ours), _imported(theirs)
    added = hooked - stock
    own = {name for name in added if _OURS.match(name)}
    others = sorted(added - own)
    text = f"{len(stock)} + {len(own)} of ours"
    if others:
        text += f" + {', '.join(others)}"
    share = len(added) / len(stock)
    title = f"modules imported for {what}"
    return Row(title, "", text, key=title, ratio=Estimate(share, share, share))


def _imported(command: Command) -> set[str]:
    python, *rest = command.arguments
    watched = Command(
        (python, "-X", "importtime", *rest), command.environ, command.folder
    )
    return {
        line.rpartition("|")[2].strip()
        for line in watched.run().stderr.splitlines()
        if line.startswith("import time:")
    }


def memory_row(what: str, ours: Command, theirs: Command, runs: int) -> Row:
    """Compare the medians of the peaks."""
    pairs = [(peak_memory(ours), peak_memory(theirs)) for _ in range(runs)]
    known = [(our, their) for our, their in pairs if our and their]
    title = f"peak memory of {what}"
    budget = f"+ {_MEMORY_BUDGET:g} MB"
    if not known:
        return Row(title, budget, "not known here")
    added = estimate([(our - their) / _MB for our, their in known])
    stock = estimate([their / _MB for _, their in known])
    text = (
        f"{added.middle:+.1f} MB [{added.low:+.1f}, {added.high:+.1f}] to "
        f"{stock.middle:.0f} MB"
    )
    ratio = estimate([our / their for our, their in known])
    return Row(title, budget, text, judge(added, _MEMORY_BUDGET), title, ratio)
