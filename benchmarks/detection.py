"""Row 6: asking this machine, in a process that has pip loaded as it would be."""

from __future__ import annotations

import json
import statistics

from .environments import Environment
from .samples import Estimate, Sample, Series
from .table import Report, Row, judge

__all__ = ["measure"]

_BUDGET = 0.020
_MS = 1000.0

_SCRIPT = """\
import json, os, platform
from time import perf_counter, process_time
import pip._internal.commands.install
from pip_variants import _pip
from pip_variants.variantlib import model
started, cpu = perf_counter(), process_time()
from pip_variants.variantlib.builtin import BUILTINS, Host
host = Host(platform.system(), platform.machine(), os.environ)
parts = {"modules and platform": perf_counter() - started}
for namespace, builtin in BUILTINS.items():
    before = perf_counter()
    builtin.detect(host)
    parts[namespace] = perf_counter() - before
print(json.dumps([perf_counter() - started, process_time() - cpu, parts]))
"""


def measure(hooked: Environment, rounds: int) -> Report:
    """Measure all built-in providers, each time in a new process."""
    command = hooked.command("-c", _SCRIPT)
    command.run()
    answers = [json.loads(command.run().stdout) for _ in range(rounds)]
    series = Series(tuple(Sample(wall, cpu) for wall, cpu, _ in answers))
    middle = series.median
    walls = sorted(series.walls)
    quartiles = (walls[rounds // 4], walls[rounds * 3 // 4])
    each = ", ".join(
        f"{name} {statistics.median(parts[name] for _, _, parts in answers) * _MS:.2f}"
        for name in answers[0][2]
    )
    name = "detection, all built-in providers, cold"
    text = f"{middle * _MS:.1f} ms [{quartiles[0] * _MS:.1f}, {quartiles[1] * _MS:.1f}]"
    verdict = judge(Estimate(middle, *quartiles), _BUDGET)
    return Report(
        rows=[
            Row(name, "20 ms", text, verdict),
            Row("detection from cache", "2 ms", "there is no cache yet"),
        ],
        series={name: series},
        notes=[f"Parts of the detection, in milliseconds: {each}."],
    )
