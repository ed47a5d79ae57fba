"""What a matrix means, and what is wrong with one (F104, F105)."""

from __future__ import annotations

import itertools
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.publishing.project._template import fill_in, gaps
from pip_variants.variantlib.publishing.project.matrix import (
    MOST_CELLS,
    Cell,
    Matrix,
    Recipe,
    read_matrix,
)
from pip_variants.variantlib.publishing.project.seed import Seed, SeedError

HEAD = """
default-priorities.namespace = ["nvidia", "x86_64", "amd"]
providers.nvidia.requires = ["nvidia-variant-provider"]
providers.amd.requires = ["amd-variant-provider"]
providers.x86_64.requires = ["provider-variant-x86-64"]
"""

AXES = """
[matrix.axes.cuda]
property = "nvidia :: cuda_version_lower_bound"
values = ["12.6", { name = "130", values = ["13.0"] }, { name = "cpu", values = [] }]

[matrix.axes.level]
property = "x86_64 :: level"
values = ["v2", "v3"]
"""


def seed_of(text: str) -> Seed:
    return Seed.from_dict(tomllib.loads(HEAD + text))


def matrix_of(text: str) -> Matrix:
    return Matrix.of(seed_of(text))


def labels(text: str) -> list[str]:
    return [cell.label for cell in matrix_of(text).cells]


def cell_of(text: str, label: str) -> Cell:
    found = matrix_of(text).cell(label)
    assert found is not None
    return found


def problems(text: str) -> list[str]:
    with pytest.raises(SeedError) as caught:
        matrix_of(text)
    return [str(problem) for problem in caught.value.problems]


def test_axes_are_multiplied_in_the_order_in_which_they_are_written() -> None:
    assert labels(AXES) == [
        "12.6_v2",
        "12.6_v3",
        "130_v2",
        "130_v3",
        "cpu_v2",
        "cpu_v3",
    ]


def test_a_cell_has_the_properties_of_its_values() -> None:
    assert cell_of(AXES, "130_v3").properties == {
        "nvidia": {"cuda_version_lower_bound": ["13.0"]},
        "x86_64": {"level": ["v3"]},
    }


def test_a_value_of_nothing_adds_no_property() -> None:
    assert cell_of(AXES, "cpu_v2").properties == {"x86_64": {"level": ["v2"]}}


def test_several_values_and_further_properties_stand_together() -> None:
    """R26: as sorted sets."""
    text = """
    [[matrix.axes.gpu.values]]
    name = "new"
    properties = [
        "nvidia :: sm_arch :: 90_real", "nvidia::sm_arch::100_real",
        "nvidia :: sm_arch :: 90_real", "x86_64 :: level :: v3",
    ]
    """
    assert cell_of(text, "new").properties == {
        "nvidia": {"sm_arch": ["100_real", "90_real"]},
        "x86_64": {"level": ["v3"]},
    }


def test_the_label_follows_the_template() -> None:
    text = '[matrix]\nlabel = "cu{cuda}.{level}"\n' + AXES
    assert labels(text)[0] == "cu12.6.v2"


def test_a_cell_without_properties_is_the_null_variant() -> None:
    """R14: nothing else may be its label."""
    text = """
    [matrix.axes.cuda]
    property = "nvidia :: cuda_version_lower_bound"
    values = ["12.6", { name = "cpu", environment = { CPU = "{label}" } }]
    """
    assert labels(text) == ["12.6", "null"]
    assert cell_of(text, "null").environ == {"CPU": "null"}


def test_null_and_plain_can_be_asked_for() -> None:
    matrix = matrix_of("[matrix]\nnull = true\nplain = true\n" + AXES)
    assert matrix.cells[-1].label == "null"
    assert matrix.cells[-1].properties == {}
    assert matrix.plain is not None
    assert matrix_of(AXES).plain is None


def test_null_and_plain_can_be_built_in_another_way() -> None:
    matrix = matrix_of(
        '[matrix]\nenvironment = { A = "1", B = "{label}", C = "{cuda}" }\n'
        'null.environment = { A = "2" }\nplain.config-settings = { x = ["y", "z"] }\n'
        + AXES
    )
    null = matrix.cell("null")
    assert null is not None
    assert null.environ == {"A": "2", "B": "null"}
    assert matrix.plain is not None
    # It has no label and no place on an axis.
    assert matrix.plain.environ == {"A": "1"}
    assert matrix.plain.config == {"x": ("y", "z")}


def test_variables_and_settings_are_filled_in() -> None:
    text = (
        '[matrix]\nenvironment = { CUDA = "{cuda}={cuda.values}", BRACES = "{{cuda}}" }\n'
        'config-settings = { setup-args = ["-Dlevel={level}", "-Dlabel={label}"] }\n'
        + AXES
    )
    cell = cell_of(text, "130_v2")
    assert cell.environ == {"CUDA": "130=13.0", "BRACES": "{cuda}"}
    assert cell.config == {"setup-args": ("-Dlevel=v2", "-Dlabel=130_v2")}


def test_a_value_says_more_than_the_matrix_and_a_later_axis_more_than_it() -> None:
    text = """
    [matrix]
    environment = { A = "matrix", B = "matrix", C = "matrix" }
    [matrix.axes.one]
    values = [{ name = "x", properties = ["amd :: a :: b"], environment = { B = "{one}", C = "{one}" } }]
    [matrix.axes.two]
    values = [{ name = "y", environment = { C = "{two}" } }]
    """
    assert cell_of(text, "x_y").environ == {"A": "matrix", "B": "x", "C": "y"}


def test_cells_are_left_out() -> None:
    text = (
        '[matrix]\nexclude = [{ cuda = "12.6", level = "v2" }, { cuda = ["130", "cpu"] }]\n'
        + AXES
    )
    assert labels(text) == ["12.6_v3"]


def test_cells_are_added() -> None:
    text = (
        AXES
        + """
    [[matrix.include]]
    label = "rocm"
    properties = ["amd :: gfx_arch :: gfx1100", "amd :: gfx_arch :: gfx1030"]
    environment = { GPU = "{label}" }
    [[matrix.include]]
    label = "listed"
    [variants.listed]
    x86_64.level = ["v4"]
    """
    )
    assert labels(text)[-2:] == ["rocm", "listed"]
    rocm = cell_of(text, "rocm")
    assert rocm.properties == {"amd": {"gfx_arch": ["gfx1030", "gfx1100"]}}
    assert rocm.environ == {"GPU": "rocm"}
    assert cell_of(text, "listed").properties == {"x86_64": {"level": ["v4"]}}


def test_without_axes_the_table_of_variants_is_built() -> None:
    variants = '[variants.a]\nx86_64.level = ["v2"]\n[variants.b]\namd.x = ["y"]\n'
    assert [cell.label for cell in read_matrix(seed_of(variants))] == ["a", "b"]
    text = '[matrix]\nnull = true\nenvironment = { L = "{label}" }\n' + variants
    assert [cell.environ for cell in matrix_of(text).cells] == [
        {"L": "a"},
        {"L": "b"},
        {"L": "null"},
    ]


def test_without_anything_nothing_is_built() -> None:
    assert matrix_of("").cells == ()


def test_the_sample_on_the_page_means_what_the_page_says() -> None:
    page = Path(__file__).parents[5] / "docs" / "reference" / "matrix.md"
    sample = page.read_text("utf-8").split("```toml\n")[1].split("```")[0]
    matrix = Matrix.of(Seed.from_dict(tomllib.loads(sample)["variant"]))
    assert [cell.label for cell in matrix.cells] == [
        *("cu126_v3", "cu130_v1", "cu130_v2", "cu130_v3"),
        *("cpu_v1", "cpu_v2", "cpu_v3", "rocm", "null"),
    ]
    assert matrix.plain is not None
    assert matrix.plain.environ == {"WITHOUT_GPU": "1"}
    cell = matrix.cell("cu130_v2")
    assert cell is not None
    assert cell.config == {"setup-args": ("-Dcuda=13.0", "-Dlevel=v2")}
    assert f"{MOST_CELLS:,} cells" in page.read_text("utf-8")


# what is wrong


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[matrix]\nexlude = []",
            "matrix.exlude: is not known; did you mean 'exclude'?",
        ),
        ("[matrix]\naxes = 3", "matrix.axes: must be a table"),
        ("[matrix.axes]\na = 3", "matrix.axes.a: must be a table"),
        ("[matrix.axes.a]\nvalue = []", "matrix.axes.a.value: is not known; did you "),
        ("[matrix.axes.a]\n", "matrix.axes.a.values: must list at least one value"),
        ("[matrix.axes.a]\nvalues = 'x'", "matrix.axes.a.values: must be a list"),
        ("[matrix.axes.a]\nvalues = [1]", "matrix.axes.a.values.0: must be a table"),
        ("[matrix.axes.a]\nvalues = [{}]", "matrix.axes.a.values.0: has no name"),
        (
            "[matrix.axes.a]\nvalues = ['x']",
            "matrix.axes.a.values.0.values: has values, but its axis names no property",
        ),
        (
            "[matrix.axes.a]\nproperty = 'amd::b'\nvalues = ['x', 'x']",
            "matrix.axes.a.values.1: has the name 'x', like another one",
        ),
        (
            "[matrix.axes.a]\nproperty = 'amd'\nvalues = ['x']",
            "matrix.axes.a.property: 'amd' is no feature: write it 'namespace :: feature'",
        ),
        (
            "[matrix.axes.a]\nproperty = 'gpu::b'\nvalues = ['x']",
            "matrix.axes.a.property: gpu is not listed in default-priorities.namespace",
        ),
        (
            "[matrix.axes.a]\nproperty = 'amd::b'\nvalues = ['X']",
            "matrix.axes.a.values.0.values: 'X' is no value",
        ),
        (
            "[matrix.axes.a]\nvalues = [{name='x', properties=['gpu::a::b']}]",
            "matrix.axes.a.values.0.properties.0: gpu is not listed in ",
        ),
        (
            "[matrix.axes.a]\nvalues = [{name='x', properties=['nonsense']}]",
            "matrix.axes.a.values.0.properties.0: 'nonsense' is no property",
        ),
        (
            "[matrix.axes.'a b']\nvalues = ['x']",
            "matrix.axes.a b: is no name of an axis",
        ),
        ("[matrix.axes.label]\nvalues = ['x']", "matrix.axes.label: is no name of an "),
        (
            "[matrix]\nlabel = 'x{'" + AXES,
            "matrix.label: 'x{' has a brace that belongs",
        ),
        (
            "[matrix]\nlabel = '{cuba}'" + AXES,
            "matrix.label: there is nothing for {cuba}; did you mean 'cuda'?",
        ),
        (
            "[matrix]\nlabel = '{label}'" + AXES,
            "matrix.label: there is nothing for {label}",
        ),
        (
            "[matrix]\nenvironment = {A = '{x}'}" + AXES,
            "matrix.environment.A: there is nothing for {x}",
        ),
        ("[matrix]\nenvironment = {A = 1}", "matrix.environment.A: must be a string"),
        (
            "[matrix]\nenvironment = {'A=B' = ''}",
            "matrix.environment.A=B: is no name of",
        ),
        (
            '[matrix]\nenvironment = {A = "\\u0000"}',
            "matrix.environment.A: must be a string",
        ),
        (
            "[matrix]\nconfig-settings = {a = [1]}",
            "matrix.config-settings.a: must be a string or a list of strings",
        ),
        (
            "[matrix]\nexclude = [{cudo = 'x'}]" + AXES,
            "matrix.exclude.0.cudo: is not known; did you mean 'cuda'?",
        ),
        (
            "[matrix]\nexclude = [{cuda = '12.5'}]" + AXES,
            "matrix.exclude.0.cuda: '12.5' is no value of that axis; did you mean '12.6'?",
        ),
        ("[matrix]\nexclude = [{}]" + AXES, "matrix.exclude.0: names no axis"),
        ("[matrix]\nexclude = [1]" + AXES, "matrix.exclude.0: must be a table"),
        ("[[matrix.include]]\n", "matrix.include.0.label: '' is no variant label"),
        (
            "[[matrix.include]]\nlabel = 'x'",
            "matrix: 'x' has no properties; the wheel without any has the label 'null'",
        ),
        (
            "[[matrix.include]]\nlabel = 'null'\nproperties = ['amd::a::b']",
            "matrix: 'null' has properties; the wheel without any has the label 'null'",
        ),
        ("[matrix]\nnull = 1", "matrix.null: must be true or false"),
        (
            "[matrix]\nplain = {environment = {A = '{label}'}}",
            "matrix.plain.environment.A",
        ),
        (
            "[matrix]\nlabel = 'same'" + AXES,
            "matrix.label: does not use {cuda} and {level}: more than one cell",
        ),
        (
            "[[matrix.include]]\nlabel = 'v2_x'\nproperties = ['amd::a::b']\n"
            "[[matrix.include]]\nlabel = 'v2_x'\nproperties = ['amd::a::c']\n" + AXES,
            "matrix: two cells have the label 'v2_x'",
        ),
        ("[matrix]\nlabel = 'A{cuda}{level}'" + AXES, "matrix.label: 'A12.6v2' is no "),
        (
            AXES + "[variants.'130_v2']\namd.x = ['y']",
            "matrix: '130_v2' has other properties in variant.variants",
        ),
        (
            (
                "[matrix.axes.a]\nproperty = 'amd::b'\nvalues = ['x']\n"
                "[matrix.axes.b]\nproperty = 'amd::b'\nvalues = ['y']"
            ),
            "matrix.axes: a and b both set amd :: b",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, told: str) -> None:
    assert any(found.startswith(told) for found in problems(text)), problems(text)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    text = (
        "[matrix]\nnull = 1\nplain = 2\nlabel = 3\nexclude = 4\ninclude = 5\naxes = 6"
    )
    assert len(problems(text)) == 6


def test_a_template_that_leaves_an_axis_out_is_told_once() -> None:
    """The labels that it makes twice are as many as the other axes have values."""
    text = "[matrix]\nlabel = 'l{cuda.values}'" + AXES
    (told,) = problems(text)
    assert told == (
        "matrix.label: does not use {level}: more than one cell would have the label "
        "'l12.6', and so for 2 more"
    )


def test_an_axis_that_tells_no_cells_apart_may_be_left_out() -> None:
    one = AXES.replace('values = ["v2", "v3"]', 'values = ["v2"]')
    assert labels("[matrix]\nlabel = 'c{cuda}'" + one) == ["c12.6", "c130", "ccpu"]
    # Exclusion can have the same effect.
    rules = "[matrix]\nlabel = 'c{cuda}'\nexclude = [{level = 'v3'}]"
    assert labels(rules + AXES) == ["c12.6", "c130", "ccpu"]


def test_two_names_can_make_one_label() -> None:
    text = AXES.replace('["v2", "v3"]', "[{name='2_3', values=['v2']}, '3']").replace(
        '"12.6"', '"12", "12_2"'
    )
    assert problems(text) == ["matrix: two cells have the label '12_2_3'"]


def test_whether_labels_share_builds_on_purpose_is_said() -> None:
    assert not matrix_of(AXES).shares_builds
    assert matrix_of("[matrix]\nshared-builds = true" + AXES).shares_builds
    assert problems("[matrix]\nshared-builds = 1") == [
        "matrix.shared-builds: must be true or false"
    ]


def test_a_huge_product_is_refused_before_it_is_made() -> None:
    values = [f"x{number}" for number in range(MOST_CELLS // 100 + 1)]
    text = "".join(
        f"[matrix.axes.a{number}]\nproperty = 'amd::a{number}'\nvalues = {values}\n"
        for number in range(20)
    )
    (told,) = problems(text)
    assert told == f"matrix.axes: have a product of more than {MOST_CELLS:,} cells"


def test_a_thousand_bad_cells_do_not_make_a_thousand_lines() -> None:
    values = [f"x{number}" for number in range(100)]
    text = "[matrix]\nlabel = 'BAD{a}'\n" + "".join(
        f"[matrix.axes.{name}]\nproperty = 'amd::{name}'\nvalues = {values}\n"
        for name in "ab"
    )
    assert 0 < len(problems(text)) < 50


def test_labels_that_mean_the_same_are_worth_a_warning() -> None:
    text = AXES + "[[matrix.include]]\nlabel = 'a'\nproperties = ['x86_64::level::v2']"
    (warning,) = matrix_of(text).warnings
    assert str(warning) == (
        "matrix: cpu_v2 and a have the same properties: a is taken wherever both fit"
    )


# laws


words = st.from_regex(r"[a-z0-9_]{1,5}", fullmatch=True)


@given(st.text(), st.dictionaries(words, st.text()))
def test_templates_fail_with_one_kind_of_error_or_are_filled(
    template: str, filling: dict[str, str]
) -> None:
    try:
        found = gaps(template)
    except ValidationError:
        return
    text = fill_in(template, filling)
    if not found and "{" not in template and "}" not in template:
        assert text == template


@given(st.text(), words, st.text())
def test_what_is_filled_in_is_not_looked_at_again(
    before: str, word: str, value: str
) -> None:
    """A value with braces is only text."""
    quoted = before.replace("{", "{{").replace("}", "}}")
    template = f"{quoted}{{{word}}}{quoted}"
    assert gaps(template) == {word}
    assert fill_in(template, {word: value}) == f"{before}{value}{before}"


@given(
    st.lists(
        st.lists(words, min_size=1, max_size=4, unique=True), min_size=1, max_size=3
    )
)
def test_a_matrix_is_the_product_of_its_axes(axes: list[list[str]]) -> None:
    document: dict[str, Any] = {
        "default-priorities": {"namespace": ["amd"]},
        "providers": {"amd": {"requires": ["amd-variant-provider"]}},
        "matrix": {
            "label": ".".join(f"{{a{number}}}" for number in range(len(axes))),
            "axes": {
                f"a{number}": {"property": f"amd :: f{number}", "values": values}
                for number, values in enumerate(axes)
            },
        },
    }
    cells = Matrix.of(Seed.from_dict(document)).cells
    assert [cell.label for cell in cells] == [
        ".".join(values) for values in itertools.product(*axes)
    ]


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                "label null plain environment config-settings exclude axes include "
                "name values property properties a b".split()
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["axes", "include", "exclude", "null"]), json_like)
)
def test_any_table_is_read_or_refused(table: dict[str, Any]) -> None:
    document = {
        "default-priorities": {"namespace": ["amd"]},
        "providers": {"amd": {"requires": ["amd-variant-provider"]}},
        "matrix": table,
    }
    seed = Seed.from_dict(document)
    try:
        Matrix.of(seed)
    except SeedError as error:
        assert error.problems


@given(st.dictionaries(words, st.text()), st.dictionaries(words, st.text()))
def test_recipes_are_alike_exactly_when_they_say_the_same(
    one: dict[str, str], other: dict[str, str]
) -> None:
    same = (
        Recipe(one, other).key == Recipe(dict(reversed(one.items())), dict(other)).key
    )
    assert same
    assert (Recipe(one).key == Recipe(other).key) == (one == other)
