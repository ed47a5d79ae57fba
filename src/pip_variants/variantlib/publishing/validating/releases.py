"""Whether the wheels of a release go together, and what machines make of them.

Source: PEP 825, "Metadata consistency" and "Variant ordering"; R85-R87, R94, R105.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from ...builtin import builtin_of
from ...metadata import Problem, VariantsJson
from ...providers import Provider
from ..indexing.combining import Disagreement, combine_wheels
from ..reachability import Unreachable, ties, unreachable
from .dependencies import check_dependencies
from .documents import asks_beside
from .fallbacks import check_fallbacks
from .findings import Finding, finding
from .tools import Tools
from .wheels import Wheel
from .words import check_words

__all__ = ["check_availability", "check_release", "check_selection"]

_MOST = 20
"""How many findings of one kind a release gets: 200 labels may all share a mistake."""


def check_release(
    wheels: Sequence[Wheel],
    where: str,
    tools: Tools,
    *,
    complete: bool,
    has_sdist: bool,
) -> Iterator[Finding]:
    """Yield what is wrong between the wheels of one release.

    :param complete: whether these are all its wheels, as far as anybody can tell.
    """
    yield from check_dependencies(wheels, where, tools, complete=complete)
    described = {
        wheel.where: wheel.document for wheel in wheels if wheel.document is not None
    }
    if not described:
        return
    yield from _check_together(described, where)
    document, *others = described.values()
    combined = document.combine(*others)
    yield from check_words(combined, where, tools)
    yield from check_availability(combined.providers, where, tools)
    if not complete:
        return
    tags: dict[str, set[str]] = {}
    for wheel in wheels:
        if wheel.name.label is not None:
            tags.setdefault(wheel.name.label, set()).update(wheel.name.tags)
    yield from check_selection(combined, tags, where)
    yield from check_fallbacks(wheels, where, combined, has_sdist=has_sdist)


def _check_together(
    described: Mapping[str, VariantsJson], where: str
) -> Iterator[Finding]:
    """Find contradictions between wheels (R13, R23, R85)."""
    try:
        combine_wheels(described)
    except Disagreement as error:
        for problem in error.problems[:_MOST]:
            rule, remedy = _rule_between(problem)
            yield finding(rule, "error", where, str(problem), remedy)


def _rule_between(problem: Problem) -> tuple[str, str]:
    section = problem.path[0] if problem.path else ""
    if section == "variants":
        return "R13", "give each set of properties a label of its own"
    if section == "providers":
        return "R85", "name the same provider in all wheels"
    return "R23", "let all lists begin alike; only at the end may one go on"


def check_selection(
    document: VariantsJson, tags: Mapping[str, Collection[str]] | None, where: str
) -> Iterator[Finding]:
    """Find labels that no machine selects, and those that spelling decides on."""
    pairs = ties(document, tags)
    # Of two that are the same, one is never selected; that is told once.
    told = {tie.second for tie in pairs if tie.same}
    lost = [
        each
        for each in unreachable(document, tags)
        if each.label not in told and asks_beside(document.properties(each.label) or {})
    ]
    for each in lost[:_MOST]:
        by = f" (in its place: {', '.join(each.by[:3])})" if each.by else ""
        text = f"no machine ever selects {each.label!r:.200}: {each.reason}{by}"
        if not each.certain:
            text += "; so it is on all machines that were tried"
        if _is_wish(each, document):
            remedy = f"users get it with --variant {each.label:.200}; tell them so"
            yield finding("R7", "note", where, text, remedy, label=each.label)
        else:
            remedy = "correct its properties, or leave the wheel out"
            yield finding("R7", "warning", where, text, remedy, label=each.label)
    gone = {each.label for each in lost}
    for tie in pairs[:_MOST]:
        if {tie.first, tie.second} & gone and not tie.same:
            continue
        text = (
            f"{tie.first!r:.200} and {tie.second!r:.200} have the same properties: "
            f"the first is taken wherever they fit"
        )
        if not tie.same:
            text = (
                f"on some machines nothing but spelling puts {tie.first!r:.200} before "
                f"{tie.second!r:.200}"
            )
        remedy = "give one of them a property that the other has not"
        yield finding("R44", "warning", where, text, remedy)


def _is_wish(lost: Unreachable, document: VariantsJson) -> bool:
    """Tell whether a publisher may well mean it: a static list puts others first."""
    return any(
        provider is not None and provider.static_properties is not None
        for label in lost.by
        for namespace in document.properties(label) or {}
        for provider in [document.providers.get(namespace)]
    )


def check_availability(
    providers: Mapping[str, Provider], where: str, tools: Tools
) -> Iterator[Finding]:
    """Look for the packages of providers on the index (R86, R87)."""
    if tools.shortage is None:
        return
    for namespace, provider in sorted(providers.items()):
        lack = tools.shortage(provider.requires) if provider.requires else None
        if lack is None:
            continue
        # Tools that have the provider built in do not need the package.
        known = builtin_of(namespace, provider) is not None
        text = f"the provider of {namespace:.200}: {lack.reason}"
        if lack.found:
            yield finding(
                "R87", "warning" if known else "error", where, text, lack.remedy
            )
        else:
            severity = "note" if known and not lack.unsure else "warning"
            yield finding("R86", severity, where, text, lack.remedy)  # type: ignore[arg-type]
