"""Rows 3 to 5, and memory: ``pip install --dry-run`` against real indexes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .commands import Command, peak_memory
from .environments import Environment
from .packages import (
    SEVERAL,
    TREE_SIZE,
    torch_labels,
    write_several,
    write_torch,
    write_tree,
)
from .samples import Estimate, ratio, take_turns
from .serving import IndexProcess
from .table import Report, Row, as_ratio, judge

__all__ = ["Sides", "measure_plain", "measure_requests", "measure_torch"]

_TORCH_BUDGET = 1.02
_MEMORY_BUDGET = 5.0
_MB = 1e6
_MEMORY_RUNS = 5
_OFF = "PIP_VARIANTS_OFF"
_OURS = re.compile(r"pip_variants\b")
_TAKEN = re.compile(r"^Would install .*\btorch-2\.8\.0-(\S+)", re.MULTILINE)
_METADATA = re.compile(r"/(?P<stem>[^/-]+-[^/-]+)-[^/]+\.whl\.metadata 200$")

# The machine is said to be one with a GPU, which also stands for a warm detection:
# nothing has to be asked.
_GPU = {
    "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION": "12.9",
    "NV_VARIANT_PROVIDER_FORCE_SM_ARCH": "9.0",
}


@dataclass(frozen=True, slots=True)
class Sides:
    """Three equal environments, one of them with pip-variants."""

    hooked: Environment
    stock: Environment
    control: Environment


def measure_plain(sides: Sides, work: Path, rounds: int) -> Report:
    """Row 3: packages without variants cost nothing and behave the same."""
    folder = work / "tree"
    root = write_tree(folder)
    report = Report()
    with IndexProcess(folder) as index:
        url = index.url
        commands = {
            "hooked": sides.hooked.dry_run(url, root),
            "hooked, switched off": sides.hooked.dry_run(url, root, **{_OFF: "1"}),
            "stock": sides.stock.dry_run(url, root),
            "stock again": sides.control.dry_run(url, root),
        }
        outputs, requests = _behaviour(commands, index)
        what = f"dry run of {TREE_SIZE} plain packages"
        runs = take_turns(
            {f"{what}: {name}": command.time for name, command in commands.items()},
            rounds,
        )
        hooked, off, stock, again = runs.values()
        measured = ratio(hooked, stock)
        noise = ratio(again, stock)
        report.series |= runs
        report.rows += [
            Row(
                f"{what}, against stock pip",
                "1.00 within noise",
                as_ratio(measured),
                judge(measured, 1.0),
            ),
            Row(
                "the same against PIP_VARIANTS_OFF=1", "", as_ratio(ratio(hooked, off))
            ),
            Row("noise: stock against stock", "", as_ratio(noise)),
            _same_requests(requests),
            _same_output(outputs),
            _modules(sides, url, root),
            _memory(
                "peak memory of it",
                sides.hooked.dry_run(url, root),
                sides.stock.dry_run(url, root),
            ),
        ]
    return report


def _behaviour(
    commands: Mapping[str, Command], index: IndexProcess
) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Return the output and the requests of each command, caches being warm."""
    outputs: dict[str, str] = {}
    requests: dict[str, list[str]] = {}
    for name, command in commands.items():
        command.run()
        index.requests()
        done = command.run()
        outputs[name] = done.stdout + done.stderr
        requests[name] = sorted(index.requests())
    return outputs, requests


def _same_requests(requests: Mapping[str, list[str]]) -> Row:
    same = all(asked == requests["stock"] for asked in requests.values())
    counts = ", ".join(f"{len(asked)}" for asked in requests.values())
    return _sameness("requests for it (hooked, off, stock, stock)", counts, same)


def _same_output(outputs: Mapping[str, str]) -> Row:
    same = all(text == outputs["stock"] for text in outputs.values())
    lines = outputs["stock"].count("\n")
    return _sameness("output of it", f"{lines} lines", same)


def _sameness(what: str, measured: str, same: bool) -> Row:
    said = f"{measured}, {'the same' if same else 'different'}"
    return Row(what, "the same", said, "within" if same else "over")


def measure_torch(
    sides: Sides, work: Path, rounds: int, labels: Iterable[int]
) -> Report:
    """Row 4: torch with variants, against stock pip on an index without them."""
    report = Report()
    plain = work / "torch-plain"
    write_torch(plain)
    with IndexProcess(plain) as without:
        for count in labels:
            folder = work / f"torch-{count}"
            write_torch(folder, torch_labels(count))
            with IndexProcess(folder) as index:
                report.add(_measure_labels(sides, index, without, count, rounds))
    return report


def _measure_labels(
    sides: Sides, index: IndexProcess, without: IndexProcess, count: int, rounds: int
) -> Report:
    report = Report()
    what = f"dry run of torch, {count} labels"
    commands = {
        "variant index": sides.hooked.dry_run(index.url, "torch", **_GPU),
        "stock, plain index": sides.stock.dry_run(without.url, "torch", **_GPU),
        "stock, variant index": sides.control.dry_run(index.url, "torch", **_GPU),
        "plain index": sides.hooked.dry_run(without.url, "torch", **_GPU),
    }
    outputs, _ = _behaviour(commands, index)
    taken = _TAKEN.search(outputs["variant index"])
    runs = take_turns(
        {f"{what}: {name}": command.time for name, command in commands.items()}, rounds
    )
    ours, stock, page, hooked_plain = runs.values()
    measured = ratio(ours, stock)
    report.series |= runs
    report.rows += [
        Row(
            f"{what}, against stock pip without variants",
            f"{_TORCH_BUDGET}",
            as_ratio(measured),
            judge(measured, _TORCH_BUDGET),
        ),
        Row("of that the longer page, to stock pip", "", as_ratio(ratio(page, stock))),
        Row("of that the hook alone", "", as_ratio(ratio(hooked_plain, stock))),
        _memory(
            "peak memory of it",
            commands["variant index"],
            commands["stock, plain index"],
        ),
    ]
    if taken is not None:
        report.notes.append(f"torch with {count} labels: `{taken[1]}` is taken.")
    return report


def measure_requests(sides: Sides, work: Path) -> Report:
    """Row 5: the requests that variants add, for each version that pip looks at."""
    plain, variants = work / "several-plain", work / "several"
    write_several(plain)
    write_several(variants, torch_labels(4))
    with IndexProcess(plain) as without, IndexProcess(variants) as index:
        asked_by = {}
        for side, server in ((sides.stock, without), (sides.hooked, index)):
            # Without its cache pip asks for everything.
            command = side.dry_run(server.url, "several", "--no-cache-dir", **_GPU)
            command.run()
            asked_by[side.folder.name] = server.requests()
    before, asked = asked_by.values()
    versions = {
        found["stem"]
        for line in asked
        if (found := _METADATA.search(line)) and found["stem"].startswith("several-")
    }
    extra = (len(asked) - len(before)) / max(1, len(versions))
    return Report(
        rows=[
            Row(
                f"extra requests per version considered ({len(versions)} of {SEVERAL})",
                "1",
                f"{extra:g}",
                judge(Estimate(extra, extra, extra), 1),
            )
        ]
    )


def _modules(sides: Sides, url: str, root: str) -> Row:
    """Count what is imported; our own modules and those that only we import."""

    def imported(environment: Environment) -> set[str]:
        plain = environment.dry_run(url, root)
        python, *rest = plain.arguments
        watched = Command(
            (python, "-X", "importtime", *rest), plain.environ, plain.folder
        )
        lines = watched.run().stderr.splitlines()
        return {
            line.rpartition("|")[2].strip()
            for line in lines
            if line.startswith("import time:")
        }

    hooked, stock = imported(sides.hooked), imported(sides.stock)
    added = hooked - stock
    ours = {name for name in added if _OURS.match(name)}
    others = sorted(added - ours)
    text = f"{len(stock)} + {len(ours)} of ours"
    if others:
        text += f" + {', '.join(others)}"
    return Row("modules imported for it", "", text)


def _memory(what: str, ours: Command, theirs: Command) -> Row:
    """Compare the medians of the peaks."""
    pairs = [(peak_memory(ours), peak_memory(theirs)) for _ in range(_MEMORY_RUNS)]
    added = sorted(
        (our - their) / _MB
        for our, their in pairs
        if our is not None and their is not None
    )
    if not added:
        return Row(what, f"+ {_MEMORY_BUDGET:g} MB", "not known here")
    middle = added[len(added) // 2]
    estimate = Estimate(middle, added[0], added[-1])
    stock = sorted(their for _, their in pairs if their is not None)
    text = (
        f"{middle:+.1f} MB [{added[0]:+.1f}, {added[-1]:+.1f}] to "
        f"{stock[len(stock) // 2] / _MB:.0f} MB"
    )
    return Row(what, f"+ {_MEMORY_BUDGET:g} MB", text, judge(estimate, _MEMORY_BUDGET))
