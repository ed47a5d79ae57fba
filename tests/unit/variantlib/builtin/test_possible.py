"""What exists in the built-in namespaces, and machines that have some of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pip_variants.variantlib.builtin import BUILTINS, aarch64, intel, nvidia, x86_64
from pip_variants.variantlib.builtin.host import Host
from pip_variants.variantlib.builtin.nvidia import Nvml
from pip_variants.variantlib.builtin.possible import (
    Features,
    possible,
    restrict,
    supports,
)

LOWER, UPPER = "cuda_version_lower_bound", "cuda_version_upper_bound"
ARCH = "sm_arch"

X86_FLAGS = st.frozensets(st.sampled_from(x86_64.FLAGS))
ARM_FLAGS = st.frozensets(st.sampled_from(aarch64.FLAGS))
LEVEL_FLAGS = frozenset(flag for _, flags in x86_64.LEVELS for flag in flags)
STEP_FLAGS = frozenset(flag for _, flags in aarch64.STEPS for flag in flags)


def exists(namespace: str, machine: Features) -> bool:
    known = possible(namespace)
    names = [name for name, _ in known.features]
    present = [name for name, _ in machine]
    # The order is that of the list, too: R91.
    assert present == [name for name in names if name in present]
    return all(known.has(name, value) for name, vs in machine for value in vs)


class TestWhatExists:
    """R103: what any machine supports is among everything that exists."""

    @given(X86_FLAGS, st.booleans())
    def test_of_every_x86_cpu(self, flags: frozenset[str], full: bool) -> None:
        more = LEVEL_FLAGS if full else frozenset()
        assert exists("x86_64", x86_64.describe(flags | more).features)

    @given(
        ARM_FLAGS,
        st.booleans(),
        st.sampled_from(["8a", "8.1a", "8.2a", "8.4a", "8.5a", "8.6a", "9.0a"]),
    )
    def test_of_every_arm_cpu(
        self, flags: frozenset[str], full: bool, version: str
    ) -> None:
        more = STEP_FLAGS if full else frozenset()
        assert exists("aarch64", aarch64.describe(version, flags | more).features)

    @given(
        st.integers(11, 15),
        st.integers(0, 20),
        st.lists(st.tuples(st.integers(5, 40), st.integers(0, 9)), max_size=3),
    )
    def test_of_every_nvidia_driver_and_gpu(
        self, major: int, minor: int, gpus: list[tuple[int, int]]
    ) -> None:
        """Also of GPUs after the newest that is known."""
        nvml = Nvml(1000 * major + 10 * minor, tuple(gpus))
        assert exists("nvidia", nvidia.describe(nvml, {}).features)

    @given(st.lists(st.sampled_from(intel.KNOWN), max_size=3))
    def test_of_every_intel_gpu(self, ips: list[str]) -> None:
        numbers = []
        for ip in ips:
            arch, release, revision = map(int, ip.split("."))
            numbers.append(arch << 22 | release << 14 | revision)
        found = intel.describe(numbers, {})
        assert found.warnings == ()
        assert exists("intel", found.features)

    def test_of_amd_gpus_that_only_the_user_knows_of(self) -> None:
        environ = {
            "AMD_VARIANT_PROVIDER_FORCE_GFX_ARCH": "gfx1151 gfx90a",
            "AMD_VARIANT_PROVIDER_FORCE_ROCM_VERSION": "7.11.2",
        }
        found = BUILTINS["amd"].detect(Host("Windows", "AMD64", environ))
        assert dict(found.features)["rocm_version"] == ("7.11",)
        assert exists("amd", found.features)

    @pytest.mark.parametrize(
        ("namespace", "feature", "count", "first", "last"),
        [
            # PROVIDERS 1.1, all-values lists
            ("nvidia", LOWER, 110, "15.20", "11"),
            ("nvidia", UPPER, 110, "15.20", "11"),
            ("nvidia", ARCH, 160, "129_real", "50_virtual"),
            ("amd", "rocm_version", 13, "7.10", "6.3"),
            ("intel", "device_ip", 23, "35.11.0", "12.0.0"),
            ("x86_64", "level", 4, "v4", "v1"),
            ("aarch64", "version", 8, "9.0a", "8a"),
        ],
    )
    def test_the_published_lists(
        self, namespace: str, feature: str, count: int, first: str, last: str
    ) -> None:
        values = dict(possible(namespace).features)[feature]
        assert (len(values), values[0], values[-1]) == (count, first, last)
        assert all(possible(namespace).has(feature, value) for value in values)

    @pytest.mark.parametrize(
        ("namespace", "feature", "value"),
        [
            ("x86_64", "level", "v5"),
            ("x86_64", "level", "3"),
            ("x86_64", "avx2", "off"),
            ("x86_64", "avx3", "on"),
            ("aarch64", "version", "8.7a"),
            ("aarch64", "btiecv", "on"),  # a typo of the published list
            ("nvidia", LOWER, "10.2"),
            ("nvidia", LOWER, "12.21"),
            ("nvidia", LOWER, "12.08"),
            ("nvidia", LOWER, "90_real"),
            ("nvidia", ARCH, "90"),
            ("nvidia", ARCH, "90a_real"),
            ("nvidia", ARCH, "35_real"),
            ("nvidia", ARCH, "12.0"),
            ("nvidia", "cuda", "12.8"),
            ("amd", "gfx_arch", "rdna3"),
            ("amd", "rocm_version", "6"),
            ("amd", "rocm_version", "6.4.1"),
            ("amd", "rocm_version", "06.4"),
            ("intel", "device_ip", "12.3.4"),
        ],
    )
    def test_what_does_not_exist(
        self, namespace: str, feature: str, value: str
    ) -> None:
        assert not possible(namespace).has(feature, value)

    def test_the_words_of_may_2025_are_apart(self) -> None:
        old = possible("nvidia", first_generation=True)
        assert old.has("cuda", "12.8")
        assert not old.has(LOWER, "12.8")

    def test_each_built_in_provider_has_some(self) -> None:
        for namespace in BUILTINS:
            assert possible(namespace).features
        with pytest.raises(KeyError):
            possible("mpi")

    def test_which_features_may_have_several_values(self) -> None:
        """PROVIDERS 1.0: the features that are marked M."""
        found = {ns: set(possible(ns).multi_value) for ns in BUILTINS}
        assert found == {
            "nvidia": {ARCH},
            "amd": {"gfx_arch"},
            "intel": {"device_ip"},
            "x86_64": set(),
            "aarch64": set(),
        }


def some_properties(namespace: str) -> st.SearchStrategy[dict[str, list[str]]]:
    """Return some features with one or two values, as a label may want them."""
    table = dict(possible(namespace).features)
    # Half of them the first feature, which the others hang on.
    names = st.sampled_from([*table][:1]) | st.sampled_from([*table])
    return st.lists(names, min_size=1, max_size=3, unique=True).flatmap(
        lambda chosen: st.fixed_dictionaries(
            {
                name: st.lists(
                    st.sampled_from(table[name]), min_size=1, max_size=2, unique=True
                )
                for name in chosen
            }
        )
    )


NAMESPACES = st.sampled_from([*BUILTINS])
WANTED = NAMESPACES.flatmap(lambda ns: st.tuples(st.just(ns), some_properties(ns)))


class TestMachines:
    """Machines that support a label, and are little more capable than that.

    Reachability rests on this: for every machine that a label fits, one of these is no
    more capable, and prefers the same of what the label wants.
    """

    @settings(deadline=None)
    @given(WANTED)
    def test_each_supports_what_is_wanted(
        self, wish: tuple[str, dict[str, list[str]]]
    ) -> None:
        namespace, wanted = wish
        for machine in possible(namespace).machines_with(wanted):
            assert supports(machine, wanted)
            assert exists(namespace, machine)

    @settings(deadline=None)
    @given(
        some_properties("nvidia"),
        some_properties("nvidia"),
        st.integers(11, 15),
        st.integers(0, 20),
        st.tuples(st.integers(5, 12), st.integers(0, 9)),
    )
    def test_for_each_real_nvidia_machine_there_is_one_no_more_capable(
        self,
        wanted: dict[str, list[str]],
        others: dict[str, list[str]],
        major: int,
        minor: int,
        gpu: tuple[int, int],
    ) -> None:
        mentioned = {
            name: {*wanted.get(name, ()), *others.get(name, ())}
            for name in {*wanted, *others}
        }
        nvml = Nvml(1000 * major + 10 * minor, (gpu,))
        real = nvidia.describe(nvml, {}).features
        self.check("nvidia", wanted, mentioned, real)

    @settings(deadline=None)
    @given(some_properties("x86_64"), X86_FLAGS, st.integers(0, 3))
    def test_for_each_real_x86_cpu_there_is_one_no_more_capable(
        self, wanted: dict[str, list[str]], flags: frozenset[str], level: int
    ) -> None:
        for _, needed in x86_64.LEVELS[:level]:
            flags |= needed
        self.check("x86_64", wanted, wanted, x86_64.describe(flags).features)

    @settings(deadline=None)
    @given(some_properties("aarch64"), ARM_FLAGS, st.integers(0, 6))
    def test_for_each_real_arm_cpu_there_is_one_no_more_capable(
        self, wanted: dict[str, list[str]], flags: frozenset[str], step: int
    ) -> None:
        versions = ["8a", *(version for version, _ in aarch64.STEPS), "9.0a", "8.6a"]
        for _, needed in aarch64.STEPS[:step]:
            flags |= needed
        for version in versions:
            real = aarch64.describe(version, flags).features
            self.check("aarch64", wanted, wanted, real)

    def check(
        self,
        namespace: str,
        wanted: Mapping[str, Sequence[str]],
        mentioned: Mapping[str, Sequence[str] | set[str]],
        real: Features,
    ) -> None:
        if not supports(real, wanted):
            return
        within = values(restrict(real, mentioned))
        best = preferences(real, wanted)
        assert any(
            values(restrict(machine, mentioned)) <= within
            and preferences(machine, wanted) == best
            for machine in possible(namespace).machines_with(wanted, mentioned)
        )

    @pytest.mark.parametrize(
        ("namespace", "wanted"),
        [
            ("nvidia", {LOWER: ["13.0"], UPPER: ["12.6"]}),
            ("nvidia", {LOWER: ["12.8"], UPPER: ["12.8"]}),
            ("nvidia", {UPPER: ["11.0"]}),
            ("nvidia", {ARCH: ["86_virtual"]}),  # only 80_virtual is ever supported
            ("x86_64", {"level": ["v9"]}),
            ("x86_64", {"avx2": ["off"]}),
            ("aarch64", {"version": ["8.7a"]}),
            ("amd", {"rocm_version": ["6"]}),
            ("amd", {"gfx_arch": ["rdna3"]}),
            ("intel", {"device_ip": ["12.3.4"]}),
        ],
    )
    def test_what_no_machine_has(
        self, namespace: str, wanted: dict[str, list[str]]
    ) -> None:
        assert [*possible(namespace).machines_with(wanted)] == []

    def test_a_cpu_with_the_flags_of_a_level_has_that_level(self) -> None:
        flags = {flag: ["on"] for flag in LEVEL_FLAGS}
        (machine,) = possible("x86_64").machines_with(flags)
        assert dict(machine)["level"] == ("v4", "v3", "v2", "v1")

    def test_old_words(self) -> None:
        old = possible("nvidia", first_generation=True)
        (machine,) = old.machines_with({"cuda": ["12.1"]})
        assert dict(machine)["cuda"][:2] == ("12.1", "12.0")


def values(machine: Features) -> set[tuple[str, str]]:
    return {(name, value) for name, values in machine for value in values}


def preferences(
    machine: Features, wanted: Mapping[str, Sequence[str]]
) -> list[tuple[str, str]]:
    """Return the best value of each wanted feature (R41)."""
    return [
        (name, next(value for value in offered if value in wanted[name]))
        for name, offered in machine
        if name in wanted
    ]
