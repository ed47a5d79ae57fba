from __future__ import annotations

import pytest

from pip_variants import _pip, requirements
from pip_variants.requirements import Pins


@pytest.fixture(autouse=True)
def pins(monkeypatch: pytest.MonkeyPatch) -> Pins:
    fresh = Pins()
    monkeypatch.setattr(requirements, "pins", fresh)
    return fresh


@pytest.mark.parametrize(
    ("text", "rest", "name", "label"),
    [
        ("torch#cu129", "torch", "torch", "cu129"),
        ("torch==2.8.0#cu129", "torch==2.8.0", "torch", "cu129"),
        ("torch[a,b]==2.8#v1.2_x", "torch[a,b]==2.8", "torch", "v1.2_x"),
        ("torch<3,>=1#null", "torch<3,>=1", "torch", "null"),
        ("My.Pkg ==1.0 #v3", "My.Pkg ==1.0 ", "my-pkg", "v3"),
        (
            "torch==1#v3;python_version>'3'",
            "torch==1;python_version>'3'",
            "torch",
            "v3",
        ),
        ("torch==1#v3 ; os_name!='x'", "torch==1; os_name!='x'", "torch", "v3"),
    ],
)
def test_a_label_is_taken_off_and_kept(
    text: str, rest: str, name: str, label: str, pins: Pins
) -> None:
    """F67."""
    assert requirements.take_label(text, None) == rest
    pin = pins.wish(name)
    assert pin is not None
    assert pin.labels == (label,)


@pytest.mark.parametrize(
    "text",
    [
        "torch==2.8.0",
        "torch==1#",
        "torch==1#v3#v4",
        "./torch-2.8.0-py3-none-any-cu129.whl#sha256=abc",
        "https://example.org/torch.whl#sha256=abc",
        "torch @ https://example.org/torch.whl#cu129",
        "git+https://example.org/x.git#egg=x",
        "file:///x/y.tar.gz#egg=y",
        "C:\\wheels\\x.whl#v3",
    ],
)
def test_everything_else_is_left_to_pip(text: str, pins: Pins) -> None:
    assert requirements.take_label(text, None) == text
    assert pins.as_mapping() == {}


@pytest.mark.parametrize("marker", ["os_name == 'x'", 'extra == "gpu"'])
def test_a_requirement_that_pip_skips_pins_nothing(marker: str, pins: Pins) -> None:
    assert requirements.take_label(f"torch==1#v3; {marker}", None) == (
        f"torch==1; {marker}"
    )
    assert pins.as_mapping() == {}


@pytest.mark.parametrize("marker", ["", "nonsense", "'a' ~= 'b'", "x == 'y'"])
def test_a_marker_that_cannot_be_read_is_left_to_pip(marker: str, pins: Pins) -> None:
    assert requirements.take_label(f"torch==1#v3;{marker}", None) == (
        f"torch==1;{marker}"
    )
    assert set(pins.as_mapping()) == {"torch"}


@pytest.mark.parametrize("label", ["V3", "cu126==2.8.0", "cu-126", "é"])
def test_what_is_no_label_is_named(label: str) -> None:
    with pytest.raises(Exception, match="is no variant label") as caught:
        requirements.take_label(f"torch==1#{label}", None)
    assert repr(label) in str(caught.value)


def test_two_labels_for_one_package_name_both_places() -> None:
    """E29."""
    requirements.take_label("torch#cu126", "line 3 of r.txt")
    requirements.take_label("Torch==2#cu126", "line 4 of r.txt")
    with pytest.raises(Exception, match="Two variants of torch") as caught:
        requirements.take_label("torch#cu129", None)
    assert "'cu126' (line 3 of r.txt)" in str(caught.value)
    assert "'cu129' (command line)" in str(caught.value)


def test_no_password_in_the_place(pins: Pins) -> None:
    place = "line 1 of https://me:secret@example.org/r.txt"
    requirements.take_label("torch#v1", place)
    pin = pins.wish("torch")
    assert pin is not None
    assert pin.place == "line 1 of https://****@example.org/r.txt"
    with pytest.raises(_pip.InstallationError) as caught:
        requirements.take_label("torch#V1", place)
    assert "secret" not in str(caught.value)
