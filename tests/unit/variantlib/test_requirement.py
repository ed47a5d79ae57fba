from __future__ import annotations

import pytest

from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.requirement import ProviderRequirement, normalize_name


@pytest.mark.parametrize(
    ("text", "name", "marker"),
    [
        ("a", "a", None),
        (" Foo.Bar_x >= 1 , < 2 ", "foo-bar-x", None),
        ("p[extra]==1", "p", None),
        ("p (>=1)", "p", None),
        ("p~=1.0; python_version < '3.13'", "p", "python_version < '3.13'"),
        ("p;", "p", None),
    ],
)
def test_name_and_marker_are_read(text: str, name: str, marker: str | None) -> None:
    assert ProviderRequirement.parse(text) == ProviderRequirement(name, marker)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-r evil.txt",
        "--index-url=https://x",
        "p @ https://example.org/p.whl",
        "p other",
        "./p",
        "a" + " " * 1500 + "@",
        "a" * 200_000 + "@",
        "a;" + "(" * 200_000,
    ],
    ids=lambda text: text[:20],
)
def test_everything_else_is_refused_at_once(text: str) -> None:
    """E17, E2: also what a pattern would look at for minutes."""
    with pytest.raises(ValidationError, match="does not name a package"):
        ProviderRequirement.parse(text)


def test_names_are_normalised() -> None:
    assert normalize_name("A__b.-C") == "a-b-c"
