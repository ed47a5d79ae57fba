"""Provider packages that the user trusts: gathered, installed apart, and kept.

A pip in another process takes half a second, and most tests are about a second run.
So one server serves all of them, and one first run is made for all.
"""

from __future__ import annotations

import json
import logging
import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from pip_variants.cache_folder import provider_folders
from pip_variants.trusting.packages import ProviderPackages
from pip_variants.trusting.sources import Sources
from pip_variants.variantlib.errors import Refusal
from pip_variants.variantlib.plugins.plugin import Plugin
from pip_variants.variantlib.providers import Provider
from pip_variants.variantlib.trust import Trusted
from tests.kit import Index, digest, levels

MODULE = b"def get_supported_configs():\n    return []\n"
FILES = {"provider_x.py": MODULE}
WHEEL = "provider_x-1.0-py3-none-any.whl"
DAY = 24 * 3600.0


@pytest.fixture(scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index(tmp_path_factory.mktemp("server") / "index") as index:
        yield index


def fill(index: Index) -> None:
    """Let there be one provider package on an index, and nothing else."""
    for project in index.folder.iterdir():
        shutil.rmtree(project)
    index.add(name="provider-x", files=FILES)
    index.forget()


@pytest.fixture
def index(_server: Index) -> Index:
    """An index with a provider package; what a test adds is gone after it."""
    fill(_server)
    return _server


class Trusting:
    """Asks for a provider, with a cache that stays from one run to the next."""

    def __init__(self, index: Index, folder: Path | None) -> None:
        self.index = index
        self.folder = folder
        self.time = 1_000_000_000.0
        self.variables = [("PIP_INDEX_URL", index.url)]

    def sources(self) -> Sources:
        # One retry less to wait for.
        return Sources((), ("--no-cache-dir", "--retries", "0"), tuple(self.variables))

    def packages(self, trusted: Sequence[str], **named: Any) -> ProviderPackages:
        return ProviderPackages(
            [Trusted.parse(text) for text in trusted],
            self.folder,
            self.sources,
            now=lambda: self.time,
            **named,
        )

    def __call__(
        self,
        *requirements: str,
        trusted: Sequence[str] = ("provider-x",),
        api: str | None = None,
        **named: Any,
    ) -> Plugin:
        """Return the plugin, in a new run."""
        asked = requirements or ("provider-x",)
        provider = Provider(requires=asked, plugin_api=api)
        return self.packages(trusted, **named).plugin("ns", provider, asked)

    def refused(self, *requirements: str, **named: Any) -> str:
        with pytest.raises(Refusal) as caught:
            self(*requirements, **named)
        return str(caught.value)


@pytest.fixture
def ask(index: Index, tmp_path: Path) -> Trusting:
    """With an empty cache."""
    return Trusting(index, tmp_path / "cache")


@pytest.fixture(scope="module")
def _first_run(_server: Index, tmp_path_factory: pytest.TempPathFactory) -> Path:
    fill(_server)
    folder = tmp_path_factory.mktemp("first") / "cache"
    Trusting(_server, folder)()
    return folder


@pytest.fixture
def ask_again(_first_run: Path, index: Index, tmp_path: Path) -> Trusting:
    """With the cache that a run left which was asked for provider-x just now."""
    return Trusting(index, shutil.copytree(_first_run, tmp_path / "cache"))


def site(plugin: Plugin) -> Path:
    (folder,) = plugin.path
    return Path(folder)


def test_a_trusted_package_is_installed_apart(ask: Trusting, tmp_path: Path) -> None:
    """R76, R77, R81."""
    plugin = ask()
    assert (plugin.distribution, plugin.version) == ("provider-x", "1.0")
    assert plugin.apis == ("provider_x",)
    assert plugin.isolated
    assert (site(plugin) / "provider_x.py").read_bytes() == MODULE
    assert site(plugin).is_relative_to(tmp_path / "cache" / "providers")


def test_the_record_of_a_folder(ask_again: Trusting, tmp_path: Path) -> None:
    plugin = ask_again()
    (folder,) = provider_folders(tmp_path / "cache")
    assert site(plugin).parent == folder
    record = json.loads((folder / "provider.json").read_text("utf-8"))
    wheel = ask_again.index.project("provider-x") / WHEEL
    assert record["packages"] == [
        {"name": "provider-x", "version": "1.0", "sha256": digest(wheel)}
    ]
    assert record["requirements"] == ["provider-x"]
    assert record["installed"] == ask_again.time


# whom to trust


def test_nobody_looks_for_what_is_not_trusted(ask: Trusting) -> None:
    """R74, R75."""
    reason = ask.refused("provider-x", "evil", trusted=["provider-x"])
    assert reason == (
        "evil is not trusted; to trust it, add --variant-trusted-providers "
        "provider-x,evil"
    )
    assert ask.index.log == []


def test_a_dependency_has_to_be_trusted_as_well(ask: Trusting) -> None:
    """FEATURES 2d.5. What the message says to type does what it says."""
    ask.index.add(name="deep", requires=["helper"], files={"deep.py": MODULE})
    ask.index.add(name="helper")
    reason = ask.refused("deep", trusted=["deep"])
    assert reason.startswith("deep also needs others: helper is not trusted; ")
    assert not [line for line in ask.index.log if "helper" in line]
    option = re.search(r"--variant-trusted-providers (\S+)$", reason)
    assert option is not None
    plugin = ask("deep", trusted=option[1].split(","))
    assert {path.name for path in site(plugin).glob("*.py")} == {"deep.py", "helper.py"}


def test_dependencies_are_followed_to_the_end(ask: Trusting) -> None:
    """Extras and markers count; newest versions are not taken where a bound says so."""
    ask.index.add(
        name="deep",
        files={"deep.py": MODULE},
        requires=["helper[fast]<2", "other; python_version < '3'"],
    )
    for version in ("1.0", "2.0"):
        ask.index.add(name="helper", version=version, extras={"fast": ["speed"]})
    ask.index.add(name="speed")
    assert "speed" in ask.refused("deep", trusted=["deep", "helper"])
    plugin = ask("deep", trusted=["deep", "helper", "speed"])
    found = sorted(path.name for path in site(plugin).glob("*.dist-info"))
    assert found == [
        "deep-1.0.dist-info",
        "helper-1.0.dist-info",
        "speed-1.0.dist-info",
    ]


def test_a_dependency_by_url_is_not_even_fetched(ask: Trusting) -> None:
    """pip would build an sdist to see what it depends on: code nobody trusts."""
    evil = ask.index.add_sdist("evil")
    ask.index.add(
        name="provider-y",
        files={"provider_y.py": MODULE},
        requires=[f"evil @ {ask.index.url}evil/{evil.name}"],
    )
    reason = ask.refused("provider-y", trusted=["provider-y", "evil"])
    assert "has a URL" in reason
    assert not [line for line in ask.index.log if "evil" in line]


@pytest.mark.parametrize(
    "requirement",
    [
        "-r evil.txt",
        "--index-url=https://evil.example",
        "provider-x @ https://evil.example/x.whl",
        "./provider-x",
        "provider-x -v",
        "",
    ],
)
def test_what_is_no_requirement(ask: Trusting, requirement: str) -> None:
    """E17."""
    ask.refused(requirement)
    assert ask.index.log == []


def test_one_version_is_trusted(ask_again: Trusting) -> None:
    ask_again.index.add(name="provider-x", version="2.0", files=FILES)
    assert ask_again(trusted=["provider-x==1.0.0"]).version == "1.0"
    assert ask_again(trusted=["provider-x==1.0", "provider-x==2"]).version == "2.0"
    ask_again.time += 2 * DAY
    assert ask_again().version == "2.0"
    ask_again.index.forget()
    reason = ask_again.refused("provider-x>1", trusted=["provider-x==1.0"])
    assert reason == (
        "provider-x>1 is asked for, and of provider-x only 1.0 is trusted"
    )
    assert ask_again.index.log == []


def digest_of(index: Index, name: str = "provider-x") -> str:
    (wheel,) = index.project(name).glob("*.whl")
    return digest(wheel)


def test_one_wheel_is_trusted(ask_again: Trusting) -> None:
    right = f"provider-x==1.0#sha256={digest_of(ask_again.index)}"
    wrong = f"provider-x==1.0#sha256={'0' * 64}"
    assert ask_again(trusted=[right]).version == "1.0"
    reason = ask_again.refused(trusted=[wrong])
    assert (
        f"{WHEEL} is not trusted: its sha256 is {digest_of(ask_again.index)}" in reason
    )
    assert ask_again(trusted=[wrong, right]).version == "1.0"


def test_where_hashes_are_checked_each_wheel_needs_one(ask: Trusting) -> None:
    """E28."""
    ask.index.add(name="deep", requires=["provider-x"], files={"deep.py": MODULE})
    deep = f"deep==1.0#sha256={digest_of(ask.index, 'deep')}"
    pinned = f"provider-x#sha256={digest_of(ask.index)}"
    reason = ask.refused("deep", trusted=["deep", "provider-x"], hash_mode=True)
    assert "deep==VERSION#sha256=DIGITS" in reason
    assert ask.index.log == []
    reason = ask.refused("deep", trusted=[deep, "provider-x"], hash_mode=True)
    assert "none is known of provider-x" in reason
    assert not [line for line in ask.index.log if "provider" in line]
    assert ask("deep", trusted=[deep, pinned], hash_mode=True).version == "1.0"
    # A loose item beside the pinned one does not loosen it.
    wrong = f"provider-x#sha256={'0' * 64}"
    trusted = [deep, wrong, "provider-x"]
    assert "is not trusted" in ask.refused("deep", trusted=trusted, hash_mode=True)


# what cannot be had


def test_an_sdist_is_not_built(ask: Trusting) -> None:
    """R87, E20."""
    ask.index.add_sdist("only-sdist")
    reason = ask.refused("only-sdist>=1", trusted=["only-sdist"])
    assert reason == (
        "pip finds no wheel to install: Could not find a version that satisfies the "
        "requirement only-sdist>=1 (from versions: none); for more, type: pip download "
        "--no-deps --only-binary :all: 'only-sdist>=1'"
    )
    assert "GET only-sdist-1.0.tar.gz" not in ask.index.log


def test_one_for_another_python(ask: Trusting) -> None:
    """E20."""
    ask.index.add(name="future", requires_python=">=4.1", files={"future.py": MODULE})
    reason = ask.refused("future", trusted=["future"])
    assert "require a different python version: 1.0 Requires-Python >=4.1" in reason


def test_a_server_that_is_gone(ask: Trusting) -> None:
    ask.variables = [("PIP_INDEX_URL", "http://127.0.0.1:9/simple/")]
    assert "satisfies the requirement provider-x (from versions: none)" in ask.refused()


def test_the_plain_wheel_of_a_provider_with_variants(ask: Trusting) -> None:
    """R87, E19: no recursion, whatever this machine supports."""
    document = levels("v1", "null")
    ask.index.add(document, name="provider-v", files={"provider_v.py": MODULE})
    assert ask("provider-v", trusted=["provider-v"]).version == "1.0"
    assert [line for line in ask.index.log if line.endswith(".whl")] == [
        "GET provider_v-1.0-py3-none-any.whl"
    ]
    assert ask.index.metadata_log == []


# which module is asked


def test_the_module_has_to_be_of_the_named_package(ask_again: Trusting) -> None:
    """E18, FEATURES 2d.6."""
    ask_again.index.add(name="helper")
    for api in ("os", "helper", "provider_x.more", "json:load"):
        reason = ask_again.refused(
            "provider-x", "helper", trusted=["provider-x", "helper"], api=api
        )
        assert reason == f"'{api}' is no part of provider-x 1.0"
    assert ask_again(api="provider_x:Plugin").apis[0] == "provider_x:Plugin"


def test_a_package_without_such_a_module(ask: Trusting) -> None:
    ask.index.add(name="provider-z", files={"other.py": MODULE})
    assert "provider_z" in ask.refused("provider-z", trusted=["provider-z"])
    ask.index.add(
        name="provider-z",
        version="2.0",
        files={"other.py": MODULE},
        entry_points={"variant_plugins": {"z": "other:Plugin"}},
    )
    ask.time += 2 * DAY
    assert ask("provider-z", trusted=["provider-z"]).apis == ("other:Plugin",)


# a second run


def test_a_second_run_asks_nobody(ask_again: Trusting) -> None:
    plugin = ask_again()
    assert str(plugin) == "provider-x 1.0"
    assert (site(plugin) / "provider_x.py").read_bytes() == MODULE
    assert ask_again.index.log == []


def test_one_run_asks_once(ask: Trusting) -> None:
    packages = ask.packages(["provider-x"])
    provider = Provider(requires=("provider-x",))
    first = packages.plugin("ns", provider, ["provider-x"])
    ask.index.forget()
    assert packages.plugin("other", provider, ["provider-x"]) == first
    for _ in range(2):
        with pytest.raises(Refusal):
            packages.plugin("ns", provider, ["untrusted"])
    assert ask.index.log == []


@pytest.mark.parametrize(
    "changed",
    [
        {"trusted": ["provider-x==1.0"]},
        {"trusted": ["provider-x", "other"]},
    ],
)
def test_another_question_is_asked_anew(ask_again: Trusting, changed: Any) -> None:
    # The wheels are the same, and so is their folder.
    assert ask_again(**changed).path == ask_again(trusted=["provider-x"]).path
    assert "GET provider-x/" in ask_again.index.log


def test_another_index_is_asked_anew(ask_again: Trusting, tmp_path: Path) -> None:
    """E18: trust is in a name, on the indexes of the day."""
    with Index(tmp_path / "other") as other:
        other.add(name="provider-x", version="3.0", files=FILES)
        ask_again.variables = [
            ("PIP_INDEX_URL", ask_again.index.url),
            ("PIP_EXTRA_INDEX_URL", other.url),
        ]
        assert ask_again().version == "3.0"


def test_the_index_is_asked_again_the_next_day(ask_again: Trusting) -> None:
    ask_again.index.add(name="provider-x", version="2.0", files=FILES)
    ask_again.time += DAY - 1
    assert ask_again().version == "1.0"
    ask_again.time += 2
    assert ask_again().version == "2.0"
    # A clock that was put back is no reason to trust what it says.
    ask_again.time -= 2 * DAY
    ask_again.index.forget()
    assert ask_again().version == "2.0"
    assert ask_again.index.log != []


def test_without_a_network_the_old_one_is_used(
    ask_again: Trusting, index: Index, caplog: pytest.LogCaptureFixture
) -> None:
    """E40."""
    first = ask_again()
    ask_again.time += 2 * DAY
    index.project("provider-x").joinpath(WHEEL).unlink()
    with caplog.at_level(logging.INFO):
        assert ask_again() == first
    assert "that of 2 days ago is used" in caplog.text


def test_a_damaged_folder_is_made_again(ask_again: Trusting, tmp_path: Path) -> None:
    """E40; test_store.py has what else can happen to one."""
    (folder,) = provider_folders(tmp_path / "cache")
    (folder / "packages" / "provider_x.py").unlink()
    plugin = ask_again()
    assert site(plugin) == folder / "packages"
    assert (site(plugin) / "provider_x.py").read_bytes() == MODULE
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_old_folders_are_forgotten(ask_again: Trusting, tmp_path: Path) -> None:
    ask_again.index.add(name="provider-x", version="2.0", files=FILES)
    ask_again.time += 40 * DAY
    ask_again()
    (folder,) = provider_folders(tmp_path / "cache")
    assert [*folder.glob("*/provider_x-2.0.dist-info")]


def test_a_wheel_cannot_replace_the_record(ask: Trusting) -> None:
    files = {**FILES, "provider.json": b"{}"}
    ask.index.add(name="provider-x", version="2.0", files=files)
    first = ask()
    ask.index.forget()
    assert ask() == first
    assert ask.index.log == []


# no cache


def test_without_a_cache_there_is_a_folder_for_the_run(
    index: Index, tmp_path: Path
) -> None:
    """--no-cache-dir."""
    plugin = Trusting(index, None)()
    assert (site(plugin) / "provider_x.py").is_file()
    assert not (tmp_path / "cache").exists()


def test_a_file_in_the_place_of_the_cache(index: Index, tmp_path: Path) -> None:
    """E40: as for a folder that cannot be written to."""
    (tmp_path / "cache").write_text("no folder")
    plugin = Trusting(index, tmp_path / "cache")()
    assert (site(plugin) / "provider_x.py").is_file()


def test_two_at_once(ask: Trusting, tmp_path: Path) -> None:
    """E40."""
    found: list[Plugin] = []
    threads = [threading.Thread(target=lambda: found.append(ask())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [found[0]] * 2
    (folder,) = (tmp_path / "cache" / "providers").iterdir()
    assert (folder / "packages" / "provider_x.py").read_bytes() == MODULE


# the pip in the other process


def test_what_the_user_set_for_an_installation_does_not_count(
    ask: Trusting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    constraints = tmp_path / "constraints.txt"
    constraints.write_text("provider-x==0.1")
    config = tmp_path / "pip.conf"
    config.write_text("[global]\nno-index = true\nonly-binary = :none:\n")
    for name, value in {
        "PIP_CONFIG_FILE": config,
        "PIP_TARGET": tmp_path / "target",
        "PIP_PREFIX": tmp_path / "prefix",
        "PIP_USER": 1,
        "PIP_CONSTRAINT": constraints,
        "PIP_REQUIRE_HASHES": 1,
        "PIP_NO_BINARY": ":all:",
        "PIP_REQUIRE_VIRTUALENV": 1,
        "PIP_PLATFORM": "win32",
    }.items():
        monkeypatch.setenv(name, str(value))
    assert ask().version == "1.0"
    assert not (tmp_path / "target").exists()
    assert not (tmp_path / "prefix").exists()


def test_passwords_stay_in_the_process(tmp_path: Path) -> None:
    with Index(tmp_path / "index", credentials=("me", "secret")) as index:
        index.add(name="provider-x", files=FILES)
        ask = Trusting(index, tmp_path / "cache")
        ask.variables = [("PIP_INDEX_URL", index.url_as("me", "secret"))]
        assert ask().version == "1.0"
        assert not any("secret" in text for text in ask.sources().arguments)
        for path in (tmp_path / "cache").rglob("*"):
            assert not path.is_file() or b"secret" not in path.read_bytes()
        # Another password is the same index.
        digest = ask.sources().digest
        ask.variables = [("PIP_INDEX_URL", index.url_as("me", "other"))]
        assert ask.sources().digest == digest
        ask.time += 2 * DAY
        index.forget()
        assert ask().version == "1.0"
        assert index.log != []
