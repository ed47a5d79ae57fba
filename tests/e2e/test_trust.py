"""Provider packages that the user trusts, from the command line to what is chosen."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pip as pip_module
import pytest

from pip_variants.demo.plugins import FICTIONAL_HW
from pip_variants.demo.wheels import build_wheel
from tests.e2e._project import write_project
from tests.e2e.fictional_hw import HARDWARE, TRUST, add_hardware, document
from tests.kit import Choice, Index, Pip, choose_demo, digest, hashes, variant_of
from tests.providers.zoo import ZOO
from tests.running import Result

(MARKING,) = ZOO["marking"].files.values()
"""Code that leaves a mark when it runs."""


@pytest.fixture
def hardware(index: Index) -> Index:
    """demo 1.0 with the variants hw and null, and the provider for hw."""
    index.add(document())
    add_hardware(index)
    return index


def listing(folder: Path) -> list[str]:
    """Return what is in an environment, caches of Python aside."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if "__pycache__" not in path.parts
    )


def about(index: Index, name: str = HARDWARE) -> list[str]:
    """Return the requests about a project."""
    return [each.path for each in index.requests if f"/{name}/" in each.path]


def own_files(pip: Pip) -> dict[str, str]:
    """Return variables under which pip reads and writes files in its home."""
    return {
        "PIP_CONFIG_FILE": "",
        "XDG_CONFIG_HOME": str(pip.home / "config"),
        "XDG_CONFIG_DIRS": str(pip.home / "nothing"),
        "APPDATA": str(pip.home / "config"),
    }


def dry(pip: Pip, index: Index, *args: str | Path, **named: Any) -> Result:
    return pip.dry(index, *args, "demo", **named).ok()


def taken(result: Result) -> str:
    """Return the label that a dry run would install."""
    (found,) = result.would_install
    return found.removeprefix("demo-1.0").removeprefix("-")


def test_what_the_message_says_to_type_works(pip: Pip, hardware: Index) -> None:
    """R74: not trusted means not supported, and the exact way out is told."""
    before = listing(pip.site)
    first = dry(pip, hardware)
    assert taken(first) == "null"
    assert about(hardware) == []
    option = re.search(r"--variant-trusted-providers \S+", first.out)
    assert option is not None, first.both
    second = dry(pip, hardware, *shlex.split(option[0]))
    assert taken(second) == "hw"
    line = (
        f"Installing the provider plugin {HARDWARE} for fictional_hw (trusted by "
        "--variant-trusted-providers)"
    )
    assert line in second.out
    # R77: the environment stays as it was.
    assert listing(pip.site) == before
    # And the next run asks nobody.
    hardware.forget()
    third = dry(pip, hardware, *shlex.split(option[0]))
    assert taken(third) == "hw"
    assert about(hardware) == []
    assert line not in third.out


@pytest.mark.parametrize("place", ["variable", "command of pip", "file"])
def test_where_trust_can_be_written(pip: Pip, hardware: Index, place: str) -> None:
    environ = {}
    if place == "variable":
        environ = {"PIP_VARIANT_TRUSTED_PROVIDERS": HARDWARE}
    elif place == "command of pip":
        environ = own_files(pip)
        words = ("config", "set", "variant.trusted-providers", HARDWARE)
        pip(*words, environ=environ).ok()
    else:
        file = pip.home / "own.conf"
        file.write_text(f"[variant]\ntrusted-providers =\n    other\n    {HARDWARE}\n")
        environ = {"PIP_CONFIG_FILE": str(file)}
    result = dry(pip, hardware, environ=environ)
    assert taken(result) == "hw"


def test_a_policy_keeps_trusted_packages_out(pip: Pip, hardware: Index) -> None:
    for policy in ("builtin", "installed"):
        result = dry(pip, hardware, TRUST, f"--variant-providers={policy}")
        assert taken(result) == "null"
    assert about(hardware) == []
    assert taken(dry(pip, hardware, TRUST, "--variant-providers=trusted")) == "hw"


def test_a_project_cannot_trust(pip: Pip, hardware: Index, tmp_path: Path) -> None:
    (tmp_path / "variants.toml").write_text(
        f'providers = "trusted"\ntrusted-providers = ["{HARDWARE}"]\n'
    )
    arguments = ("install", "--index-url", hardware.url, "--dry-run", "demo")
    environ = own_files(pip)
    result = pip(*arguments, cwd=tmp_path, environ=environ).ok()
    assert taken(result) == "null"
    assert about(hardware) == []
    commands = re.findall(r"pip config set \S+ \S+", result.err)
    assert len(commands) == len(result.warnings) == 2
    for command in commands:
        pip(*command.split()[1:], environ=environ).ok()
    result = pip(*arguments, cwd=tmp_path, environ=environ).ok()
    assert taken(result) == "hw"


@pytest.mark.parametrize(
    "arguments",
    [
        ("--no-variant", TRUST, "demo"),
        ("--variant-providers=builtin", TRUST, "demo"),
        ("--force-variant=demo=hw", TRUST, "demo"),
        (TRUST, "plain"),
        ("--variant-exclude=fictional_hw", TRUST, "demo"),
    ],
)
def test_nothing_of_third_parties_runs(
    pip: Pip, index: Index, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Whom nobody needs to ask runs no code, and is not looked for."""
    mark = tmp_path / "mark"
    environ = {"ZOO_MARK": str(mark)}
    index.add(document(api=None, properties={"speed": ["1"]}))
    index.add(name="plain")
    index.add(name=HARDWARE, files={"provider_fictional_hw.py": MARKING})
    pip.dry(index, *arguments, environ=environ).ok()
    assert not mark.exists()
    assert about(index) == []
    # The code leaves marks: this one would have been seen.
    assert taken(dry(pip, index, TRUST, environ=environ)) == "hw"
    assert mark.exists()


# what cannot be had


def _sdist_only(index: Index) -> Mapping[str, Any]:
    index.add_sdist("only-sdist")
    return document("only-sdist", api=None)


def _untrusted_dependency(index: Index) -> Mapping[str, Any]:
    index.add(name="deep", requires=["evil"], files={"deep.py": MARKING})
    index.add(name="evil")
    return document("deep", api=None)


def _url(index: Index) -> Mapping[str, Any]:
    add_hardware(index)
    wheel = f"{FICTIONAL_HW.package}-1.0.0-py3-none-any.whl"
    return document(f"{HARDWARE} @ {index.url}{HARDWARE}/{wheel}")


def _option(index: Index) -> Mapping[str, Any]:
    add_hardware(index)
    return document(f"--index-url={index.url}")


def _requirement_file(index: Index) -> Mapping[str, Any]:
    add_hardware(index)
    return document("-r requirements.txt")


def _foreign_module(index: Index) -> Mapping[str, Any]:
    add_hardware(index)
    index.add(name="helper", files={"helper.py": MARKING})
    return document(HARDWARE, "helper", api="helper")


def _for_another_python(index: Index) -> Mapping[str, Any]:
    add_hardware(index, requires_python=">=4.1")
    return document()


def _half_trusted(index: Index) -> Mapping[str, Any]:
    add_hardware(index)
    return document(HARDWARE, "evil")


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (_sdist_only, "satisfies the requirement only-sdist (from versions: none)"),
        (_untrusted_dependency, "deep also needs others: evil is not trusted"),
        (_url, "does not name a package"),
        (_option, "does not name a package"),
        (_requirement_file, "does not name a package"),
        (_foreign_module, f"'helper' is no part of {HARDWARE} 1.0.0"),
        (_for_another_python, "require a different python version"),
        (_half_trusted, "evil is not trusted"),
    ],
)
def test_a_provider_that_may_not_or_cannot_be_asked(
    pip: Pip,
    index: Index,
    tmp_path: Path,
    make: Callable[[Index], Mapping[str, Any]],
    reason: str,
) -> None:
    """E17, E18, E20, R75: its labels do not fit, the reason is told, pip goes on."""
    mark = tmp_path / "mark"
    index.add(make(index))
    trust = f"--variant-trusted-providers={HARDWARE},only-sdist,deep,helper"
    result = dry(pip, index, trust, environ={"ZOO_MARK": str(mark)})
    assert taken(result) == "null"
    assert reason in result.out
    assert "Traceback" not in result.both
    assert not about(index, "evil")
    assert not mark.exists()


def test_a_provider_with_variants_of_its_own(pip: Pip, index: Index) -> None:
    """R87, E19: it comes as a plain wheel, and nobody is asked for that."""
    index.add(document())
    add_hardware(index)
    for label in ("hw", "null"):
        build_wheel(
            index.project(HARDWARE),
            HARDWARE,
            "1.0.0",
            label=label,
            variant_json=document(),
        )
    index.put_metadata(document(), HARDWARE, "1.0.0")
    assert taken(dry(pip, index, TRUST)) == "hw"
    assert index.metadata_log == ["demo-1.0-variants.json"]


# where it comes from


def test_the_indexes_of_a_requirement_file(
    pip: Pip, index: Index, make_index: Callable[..., Index], tmp_path: Path
) -> None:
    other = make_index()
    index.add(document())
    add_hardware(other)
    file = tmp_path / "requirements.txt"
    file.write_text(f"--index-url {index.url}\n--extra-index-url {other.url}\ndemo\n")
    result = pip("install", "--dry-run", TRUST, "-r", file).ok()
    assert taken(result) == "hw"
    assert about(other)


def test_a_folder_of_wheels(pip: Pip, hardware: Index, tmp_path: Path) -> None:
    """A relative one, as it is typed."""
    folder = tmp_path / "my wheels"
    folder.mkdir()
    for name in ("demo", HARDWARE):
        for path in hardware.project(name).iterdir():
            path.rename(folder / path.name)
    arguments = ("--no-index", "--find-links", folder.name, "--dry-run", TRUST, "demo")
    result = pip("install", *arguments, cwd=tmp_path).ok()
    assert taken(result) == "hw"
    assert hardware.log == []


def test_a_name_on_another_index(
    pip: Pip, hardware: Index, make_index: Callable[..., Index]
) -> None:
    """E18: trust in a name reaches every index that pip looks at; a hash does not."""
    other = make_index()
    add_hardware(other, "9.0")
    (wheel,) = hardware.project(HARDWARE).iterdir()
    known = digest(wheel)
    extra = ("--extra-index-url", other.url)
    assert taken(dry(pip, hardware, *extra, TRUST)) == "hw"
    assert [path for path in about(other) if path.endswith(".whl")]
    other.forget()
    pinned = f"{TRUST}==1.0.0#sha256={known}"
    assert taken(dry(pip, hardware, *extra, pinned)) == "hw"
    assert not [path for path in about(other) if path.endswith(".whl")]
    wrong = f"{TRUST}==9.0#sha256={known}"
    result = dry(pip, hardware, *extra, wrong)
    assert taken(result) == "null"
    assert "is not trusted: its sha256 is" in result.out


def test_without_a_cache(pip: Pip, hardware: Index) -> None:
    for _ in range(2):
        hardware.forget()
        assert taken(dry(pip, hardware, TRUST, "--no-cache-dir")) == "hw"
        assert about(hardware)
    assert not [*pip.cache.rglob("provider.json")]


def test_what_the_user_set_for_the_installation(
    pip: Pip, hardware: Index, tmp_path: Path
) -> None:
    """Nothing of it reaches the provider."""
    constraints = tmp_path / "constraints.txt"
    constraints.write_text(f"{HARDWARE}==0.1\n")
    target = tmp_path / "target"
    arguments = ("--index-url", hardware.url, "--constraint", constraints, TRUST)
    pip.install_into(target, *arguments, "--no-deps", "demo").ok()
    assert sorted(path.name for path in target.iterdir() if path.suffix) == [
        "demo-1.0.dist-info",
        "demo.py",
    ]
    assert "VARIANT = 'hw'" in (target / "demo.py").read_text()


# hashes


def test_where_hashes_are_checked(pip: Pip, hardware: Index, tmp_path: Path) -> None:
    """E28: without --require-hashes, too, as soon as one hash is written down."""
    (provider,) = hardware.project(HARDWARE).iterdir()
    known = digest(provider)
    file = tmp_path / "requirements.txt"
    wheels = hardware.project("demo").glob("*.whl")
    file.write_text(f"demo==1.0 {hashes(wheels)}")

    def chosen(trust: str, *more: str) -> Result:
        arguments = ("--index-url", hardware.url, "--dry-run", *more)
        return pip("install", *arguments, trust, "-r", file).ok()

    loose = chosen(TRUST)
    assert taken(loose) == "null"
    assert f"none is known of {HARDWARE}" in loose.out
    assert about(hardware) == []
    right = f"{TRUST}==1.0.0#sha256={known}"
    assert taken(chosen(right)) == "hw"
    assert taken(chosen(right, "--require-hashes")) == "hw"
    wrong = chosen(f"{TRUST}==1.0.0#sha256={'0' * 64}")
    assert taken(wrong) == "null"
    assert f"its sha256 is {known}" in wrong.out


def test_a_lock_file_has_hashes(pip: Pip, hardware: Index, tmp_path: Path) -> None:
    """E28: so pip checks them for all that it installs."""
    if pip_module.__version__.startswith("26.0"):
        pytest.skip("this pip does not read lock files")
    (provider,) = hardware.project(HARDWARE).iterdir()
    known = digest(provider)
    lock = tmp_path / "pylock.toml"
    index = ("--index-url", hardware.url)
    pip("lock", "--output", lock, *index, "demo").ok()
    install = ("install", "--dry-run", *index, "-r", lock)
    assert taken(pip(*install, TRUST).ok()) == "null"
    assert about(hardware) == []
    assert taken(pip(*install, f"{TRUST}#sha256={known}").ok()) == "hw"


# other commands


def test_isolated_builds_follow(own_pip: Pip, index: Index, tmp_path: Path) -> None:
    """What a build needs is chosen for the machine that builds."""
    index.add(document(), name="helper")
    add_hardware(index)
    project = write_project(tmp_path / "project")
    found = []
    for trust in (TRUST, "--variant-providers=installed"):
        target = tmp_path / trust
        own_pip.install_into(target, "--index-url", index.url, trust, project).ok()
        found.append(variant_of(target, "built"))
    assert found == ["hw", "null"]


def test_explain_takes_the_options(pip: Pip, hardware: Index) -> None:
    arguments = ("--index-url", hardware.url, "demo")
    without = pip("variant", "explain", *arguments).ok()
    assert "--variant-trusted-providers" in without.out
    shown = pip("variant", "explain", TRUST, *arguments).ok()
    assert re.search(r"^ *1 +hw ", shown.out, re.MULTILINE)
    assert not re.search(r"^ *1 +hw ", without.out, re.MULTILINE)


def test_download_and_wheel_take_the_options(
    pip: Pip, hardware: Index, tmp_path: Path
) -> None:
    for command, option in (("download", "--dest"), ("wheel", "--wheel-dir")):
        folder = tmp_path / command
        arguments = ("--index-url", hardware.url, option, folder, TRUST, "demo")
        pip(command, *arguments).ok()
        assert (folder / "demo-1.0-py3-none-any-hw.whl").exists()


def test_the_report_of_a_quiet_run(pip: Pip, hardware: Index) -> None:
    """Nothing of the other pip is printed where a program reads."""
    choice = choose_demo(pip, hardware, TRUST)
    assert choice == Choice(("demo-1.0-py3-none-any-hw.whl",), "")


def test_bad_values_are_told(pip: Pip) -> None:
    for option, problem in {
        "--variant-providers=all": "--variant-providers: 'all' is none of: builtin",
        "--variant-trusted-providers=x>1": "'x>1' is no package",
        "--variant-provider-timeout=0": "is no number of seconds above 0",
        "--variant-optional-providers=A": "'A' is no namespace",
    }.items():
        result = pip("install", "--dry-run", option, "demo").failed()
        assert problem in result.err
