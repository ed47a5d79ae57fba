"""What variants cost: torch from indexes of many labels and many releases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pip_variants.demo.packages import TORCH_2_8

from .behaviour import memory_row, modules_row
from .commands import Command
from .documents import torch_document
from .environments import Sides
from .packages import write_torch
from .samples import Series, ratio, take_turns
from .serving import IndexProcess
from .table import Report, Row, as_ratio, ratio_row

__all__ = ["GPU", "Size", "label_taken", "measure"]

_BUDGET = 1.02
_PUBLISHED = 4
_TAKEN = re.compile(r"^Would install .*\btorch-2\.8\.0-(\S+)", re.MULTILINE)

GPU = {
    "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION": "12.9",
    "NV_VARIANT_PROVIDER_FORCE_SM_ARCH": "9.0",
}
"""The machine is said to have a GPU. What variables say is read each time; the other
providers that are asked are in the cache after the first run, as they are for a user."""


@dataclass(frozen=True, slots=True)
class Size:
    """An index of torch, and how often it is used.

    :param labels: of each release; four are the published ones.
    :param memory_runs: how often memory is looked at; none for 0.
    """

    labels: int
    releases: int
    rounds: int
    memory_runs: int = 0

    @property
    def name(self) -> str:
        """How the rows call it."""
        releases = "1 release" if self.releases == 1 else f"{self.releases} releases"
        labels = "1 label" if self.labels == 1 else f"{self.labels:,} labels"
        return f"torch of {labels}, {releases}"

    def document(self) -> Mapping[str, object]:
        """Return the metadata of each release."""
        if self.labels == _PUBLISHED:
            return TORCH_2_8.document
        if self.labels == 1:
            # Of two, "null" is the first: the other one is a choice.
            document = torch_document(2)
            variants = document["variants"]
            assert isinstance(variants, dict)
            return {**document, "variants": dict([[*variants.items()][-1]])}
        return torch_document(self.labels)


def measure(sides: Sides, work: Path, sizes: Iterable[Size]) -> Report:
    """Measure dry runs of torch, against stock pip on indexes without variants."""
    report = Report()
    for size in sizes:
        plain, folder = work / f"plain-{size.releases}", work / size.name
        write_torch(plain, releases=size.releases)
        write_torch(folder, size.document(), size.releases)
        with IndexProcess(plain) as without, IndexProcess(folder) as index:
            report.add(_measure_one(sides, index, without, size))
    return report


def label_taken(output: str) -> str:
    """Return the label that pip would install of torch; empty for the plain wheel."""
    found = _TAKEN.search(output)
    return "" if found is None else found[1]


def _measure_one(
    sides: Sides, index: IndexProcess, without: IndexProcess, size: Size
) -> Report:
    what = f"a dry run of {size.name}"
    commands = {
        "variant index": sides.hooked.dry_run(index.url, "torch", **GPU),
        "stock, plain index": sides.stock.dry_run(without.url, "torch", **GPU),
        "stock, variant index": sides.control.dry_run(index.url, "torch", **GPU),
        "plain index": sides.hooked.dry_run(without.url, "torch", **GPU),
    }
    output = commands["variant index"].run().stdout
    label = label_taken(output)
    runs = take_turns(
        {f"{what}: {name}": command.time for name, command in commands.items()},
        size.rounds,
    )
    report = Report(
        rows=_rows(what, size, tuple(runs.values())),
        series=runs,
        notes=[f"{size.name}: `{label or 'the plain wheel'}` is taken."],
    )
    if size.memory_runs:
        report.rows += _further(commands, what, size)
    return report


def _rows(what: str, size: Size, runs: Sequence[Series]) -> list[Row]:
    """Compare the runs, which are in the order of the commands."""
    ours, stock, page, hooked_plain = runs
    longer_page = as_ratio(ratio(page, stock))
    return [
        ratio_row(
            size.name,
            f"{what}, to stock pip without variants",
            ratio(ours, stock),
            _BUDGET,
        ),
        Row("of that the longer page, to stock pip", "", longer_page),
        ratio_row(
            f"{size.name}, without variants",
            "of that the hook alone",
            ratio(hooked_plain, stock),
        ),
        ratio_row(
            f"{size.name}, to stock on its index",
            "the same to stock pip on the same index",
            ratio(ours, page),
        ),
    ]


def _further(commands: Mapping[str, Command], what: str, size: Size) -> list[Row]:
    ours, stock = commands["variant index"], commands["stock, plain index"]
    return [
        modules_row(what, ours, stock),
        memory_row(what, ours, stock, size.memory_runs),
    ]
