"""When another label takes the place of the installed one, and when nothing does."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.kit import LEVELS, Index, Pip, gpu, levels
from tests.running import Result

SATISFIED = "Requirement already satisfied: "


class Environment:
    """An environment of the test's own, and one index."""

    def __init__(self, pip: Pip, index: Index) -> None:
        self.pip = pip
        self.index = index

    def install(
        self, *args: str | Path, environ: Mapping[str, str] | None = None
    ) -> Result:
        options = ("install", "--index-url", self.index.url)
        return self.pip(*options, *args, environ=environ).ok()

    def gets(self, arguments: str, *installed: str, **environ: str) -> Result:
        """Assert what a run installs: everything, or nothing at all."""
        result = self.install(*arguments.split(), environ=environ)
        if installed:
            assert result.installed == list(installed)
        else:
            assert "Successfully installed" not in result.out, result.out
            assert SATISFIED in result.out
            assert "Collecting" not in result.out
            assert "variant_hash" not in result.out
        return result


@pytest.fixture
def on_levels(own_pip: Pip, levels_index: Index) -> Environment:
    return Environment(own_pip, levels_index)


@pytest.fixture
def on_demo(own_pip: Pip, demo_index: Index) -> Environment:
    return Environment(own_pip, demo_index)


def test_an_upgrade_after_the_hardware_changed(on_demo: Environment) -> None:
    """J6: the same version by its other label, only with -U, and then no more."""
    old, new = gpu("12.6"), gpu("12.9")
    on_demo.gets("torch", "torch-2.8.0-cu126", **old)
    on_demo.gets("--upgrade torch", **old)
    on_demo.gets("torch", **new)
    on_demo.gets("--upgrade torch", "torch-2.8.0-cu129", **new)
    on_demo.gets("--upgrade torch", **new)
    # The GPU is gone.
    on_demo.gets("-U torch", "torch-2.8.0-null", **gpu("10.0"))


def test_a_dependency_is_exchanged_where_pip_would_upgrade_it(
    on_demo: Environment,
) -> None:
    on_demo.gets("trainer", "torch-2.8.0-cu126", "trainer-1.0", **gpu("12.6"))
    on_demo.gets("--upgrade trainer", **gpu("12.9"))
    on_demo.gets(
        "--upgrade --upgrade-strategy eager trainer", "torch-2.8.0-cu129", **gpu("12.9")
    )


def test_another_label_replaces_the_installed_one(on_levels: Environment) -> None:
    """DESIGN 5: with and without -U; asked for again, nothing happens."""
    on_levels.gets("demo", "demo-1.0-v2")
    on_levels.gets("--variant v2,v1 demo")
    for wish in (
        "--variant v1 demo",
        "--variant demo=null demo",
        "--upgrade --variant v1 demo",
        "--variant demo=null user --no-deps",
    ):
        if "user" in wish:
            on_levels.gets(wish, "user-1.0")
            continue
        label = "null" if "null" in wish else "v1"
        on_levels.gets(wish, f"demo-1.0-{label}")
        again = on_levels.gets(wish)
        assert again.warnings == []
    # Of the dependency of something installed.
    on_levels.gets("--variant demo=null user", "demo-1.0-null")
    on_levels.gets("user", PIP_VARIANT="v1")
    on_levels.gets("demo", "demo-1.0-v1", PIP_VARIANT="v1")


def test_labels_in_order_are_exchanged_for_the_first_only_on_upgrade(
    on_levels: Environment,
) -> None:
    """F66: one of them is enough, -U looks for the first that can be had."""
    on_levels.gets("demo#v1", "demo-1.0-v1")
    for wish in ("--variant v3,v2,v1", "--variant demo=v3,v2,v1"):
        on_levels.gets(f"{wish} demo")
        on_levels.gets(f"{wish} --upgrade demo", "demo-1.0-v2")
        on_levels.gets(f"{wish} --upgrade demo")
        on_levels.gets("demo#v1", "demo-1.0-v1")


def test_other_priorities_or_exclusions_count_on_upgrade(
    on_levels: Environment,
) -> None:
    on_levels.gets("demo", "demo-1.0-v2")
    wish = "--variant-priorities=cpu::level::v1"
    on_levels.gets(f"{wish} demo")
    on_levels.gets(f"{wish} --upgrade demo", "demo-1.0-v1")
    on_levels.gets("--variant-exclude=v1 --upgrade demo", "demo-1.0-v2")


def test_a_forced_label_stays(on_levels: Environment) -> None:
    """What was forced was no choice of this machine."""
    on_levels.gets("--force-variant demo=v3 user", "demo-1.0-v3", "user-1.0")
    for wish in (
        "demo",
        "--upgrade demo",
        "--upgrade --upgrade-strategy eager user",
        "--force-variant v3 demo",
        "--force-variant demo=v3 --upgrade user",
    ):
        on_levels.gets(wish)
    on_levels.gets("--variant v1 demo", "demo-1.0-v1")
    on_levels.gets("--upgrade demo", "demo-1.0-v2")


def test_a_wheel_named_by_path_stays(
    own_pip: Pip, index: Index, tmp_path: Path
) -> None:
    """As do plain wheels that were built or named by hand."""
    index.add(LEVELS)
    environment = Environment(own_pip, index)
    for name in ("demo-1.0-py3-none-any-v1.whl", "demo-1.0-py3-none-any.whl"):
        environment.install("--force-reinstall", index.links() / name)
        environment.gets("--upgrade demo")
    environment.gets("--force-reinstall demo", "demo-1.0-v2")


def test_a_plain_wheel_is_exchanged_on_upgrade(own_pip: Pip, index: Index) -> None:
    """The publisher added variants later; --no-variant keeps the plain wheel."""
    index.add()
    environment = Environment(own_pip, index)
    environment.gets("demo", "demo-1.0")
    environment.gets("--upgrade demo")
    index.add(LEVELS)
    environment.gets("demo")
    environment.gets("--upgrade --no-variant demo")
    environment.gets("--no-variant demo")
    environment.gets("--upgrade demo", "demo-1.0-v2")
    environment.gets("--no-variant demo", "demo-1.0")


def test_a_newer_version_goes_before_another_label(own_pip: Pip, index: Index) -> None:
    """F15."""
    index.add(levels("v1"))
    environment = Environment(own_pip, index)
    environment.gets("demo", "demo-1.0-v1")
    index.add(levels("v2"), version="1.0")
    index.add(levels("v1"), version="1.1")
    environment.gets("--upgrade demo", "demo-1.1-v1")
    environment.gets("--upgrade demo<1.1", "demo-1.0-v2")


def test_a_label_that_is_gone_from_the_index_stays(own_pip: Pip, index: Index) -> None:
    """No better one can be had."""
    index.add(levels("v1"), plain=False)
    environment = Environment(own_pip, index)
    environment.gets("demo", "demo-1.0-v1")
    for path in index.links().iterdir():
        path.unlink()
    environment.gets("--upgrade demo")
    environment.gets("--variant v1 demo")


def test_packages_without_variants_are_left_alone(on_levels: Environment) -> None:
    """F6: whatever is wished for."""
    on_levels.gets("--no-variant user", "demo-1.0", "user-1.0")
    for environ in ({"PIP_VARIANT": "v1"}, {"PIP_FORCE_VARIANT": "v1"}):
        for arguments in ("user", "--upgrade user", "--no-variant user"):
            on_levels.gets(arguments, **environ)
        on_levels.gets("--no-variant demo", **environ)


def test_the_legacy_resolver_says_that_it_does_not(on_levels: Environment) -> None:
    on_levels.gets("demo", "demo-1.0-v2")
    legacy = "--use-deprecated=legacy-resolver"
    for wish in (f"{legacy} demo#v1", f"{legacy} --variant demo=v1 demo"):
        result = on_levels.gets(wish)
        (warning,) = (line for line in result.warnings if "label" in line)
        assert "legacy resolver does not exchange an installed variant" in warning
    on_levels.gets(f"{legacy} --force-reinstall --variant v1 demo", "demo-1.0-v1")


def test_what_is_installed_must_go_with_the_wish(on_levels: Environment) -> None:
    """An error removes nothing."""
    on_levels.gets("demo", "demo-1.0-v2")
    options = ("install", "--index-url", on_levels.index.url)
    for wish in ("--variant=v9", "--variant=demo=v3", "--upgrade", "--variant=v3"):
        more = ["demo#v3"] if wish == "--upgrade" else ["demo"]
        on_levels.pip(*options, wish, *more).failed()
    assert "demo" in on_levels.pip("freeze").ok().out
    on_levels.gets("--upgrade demo")
