"""The pages are true: their commands and samples run, and what they name exists."""

from __future__ import annotations

import ast
import contextlib
import doctest
import json
import os
import re
import signal
import subprocess
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from pip_variants import options, project_file, seams
from pip_variants.commands.variant import VERBS
from pip_variants.demo.environment import clean_environ, fresh_environment
from pip_variants.demo.packages import RELEASES, Release, write_index, write_release
from pip_variants.demo.server import IndexServer
from pip_variants.variantlib import builtin, cli, reading
from pip_variants.variantlib.builtin import aarch64, intel, x86_64
from pip_variants.variantlib.platform_file import read_platform
from tests.docs import console
from tests.installed import write_installed, write_ours

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
SRC = ROOT / "src" / "pip_variants"
README = ROOT / "README.md"

TUTORIAL = DOCS / "tutorials" / "first-install.md"
PUBLISHING = DOCS / "tutorials" / "publish-your-first-variants.md"
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))
COMMANDS = DOCS / "reference" / "commands.md"
VARIANTLIB = DOCS / "reference" / "variantlib-command.md"
USER_PAGES = sorted(
    page
    for folder in ("tutorials", "how-to", "reference", "concepts")
    for page in (DOCS / folder).glob("*.md")
)
ALL_PAGES = [README, DOCS / "index.md", *USER_PAGES, *(DOCS / "development").glob("*")]

PIP_COMMANDS = "install download wheel lock index list config uninstall variant".split()

# The pages show this machine.
MACHINE = {
    "NV_VARIANT_PROVIDER_FORCE_CUDA_DRIVER_VERSION": "12.8",
    "NV_VARIANT_PROVIDER_FORCE_SM_ARCH": "7.5",
}

posix = pytest.mark.skipif(os.name == "nt", reason="the pages show a POSIX shell")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def environ_for(python: Path, folder: Path, **extra: str) -> dict[str, str]:
    """Return variables for a shell in which the environment of *python* is active."""
    home = folder / "home"
    home.mkdir()
    return clean_environ(
        os.environ,
        HOME=str(home),
        PIP_CACHE_DIR=str(home / "cache"),
        PATH=os.pathsep.join((str(python.parent), os.environ["PATH"])),
        LC_ALL="C.UTF-8",
        **extra,
    )


def check(
    page: list[console.Command], environ: Mapping[str, str], folder: Path
) -> None:
    for command, printed, status in console.run(page, environ, folder):
        told = f"$ {command.line}\n{printed}(status {status})"
        assert command.matches(printed), f"the page shows other output:\n{told}"
        assert (status != 0) == command.fails, f"the other exit status:\n{told}"


# The metadata of a release, as it lies on an index.
METADATA = "-variants.json"


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IndexServer]:
    """The demo index, with the releases that pages describe and what builds need."""
    folder = tmp_path_factory.mktemp("index")
    write_index(folder)
    for page in HOW_TO:
        for path, content in console.files(page.read_text("utf-8")):
            if path.endswith(METADATA):
                name, _, version = path.removesuffix(METADATA).rpartition("-")
                write_release(folder, Release(name, version, json.loads(content)))
    for name in ("flit-core", "setuptools", "build", "packaging", "pyproject-hooks"):
        write_installed(folder / name, name)
    write_installed(folder / "pip", "pip")
    write_ours(folder / "pip-variants")
    with IndexServer(folder) as server:
        yield server


def write_files(text: str, work: Path) -> None:
    """Write the files that a page shows, but those that lie on an index."""
    for path, content in console.files(text):
        if not path.endswith(METADATA):
            file = work / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content, "utf-8")


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that no test changes."""
    return fresh_environment(tmp_path_factory.mktemp("shared") / "env")


@posix
@pytest.mark.parametrize(
    "page", [*HOW_TO, PUBLISHING, COMMANDS, VARIANTLIB], ids=name_of
)
def test_the_commands_of_a_page_print_what_it_shows(
    page: Path, index: IndexServer, tmp_path: Path
) -> None:
    host = index.url.split("/")[2]
    text = page.read_text("utf-8").replace(console.WRITTEN_PORT, host)
    python = fresh_environment(tmp_path / "env")
    environ = environ_for(python, tmp_path, PIP_INDEX_URL=index.url, **MACHINE)
    if "pip config" in text:
        # A null file there makes pip skip every other one. Whatever else those of
        # this machine say, no wheel of theirs may be taken.
        del environ["PIP_CONFIG_FILE"]
        (tmp_path / "nothing").mkdir()
        environ["PIP_FIND_LINKS"] = str(tmp_path / "nothing")
    page_commands = console.commands(text)
    assert page_commands
    write_files(text, tmp_path / "work")
    check(page_commands, environ, tmp_path)


@contextlib.contextmanager
def served(
    command: console.Command, environ: Mapping[str, str], work: Path
) -> Iterator[None]:
    """Keep the tutorial's second terminal open."""
    with subprocess.Popen(
        ["sh", "-c", f". .venv-trial/bin/activate; exec {command.line}"],
        cwd=work,
        env=dict(environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline().rstrip() == command.expected[0]
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=console.SECONDS)
    assert process.returncode == 0


@posix
def test_the_tutorial_works_as_written(tmp_path: Path) -> None:
    port = console.free_port()
    text = TUTORIAL.read_text("utf-8")
    text = text.replace(console.WRITTEN_PORT, f"127.0.0.1:{port}")
    text = text.replace("--port 8765", f"--port {port}")
    work = tmp_path / "work"
    work.mkdir()
    python = fresh_environment(work / ".venv-trial")
    # The page itself makes the environment the active one.
    environ = environ_for(python, tmp_path) | {"PATH": os.environ["PATH"]}
    page = console.commands(text)
    (server,) = [command for command in page if command.serves]
    typed = [command for command in page if command is not server]
    # The page says to stop the server first.
    *before, removal = typed
    assert removal.line == "rm -r .venv-trial"
    with served(server, environ, work):
        check(before, environ, tmp_path)
    check([removal], environ, tmp_path)
    assert not list(work.iterdir())


def test_only_the_commands_that_need_a_registry_are_stood_in_for() -> None:
    pages = [TUTORIAL, *HOW_TO, PUBLISHING, COMMANDS, VARIANTLIB]
    lines = {c.line for page in pages for c in console.commands(page.read_text())}
    assert {line for line in lines if console.STOOD_IN_FOR.fullmatch(line)} == {
        "python3 -m venv .venv-trial",
        "python -m pip install .",
    }


@pytest.mark.parametrize(
    "page", [page for page in USER_PAGES if ">>>" in page.read_text()], ids=name_of
)
def test_the_samples_of_a_page_are_true(page: Path) -> None:
    samples = "\n".join(console.blocks(page.read_text("utf-8"), "pycon"))
    assert samples.count(">>>") == page.read_text("utf-8").count(">>>")
    sample = doctest.DocTestParser().get_doctest(samples, {}, page.name, str(page), 0)
    told: list[str] = []
    result = doctest.DocTestRunner().run(sample, out=told.append)
    assert not result.failed, "".join(told)


# what the pages name


@cache
def helps(python: Path) -> str:
    """Return all help texts of pip's commands that the pages talk about."""
    environ = clean_environ(os.environ)
    pages = [["-m", "pip", "--help"]]
    pages += [["-m", "pip", name, "--help"] for name in PIP_COMMANDS]
    pages += [["-m", "pip", "variant", verb, "--help"] for verb in VERBS]
    below = [["plugins", "get-configs"], ["config", "list-paths"]]
    for typed in ([], *([name] for name in cli.COMMANDS), *below):
        pages += [["-m", "pip_variants.variantlib", *typed, "--help"]]
    running = [
        subprocess.Popen(
            [python, *arguments], env=environ, stdout=subprocess.PIPE, encoding="utf-8"
        )
        for arguments in pages
    ]
    return "".join(each.communicate(timeout=console.SECONDS)[0] for each in running)


def words(pattern: str, pages: list[Path]) -> set[str]:
    return {
        found
        for page in pages
        for found in re.findall(pattern, page.read_text("utf-8"))
    }


@pytest.fixture
def help_text(python: Path) -> str:
    return helps(python)


OPTION = r"(?<![\w/-])--[a-z][a-z-]*[a-z]"


def test_every_option_in_the_pages_exists(help_text: str) -> None:
    known = set(re.findall(OPTION, help_text))
    assert "--no-variant" in known
    # venv and uv have these, which make environments.
    others = {"--relocatable", "--system-site-packages"}
    assert words(OPTION, [README, *USER_PAGES]) - known == others


def test_every_command_in_the_pages_exists(help_text: str) -> None:
    known = set(re.findall(r"^  ([a-z]+)  ", help_text, re.MULTILINE))
    assert "variant" in known
    assert words(r"(?:`|\$ |-m )pip ([a-z]+)", [README, *USER_PAGES]) - known == set()


def test_every_verb_in_the_pages_exists(help_text: str) -> None:
    shown = set(re.findall(r"pip variant ([a-z]+)", " ".join(help_text.split())))
    assert set(VERBS) <= shown
    assert words(r"pip variant ([a-z]+)", [README, *USER_PAGES]) == set(VERBS)


def test_every_verb_and_its_output_are_explained() -> None:
    """Each has a part of its own on the page of commands, and its JSON on another."""
    commands, json_output = (
        re.findall(r"^## pip variant ([a-z]+)$", page.read_text("utf-8"), re.MULTILINE)
        for page in (COMMANDS, DOCS / "reference" / "json-output.md")
    )
    assert commands == list(VERBS)
    assert set(json_output) == set(VERBS) - {"demo"}


def test_every_variable_in_the_pages_exists(help_text: str) -> None:
    known = {
        f"PIP_{option[2:].replace('-', '_').upper()}"
        for option in re.findall(OPTION, help_text)
    }
    sources = "".join(path.read_text("utf-8") for path in SRC.rglob("*.py"))
    named = words(r"\b(?:PIP|NV)_[A-Z_]+[A-Z]\b", [README, *USER_PAGES])
    assert {name for name in named - known if name not in sources} == set()


def test_every_variable_of_ours_is_explained() -> None:
    page = (DOCS / "reference" / "options.md").read_text("utf-8")
    ours = {"PIP_VARIANTS_OFF", "PIP_NO_VARIANT"}
    for provider in builtin.BUILTINS.values():
        ours |= {name for name in provider.variables if "FORCE" in name}
    assert {name for name in ours if f"| `{name}` |" not in page} == set()


def test_the_commands_of_the_readme_exist() -> None:
    lines = {command.line for command in console.commands(README.read_text("utf-8"))}
    assert {"python3 dev.py demo", "python3 dev.py test"} <= lines
    dev = (ROOT / "dev.py").read_text("utf-8")
    named = words(r"python3 dev\.py ([a-z]+)", [README, ROOT / "CONTRIBUTING.md"])
    assert {verb for verb in named if f'verb == "{verb}"' not in dev} == set()


def test_every_session_in_the_pages_exists() -> None:
    pages = [ROOT / "CONTRIBUTING.md", *ALL_PAGES, *DOCS.glob("*.md")]
    named = words(r"nox -s ([a-z_-]+)", pages)
    assert "bench-check" in named
    assert named - sessions() == set()


def test_every_long_check_of_the_guide_is_a_session() -> None:
    page = ROOT / "CONTRIBUTING.md"
    named = {row[0].strip("`") for row in rows(page)}
    assert named == {"faults", "fuzz", "bench", "bench-check"}
    assert named <= sessions()


def sessions() -> set[str]:
    """Return the names of nox's sessions."""
    text = (ROOT / "noxfile.py").read_text("utf-8")
    pattern = r'^@nox\.session(?:\(name="(.+)"\))?\n(?:@.+\n)*def (\w+)\('
    return {
        name or function for name, function in re.findall(pattern, text, re.MULTILINE)
    }


@pytest.mark.parametrize("page", [README, ROOT / "CONTRIBUTING.md"], ids=name_of)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


# pages that repeat what the code says


def rows(page: Path) -> list[list[str]]:
    """Return the cells of all rows of all tables of a page."""
    return [
        [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        for line in page.read_text("utf-8").splitlines()
        if line.startswith("| `")
    ]


def test_the_page_of_seams_has_one_row_for_each() -> None:
    found = [
        (row[0].strip("`"), row[1].strip("`"))
        for row in rows(DOCS / "development" / "pip-seams.md")
    ]
    every = (*seams.REPLACED, *seams.OVERRIDDEN, *seams.SCOPED)
    assert sorted(found) == sorted((seam.module, seam.name) for seam in every)


def test_every_seam_has_a_reason_a_risk_and_an_age() -> None:
    for row in rows(DOCS / "development" / "pip-seams.md"):
        assert len(row) == 5
        assert all(row), row


def test_the_page_of_the_architecture_names_every_module() -> None:
    page = DOCS / "development" / "architecture.md"
    text = page.read_text("utf-8")
    floors = text.split("\n## Upper floor\n")[1].split("\n## The other rooms\n")[0]
    upper, ground = floors.split("\n## Ground floor\n")
    for part, folder in ((upper, SRC), (ground, SRC / "variantlib")):
        named = set(re.findall(r"^\| `(\w+/?)` \|", part, re.MULTILINE))
        there = {path.stem for path in folder.glob("*.py")} - {"__init__"}
        there |= {
            f"{path.name}/"
            for path in folder.iterdir()
            if (path / "__init__.py").exists() and path.name != "variantlib"
        }
        assert named == there


def test_the_page_of_the_architecture_names_the_other_rooms() -> None:
    page = DOCS / "development" / "architecture.md"
    part = page.read_text("utf-8").split("\n## The other rooms\n")[1]
    named = re.findall(r"^\| `([^`]+)` \|", part, re.MULTILINE)
    assert len(named) == len(set(named))
    for room in named:
        assert (ROOT / room).is_dir() if room.endswith("/") else (ROOT / room).is_file()
    there = {path.parent for path in ROOT.glob("tests/**/*.py")}
    folders = {path.relative_to(ROOT / "tests").parts for path in there} - {()}
    rooms = {f"tests/{parts[0]}/" for parts in folders}
    rooms |= {f"tests/faults/{p[1]}/" for p in folders if p[0] == "faults" and p[1:]}
    rooms |= {f"{path.relative_to(ROOT)}" for path in ROOT.glob("tests/*.py")}
    rooms |= {f"{path.relative_to(ROOT)}" for path in ROOT.glob("*.py")}
    assert rooms - set(named) == set()


def test_the_page_of_other_peoples_code_has_every_group() -> None:
    page = DOCS / "development" / "third-party-code.md"
    part = page.read_text("utf-8").split("\n## To develop\n")[1]
    told: dict[str, set[str]] = {}
    for group, names in re.findall(r"^\| `(\w+)` \| (.*?) \|", part, re.MULTILINE):
        told.setdefault(group, set()).update(re.findall(r"`([\w-]+)`", names))
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert told == {
        group: {
            re.split(r"[^\w-]", line, maxsplit=1)[0]
            for line in lines
            if isinstance(line, str)
        }
        for group, lines in pyproject["dependency-groups"].items()
    }


def test_the_page_of_providers_says_what_the_code_does() -> None:
    page = DOCS / "reference" / "providers.md"
    text = page.read_text("utf-8")
    for provider in builtin.BUILTINS.values():
        packages = ", ".join(f"`{package}`" for package in provider.packages)
        assert f"| `{provider.namespace}` | {packages} |" in text
    flat = " ".join(text.split())
    for module in (x86_64, aarch64):
        flags = ", ".join(f"`{flag}`" for flag in module.FLAGS)
        assert f"Flags, in their order: {flags}." in flat
    *first, last = (f"`{ip}`" for ip in intel.KNOWN)
    assert f"Known are {', '.join(first)} and {last}." in flat
    levels = {row[0]: row[1] for row in rows(page)}
    for level, needed in x86_64.LEVELS:
        assert set(re.findall(r"`(\w+)`", levels[f"`{level}`"])) == needed


def test_the_page_of_metadata_tells_the_limit() -> None:
    text = (DOCS / "reference" / "metadata.md").read_text("utf-8")
    assert f"{reading.MAX_BYTES:,} bytes" in text


def test_the_samples_of_a_platform_file_mean_the_same() -> None:
    text = (DOCS / "reference" / "platform-files.md").read_text("utf-8")
    (as_json,), (as_toml,) = console.blocks(text, "json"), console.blocks(text, "toml")
    one, other = (read_platform(sample.encode()) for sample in (as_json, as_toml))
    assert one.to_dict() == other.to_dict()
    assert [*one] == ["nvidia", "x86_64", "aarch64"]
    assert f"{reading.MAX_BYTES:,} bytes" in text


def test_the_page_of_options_has_every_option_key_and_variable(tmp_path: Path) -> None:
    text = (DOCS / "reference" / "options.md").read_text("utf-8")
    for name in options.ALL:
        assert f"| `--{name}" in text
        assert f"`PIP_{name.upper().replace('-', '_')}`" in text
    samples = list(console.blocks(text, "toml"))
    for sample, name in zip(samples, ("variants", "pyproject"), strict=True):
        (tmp_path / f"{name}.toml").write_text(sample)
    own, table = project_file.layers(tmp_path)
    # Whom the user trusts is not for a project to say.
    assert set(own) == {*options.ALL} - {"variant-trusted-providers"}
    assert table["variant-priorities"].texts == own["variant-priorities"].texts


def test_the_page_of_commands_lists_the_demo_index() -> None:
    text = COMMANDS.read_text("utf-8")
    for release in RELEASES:
        assert re.search(
            rf"^\|.*`{release.name}` {release.version}", text, re.MULTILINE
        )


# messages


GAP = "\0"


@cache
def source_texts() -> str:
    """Return all strings of the source, with a gap for whatever is filled in."""
    texts = []
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.JoinedStr):
                texts.append(filled(node))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.append(re.sub(r"%[srd]", GAP, node.value))
    return "\n".join(texts)


def filled(node: ast.JoinedStr) -> str:
    return "".join(
        str(part.value) if isinstance(part, ast.Constant) else GAP
        for part in node.values
    )


MESSAGES = DOCS / "reference" / "messages.md"


def fragments(message: str, gap: str) -> list[str]:
    return [part.strip() for part in re.split(gap, message) if len(part.strip()) > 3]


@pytest.mark.parametrize(
    "message",
    [block.strip() for block in console.blocks(MESSAGES.read_text("utf-8"), "text")],
)
def test_a_message_on_the_page_is_in_the_code(message: str) -> None:
    assert "\n" not in message
    lost = [
        part
        # The name of the file is filled in by the code.
        for part in fragments(message, r"<[a-z ]+>|variant\.json")
        if part not in source_texts()
    ]
    assert lost == []


def logged() -> Iterator[str]:
    """Yield the warnings and errors that the code logs."""
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("warning", "critical")
                and isinstance(node.args[0], ast.Constant)
            ):
                yield str(node.args[0].value)


def test_every_warning_that_the_code_logs_is_on_the_page() -> None:
    text = MESSAGES.read_text("utf-8")
    found = list(logged())
    assert found
    lost = [
        part
        for message in found
        for part in fragments(message, "%[srd]")
        if part not in text
    ]
    assert lost == []
