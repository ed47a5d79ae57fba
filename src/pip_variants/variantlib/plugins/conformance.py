"""Check a provider plugin, for the one who writes it.

The plugin is asked as an installer asks it, in processes of its own: twice for what is
supported and twice for everything, so that answers by chance are noticed.

Sources: rules R88-R93, R102 and R103; E13-E16 for what else goes wrong.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..policy import PLUGIN_SECONDS
from .probing import Interpreter, Probed, Question, probe_all

__all__ = ["Check", "Outcome", "Report", "check_plugin"]

_NEWEST = "6"
_SHAPES = {
    "1": "run()",
    "1b": "get_supported_configs() that returns one object with configs",
    "2": "features without multi_value",
    "3": "get_supported_configs() with known properties",
    "4": "get_supported_configs() with known properties, and validate_property()",
    "5": "a namespace attribute",
}


class Outcome(enum.Enum):
    """What a check found."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    :param name: a short and stable name.
    :param text: what was found, as a sentence.
    """

    name: str
    outcome: Outcome
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks found.

    :param supported: what the plugin says that this machine supports.
    :param everything: what it says that exists; None when it does not say.
    """

    checks: tuple[Check, ...]
    supported: Probed
    everything: Probed | None

    @property
    def passed(self) -> bool:
        """Tell whether there was no error; a warning is none."""
        return all(check.outcome is not Outcome.ERROR for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return the plain form, fit for JSON."""
        return {
            "api": self.supported.api,
            "generation": self.supported.generation,
            "namespace": self.supported.namespace,
            "passed": self.passed,
            "seconds": round(self.supported.seconds, 3),
            "supported": _plain(self.supported),
            "all": None if self.everything is None else _plain(self.everything),
            "checks": [
                {"name": c.name, "outcome": c.outcome.value, "text": c.text}
                for c in self.checks
            ],
        }


def _plain(probed: Probed) -> list[dict[str, object]]:
    """Return the features as a list: their order is a part of the answer."""
    return [
        {
            "name": name,
            "values": list(values),
            "multi_value": name in probed.multi_value,
        }
        for name, values in probed.features
    ]


def check_plugin(
    apis: Sequence[str],
    path: Sequence[str],
    interpreter: Interpreter,
    *,
    seconds: float = PLUGIN_SECONDS,
) -> Report:
    """Ask a plugin and look at everything that it does.

    :param apis: object references; the first that can be asked is.
    :param path: the folders of the plugin.
    :param interpreter: who runs it.
    :param seconds: how long it may take each time.
    """
    asked = ("supported", "supported", "all", "all")
    questions = [Question(apis, path, interpreter, ask) for ask in asked]
    first, second, everything, again = probe_all(questions, seconds=seconds)
    has_all = not everything.failure.startswith("has no ")
    known = everything if has_all and not first.failure else None
    checks = [_answers(first, seconds)]
    if not first.failure:
        checks += [
            _generation(first),
            _items("supported", "What is supported", first),
            _multi_value(first),
            _same_again("supported twice", first, second, ordered=True),
            *_about_all(first, known, again),
            _output(first),
            _ending(first),
            _side_effects(first),
        ]
    return Report(tuple(checks), first, known)


def _answers(probed: Probed, seconds: float) -> Check:
    if probed.failure:
        return Check("answers", Outcome.ERROR, f"The plugin {probed.failure}.")
    took = (
        f"The plugin answered after {probed.seconds:.2f} s; {seconds:g} s are allowed."
    )
    return Check("answers", Outcome.OK, took)


def _generation(probed: Probed) -> Check:
    """R88; older generations are understood, but not by everybody."""
    if probed.generation == _NEWEST:
        text = "The plugin has the interface of today."
        return Check("interface", Outcome.OK, text)
    shape = _SHAPES.get(probed.generation, "an older shape")
    text = f"The plugin has an older interface: {shape}. Other tools may refuse it."
    return Check("interface", Outcome.WARNING, text)


def _items(name: str, what: str, probed: Probed) -> Check:
    """R9, R10, R90-R92: what is dropped, an installer does not see."""
    if probed.problems:
        text = f"{what} has bad items: {'; '.join(probed.problems)}."
        return Check(name, Outcome.ERROR, text)
    values = sum(len(values) for _, values in probed.features)
    if not values:
        # Legal (R92): the machine may have nothing of it.
        return Check(name, Outcome.WARNING, f"{what} is empty on this machine.")
    features = _count(len(probed.features), "feature")
    return Check(name, Outcome.OK, f"{what}: {features}, {_count(values, 'value')}.")


def _multi_value(probed: Probed) -> Check:
    """R90: each feature says whether a wheel may need several of its values."""
    missing = probed.reply.no_multi_value
    if not probed.features and not missing:
        text = "There is no feature that could have it."
        return Check("multi_value", Outcome.NOT_APPLICABLE, text)
    if not missing:
        text = "Each feature says whether a wheel may list several of its values."
        return Check("multi_value", Outcome.OK, text)
    text = f"multi_value is missing, for one in {missing[0]}."
    of_today = probed.generation in {"5", _NEWEST}
    outcome = Outcome.ERROR if of_today else Outcome.WARNING
    return Check("multi_value", outcome, text)


def _about_all(first: Probed, known: Probed | None, again: Probed) -> Iterator[Check]:
    """R102 and R103, which bind plugins that are used for building."""
    if known is None:
        text = "There is no get_all_configs(); only builds need it."
        for name in ("all", "all twice", "among all", "all_properties_compatible"):
            yield Check(name, Outcome.NOT_APPLICABLE, text)
        return
    if known.failure:
        text = f"When asked for everything, the plugin {known.failure}."
        yield Check("all", Outcome.ERROR, text)
        return
    everything = _items("all", "What exists", known)
    if not known.features and everything.outcome is Outcome.WARNING:
        text = "get_all_configs() returns nothing, on any machine."
        everything = Check("all", Outcome.ERROR, text)
    yield everything
    yield _same_again("all twice", known, again, ordered=False)
    yield _among_all(first, known)
    yield _all_compatible(first, known)


def _same_again(name: str, first: Probed, second: Probed, *, ordered: bool) -> Check:
    if second.failure:
        text = f"Asked a second time, the plugin {second.failure}."
        return Check(name, Outcome.ERROR, text)
    if _as_sets(first) != _as_sets(second):
        text = "Asked a second time, the plugin gives another answer."
        return Check(name, Outcome.ERROR, text)
    if ordered and first.features != second.features:
        text = (
            "Asked a second time, the plugin gives another order, which is the order "
            "of preference."
        )
        return Check(name, Outcome.ERROR, text)
    text = "Asked a second time, the plugin gives the same answer."
    return Check(name, Outcome.OK, text)


def _among_all(first: Probed, known: Probed) -> Check:
    """R103."""
    everything = dict(known.features)
    strange = [
        f"{name} :: {value}"
        for name, values in first.features
        for value in values
        if value not in everything.get(name, ())
    ]
    if strange:
        text = (
            f"get_all_configs() does not know {_count(len(strange), 'value')} that "
            f"this machine supports, such as {strange[0]}."
        )
        return Check("among all", Outcome.ERROR, text)
    text = "get_all_configs() knows everything that this machine supports."
    return Check("among all", Outcome.OK, text)


def _all_compatible(first: Probed, known: Probed) -> Check:
    """R103, for plugins that say that every machine supports everything."""
    name = "all_properties_compatible"
    if not first.reply.all_properties_compatible:
        text = f"{name} is not set."
        return Check(name, Outcome.NOT_APPLICABLE, text)
    if _as_sets(first) == _as_sets(known):
        text = "As promised, everything that exists is supported."
        return Check(name, Outcome.OK, text)
    text = f"{name} is set, but not everything that exists is supported."
    return Check(name, Outcome.ERROR, text)


def _output(probed: Probed) -> Check:
    """Tools that read the answer from stdout break on it (E15)."""
    if not probed.written:
        return Check("output", Outcome.OK, "The plugin prints nothing.")
    written = _count(probed.written, "byte")
    text = f"The plugin writes {written} to stdout or stderr; other tools break on it."
    return Check("output", Outcome.WARNING, text)


def _ending(probed: Probed) -> Check:
    if not probed.ending:
        text = "The process ends by itself, and leaves nothing running."
        return Check("ending", Outcome.OK, text)
    text = f"The process {probed.ending}."
    return Check("ending", Outcome.WARNING, text)


def _side_effects(probed: Probed) -> Check:
    """Whoever loads a plugin into a larger program suffers from these."""
    replaced = probed.reply.replaced
    if not replaced:
        text = "The plugin leaves the modules of others alone."
        return Check("side effects", Outcome.OK, text)
    text = (
        f"The plugin puts modules of its own in the place of {', '.join(replaced[:5])}."
    )
    return Check("side effects", Outcome.WARNING, text)


def _as_sets(probed: Probed) -> tuple[object, ...]:
    features = frozenset((name, frozenset(values)) for name, values in probed.features)
    return features, probed.multi_value


def _count(number: int, noun: str) -> str:
    """Write a number of things.

    >>> _count(1, "value"), _count(1200, "value")
    ('1 value', '1,200 values')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
