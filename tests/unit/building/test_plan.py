"""Which cells share a build."""

from __future__ import annotations

from pip_variants.building.plan import Plan
from pip_variants.variantlib.model import Label
from pip_variants.variantlib.publishing.project.matrix import Cell, Recipe


def cell(label: str, **environ: str) -> Cell:
    return Cell(Label(label), {"a": {"b": [label]}}, Recipe(environ))


def shape(plan: Plan) -> list[tuple[list[str], bool]]:
    return [([cell.label for cell in b.cells], b.plain) for b in plan.builds]


def test_cells_that_differ_only_in_their_labels_share_a_build() -> None:
    plan = Plan.of([cell("a", X="1"), cell("b"), cell("c", X="1")], None, Recipe())
    assert shape(plan) == [(["a", "c"], False), (["b"], False)]
    assert [build.number for build in plan.builds] == [1, 2]


def test_the_plain_wheel_shares_a_build_too() -> None:
    plan = Plan.of([cell("a"), cell("b", X="1")], Recipe(), Recipe())
    assert shape(plan) == [(["a"], True), (["b"], False)]
    plan = Plan.of([cell("a")], Recipe({"X": "1"}), Recipe())
    assert shape(plan) == [(["a"], False), ([], True)]
    assert plan.wanted == 2


def test_what_the_user_adds_goes_before_what_the_project_says() -> None:
    own = Recipe(config={"jobs": "1", "x": "y"})
    plan = Plan.of([Cell(Label("a"), {}, own)], None, Recipe(config={"jobs": "9"}))
    assert plan.builds[0].recipe.config == {"jobs": "9", "x": "y"}


def test_what_differs_only_in_what_the_user_overrides_is_alike() -> None:
    cells = [
        Cell(Label(label), {}, Recipe(config={"jobs": label})) for label in ("1", "2")
    ]
    assert len(Plan.of(cells, None, Recipe(config={"jobs": "9"})).builds) == 1
