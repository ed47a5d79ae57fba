"""The curve of how the time grows with the number of variants, as an SVG.

It shows processor time per variant, so that a flat line is time in proportion to the
size. The unit is what ``json.loads`` takes per variant of the file with 10,000, which
makes the picture much the same on any machine.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from .samples import Series
from .selection import FEW, OURS, PARSER, THEIRS, series_name
from .shapes import SHAPES

__all__ = ["CURVE", "Points", "n_log_n", "points", "write"]

CURVE = Path(__file__).parents[1] / "docs" / "_static" / "growth.svg"

_SIZES = (10, 100, 1_000, FEW, 100_000)
_TITLES = {
    "torch": "the shape of torch",
    "features": "many features",
    "values": "many values",
}
_LOOKS: Mapping[str, Mapping[str, object]] = {
    THEIRS: {"color": "#b5493c", "marker": "s"},
    OURS: {"color": "#2b6cb0", "marker": "o", "linewidth": 2},
    PARSER: {"color": "#6b7280", "marker": "^", "linewidth": 1},
}
_STYLE = {
    "svg.hashsalt": "growth",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",  # comes with matplotlib
    "font.size": 9,
}

Points = Sequence[tuple[int, float]]
"""Number of variants, and time per variant in the unit."""


def points(runs: Mapping[str, Series], shape: str) -> dict[str, Points]:
    """Return what is drawn of one shape: side -> points.

    Empty when the unit was not measured. A side has the sizes that it was run with.
    """
    unit = runs.get(series_name(shape, FEW, PARSER))
    if unit is None:
        return {}
    each = _typical(unit) / FEW
    return {
        side: [
            (count, _typical(found) / count / each)
            for count in _SIZES
            if (found := runs.get(series_name(shape, count, side))) is not None
        ]
        for side in _LOOKS
    }


def _typical(runs: Series) -> float:
    """Return the median of the processor time, which a busy machine spoils less."""
    return statistics.median(runs.cpus or runs.walls)


def n_log_n(ours: Points) -> Points:
    """Return the line that grows with n log n from where ours has 10,000 variants.

    >>> [(n, round(y, 2)) for n, y in n_log_n([(10_000, 4.0), (100_000, 4.1)])]
    [(10000, 4.0), (100000, 5.0)]
    """
    start = dict(ours).get(FEW)
    if start is None:
        return []
    log = math.log(FEW)
    return [(n, start * math.log(n) / log) for n in _SIZES if n >= FEW]


def write(runs: Mapping[str, Series], path: Path = CURVE) -> None:
    """Draw what was measured; equal figures give equal bytes.

    :raises ImportError: without matplotlib.
    """
    matplotlib = import_module("matplotlib")
    matplotlib.use("svg")
    plots = import_module("matplotlib.pyplot")
    shapes = {name: found for name in SHAPES if (found := points(runs, name))}
    with matplotlib.rc_context(_STYLE):
        figure, axes = plots.subplots(
            1, max(1, len(shapes)), sharey=True, figsize=(9, 3.4), squeeze=False
        )
        for axis, (name, found) in zip(axes[0], shapes.items(), strict=False):
            _draw(axis, _TITLES[name], found)
        axes[0][0].set_ylabel(
            f"processor time per variant\n(json.loads, {FEW:,} variants = 1)"
        )
        handles, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="lower center", ncols=4, frameon=False)
        figure.tight_layout(rect=(0, 0.08, 1, 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
        plots.close(figure)
    _end_with_newline(path)


def _draw(axis: Any, title: str, found: Mapping[str, Points]) -> None:
    axis.set_title(title)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("variants")
    axis.grid(visible=True, which="major", color="#e5e7eb")
    for side, line in found.items():
        _line(axis, line, label=side, markersize=4, **_LOOKS[side])
    _line(axis, n_log_n(found[OURS]), label="n log n", color="#2b6cb0", linestyle=":")


def _line(axis: Any, line: Iterable[tuple[int, float]], **look: object) -> None:
    pairs = list(line)
    axis.plot([n for n, _ in pairs], [y for _, y in pairs], **look)


def _end_with_newline(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(map(str.rstrip, lines)) + "\n", "utf-8", newline="\n")
