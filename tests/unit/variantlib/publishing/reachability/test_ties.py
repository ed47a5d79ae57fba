"""Labels that no machine can tell apart."""

from __future__ import annotations

from pip_variants.variantlib import VariantsJson
from pip_variants.variantlib.publishing.reachability.ties import Tie, ties

SAME = {"blas": {"provider": ["openblas"]}}


def document(static: dict[str, list[str]]) -> VariantsJson:
    """Return metadata with two equal labels, and what every machine supports."""
    return VariantsJson.from_dict(
        {
            "$schema": "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json",
            "default-priorities": {"namespace": ["blas"]},
            "providers": {"blas": {"static-properties": static}},
            "variants": {"one": SAME, "other": SAME},
        }
    )


def test_equal_labels_are_a_tie_where_the_static_list_has_them() -> None:
    assert ties(document({"provider": ["openblas"]})) == (Tie("one", "other", True),)


def test_labels_that_the_static_list_lacks_fit_no_machine() -> None:
    assert ties(document({"interface": ["lp64"]})) == ()
    assert ties(document({"provider": ["mkl"]})) == ()
