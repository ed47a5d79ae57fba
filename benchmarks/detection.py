"""Asking this machine, in a process that has pip loaded as it would be."""

from __future__ import annotations

import json
import statistics
import tempfile
from typing import Any

from .environments import Environment
from .samples import Sample, Series, estimate, ratio
from .table import Report, Row, as_share, judge

__all__ = ["measure"]

_COLD_BUDGET = 0.020
_CACHE_BUDGET = 0.002
_MS = 1000.0
_REST = "the rest is the fingerprint of the machine, and writing the cache"

# What every decision about a variant needs is loaded before; what a provider or the
# fingerprint of the machine loads counts.
_SCRIPT = """\
import json, sys
from pathlib import Path
from time import perf_counter, process_time
started, cpu = perf_counter(), process_time()
import pip._internal.commands.install
loaded = perf_counter() - started, process_time() - cpu
from pip_variants import _pip
from pip_variants.settings import Settings
from pip_variants.variantlib.policy import Policy
folder = Path(sys.argv[1])
settings = Settings(providers=Policy.BUILTIN, cache_folder=folder)
from pip_variants.machine import Machine
from pip_variants.variantlib.builtin import BUILTINS
machine = Machine(settings)
started, cpu = perf_counter(), process_time()
told = {name: machine.inquiry.ask_builtin(each) for name, each in BUILTINS.items()}
taken = perf_counter() - started, process_time() - cpu
parts = {name: each.seconds for name, each in told.items()}
cached = [each.age is not None for each in told.values()]
print(json.dumps([*taken, parts, cached, loaded]))
"""


def measure(hooked: Environment, rounds: int) -> Report:
    """Measure all built-in providers, each time in a new process.

    First they are asked, with an empty cache; then the cache answers.
    """
    asked, cached = [], []
    for _ in range(rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            command = hooked.command("-c", _SCRIPT, folder)
            asked.append(json.loads(command.run().stdout))
            cached.append(json.loads(command.run().stdout))
    # The first round only warms the disk.
    asked, cached = asked[1:], cached[1:]
    assert not any(any(hits) for *_, hits, _ in asked)
    assert all(all(hits) for *_, hits, _ in cached)
    each = ", ".join(
        f"{name} {statistics.median(parts[name] for _, _, parts, *_ in asked) * _MS:.2f}"
        for name in asked[0][2]
    )
    report = Report(
        notes=[f"Parts of the cold detection, in milliseconds: {each}; {_REST}."]
    )
    for key, answers, budget in (
        ("cold", asked, _COLD_BUDGET),
        ("warm", cached, _CACHE_BUDGET),
    ):
        report.add(_measure_one(key, answers, budget))
    return report


def _measure_one(key: str, answers: list[Any], budget: float) -> Report:
    what = f"detection, all built-in providers, {key}"
    series = Series(tuple(Sample(wall, cpu) for wall, cpu, *_ in answers))
    loading = Series(tuple(Sample(*loaded) for *_, loaded in answers))
    taken = estimate(series.walls)
    middle, low, high = (each * _MS for each in (taken.middle, taken.low, taken.high))
    text = f"{middle:.1f} ms [{low:.1f}, {high:.1f}]"
    share = ratio(series, loading)
    told = "the same to the time that pip's install command takes to load"
    return Report(
        rows=[
            Row(what, f"{budget * _MS:.0f} ms", text, judge(taken, budget)),
            Row(told, "", as_share(share), key=key, ratio=share),
        ],
        series={what: series},
    )
