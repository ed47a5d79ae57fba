"""The labels that the user asks for, by package."""

from __future__ import annotations

import pytest

from pip_variants.origins import Layer, Origin, Setting
from pip_variants.wishes import EVERY, Wish, Wishes, combine, read_wishes

ON_COMMAND_LINE = Origin("command line", "variant")
IN_ENVIRONMENT = Origin("environment", "PIP_VARIANT")
IN_FILE = Origin("/etc/pip.conf", "global.variant")


def layer(*texts: str, origin: Origin = ON_COMMAND_LINE, key: str = "variant") -> Layer:
    return {key: Setting(texts, origin)}


def labels(*layers: Layer, key: str = "variant") -> dict[str, tuple[str, ...]]:
    return {name: wish.labels for name, wish in read_wishes(layers, key).items()}


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["cu129"], {EVERY: ("cu129",)}),
        (["cu129,cu126"], {EVERY: ("cu129", "cu126")}),
        (["cu129", "cu126", "cu129"], {EVERY: ("cu129", "cu126")}),
        (["torch=cu126,null"], {"torch": ("cu126", "null")}),
        (["torch=cu126", "torch=null"], {"torch": ("cu126", "null")}),
        (["torch=cu126", "null"], {"torch": ("cu126",), EVERY: ("null",)}),
        # Blanks part wishes, as in every list of pip, but not around = and ,
        (["torch=cu126 numpy=v3\n null"], {"torch": ("cu126",), "numpy": ("v3",)}),
        ([" torch = cu126 , null "], {"torch": ("cu126", "null")}),
        (["My_Pkg.X=v3", "my-pkg-x=v2"], {"my-pkg-x": ("v3", "v2")}),
        (["12.9"], {EVERY: ("12.9",)}),
        (["cu126,"], {EVERY: ("cu126",)}),
        ([""], {}),
        (["torch="], {}),
    ],
)
def test_how_a_wish_is_written(
    texts: list[str], expected: dict[str, tuple[str, ...]]
) -> None:
    """F66: several labels, in order."""
    found = labels(layer(*texts))
    assert {name: found.get(name) for name in expected} == expected
    assert found.keys() - expected.keys() <= {EVERY}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("CU126", "'CU126'"),
        ("torch=cu-126", "'cu-126'"),
        ("torch==2.8.0", "'torch='"),
        ("=cu126", "''"),
        ("-torch=cu126", "'-torch'"),
        ("torch[a]=cu126", "'torch[a]'"),
        ("torch#cu126", "'torch#cu126'"),
        ("torch=cu126;numpy=v3", "'torch=cu126;numpy'"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place(text: str, named: str) -> None:
    with pytest.raises(Exception, match=r"is no (name|variant label)") as caught:
        read_wishes([layer(text, origin=IN_FILE)], "variant")
    assert named in str(caught.value)
    assert str(caught.value).startswith("global.variant in /etc/pip.conf: ")


def test_places_are_merged_by_package() -> None:
    """NAME= of one place, the general form of another."""
    found = labels(
        layer("torch=cu126"),
        layer("null", "torch=cu129", origin=IN_ENVIRONMENT),
        layer("numpy=v3", "v1", origin=IN_FILE),
    )
    assert found == {"torch": ("cu126",), EVERY: ("null",), "numpy": ("v3",)}


def test_each_wish_knows_its_place() -> None:
    layers = [layer("torch=cu126"), layer("null", origin=IN_ENVIRONMENT)]
    found = read_wishes(layers, "variant")
    assert found["torch"].place == "--variant"
    assert found[EVERY].place == "PIP_VARIANT"
    assert (found["torch"].named, found[EVERY].named) == (True, False)


def test_an_empty_wish_takes_back_one_of_a_lower_place() -> None:
    lower = layer("torch=cu126", "null", origin=IN_FILE)
    assert labels(layer("torch="), lower) == {EVERY: ("null",)}
    assert labels(layer(""), lower) == {"torch": ("cu126",)}


@pytest.mark.parametrize(
    "texts", [["torch=cu126,cu129"], ["torch=cu126", "torch=cu129"], ["a,b"]]
)
def test_only_one_label_can_be_forced(texts: list[str]) -> None:
    with pytest.raises(Exception, match="only one label of a package can be forced"):
        read_wishes([layer(*texts, key="force-variant")], "force-variant")


def test_the_same_label_can_be_forced_twice_and_others_for_others() -> None:
    texts = ["torch=cu126", "torch=cu126", "numpy=v3"]
    found = read_wishes([layer(*texts, key="force-variant")], "force-variant")
    assert {name: wish.labels for name, wish in found.items()} == {
        "torch": ("cu126",),
        "numpy": ("v3",),
    }
    assert all(wish.forced for wish in found.values())


# several wishes for one package

PIN = Wish(("cu126",), "line 3 of r.txt")
LIST = Wish(("cu129", "cu126"), "--variant")
FORCED = Wish(("cu126",), "--force-variant", forced=True)


def test_no_wish_is_none() -> None:
    assert combine("torch", []) is None


def test_one_wish_is_itself() -> None:
    assert combine("torch", [LIST]) == LIST


def test_what_all_agree_on_remains_in_the_order_of_the_first() -> None:
    combined = combine("torch", [LIST, Wish(("null", "cu126", "cu129"), "PIP_VARIANT")])
    assert combined is not None
    assert combined.labels == ("cu129", "cu126")


def test_one_that_forces_makes_the_whole_forced() -> None:
    combined = combine("torch", [PIN, LIST, FORCED])
    assert combined is not None
    assert (combined.labels, combined.forced) == (("cu126",), True)
    assert combined.place == "--force-variant"


@pytest.mark.parametrize(
    ("wishes", "first", "second"),
    [
        (
            [PIN, Wish(("cu129",), "--variant")],
            "'cu126' (line 3 of r.txt)",
            "--variant",
        ),
        ([LIST, Wish(("null",), "--force-variant")], "'cu129', 'cu126'", "'null'"),
    ],
)
def test_a_contradiction_names_both_places(
    wishes: list[Wish], first: str, second: str
) -> None:
    """E29."""
    with pytest.raises(
        Exception, match="Two variants of torch are asked for"
    ) as caught:
        combine("torch", wishes)
    assert first in str(caught.value)
    assert second in str(caught.value)


def test_of_three_the_two_that_disagree_are_named() -> None:
    """E29: what the first two agreed on came from both."""
    wishes = [
        Wish(("a", "b"), "line 1"),
        Wish(("b", "c"), "line 2"),
        Wish(("a",), "line 3"),
    ]
    with pytest.raises(Exception, match="Two variants") as caught:
        combine("torch", wishes)
    assert "line 3" in str(caught.value)
    assert "line 2" in str(caught.value)


# all of one run

GENERAL = Wish(("null",), "--variant", named=False)


def wishes(
    pins: dict[str, Wish] | None = None,
    listed: dict[str, Wish] | None = None,
    forced: dict[str, Wish] | None = None,
) -> Wishes:
    return Wishes((pins or {}).get, listed or {}, forced or {})


def test_what_names_a_package_decides_before_what_is_for_all() -> None:
    several = wishes(listed={EVERY: GENERAL, "torch": LIST})
    assert several.of("Torch") == LIST
    assert several.of("numpy") == GENERAL
    assert wishes({"torch": PIN}, {EVERY: GENERAL}).of("torch") == PIN


def test_what_is_for_all_is_for_those_that_the_user_named() -> None:
    several = wishes(listed={EVERY: GENERAL, "torch": LIST})
    several.named = frozenset({"numpy"})
    assert several.of("numpy") == GENERAL
    assert several.of("scipy") is None
    assert several.of("torch") == LIST


def test_nothing_is_asked_for() -> None:
    assert wishes().of("torch") is None
    assert wishes().labels("torch") is None
    assert wishes({"torch": PIN}).labels("torch") == ("cu126",)


def test_only_a_wish_of_the_command_line_can_be_idle() -> None:
    several = wishes(listed={EVERY: GENERAL, "torch": LIST})
    several.meet(LIST)
    several.meet(None)
    assert several.idle() == [(EVERY, GENERAL), ("torch", LIST)]
    several.of("torch")
    assert several.idle() == [(EVERY, GENERAL)]
    several.meet(GENERAL)
    assert several.idle() == []
    elsewhere = Wish(("null",), "PIP_VARIANT", named=False)
    assert wishes(listed={EVERY: elsewhere}).idle() == []
