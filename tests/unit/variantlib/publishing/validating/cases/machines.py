"""Labels that break a rule by the machines that they are for."""

from __future__ import annotations

from typing import Any

from tests.unit.variantlib.publishing.validating.cases.breaking import Cases
from tests.unit.variantlib.publishing.validating.samples import (
    GOOD,
    SCHEMA_0_2_0,
    Release,
    changed,
    level,
    static,
)

CASES = Cases()
breaks = CASES.breaks


def gpus(**labels: list[str]) -> dict[str, Any]:
    """Return metadata with the architectures of some labels."""
    return {
        "$schema": SCHEMA_0_2_0,
        "default-priorities": {"namespace": ["nvidia"]},
        "providers": {"nvidia": {"requires": ["nvidia-variant-provider"]}},
        "variants": {
            "null": {},
            **{
                name: {"nvidia": {"sm_arch": values}} for name, values in labels.items()
            },
        },
    }


BLAS = {"library": ["mkl", "openblas"]}


@breaks("R7", "warning")
def a_label_that_another_always_beats(release: Release) -> None:
    """Wherever it fits, the other has the same, and comes first by its name."""
    release.put(gpus(few=["90_real"], all=["80_real", "90_real"]))


@breaks("R7", "note")
def a_label_that_is_the_second_choice(release: Release) -> None:
    mkl, openblas = ({"blas": {"library": [name]}} for name in BLAS["library"])
    release.put(static(BLAS, mkl=mkl, openblas=openblas))


@breaks("R7", "warning")
def a_label_for_two_processors_at_once(release: Release) -> None:
    document = changed(
        "default-priorities",
        "namespace",
        to=["x86_64", "aarch64"],
        base=changed(
            "providers", "aarch64", to={"requires": ["provider-variant-aarch64"]}
        ),
    )
    document["variants"]["both"] = {**level("v3"), "aarch64": {"version": ["8.1a"]}}
    release.put(document)


@breaks("R44", "warning")
def one_set_of_properties_under_two_labels(release: Release) -> None:
    release.put(changed("variants", "also_v3", to=level("v3")))


@breaks("R44", "warning")
def two_labels_that_some_machines_cannot_part(release: Release) -> None:
    """A machine of 7.5 runs both, and each has something that the other lacks."""
    one, two = ["75_real", "80_real"], ["75_real", "90_real"]
    release.put(gpus(one=one, two=two))


@breaks("R8", "warning")
def nothing_for_everybody(release: Release) -> None:
    release.put(changed("variants", "null", to=None), plain=False)


@breaks("R8", "note")
def nothing_for_everybody_but_the_source(release: Release) -> None:
    release.put(changed("variants", "null", to=None), plain=False)
    release.sdist()


@breaks("R8", "warning")
def nothing_for_everybody_on_a_platform(release: Release) -> None:
    release.put(tag="cp313-cp313-manylinux_2_28_x86_64")
    release.wheel("v2", GOOD, tag="cp313-cp313-win_amd64")


breaks("R106", "note")(lambda release: release.put(plain=False))
