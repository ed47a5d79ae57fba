"""Labels that no machine selects, against all machines that there can be."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.variantlib.builtin import nvidia, x86_64
from pip_variants.variantlib.metadata import VariantsJson
from pip_variants.variantlib.model import SupportedProperties
from pip_variants.variantlib.publishing.reachability import (
    Tie,
    Unreachable,
    ties,
    unreachable,
)
from pip_variants.variantlib.publishing.reachability.places import cpus_of
from pip_variants.variantlib.selection import select

DIALECTS = Path(__file__).parents[4] / "dialects"

LOWER, UPPER = "cuda_version_lower_bound", "cuda_version_upper_bound"
REQUIRES = {
    "x86_64": ["provider-variant-x86-64"],
    "aarch64": ["provider-variant-aarch64"],
    "nvidia": ["nvidia-variant-provider"],
    "amd": ["amd-variant-provider"],
    "intel": ["intel-variant-provider"],
    "hw": ["hw-plugin"],
}
BLAS = {"static-properties": {"library": ["mkl", "blis", "openblas"]}}


def release(
    variants: Mapping[str, Any],
    *namespaces: str,
    **providers: Any,
) -> VariantsJson:
    """Return metadata of the newest dialect; the namespaces in their order."""
    known = {
        name: {"requires": REQUIRES[name]} for name in namespaces if name in REQUIRES
    }
    document = VariantsJson.from_dict(
        {
            "$schema": "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json",
            "default-priorities": {"namespace": [*namespaces]},
            "providers": {**known, **providers},
            "variants": variants,
        }
    )
    assert document.problems == ()
    return document


def lost(document: VariantsJson, **more: Any) -> dict[str, tuple[str, ...]]:
    """Return the labels that are unreachable, with those in their place."""
    found = unreachable(document, **more)
    assert all(each.certain for each in found)
    return {each.label: each.by for each in found}


def reason(document: VariantsJson, label: str, **more: Any) -> str:
    return {each.label: each.reason for each in unreachable(document, **more)}[label]


def level(*values: str) -> dict[str, Any]:
    return {"x86_64": {"level": [*values]}}


class TestWhatIsReachable:
    def test_each_level_has_its_cpus(self) -> None:
        labels = {f"v{n}": level(f"v{n}") for n in (1, 2, 3, 4)}
        assert lost(release({"null": {}, **labels}, "x86_64")) == {}

    def test_bounds_of_drivers(self) -> None:
        """PROVIDERS 1.1: at least 12.8, and below 13.0 but at least 11.8."""
        labels = {
            "new": {"nvidia": {LOWER: ["12.8"]}},
            "old": {"nvidia": {LOWER: ["11.8"], UPPER: ["13.0"]}},
            "any": {"nvidia": {UPPER: ["15.20"]}},
        }
        assert lost(release(labels, "nvidia")) == {}

    def test_namespaces_side_by_side(self) -> None:
        labels = {
            "cuda": {"nvidia": {LOWER: ["12.0"]}},
            "rocm": {"amd": {"gfx_arch": ["gfx90a"], "rocm_version": ["6.4"]}},
            "xpu": {"intel": {"device_ip": ["20.1.0"]}},
            "sve": {"aarch64": {"version": ["9.0a"], "sve2": ["on"]}},
            "fast": {"x86_64": {"level": ["v3"], "avx_vnni": ["on"]}},
            "mpi": {"hw": {"mpi": ["openmpi"], "net": ["ib"]}},
            "null": {},
        }
        assert lost(release(labels, *REQUIRES)) == {}

    def test_the_better_of_two_values_may_be_what_counts(self) -> None:
        """A GPU 8.6 takes "z" for its 86_real; on a GPU 8.0, it ties with "a"."""
        labels = {
            "a": {"nvidia": {"sm_arch": ["80_real"]}},
            "z": {"nvidia": {"sm_arch": ["80_real", "86_real"]}},
        }
        assert lost(release(labels, "nvidia")) == {}

    def test_a_version_beside_that_nothing_more_exact_is_for(self) -> None:
        """R97: torch 2.8.7 is for "2.8" alone."""
        labels = {
            "exact": {"abi_dependency": {"torch": ["2.8.0"]}},
            "minor": {"abi_dependency": {"torch": ["2.8"]}},
            "major": {"abi_dependency": {"torch": ["2"]}},
        }
        assert lost(release(labels, "x86_64")) == {}

    def test_what_breaks_another_rule_is_passed_over(self) -> None:
        """They are told elsewhere: R22, R67, R105."""
        document = VariantsJson.from_dict(
            {
                "$schema": "https://variants-schema.wheelnext.dev/peps/850/v0.2.0.json",
                "default-priorities": {"namespace": ["x86_64", "hw", "blas"]},
                "providers": {
                    "x86_64": {"requires": REQUIRES["x86_64"]},
                    "blas": BLAS,
                },
                "variants": {
                    "unlisted": {"mpi": {"x": ["1"]}},
                    "nobody": {"hw": {"x": ["1"]}},
                    "no_value": level("v9"),
                    "no_static": {"blas": {"library": ["eigen"]}},
                },
            }
        )
        assert unreachable(document) == ()


class TestWhatIsNot:
    def test_another_label_is_better_everywhere(self) -> None:
        """The static list has its order, and every CPU of v3 is one of v2, too."""
        labels = {
            "v2_mkl": {**level("v2"), "blas": {"library": ["mkl"]}},
            "v3_blis": {**level("v3"), "blas": {"library": ["blis"]}},
        }
        first = release(labels, "blas", "x86_64", blas=BLAS)
        assert lost(first) == {"v3_blis": ("v2_mkl",)}
        assert "comes after another label" in reason(first, "v3_blis")
        # The other way round, the level is what counts.
        assert lost(release(labels, "x86_64", "blas", blas=BLAS)) == {}

    def test_a_null_variant_after_one_that_always_fits(self) -> None:
        labels = {"null": {}, "slow": {"blas": {"library": ["openblas"]}}}
        assert lost(release(labels, "blas", blas=BLAS)) == {"null": ("slow",)}

    def test_unless_the_static_provider_can_be_off(self) -> None:
        """R83"""
        labels = {"null": {}, "slow": {"blas": {"library": ["openblas"]}}}
        document = release(labels, "blas", blas={**BLAS, "optional": True})
        assert lost(document) == {}

    def test_equal_properties(self) -> None:
        """E7: the label decides, always in the same way."""
        labels = {"a": level("v3"), "b": level("v3")}
        assert lost(release(labels, "x86_64")) == {"b": ("a",)}

    def test_very_many_labels_of_equal_properties(self) -> None:
        """Each is told for certain, in whatever order its values stand."""
        orders = [level("v3", "v2"), level("v2", "v3")]
        labels = {f"x{number:05}": orders[number % 2] for number in range(5_000)}
        found = unreachable(release(labels, "x86_64"))
        assert [each.label for each in found] == sorted(labels)[1:]
        assert all(each.certain and each.by == ("x00000",) for each in found)

    def test_equal_properties_on_tags_of_their_own(self) -> None:
        labels = {"a": level("v3"), "b": level("v3"), "c": level("v3")}
        tags = {"a": ["one"], "b": ["one", "other"], "c": ["other"]}
        assert lost(release(labels, "x86_64"), tags=tags) == {"c": ("b",)}

    @pytest.mark.parametrize(
        ("properties", "text"),
        [
            (
                {"nvidia": {LOWER: ["13.0"], UPPER: ["12.6"]}},
                (
                    "needs nvidia driver >= 13.0 and nvidia driver < 12.6 at once, and "
                    "no machine has that"
                ),
            ),
            (
                {"nvidia": {"sm_arch": ["86_virtual"]}},
                "needs nvidia :: sm_arch :: 86_virtual, and no machine has that",
            ),
            (
                {"x86_64": {"level": ["v2"]}, "aarch64": {"sve2": ["on"]}},
                "needs aarch64 and x86_64, and no machine is both",
            ),
            (
                {"abi_dependency": {"torch": ["1.2.3.4"]}},
                "needs torch 1.2.3.4.* beside it, which no version fits",
            ),
        ],
    )
    def test_contradictions(self, properties: Mapping[str, Any], text: str) -> None:
        document = release({"x": properties}, "nvidia", "x86_64", "aarch64")
        assert unreachable(document) == (Unreachable("x", text),)


class TestTags:
    LABELS: ClassVar = {
        "v3": level("v3"),
        "sve": {"aarch64": {"sve2": ["on"]}},
        "null": {},
    }

    def test_labels_meet_on_a_tag_that_both_have(self) -> None:
        labels = {"a": level("v3"), "b": level("v3")}
        document = release(labels, "x86_64")
        linux, windows = "cp313-cp313-linux_x86_64", "cp313-cp313-win_amd64"
        assert lost(document, tags={"a": [linux], "b": [linux, windows]}) == {}
        assert lost(document, tags={"a": [linux, windows], "b": [linux]}) == {
            "b": ("a",)
        }

    @pytest.mark.parametrize(
        "tag",
        [
            "cp313-cp313-manylinux_2_28_aarch64",
            "cp313-cp313-macosx_11_0_arm64",
            "cp313-cp313-win_arm64",
            "cp313-cp313-manylinux_2_17_ppc64le",
        ],
    )
    def test_a_wheel_for_another_cpu(self, tag: str) -> None:
        document = release(self.LABELS, "x86_64", "aarch64")
        (found,) = unreachable(document, {"v3": [tag], "null": [tag]})
        assert (found.label, found.by) == ("v3", ())
        assert found.reason == "needs x86_64, which none of its wheels is for"

    @pytest.mark.parametrize(
        "tag",
        [
            "py3-none-any",
            "cp313-cp313-win_amd64",
            "cp313-cp313-win32",
            "cp313-abi3-macosx_10_9_universal2",
            "cp313-cp313-manylinux2014_x86_64.manylinux_2_17_x86_64",
        ],
    )
    def test_a_wheel_for_its_cpu(self, tag: str) -> None:
        document = release(self.LABELS, "x86_64", "aarch64")
        assert unreachable(document, {"v3": [tag], "null": [tag]}) == ()

    def test_one_wheel_of_the_right_kind_is_enough(self) -> None:
        document = release(self.LABELS, "x86_64", "aarch64")
        tags = ["cp313-cp313-win_arm64", "cp313-cp313-win_amd64"]
        assert unreachable(document, {"v3": tags}) == ()

    def test_the_cpus_of_a_universal_wheel(self) -> None:
        both = frozenset({"x86_64", "aarch64"})
        assert cpus_of("cp313-cp313-macosx_11_0_universal2", both) == both
        assert cpus_of("cp313-cp313-win_amd64.win_arm64", both) == both
        assert cpus_of("cp313-cp313-linux_s390x", both) == {""}


class TestPublishedFiles:
    """What is in use gives no false alarm; what is told is so."""

    @staticmethod
    def document(name: str) -> VariantsJson:
        return VariantsJson.from_dict(json.loads((DIALECTS / name).read_text()))

    @pytest.mark.parametrize(
        "name",
        [
            "pycon-torch-2.7.json",
            "v0.0.1.json",
            "v0.0.2-torch-2.8.json",
            "v0.0.3-torch-2.9.json",  # priority alone parts some of them
            "v0.0.3-xgboost-3.1.json",
            "pep825-0.1.1.json",
        ],
    )
    def test_all_labels_are_reachable_and_none_tie(self, name: str) -> None:
        document = self.document(name)
        assert len(document.variants) > 1
        assert unreachable(document) == ()
        assert ties(document) == ()

    def test_numpy_has_wheels_that_nobody_gets(self) -> None:
        """The library comes before the level there, and MKL after OpenBLAS."""
        assert lost(self.document("v0.0.3-numpy-2.3.json")) == {
            "x8664v1_mkl": ("x8664v1_openblas",),
            "x8664vv4_mkl": ("x8664v3_openblas",),
        }


class TestTies:
    """R44: nothing but the spelling of the labels decides."""

    def test_values_that_both_have(self) -> None:
        labels = {
            "hopper": {"nvidia": {"sm_arch": ["80_real", "90_real"]}},
            "blackwell": {"nvidia": {"sm_arch": ["90_real", "100_real"]}},
            "old": {"nvidia": {"sm_arch": ["70_real"]}},
        }
        assert ties(release(labels, "nvidia")) == (Tie("blackwell", "hopper", False),)

    def test_the_same_properties(self) -> None:
        """E7; the order of values means nothing (R26)."""
        labels = {
            "b": {"nvidia": {"sm_arch": ["80_real", "90_real"]}},
            "a": {"nvidia": {"sm_arch": ["90_real", "80_real"]}},
            "null": {},
            "empty": {},
        }
        assert ties(release(labels, "nvidia")) == (
            Tie("a", "b", True),
            Tie("empty", "null", True),
        )

    def test_a_static_list_decides_once_for_all(self) -> None:
        """Every machine supports mkl, which only one of them has."""
        labels = {
            "one": {"blas": {"library": ["mkl", "blis"]}},
            "two": {"blas": {"library": ["blis", "openblas"]}},
        }
        assert ties(release(labels, "blas", blas=BLAS)) == ()

    def test_what_the_publisher_puts_first_is_preferred(self) -> None:
        """PROVIDERS 3: default-priorities.property, of dialects before PEP 825.

        A GPU 8.6 runs both; "both" prefers 80_real there, and "new" has 86_real alone.
        """
        first = {"nvidia": {"sm_arch": ["80_real"]}}
        document = VariantsJson.from_dict(
            {
                "$schema": "https://variants-schema.wheelnext.dev/v0.0.3.json",
                "default-priorities": {"namespace": ["nvidia"], "property": first},
                "providers": {"nvidia": {"requires": REQUIRES["nvidia"]}},
                "variants": {
                    "both": {"nvidia": {"sm_arch": ["80_real", "86_real"]}},
                    "new": {"nvidia": {"sm_arch": ["86_real"]}},
                    "old": first,
                },
            }
        )
        assert ties(document) == (Tie("both", "old", False),)

    def test_labels_of_different_features_never_tie(self) -> None:
        labels = {"one": level("v3"), "two": {**level("v3"), "hw": {"x": ["1"]}}}
        assert ties(release(labels, "x86_64", "hw")) == ()

    def test_labels_without_a_tag_in_common_never_meet(self) -> None:
        labels = {"a": level("v3"), "b": level("v3")}
        document = release(labels, "x86_64")
        tags = {"a": ["cp313-cp313-win_amd64"], "b": ["cp313-cp313-linux_x86_64"]}
        assert ties(document, tags) == ()
        assert len(ties(document, {"a": tags["b"], "b": tags["b"]})) == 1


class TestMany:
    """Work is bounded, whatever stands in a file."""

    @staticmethod
    def values(number: int, count: int) -> list[str]:
        return sorted({str((number * 7919 + n * 104729) % 97) for n in range(count)})

    @pytest.mark.parametrize("apart", [False, True])
    def test_what_was_not_tried_on_all_machines_is_not_certain(
        self, apart: bool
    ) -> None:
        """There are 20 ** 3 machines, and "a" is better on those that are tried."""
        many = [str(n) for n in range(20)]
        wanted = {"hw": dict.fromkeys("xyz", many)}
        if apart:
            wanted = {namespace: {"x": many} for namespace in ("hw", "mpi", "net")}
        others = {name: {"requires": [f"{name}-plugin"]} for name in ("mpi", "net")}
        labels = {"big": wanted, "a": wanted}
        document = release(labels, "hw", "mpi", "net", **others)
        (found,) = unreachable(document)
        assert (found.label, found.certain) == ("big", False)
        assert found.by == ("a",)

    def test_thousands_of_labels_end(self) -> None:
        features = ("x", "y", "z")
        labels = {
            f"l{n}": {"hw": {f: self.values(n + i, 12) for i, f in enumerate(features)}}
            for n in range(4_000)
        }
        document = release(labels, "hw")
        assert not any(each.certain for each in unreachable(document))
        assert len(ties(document)) <= 1_000

    def test_a_matrix_of_200_labels(self) -> None:
        labels = {
            f"cu{driver}_{gpu}_{cpu}": {
                "nvidia": {LOWER: [driver], "sm_arch": [gpu]},
                **level(cpu),
            }
            for driver in ("11.8", "12.0", "12.4", "12.6", "12.8", "12.9", "13.0")
            for gpu in ("75_real", "80_real", "86_real", "90_real", "100_real")
            for cpu in ("v1", "v2", "v3", "v4")
        }
        labels |= {f"cpu_{n}": level(n) for n in ("v1", "v2", "v3", "v4")}
        document = release(labels, "nvidia", "x86_64")
        assert unreachable(document) == ()
        assert ties(document) == ()


# All machines, for a few values: nothing of a namespace is always possible.

DRIVERS = (11080, 12000, 12050, 12060, 12090, 13000, 13050)
CAPABILITIES = (None, (7, 5), (8, 0), (8, 6), (9, 0))
FLAGS = ("avx512f", "gfni")


def subsets(values: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Yield every selection of values in every order."""
    listed = [*values]
    for size in range(len(listed) + 1):
        yield from itertools.permutations(listed, size)


@cache
def all_of(namespace: str) -> tuple[dict[str, tuple[str, ...]], ...]:
    """Return everything that machines may support of a namespace."""
    found: list[dict[str, tuple[str, ...]]] = [{}]
    if namespace == "nvidia":
        for driver, gpu in itertools.product(DRIVERS, CAPABILITIES):
            nvml = nvidia.Nvml(driver, () if gpu is None else (gpu,))
            found.append(dict(nvidia.describe(nvml, {}).features))
    elif namespace == "x86_64":
        for count, more in itertools.product(range(4), subsets(FLAGS)):
            flags = {f for _, needed in x86_64.LEVELS[:count] for f in needed}
            found.append(dict(x86_64.describe(flags | {*more}).features))
    elif namespace == "hw":
        for one, two in itertools.product(subsets("12"), subsets("34")):
            found += ({"x": one, "y": two}, {"y": two, "x": one})
    return tuple(found)


NVIDIA = st.fixed_dictionaries(
    {},
    optional={
        LOWER: st.sampled_from(["12.0", "12.6", "13.0"]).map(lambda v: [v]),
        UPPER: st.sampled_from(["12.6", "13.0"]).map(lambda v: [v]),
        "sm_arch": st.lists(
            st.sampled_from(["80_real", "86_real", "90_real", "80_virtual"]),
            min_size=1,
            max_size=3,
            unique=True,
        ),
    },
)
X86_64 = st.fixed_dictionaries(
    {},
    optional={
        "level": st.sampled_from(["v1", "v2", "v3", "v4"]).map(lambda v: [v]),
        "avx512f": st.just(["on"]),
        "gfni": st.just(["on"]),
    },
)
HW = st.fixed_dictionaries(
    {},
    optional={
        name: st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)
        for name, values in (("x", "12"), ("y", "34"))
    },
)
STATIC = st.fixed_dictionaries(
    {
        "library": st.lists(
            st.sampled_from(BLAS["static-properties"]["library"]),
            min_size=1,
            max_size=2,
            unique=True,
        )
    }
)
LABEL = st.text("abc", min_size=1, max_size=3)


def labels_of(
    *namespaces: tuple[str, st.SearchStrategy[Any]],
) -> st.SearchStrategy[Any]:
    one = st.fixed_dictionaries({}, optional=dict(namespaces))
    full = one.map(lambda each: {ns: fs for ns, fs in each.items() if fs})
    return st.dictionaries(LABEL, full, min_size=1, max_size=5)


def every_machine(*namespaces: str) -> Iterator[SupportedProperties]:
    """Yield all of them, with the static list, which they all support."""
    parts = [[(name, found) for found in all_of(name)] for name in namespaces]
    for machine in itertools.product(*parts):
        table: dict[str, Any] = {**dict(machine), "blas": BLAS["static-properties"]}
        yield SupportedProperties(table)


def brute_force(document: VariantsJson, *namespaces: str) -> set[str]:
    best = {select(document, each).best for each in every_machine(*namespaces)}
    return {label for label in document.variants if label not in best}


def tie_by_brute_force(
    document: VariantsJson, *namespaces: str
) -> set[tuple[str, str]]:
    """Find pairs whose order follows their spelling when their properties swap."""
    found: set[tuple[str, str]] = set()
    for first, second in itertools.combinations(sorted(document.variants), 2):
        one, other = document.variants[first], document.variants[second]
        pair = document.only([first, second])
        swapped = VariantsJson.from_dict(
            {**pair.to_dict(), "variants": {first: other, second: one}}
        )
        for machine in every_machine(*namespaces):
            rankings = {select(each, machine).ranked for each in (pair, swapped)}
            if rankings == {(first, second)}:
                found.add((first, second))
                break
    return found


ORDERS = st.permutations(["blas", "hw", "nvidia", "x86_64"])


class TestAgainstAllMachines:
    """A label is unreachable exactly when no machine of all selects it."""

    @settings(deadline=None)
    @given(labels_of(("hw", HW), ("blas", STATIC)), ORDERS)
    def test_plugins_and_static_lists(self, labels: Any, order: list[str]) -> None:
        document = release(labels, *order, blas=BLAS)
        assert {*lost(document)} == brute_force(document, "hw")

    @settings(deadline=None)
    @given(labels_of(("nvidia", NVIDIA), ("blas", STATIC)), ORDERS)
    def test_nvidia(self, labels: Any, order: list[str]) -> None:
        document = release(labels, *order, blas=BLAS)
        assert {*lost(document)} == brute_force(document, "nvidia")

    @settings(deadline=None, max_examples=40)
    @given(labels_of(("x86_64", X86_64), ("hw", HW)), ORDERS)
    def test_x86_64_and_plugins(self, labels: Any, order: list[str]) -> None:
        document = release(labels, *order, blas=BLAS)
        assert {*lost(document)} == brute_force(document, "x86_64", "hw")

    @settings(deadline=None)
    @given(labels_of(("hw", HW), ("blas", STATIC)), ORDERS)
    def test_ties_of_plugins_and_static_lists(
        self, labels: Any, order: list[str]
    ) -> None:
        document = release(labels, *order, blas=BLAS)
        found = {(tie.first, tie.second) for tie in ties(document)}
        assert found == tie_by_brute_force(document, "hw")

    @settings(deadline=None)
    @given(labels_of(("nvidia", NVIDIA)), ORDERS)
    def test_ties_of_nvidia(self, labels: Any, order: list[str]) -> None:
        document = release(labels, *order, blas=BLAS)
        found = {(tie.first, tie.second) for tie in ties(document)}
        assert found == tie_by_brute_force(document, "nvidia")
