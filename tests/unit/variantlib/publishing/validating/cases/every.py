"""All cases, section by section."""

from __future__ import annotations

from tests.unit.variantlib.publishing.validating.cases import (
    machines,
    projects,
    providers,
    releases,
    wheels,
)

CASES = [
    case
    for section in (wheels, releases, machines, providers, projects)
    for case in section.CASES.all
]
