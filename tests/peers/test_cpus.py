"""The built-in providers of CPUs beside the published ones, on recorded CPUs.

What is different is written out here, and explained in docs/reference/providers.md, so
that any other difference fails. Run with: nox -s peers
"""

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from pip_variants.variantlib.builtin import BUILTINS, Host, aarch64, x86_64
from pip_variants.variantlib.plugins.probing import Interpreter, probe
from tests.peers.recordings import Recording, recordings

PUBLISHED = {
    "x86_64": "provider_variant_x86_64.plugin:X8664Plugin",
    "aarch64": "provider_variant_aarch64.plugin:AArch64Plugin",
}
INSTALLED = ("archspec", "provider_variant_x86_64", "provider_variant_aarch64")
if not all(find_spec(name) for name in INSTALLED):
    pytest.skip("needs the published ones: nox -s peers", allow_module_level=True)

RECORDINGS = {recording.name: recording for recording in recordings()}
X86 = [name for name, each in RECORDINGS.items() if each.machine == "x86_64"]
ARM = [name for name, each in RECORDINGS.items() if each.machine == "aarch64"]
MACS = [name for name, each in RECORDINGS.items() if each.machine == "arm64"]
OTHERS = sorted({*RECORDINGS} - {*X86, *ARM, *MACS})

# The published list has lost two commas.
TYPOS = {"btiecv": ["bti", "ecv"], "asimdrdmatomics": ["asimdrdm", "atomics"]}

# x86_64: the published one says nothing of these.
BELOW_V2 = {"linux-scientific7-k10"}
# Two flags that it takes for granted on a Mac with xsave.
GUESSED = {"darwin-mojave-skylake": {"xsavec", "xsaveopt"}}
# Words of macOS for flags with another name.
MAC_WORDS = {
    "avx1.0": "avx",
    "lahf": "lahf_lm",
    "lzcnt": "abm",
    "rdwrfsgs": "fsgsbase",
    "sse4.1": "sse4_1",
    "sse4.2": "sse4_2",
}

# aarch64: cores that the published one does not know.
UNKNOWN = {
    "linux-ubuntu22.04-ampere1": "8.6a",
    "linux-ubuntu22.04-ampere1a": "8.6a",
    "linux-ubuntu26.04-olympus": "9.0a",
}
# Chips after the M2 are an M1 to it.
NEW_MACS = {"darwin-sequoia-m3": "8.6a", "darwin-sequoia-m4": "8.6a"}
MORE_ON_MACS = {
    "darwin-bigsur-m1": {"asimdrdm", "atomics"},
    "darwin-monterey-m1": {"asimdrdm", "atomics"},
    "darwin-monterey-m2": {"asimdrdm", "atomics", "bti", "ecv"},
    "darwin-sequoia-m3": {"asimdrdm", "atomics", "bti", "ecv", "bf16", "i8mm"},
    "darwin-sequoia-m4": {"asimdrdm", "atomics", "bti", "ecv", "bf16", "i8mm"},
}
# Recorded there: hw.optional.arm.FEAT_SSBS: 0.
LESS_ON_MACS = {"darwin-sequoia-m4": {"ssbs"}}

Features = dict[str, tuple[str, ...]]


@cache
def told(api: str) -> Mapping[str, Features]:
    """Return what a published provider, or archspec, says of each recording."""
    script = Path(__file__).with_name("_published.py")
    questions = [(each.system, each.machine, each.text) for each in RECORDINGS.values()]
    result = subprocess.run(
        [sys.executable, str(script), api],
        input=json.dumps(questions),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    answers = [
        {name: tuple(values) for name, values in answer}
        for answer in json.loads(result.stdout)
    ]
    return dict(zip(RECORDINGS, answers, strict=True))


def published(namespace: str) -> Mapping[str, Features]:
    return told(PUBLISHED[namespace])


def ours(namespace: str, host: Host) -> Features:
    detected = BUILTINS[namespace].detect(host)
    assert detected.warnings == ()
    return dict(detected.features)


def assert_same_order(one: Features, other: Features) -> None:
    assert [name for name in one if name in other] == [
        name for name in other if name in one
    ]


class TestLists:
    """Every published flag is one of ours, in the same order, and no other is."""

    @staticmethod
    def published_flags(namespace: str) -> list[str]:
        module, _, name = PUBLISHED[namespace].partition(":")
        code = f"import json, {module} as m; print(json.dumps(m.{name}.all_features))"
        command = [sys.executable, "-c", code]
        output = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=60)
        flags: list[str] = json.loads(output.stdout)
        return flags

    def test_x86_64(self) -> None:
        assert self.published_flags("x86_64") == list(x86_64.FLAGS)

    def test_aarch64(self) -> None:
        flags = self.published_flags("aarch64")
        assert TYPOS.keys() <= {*flags}
        mended = [each for flag in flags for each in TYPOS.get(flag, [flag])]
        assert mended == list(aarch64.FLAGS)


class TestX86:
    @staticmethod
    def recorded_flags(recording: Recording) -> set[str]:
        fields = recording.fields()
        if recording.system == "Darwin":
            lists = ("features", "leaf7_features", "extfeatures")
            text = " ".join(fields[f"machdep.cpu.{name}"] for name in lists)
            words = text.lower().split()
            return {MAC_WORDS.get(word, word) for word in words}
        return {"sse3" if word == "pni" else word for word in fields["flags"].split()}

    @pytest.mark.parametrize("name", X86)
    def test_the_level_is_the_same(self, name: str, tmp_path: Path) -> None:
        found = ours("x86_64", RECORDINGS[name].host(tmp_path))
        other = published("x86_64")[name]
        if name in BELOW_V2:
            assert (found["level"], other) == (("v1",), {})
        else:
            assert found["level"] == other["level"]

    @pytest.mark.parametrize("name", X86)
    def test_all_its_flags_are_ours_and_the_rest_is_recorded(
        self, name: str, tmp_path: Path
    ) -> None:
        """Theirs are the flags of the CPU that it is taken for; ours its own."""
        recording = RECORDINGS[name]
        found = ours("x86_64", recording.host(tmp_path))
        other = published("x86_64")[name]
        assert_same_order(found, other)
        assert other.keys() - found.keys() == GUESSED.get(name, set())
        recorded = self.recorded_flags(recording)
        assert found.keys() - other.keys() - {"level"} <= recorded
        assert recorded & {*x86_64.FLAGS} <= found.keys()

    def test_the_difference_is_not_nothing(self, tmp_path: Path) -> None:
        """The sentence in the reference is about something: Zen 4 has SHA."""
        found = ours("x86_64", RECORDINGS["linux-rocky8.5-zen4"].host(tmp_path))
        other = published("x86_64")["linux-rocky8.5-zen4"]
        assert found.keys() - other.keys() == {
            *("rdpid", "sha_ni", "adx", "xsave", "rdrand", "lahf_lm"),
        }


class TestArm:
    @pytest.mark.parametrize("name", ARM)
    def test_the_version_is_the_same(self, name: str, tmp_path: Path) -> None:
        found = ours("aarch64", RECORDINGS[name].host(tmp_path))
        other = published("aarch64")[name]
        if name in UNKNOWN:
            assert found["version"][0] == UNKNOWN[name]
            assert other == {"version": ("8a",)}
        else:
            assert found["version"] == other["version"]

    @pytest.mark.parametrize("name", ARM)
    def test_all_its_flags_are_ours_and_the_rest_is_recorded(
        self, name: str, tmp_path: Path
    ) -> None:
        recording = RECORDINGS[name]
        found = ours("aarch64", recording.host(tmp_path))
        other = published("aarch64")[name]
        assert_same_order(found, other)
        assert other.keys() <= found.keys()
        recorded = {*recording.fields()["Features"].split()}
        assert found.keys() - other.keys() <= recorded
        assert recorded & {*aarch64.FLAGS} <= found.keys()


class TestMacs:
    @pytest.mark.parametrize("name", MACS)
    def test_version_and_flags(self, name: str, tmp_path: Path) -> None:
        found = ours("aarch64", RECORDINGS[name].host(tmp_path))
        other = published("aarch64")[name]
        if name in NEW_MACS:
            assert found["version"][0] == NEW_MACS[name]
            assert other["version"][0] == "8.4a"
        else:
            assert found["version"] == other["version"]
        assert_same_order(found, other)
        assert found.keys() - other.keys() == MORE_ON_MACS[name]
        assert other.keys() - found.keys() == LESS_ON_MACS.get(name, set())


@pytest.mark.parametrize("name", [*UNKNOWN, *NEW_MACS])
def test_a_core_that_the_published_one_does_not_know_is_what_archspec_says(
    name: str, tmp_path: Path
) -> None:
    """Their copy of it is older. Above 9.0a there is nothing to say in this feature."""
    generic = told("archspec.cpu")[name]["generic"]
    known = [each.removeprefix("armv") for each in generic if each < "armv9.0b"]
    found = ours("aarch64", RECORDINGS[name].host(tmp_path))
    assert found["version"][0] == known[0]
    # 8.6a is beside the line of 9.0a in the copy, and on it in newer releases.
    left_out = {"8.6a"} if known[0] == "9.0a" else set()
    assert {*known} - {*found["version"]} - {"aarch64"} == left_out
    assert found["version"][-1] == "8a"


@pytest.mark.parametrize("namespace", PUBLISHED)
@pytest.mark.parametrize("name", [*OTHERS, *X86, *ARM, *MACS])
def test_a_cpu_of_another_kind_has_nothing(
    name: str, namespace: str, tmp_path: Path
) -> None:
    kinds = {"x86_64": X86, "aarch64": [*ARM, *MACS]}
    if name in kinds[namespace]:
        assert ours(namespace, RECORDINGS[name].host(tmp_path))
    else:
        assert ours(namespace, RECORDINGS[name].host(tmp_path)) == {}
        assert published(namespace)[name] == {}


@pytest.mark.parametrize("namespace", PUBLISHED)
def test_this_machine_asked_as_any_plugin_is(namespace: str) -> None:
    """The published ones are of the fourth generation of the interface."""
    environ = dict(os.environ)
    interpreter = Interpreter(sys.executable, environ, isolated=False)
    probed = probe([PUBLISHED[namespace]], [], interpreter, seconds=60)
    assert (probed.failure, probed.problems) == ("", ())
    assert (probed.namespace, probed.generation) == (namespace, "4")
    other = dict(probed.features)
    found = ours(namespace, Host(platform.system(), platform.machine(), environ))
    assert_same_order(found, other)
    if platform.system() == "Linux":
        assert other.keys() <= found.keys()
        for feature in ("level", "version"):
            if feature in other:
                assert found[feature] == other[feature]
