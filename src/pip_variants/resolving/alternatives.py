"""The labels of a version as alternatives to pip's resolver, each with what it needs.

::

    wheels of one version --LabelledVersion--> as many candidates as labels
    label with abi_dependency --BesideRequirement--> a requirement of its candidate

pip knows one candidate for each version, and requirements that a set of specifiers can
say. It backtracks over these like over its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from .. import _pip
from ..installed import installed_variant
from ..release import wheel_label
from ..variantlib.abi_dependency import distribution_name, fits, needed
from ..variantlib.model import ABI_DEPENDENCY

if TYPE_CHECKING:
    from ..choice import Choice
    from ..decisions import Decisions
    from ..variantlib.model import Properties

__all__ = [
    "BesideRequirement",
    "LabelledVersion",
    "VariantProvider",
    "dependent_choice",
    "label_and_needs",
    "limit",
    "told_apart",
]


class LabelledVersion(_pip.Version):
    """A version that is another one for each label, and has the same place among all."""

    __slots__ = ("_label",)

    def __init__(self, version: object, label: str) -> None:
        """Take over *version*."""
        super().__init__(str(version))
        self._label = label

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LabelledVersion):
            return False
        return self._label == other._label and super().__eq__(other)

    def __hash__(self) -> int:
        return hash((super().__hash__(), self._label))


def told_apart(decisions: Decisions, version: Any, make: Callable[[], Any]) -> Any:
    """Return the version that pip is to know a candidate by.

    :param make: makes the candidate.
    """
    found = dependent_choice(decisions, make.keywords["link"])  # type: ignore[attr-defined]
    return version if found is None else LabelledVersion(version, found[0])


def dependent_choice(
    decisions: Decisions, link: _pip.Link | None
) -> tuple[str, Choice] | None:
    """Return the label of a wheel, and the decision about its release.

    None where that does not depend on what pip picks.
    """
    label = wheel_label(link)
    choice = None if link is None or label is None else decisions.choice_of(link)
    if choice is None or label is None or not choice.picks:
        return None
    return label, choice


class BesideRequirement(_pip.SpecifierRequirement):
    """What a label needs of one distribution: one of several ranges of versions."""

    def __init__(
        self, ireq: _pip.InstallRequirement, feature: str, values: Sequence[str]
    ) -> None:
        """Hold what is needed.

        :param ireq: asks for the distribution.
        """
        super().__init__(ireq)
        self._values = tuple(values)
        self.text = needed({feature: values})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BesideRequirement):
            return False
        return self.name == other.name and self._values == other._values

    def __hash__(self) -> int:
        return hash((self.name, self._values))

    def allows(self, version: object) -> bool:
        """Tell whether a version is in one of the ranges."""
        return any(fits(value, str(version)) for value in self._values)

    def is_satisfied_by(self, candidate: Any) -> bool:
        """Tell whether a candidate is in one of the ranges."""
        return self.allows(candidate.version)

    def format_for_error(self) -> str:
        """Say what is needed."""
        return f"{self.text} (for its variant)"


def label_and_needs(decisions: Decisions, candidate: Any) -> tuple[str, Properties]:
    """Return the label of a candidate and what it needs beside it, empty for nothing.

    One with extras leaves that to the candidate without. What was forced needs nothing.
    """
    if candidate.name != candidate.project_name:
        return "", {}
    if candidate.is_installed:
        variant = installed_variant(candidate.dist)
        if variant is None or variant.forced:
            return "", {}
        return variant.label, _beside(variant.declared)
    found = dependent_choice(decisions, candidate.source_link)
    if found is None:
        return "", {}
    label, choice = found
    return label, _beside(choice.declared(label))


def _beside(properties: Properties) -> Properties:
    features = properties.get(ABI_DEPENDENCY)
    return {ABI_DEPENDENCY: features} if features else {}


class VariantProvider(_pip.PipProvider):
    """Adds to the dependencies of a variant what its label needs."""

    def __init__(
        self,
        *args: Any,
        decisions: Decisions,
        follow: Callable[[str], bool],
        **named: Any,
    ) -> None:
        """Make pip's provider.

        :param follow: tells whether a distribution is picked anyhow. A label needs a
            version of what there is; it brings nothing along (R97).
        """
        super().__init__(*args, **named)
        self._decisions = decisions
        self._follow = follow

    def get_dependencies(self, candidate: Any) -> Iterable[Any]:
        """Yield pip's requirements, then ours."""
        names = set()
        for requirement in super().get_dependencies(candidate):
            names.add(requirement.project_name)
            yield requirement
        _, needs = label_and_needs(self._decisions, candidate)
        for feature, values in needs.get(ABI_DEPENDENCY, {}).items():
            name = distribution_name(feature)
            if name in names or self._follow(name):
                yield self._requirement(candidate, feature, values)

    def _requirement(
        self, candidate: Any, feature: str, values: Sequence[str]
    ) -> BesideRequirement:
        name = distribution_name(feature)
        # More than one range cannot be said in a specifier.
        exact = (
            f"=={values[0]}.*" if len(values) == 1 and _is_release(values[0]) else ""
        )
        factory: Any = self._factory
        make: Any = factory._make_install_req_from_spec  # noqa: SLF001 - no public way
        ireq = make(f"{name}{exact}", candidate._ireq)  # noqa: SLF001 - no public way
        return BesideRequirement(ireq, feature, values)


def _is_release(value: str) -> bool:
    return fits(value, value)


def limit(
    found: _pip.FoundCandidates,
    identifier: str,
    requirements: Mapping[str, Iterable[Any]],
) -> None:
    """Leave out the candidates that requirements of ours do not allow.

    pip looks at specifiers alone, and takes it for granted that what it finds satisfies
    every requirement.
    """
    base = identifier.partition("[")[0]
    ours = [
        requirement
        for name in dict.fromkeys((identifier, base))
        for requirement in requirements.get(name, ())
        if isinstance(requirement, BesideRequirement)
    ]
    if not ours:
        return

    def allowed(version: object) -> bool:
        return all(requirement.allows(version) for requirement in ours)

    installed = found._installed  # noqa: SLF001 - no public way
    if installed is not None and not allowed(installed.version):
        found._installed = None  # noqa: SLF001 - no public way
    found._get_infos = partial(_only, found._get_infos, allowed)  # noqa: SLF001 - no public way


def _only(
    infos: Callable[[], Iterator[Any]], allowed: Callable[[object], bool]
) -> Iterator[Any]:
    for version, make in infos():
        if allowed(version):
            yield version, make
