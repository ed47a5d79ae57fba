"""Which properties exist, beside the published providers of CPUs.

They are of the fourth generation: they list nothing, but say of one property whether it
is valid. What is different is written out here. Run with: nox -s peers
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from pip_variants.variantlib.builtin import BUILTINS
from pip_variants.variantlib.builtin.possible import possible, restrict
from tests.peers.recordings import recordings

PUBLISHED = {
    "x86_64": "provider_variant_x86_64.plugin:X8664Plugin",
    "aarch64": "provider_variant_aarch64.plugin:AArch64Plugin",
}
INSTALLED = ("archspec", "provider_variant_x86_64", "provider_variant_aarch64")
if not all(find_spec(name) for name in INSTALLED):
    pytest.skip("needs the published ones: nox -s peers", allow_module_level=True)

RECORDINGS = {recording.name: recording for recording in recordings()}

# Two commas are lost in their list, and 8.6a is beside the line that they follow,
# although they say it of a machine (PROVIDERS 1.5).
OURS_ALONE = {
    "x86_64": set(),
    "aarch64": {
        ("version", "8.6a"),
        *((flag, "on") for flag in ("bti", "ecv", "asimdrdm", "atomics")),
    },
}
THEIRS_ALONE = {
    "x86_64": set(),
    "aarch64": {("btiecv", "on"), ("asimdrdmatomics", "on")},
}
WRONG = (
    *("level :: v0", "level :: v5", "level :: 3", "avx2 :: off", "avx2 :: 1"),
    *("avx3 :: on", "version :: 8", "version :: 8.7a", "version :: 9.1a", "neon :: on"),
)
# Runs apart, for they replace modules when they are imported.
ASK = """
import importlib, json, sys
module, _, name = sys.argv[1].partition(":")
module = importlib.import_module(module)
plugin = getattr(module, name)()
print(json.dumps([
    plugin.validate_property(module.VariantProperty(plugin.namespace, *each))
    for each in json.load(sys.stdin)
]))
"""


def valid_there(
    namespace: str, properties: list[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return those of some properties that the published provider calls valid."""
    result = subprocess.run(
        [sys.executable, "-c", ASK, PUBLISHED[namespace]],
        input=json.dumps(properties),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=60,
    )
    verdicts = json.loads(result.stdout)
    return {each for each, valid in zip(properties, verdicts, strict=True) if valid}


@pytest.mark.parametrize("namespace", PUBLISHED)
def test_what_exists_is_valid_there(namespace: str) -> None:
    features = possible(namespace).features
    listed = [(name, value) for name, values in features for value in values]
    assert {*listed} - valid_there(namespace, listed) == OURS_ALONE[namespace]


@pytest.mark.parametrize("namespace", PUBLISHED)
def test_what_is_valid_there_exists(namespace: str) -> None:
    """Of the flags in their list, and of values that could be some."""
    module, _, name = PUBLISHED[namespace].partition(":")
    code = f"import json, {module} as m; print(json.dumps(m.{name}.all_features))"
    output = subprocess.run(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, check=True, timeout=60
    )
    first = possible(namespace).features[0][0]
    letters = ["v1", "v2", "v3", "v4", "v5", "8a", "9.0a", "9.1a"]
    letters += [f"8.{minor}a" for minor in range(10)]
    asked = [(flag, "on") for flag in json.loads(output.stdout)]
    asked += [(first, value) for value in letters]
    valid = valid_there(namespace, asked)
    strange = {each for each in valid if not possible(namespace).has(*each)}
    assert strange == THEIRS_ALONE[namespace]


@pytest.mark.parametrize("namespace", PUBLISHED)
def test_what_does_not_exist_is_not_valid_there(namespace: str) -> None:
    asked = [tuple(text.split(" :: ")) for text in WRONG]
    pairs = [(feature, value) for feature, value in asked]
    assert not [each for each in pairs if possible(namespace).has(*each)]
    assert valid_there(namespace, pairs) == set()


@pytest.mark.parametrize("namespace", PUBLISHED)
@pytest.mark.parametrize("name", RECORDINGS)
def test_real_cpus_are_among_the_possible_ones(
    namespace: str, name: str, tmp_path: Path
) -> None:
    """R103; and for each of its features, some possible CPU has no more than it has."""
    real = BUILTINS[namespace].detect(RECORDINGS[name].host(tmp_path)).features
    known = possible(namespace)
    assert [f for f, _ in known.features if f in dict(real)] == [f for f, _ in real]
    for feature, values in real:
        for value in values:
            assert known.has(feature, value)
            found = known.machines_with({feature: [value]})
            assert any(restrict(machine, dict(real)) == machine for machine in found)
