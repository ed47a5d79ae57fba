"""The ratios of the last full run, and whether a later run is far from them.

``python -m benchmarks --write`` records them; ``--check`` makes a short run and fails
where a ratio is more than twice the recorded one. A busy machine may double a ratio
for a moment, so what looks too high is measured again, with more runs, before it counts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .samples import Estimate

__all__ = ["LIMIT", "RECORDED", "Found", "check", "part_of", "read", "write"]

RECORDED = Path(__file__).with_name("recorded.json")

LIMIT = 2.0
"""How many times the recorded ratio is too much."""

Measure = Callable[[Iterable[str]], Mapping[str, Estimate]]
"""Measures some parts of the suite: their names -> key -> ratio."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found.

    :param compared: the keys that were compared.
    :param unrecorded: the keys of which nothing is recorded.
    :param missing: the parts of which something is recorded and nothing was compared.
    :param regressions: a sentence for each ratio that is too high.
    :param passing: the same for those that were too high only the first time.
    """

    compared: tuple[str, ...]
    unrecorded: tuple[str, ...]
    missing: tuple[str, ...]
    regressions: tuple[str, ...]
    passing: tuple[str, ...]

    @property
    def is_failure(self) -> bool:
        """Tell whether the check fails; one that compares nothing proves nothing."""
        return bool(self.regressions or self.missing) or not self.compared


def read(path: Path = RECORDED) -> dict[str, float]:
    """Return the recorded ratios: key -> ratio; nothing where there is no file."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        return {}
    return {key: float(ratio) for key, ratio in json.loads(text).items()}


def write(ratios: Mapping[str, Estimate], path: Path = RECORDED) -> None:
    """Record the ratios of a full run.

    :raises ValueError: for a ratio that nothing could be twice of.
    """
    for key, ratio in ratios.items():
        if not 0 < ratio.middle < math.inf:
            raise ValueError(f"{key}: a ratio of {ratio.middle} cannot be checked")
    # Four digits: more are noise.
    plain = {key: float(f"{ratios[key].middle:.4g}") for key in sorted(ratios)}
    path.write_text(json.dumps(plain, indent=2) + "\n", "utf-8", newline="\n")


def part_of(key: str) -> str:
    """Return the part of the suite that measures a key.

    >>> part_of("hook:pip --version")
    'hook'
    """
    return key.partition(":")[0]


def check(recorded: Mapping[str, float], first: Measure, again: Measure) -> Found:
    """Compare a short run with what is recorded.

    :param first: makes it, of all parts when it is given none.
    :param again: makes a longer one, of the parts where something looks too high.
    """
    measured = first(())
    compared = sorted(measured.keys() & recorded.keys())
    suspects = [key for key in compared if _is_too_high(measured[key], recorded[key])]
    repeated: Mapping[str, Estimate] = {}
    if suspects:
        repeated = again(dict.fromkeys(map(part_of, suspects)))
    told: dict[bool, list[str]] = {True: [], False: []}
    for key in suspects:
        # A longer run without the key would tell nothing: the first one stands.
        second = repeated.get(key, measured[key])
        text = (
            f"{key}: recorded {recorded[key]:.4g}, measured "
            f"{measured[key].middle:.4g}, then {second.middle:.4g}"
        )
        told[_is_too_high(second, recorded[key])].append(text)
    return Found(
        tuple(compared),
        tuple(sorted(measured.keys() - recorded.keys())),
        tuple(sorted({*map(part_of, recorded)} - {*map(part_of, compared)})),
        tuple(told[True]),
        tuple(told[False]),
    )


def _is_too_high(measured: Estimate, recorded: float) -> bool:
    """Tell whether the clock and the processor time both say so, where both are known."""
    said = [measured] if measured.cpu is None else [measured, measured.cpu]
    return all(each.middle > LIMIT * recorded for each in said)
