"""Where a pip in another process finds packages: pip's own finder says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pip._internal.cli.cmdoptions import check_release_control_exclusive
from pip._internal.commands import create_command

from pip_variants.trusting.sources import Sources, sources_of

INDEX = "https://me:secret@index.example/simple/"


def sources(*arguments: str, requirements: str = "") -> Sources:
    """Return what ``pip install`` with these arguments would pass on."""
    command = create_command("install", isolated=True)
    options, args = command.parse_args([*arguments, "demo"])
    check_release_control_exclusive(options)
    with command.main_context():
        session = command.get_default_session(options)  # type: ignore[attr-defined]
        finder = command._build_package_finder(options, session)  # type: ignore[attr-defined]
        if requirements:
            options.requirements = [requirements]
            command.get_requirements(args, options, finder, session)  # type: ignore[attr-defined]
        return sources_of(options, finder)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("PIP_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)


def after(arguments: tuple[str, ...], option: str) -> list[str]:
    """Return the values of an option."""
    return [arguments[at + 1] for at, text in enumerate(arguments) if text == option]


def test_indexes_and_folders(tmp_path: Path) -> None:
    found = sources(
        f"--index-url={INDEX}",
        "--extra-index-url=https://a.example/",
        "--extra-index-url=https://b.example/",
        "--find-links=https://c.example/",
        f"--find-links={tmp_path}/with blank",
    )
    assert dict(found.variables) == {
        "PIP_INDEX_URL": INDEX,
        "PIP_EXTRA_INDEX_URL": "https://a.example/ https://b.example/",
        "PIP_FIND_LINKS": "https://c.example/",
    }
    assert after(found.arguments, "--find-links") == [f"{tmp_path}/with blank"]
    assert not any("secret" in text for text in found.arguments)


def test_no_index() -> None:
    found = sources("--no-index", "--find-links=wheels")
    assert "--no-index" in found.arguments
    assert dict(found.variables) == {"PIP_FIND_LINKS": "wheels"}


def test_what_a_requirement_file_says(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text(
        "--index-url https://of-file.example/\n"
        "--trusted-host of-file.example\n--pre\ndemo\n"
    )
    found = sources("--index-url=https://of-flag.example/", requirements=str(file))
    assert dict(found.variables)["PIP_INDEX_URL"] == "https://of-file.example/"
    assert after(found.arguments, "--trusted-host") == ["of-file.example"]
    assert after(found.arguments, "--all-releases") == [":all:"]


def test_pre_releases() -> None:
    assert after(sources("--pre").arguments, "--all-releases") == [":all:"]
    found = sources("--all-releases=:all:", "--only-final=b,a").arguments
    assert found[:6] == (
        *("--all-releases", ":all:"),
        *("--only-final", "a"),
        *("--only-final", "b"),
    )


def test_how_packages_are_fetched(tmp_path: Path) -> None:
    cert = tmp_path / "ca.pem"
    cert.write_text("")
    found = sources(
        f"--cert={cert}",
        f"--client-cert={cert}",
        f"--cache-dir={tmp_path}",
        "--proxy=http://proxy.example:80",
        "--timeout=3",
        "--retries=0",
        "--no-input",
        "--keyring-provider=subprocess",
    )
    for option, value in {
        "--cert": str(cert),
        "--client-cert": str(cert),
        "--cache-dir": str(tmp_path),
        "--proxy": "http://proxy.example:80",
        "--timeout": "3.0",
        "--retries": "0",
        "--keyring-provider": "subprocess",
    }.items():
        assert after(found.arguments, option) == [value]


def test_no_cache() -> None:
    found = sources("--no-cache-dir")
    assert "--no-cache-dir" in found.arguments
    assert "--cache-dir" not in found.arguments


def test_the_keyring_is_asked_where_the_user_may_be() -> None:
    """A pip that may not ask anybody asks no keyring either, unless it is told which."""
    (asked,) = after(sources().arguments, "--keyring-provider")
    assert asked in ("import", "subprocess")
    (asked,) = after(sources("--no-input").arguments, "--keyring-provider")
    assert asked == "auto"


def test_nothing_of_the_installation_itself(tmp_path: Path) -> None:
    found = sources(
        f"--target={tmp_path}",
        "--upgrade",
        "--no-deps",
        "--require-hashes",
        "--no-binary=:all:",
        f"--constraint={tmp_path}/none.txt",
    )
    text = " ".join(found.arguments)
    for word in ("target", "upgrade", "deps", "hashes", "binary", "constraint"):
        assert word not in text


def test_an_age_is_the_same_for_a_day() -> None:
    one = sources("--uploaded-prior-to=2025-03-01T01:00:00Z")
    assert after(one.arguments, "--uploaded-prior-to") == ["2025-03-01T01:00:00+00:00"]
    other = sources("--uploaded-prior-to=2025-03-01T02:00:00Z")
    assert one.digest == other.digest
    assert one.digest != sources("--uploaded-prior-to=2025-03-02T01:00:00Z").digest
    assert one.digest != sources().digest


def test_how_packages_are_fetched_is_no_part_of_what_is_found() -> None:
    one = sources(f"--index-url={INDEX}", "--timeout=3")
    assert one.digest == sources(f"--index-url={INDEX.replace('secret', 'x')}").digest
    assert one.digest != sources("--index-url=https://other.example/simple/").digest
