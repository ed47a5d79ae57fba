"""``pip variant prioritize``: with a list, without one, and on a terminal (J9)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pip_variants.demo.environment import fresh_environment
from tests.kit import Document, Index, Pip, static_document
from tests.running import Result

# The first process of a terminal of its own becomes pip.
BECOME_PIP = """
import fcntl, json, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
python, environ, *arguments = sys.argv[1:-1]
os.execve(python, [python, "-m", "pip", *arguments], json.loads(environ))
"""


class ConfiguredPip(Pip):
    """pip that reads its configuration files: those of its home and environment."""

    def environ(self, **extra: str) -> dict[str, str]:
        found = super().environ(**extra)
        if "PIP_CONFIG_FILE" not in extra:
            del found["PIP_CONFIG_FILE"]
        return {
            **found,
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_CONFIG_DIRS": str(self.home / "nothing"),
            "APPDATA": str(self.home / "config"),
        }

    @property
    def site_file(self) -> Path:
        name = "pip.ini" if os.name == "nt" else "pip.conf"
        return self.python.parents[1] / name


@pytest.fixture(scope="module")
def own_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment whose configuration the tests may change."""
    return fresh_environment(tmp_path_factory.mktemp("configured") / "env")


@pytest.fixture
def pip(own_python: Path, tmp_path: Path) -> Iterator[ConfiguredPip]:
    """pip that reads configuration files, and finds none at first."""
    found = ConfiguredPip(own_python, tmp_path / "home")
    yield found
    if found.site_file.is_dir():
        found.site_file.rmdir()
    found.site_file.unlink(missing_ok=True)


def prioritize(pip: Pip, *args: str, **named: Any) -> Result:
    return pip("variant", "prioritize", *args, **named)


def written_by(result: Result) -> Path:
    """Return the file that was written."""
    return Path(result.ok().line("Writing to ").removeprefix("Writing to "))


def places(pip: Pip, *args: str, **named: Any) -> list[Document]:
    result = prioritize(pip, "--json", *args, **named).ok()
    document = json.loads(result.out)
    assert list(document) == ["version", "priorities", "places"]
    assert document["version"] == 1
    found: list[Document] = document["places"]
    assert document["priorities"] == (found[0]["priorities"] if found else [])
    assert all(list(place) == ["priorities", "place", "key"] for place in found)
    return found


def test_nothing_is_set(pip: ConfiguredPip) -> None:
    result = prioritize(pip).ok()
    assert result.out == "No priorities are set: each publisher's order decides.\n"
    assert places(pip) == []


def test_a_list_is_set_shown_and_removed(pip: ConfiguredPip) -> None:
    file = written_by(prioritize(pip, "nvidia", "x86_64 :: level, nvidia"))
    assert pip.home in file.parents
    listed = ["nvidia", "x86_64::level"]
    assert places(pip) == [
        {"priorities": listed, "place": str(file), "key": "variant.priorities"}
    ]
    assert prioritize(pip, "--list").ok().out == (
        f"nvidia, x86_64::level  (in effect: variant.priorities in {file})\n"
    )
    assert written_by(prioritize(pip, "--unset")) == file
    assert places(pip) == []
    result = prioritize(pip, "--unset").failed()
    assert result.err == f"ERROR: {file} sets no priorities of variants\n"


def test_pip_config_knows_the_key(pip: ConfiguredPip) -> None:
    prioritize(pip, "nvidia").ok()
    assert pip("config", "get", "variant.priorities").ok().out == "nvidia\n"
    assert "variant.priorities='nvidia'" in pip("config", "list").ok().out
    assert "variant.priorities: nvidia" in pip("config", "debug").ok().out
    pip("config", "set", "variant.priorities", "x86_64, nvidia").ok()
    assert places(pip)[0]["priorities"] == ["x86_64", "nvidia"]
    pip("config", "unset", "variant.priorities").ok()
    assert places(pip) == []


@pytest.mark.parametrize(
    "key", ["global.variant-priorities", "variantlib.provider-priority"]
)
def test_other_spellings_are_shown_and_removed(pip: ConfiguredPip, key: str) -> None:
    pip("config", "set", key, "nvidia").ok()
    (place,) = places(pip)
    assert (place["priorities"], place["key"]) == (["nvidia"], key)
    prioritize(pip, "--unset").ok()
    assert places(pip) == []


def test_it_steers_install(pip: ConfiguredPip, index: Index) -> None:
    machine = {"cpu": {"level": ["v1"]}, "gpu": {"kind": ["a"]}}
    variants = {"c": {"cpu": {"level": ["v1"]}}, "g": {"gpu": {"kind": ["a"]}}}
    index.add(static_document(variants, machine))
    options = ("--index-url", index.url, "demo")
    assert pip.choose(*options).label == "c"
    prioritize(pip, "gpu").ok()
    assert pip.choose(*options).label == "g"
    assert pip.choose("--isolated", *options).label == "c"
    prioritize(pip, "--unset").ok()
    assert pip.choose(*options).label == "c"


def test_the_place_that_comes_first_is_told(pip: ConfiguredPip) -> None:
    user = written_by(prioritize(pip, "--user", "nvidia"))
    site = written_by(prioritize(pip, "--site", "x86_64"))
    assert site == pip.site_file
    assert [place["place"] for place in places(pip)] == [str(site), str(user)]
    environ = {"PIP_VARIANT_PRIORITIES": "aarch64"}
    assert prioritize(pip, environ=environ).ok().out.splitlines() == [
        "aarch64  (in effect: PIP_VARIANT_PRIORITIES)",
        f"x86_64  (overridden: variant.priorities in {site})",
        f"nvidia  (overridden: variant.priorities in {user})",
    ]
    result = prioritize(pip, "--user", "aarch64").ok()
    (warning,) = result.warnings
    assert warning == (
        f"WARNING: variant.priorities in {site} comes first, and sets: x86_64"
    )
    result = prioritize(pip, "nvidia", environ=environ).ok()
    assert "WARNING: PIP_VARIANT_PRIORITIES comes first" in result.err


def test_a_project_file_comes_before_the_files_of_pip(
    pip: ConfiguredPip, tmp_path: Path
) -> None:
    (tmp_path / "variants.toml").write_text('variant-priorities = ["nvidia"]\n')
    result = prioritize(pip, "x86_64", cwd=tmp_path).ok()
    assert f"variant-priorities in {tmp_path / 'variants.toml'} comes first" in (
        result.err
    )
    listed = places(pip, cwd=tmp_path)
    assert [place["priorities"] for place in listed] == [["nvidia"], ["x86_64"]]


def test_nothing_can_be_removed_that_stands_elsewhere(pip: ConfiguredPip) -> None:
    environ = {"PIP_VARIANT_PRIORITIES": "nvidia"}
    result = prioritize(pip, "--unset", environ=environ).failed()
    assert result.err.endswith("; PIP_VARIANT_PRIORITIES does\n")


def test_the_file_that_a_variable_names(pip: ConfiguredPip, tmp_path: Path) -> None:
    """pip itself writes there, and says so, from the release on that does."""
    file = tmp_path / "own.conf"
    file.write_text("[variant]\npriorities = aarch64\n")
    environ = {"PIP_CONFIG_FILE": str(file)}
    (place,) = places(pip, environ=environ)
    assert place == {
        "priorities": ["aarch64"],
        "place": str(file),
        "key": "variant.priorities",
    }
    result = prioritize(pip, "nvidia", environ=environ)
    assert "Traceback" not in result.both
    pips = pip("config", "set", "variant.priorities", "nvidia", environ=environ)
    assert result.status == pips.status
    if file.read_text().split() == ["[variant]", "priorities", "=", "nvidia"]:
        prioritize(pip, "--unset", environ=environ).ok()
        again = prioritize(pip, "--unset", environ=environ).failed()
        assert f"{file} sets no priorities of variants" in again.err


def test_no_configuration_at_all(pip: ConfiguredPip) -> None:
    result = prioritize(pip, "nvidia", environ={"PIP_CONFIG_FILE": os.devnull})
    assert "Traceback" not in result.both
    assert result.status in (0, 1)


def test_isolated(pip: ConfiguredPip) -> None:
    """As ``pip config`` does, it writes the file that this run does not read."""
    result = prioritize(pip, "--isolated", "--user", "nvidia").ok()
    assert result.warnings == []
    assert places(pip, "--isolated") == []
    assert places(pip)[0]["priorities"] == ["nvidia"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("BAD!",), "'BAD!' is not of the form NAMESPACE"),
        (("a::b::c::d",), "is not of the form NAMESPACE"),
        (("",), "an empty list sets nothing; --unset removes the list"),
        (
            ("nvidia", "--unset"),
            "a list cannot be given with --unset, --list or --json",
        ),
        (("nvidia", "--list"), "a list cannot be given with --unset, --list or --json"),
        (("nvidia", "--json"), "a list cannot be given with --unset, --list or --json"),
        (("--unset", "--list"), "--unset cannot be given with --list or --json"),
        (("--unset", "--json"), "--unset cannot be given with --list or --json"),
    ],
)
def test_what_makes_no_sense(
    pip: ConfiguredPip, args: tuple[str, ...], message: str
) -> None:
    result = prioritize(pip, *args).failed()
    assert message in result.err
    assert result.out == ""
    assert places(pip) == []


def test_a_file_that_cannot_be_written(pip: ConfiguredPip) -> None:
    pip.site_file.mkdir()
    result = prioritize(pip, "--site", "nvidia").failed()
    assert str(pip.site_file) in result.err
    assert result.status == 1


@pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="who may do everything may write"
)
def test_a_file_that_may_not_be_written(pip: ConfiguredPip) -> None:
    file = written_by(prioritize(pip, "nvidia"))
    file.chmod(0o400)
    result = prioritize(pip, "x86_64").failed()
    assert str(file) in result.err
    assert places(pip)[0]["priorities"] == ["nvidia"]


def test_a_file_that_cannot_be_read(pip: ConfiguredPip) -> None:
    pip.site_file.write_text("[garbage\n")
    result = prioritize(pip)
    assert result.status != 0
    assert "Traceback" not in result.both


def test_what_else_the_file_says_stays(pip: ConfiguredPip) -> None:
    pip.site_file.write_text("[global]\ntimeout = 7\n[variant]\nexclude = cuda\n")
    prioritize(pip, "--site", "nvidia").ok()
    prioritize(pip, "--site", "--unset").ok()
    text = pip.site_file.read_text()
    assert "timeout = 7" in text
    assert "exclude = cuda" in text
    assert "priorities" not in text


def test_two_at_once(pip: ConfiguredPip) -> None:
    """One of them wins, and the file can be read."""
    with ThreadPoolExecutor(4) as pool:
        names = ("nvidia", "x86_64", "aarch64", "blas")
        results = pool.map(lambda name: prioritize(pip, name), names)
    assert all(result.status == 0 for result in results)
    assert len(places(pip)) == 1


def test_quiet(pip: ConfiguredPip) -> None:
    assert prioritize(pip, "-q", "nvidia").ok().both == ""
    assert prioritize(pip, "-q").ok().both == ""
    assert places(pip, "-q")[0]["priorities"] == ["nvidia"]


# on a terminal


Opener = Callable[..., Any]


@pytest.fixture
def terminal(pip: ConfiguredPip) -> Iterator[Opener]:
    """Opens terminals with ``pip variant prioritize`` in them."""
    pytest.importorskip("termios")
    from tests.e2e.terminal import SECONDS, Window

    opened = []

    def open_terminal(*arguments: str, **extra: str) -> Window:
        environ = json.dumps(
            {**pip.environ(**extra), "TERM": "xterm", "PIP_NO_COLOR": "1"}
        )
        program = (str(pip.python), environ, "variant", "prioritize", *arguments)
        opened.append(Window(program=(BECOME_PIP, *program), columns=100))
        return opened[-1]

    yield open_terminal
    for each in opened:
        with suppress(ProcessLookupError):
            os.killpg(each.process.pid, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            each.process.wait(SECONDS)
        each.close()


TITLE = "Your order of the variant namespaces"


def test_picking_and_saving(pip: ConfiguredPip, terminal: Opener) -> None:
    it = terminal()
    assert it.until("q: cancel").splitlines()[2:7] == [
        ">    [ ] nvidia",
        "     [ ] amd",
        "     [ ] intel",
        "     [ ] x86_64",
        "     [ ] aarch64",
    ]
    it.type("jjj ")  # down, into the order
    it.until("1 [x] x86_64")
    it.type("\r")
    it.until("Save this order")
    it.type("j")
    it.until("> site")
    it.type("\r")
    it.until(f"Writing to {pip.site_file}")
    assert it.end() == 0
    assert it.attributes == it.before
    (place,) = places(pip)
    assert place["priorities"] == ["x86_64"]
    assert place["place"] == str(pip.site_file)


def test_what_is_set_is_where_picking_begins(
    pip: ConfiguredPip, terminal: Opener
) -> None:
    prioritize(pip, "--user", "x86_64::level", "nvidia").ok()
    it = terminal()
    assert it.until("q: cancel").splitlines()[2:8] == [
        ">  1 [x] x86_64::level",
        "   2 [x] nvidia",
        "     [ ] amd",
        "     [ ] intel",
        "     [ ] x86_64",
        "     [ ] aarch64",
    ]
    it.type("d\r\r")  # later, done, the user's file
    assert it.end() == 0
    assert places(pip)[0]["priorities"] == ["nvidia", "x86_64::level"]


def test_picking_nothing_removes_the_list(pip: ConfiguredPip, terminal: Opener) -> None:
    prioritize(pip, "--user", "nvidia").ok()
    it = terminal()
    it.until("1 [x] nvidia")
    it.type(" \r\r")
    assert it.end() == 0
    assert places(pip) == []


def files_offered(screen: str) -> list[str]:
    """Return the kinds of the files on the screen, the one at the cursor marked."""
    lines = screen.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("Save this"))
    listed = [line for line in lines[start + 1 :] if "pip.conf" in line]
    return [line[: line.index(" ", 2)] for line in listed]


@pytest.mark.parametrize("kind", ["user", "site", "global"])
def test_only_the_file_that_an_option_names_is_offered(
    terminal: Opener, kind: str
) -> None:
    it = terminal(f"--{kind}")
    it.until(TITLE)
    it.type(" \r")
    assert files_offered(it.until("Backspace: back")) == [f"> {kind}"]
    it.type("q")
    it.until("Nothing was changed.")
    assert it.end() == 0


def test_picking_begins_with_the_list_of_the_file_that_an_option_names(
    pip: ConfiguredPip, terminal: Opener
) -> None:
    prioritize(pip, "--user", "x86_64").ok()
    prioritize(pip, "--site", "aarch64").ok()
    it = terminal("--user")
    assert it.until("q: cancel").splitlines()[2:5] == [
        ">  1 [x] x86_64",
        "     [ ] aarch64",
        "     [ ] nvidia",
    ]
    it.type("jj \r\r")
    it.until("comes first, and sets: aarch64")
    assert it.end() == 0
    assert [place["priorities"] for place in places(pip)] == [
        ["aarch64"],
        ["x86_64", "nvidia"],
    ]


@pytest.mark.parametrize("kind", ["user", "site"])
def test_the_file_with_the_list_in_effect_is_suggested(
    pip: ConfiguredPip, terminal: Opener, kind: str
) -> None:
    """It is so whatever the form without a terminal would write to."""
    pip.site_file.write_text("[global]\ntimeout = 7\n")
    prioritize(pip, f"--{kind}", "nvidia").ok()
    others = [other for other in ("user", "site", "global") if other != kind]
    it = terminal()
    it.until("1 [x] nvidia")
    it.type("\r")
    offered = files_offered(it.until("Backspace: back"))
    assert offered == [f"> {kind}", *(f"  {other}" for other in others)]
    it.type("q")
    assert it.end() == 0


@pytest.mark.parametrize("has_site_file", [False, True])
def test_without_a_list_the_usual_file_is_suggested(
    pip: ConfiguredPip, terminal: Opener, *, has_site_file: bool
) -> None:
    if has_site_file:
        pip.site_file.touch()
    it = terminal()
    it.until(TITLE)
    it.type(" \r\r")
    it.until("Writing to ")
    assert it.end() == 0
    (place,) = places(pip)
    assert (place["place"] == str(pip.site_file)) is has_site_file


def test_picking_nothing_removes_the_list_from_its_file(
    pip: ConfiguredPip, terminal: Opener
) -> None:
    """The file that is chosen at the end has none; the error came too late."""
    prioritize(pip, "--site", "nvidia").ok()
    it = terminal()
    it.until("1 [x] nvidia")
    it.type(" \rj\r")
    it.until(f"Writing to {pip.site_file}")
    assert it.end() == 0
    assert places(pip) == []


def test_what_still_counts_after_picking_nothing(
    pip: ConfiguredPip, terminal: Opener
) -> None:
    user = written_by(prioritize(pip, "--user", "aarch64"))
    prioritize(pip, "--site", "nvidia").ok()
    it = terminal()
    it.until("1 [x] nvidia")
    it.type(" \r\r")
    it.until(f"variant.priorities in {user} still sets: aarch64")
    assert it.end() == 0
    (place,) = places(pip)
    assert place["place"] == str(user)


def test_picking_nothing_where_nothing_can_be_removed(
    pip: ConfiguredPip, terminal: Opener
) -> None:
    it = terminal(PIP_VARIANT_PRIORITIES="nvidia")
    it.until("1 [x] nvidia")
    it.type(" \r\r")
    it.until("Nothing was changed.")
    it.until("PIP_VARIANT_PRIORITIES still sets: nvidia")
    assert it.end() == 0
    assert places(pip) == []


def test_a_list_with_an_item_twice(pip: ConfiguredPip, terminal: Opener) -> None:
    pip("config", "set", "variant.priorities", "nvidia nvidia").ok()
    it = terminal()
    assert it.until("q: cancel").splitlines()[2:4] == [
        ">  1 [x] nvidia",
        "     [ ] amd",
    ]
    it.type("q")
    assert it.end() == 0


@pytest.mark.parametrize("keys", ["q", "\x03", "j q", "\rq"])
def test_cancelling_leaves_all_as_it_was(
    pip: ConfiguredPip, terminal: Opener, keys: str
) -> None:
    file = written_by(prioritize(pip, "nvidia"))
    before = file.read_bytes()
    it = terminal()
    it.until(TITLE)
    it.type(keys)
    it.until("Nothing was changed.")
    assert it.end() == 0
    assert it.attributes == it.before
    assert file.read_bytes() == before


def test_a_list_asks_nothing(pip: ConfiguredPip, terminal: Opener) -> None:
    it = terminal("--user", "nvidia")
    it.until("Writing to ")
    assert it.end() == 0
    it = terminal("--list")
    it.until("nvidia  (in effect: ")
    assert it.end() == 0
