"""Projects that break a rule."""

from __future__ import annotations

import json

from tests.unit.variantlib.publishing.validating.cases.breaking import Break, Cases
from tests.unit.variantlib.publishing.validating.cases.providers import NAMED

CASES = Cases()
breaks = CASES.breaks


PROJECT = f"""
[variant.default-priorities]
namespace = ["x86_64"]
[variant.providers.x86_64]
requires = ["{NAMED}"]
[variant.variants.v3.x86_64]
level = ["v3"]
"""
breaks("R98")(lambda release: release.project(PROJECT.replace("level", "Level")))
breaks("R98")(lambda release: release.project(PROJECT + "[variant.colour]\n"))
breaks("R98")(lambda release: release.project("[variant"))
breaks("R98")(
    lambda release: release.project(PROJECT + "[variant.matrix]\nlabels = 'x'\n")
)
breaks("R105")(lambda release: release.project(PROJECT.replace('"v3"', '"v5"')))
breaks("R98", "note")(lambda release: release.project("# no variant here\n"))
breaks("R98", "note")(lambda release: release.project("[project]\nname = 'demo'\n"))


def declares(*requires: str, extra: str = "", matrix: str = "") -> Break:
    """Return a case: a project with dependencies."""
    table = (
        f"[project.optional-dependencies]\n{extra} = "
        if extra
        else ("[project]\ndependencies = ")
    )
    text = f"{table}{json.dumps([*requires])}\n{PROJECT}{matrix}"
    return lambda release: release.project(text)


MATRIX = """
[variant.matrix]
plain = true
axes.level = {property = "x86_64 :: level", values = ["v2", "v3"]}
"""
ALL_NULL = MATRIX.replace("plain", "null")
breaks("R49")(declares("cuda; variant_namespaces == 'x86_64'"))
breaks("R49")(declares("cuda; variant_lable == 'v3'", extra="gpu"))
breaks("R54", "warning")(declares("cuda; variant_label == 'v4'"))
breaks("R54", "warning")(declares("cuda; 'gpu' in variant_namespaces", extra="gpu"))
breaks("R54", "warning")(declares("cuda; variant_label == 'v4'", matrix=ALL_NULL))
breaks("R56", "warning")(declares("cuda; variant_label == 'v3'", matrix=MATRIX))
breaks("R8", "warning")(
    lambda release: release.project(PROJECT + MATRIX.replace("true", "false"))
)
