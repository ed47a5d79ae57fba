"""Runs the same command lines with stock pip and with ours, at one and the same path.

The sides take turns in one folder, so that no path has to be made neutral::

    here/env     the environment, of hard links to the files of the one that is kept
    here/home    HOME, and the cache
    here/work    the working folder: the files of the case, and what commands write
    here/tmp     TMPDIR; what is left there is seen

On the side of stock pip, a distribution stands in for ours: the metadata of
pip-variants, and nothing else of it. So both sides list the same packages.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pip_variants.demo.environment import fresh_environment
from tests.environments import Environment
from tests.faults.commands._corpus import Case, Line, LookUp, fill
from tests.kit import Index, digest
from tests.running import alone

SECONDS = 600
"""How long one command may take: it takes one, and ten where something is built.

Ten times as many on a machine that has much else to do.
"""

STOCK, OURS = "stock", "ours"

# Of the user who runs the tests; they change what commands do or where they look.
_FOREIGN = ("XDG_", "GIT_", "EDITOR", "VISUAL", "COMP_", "PYTHON", "SOURCE_DATE")

_LARGEST_TEXT = 65_536

# What differs between two runs of one pip, with the word that stands there instead.
NEUTRAL: tuple[tuple[str, str], ...] = (
    # Names of temporary folders and files.
    (r"\bpip-([a-z-]+)-[a-z0-9_]{8}(?![a-z0-9_])", r"pip-\1-TEMPORARY"),
    (r"\btmp[a-z0-9_]{8}(?![a-z0-9_])", "TEMPORARY"),
    (r"_[0-9a-f]{32}\b", "_TEMPORARY"),
    # Times: in files of --log, and those of cached answers.
    (r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,]?\d*(\+00:00|Z)?", "TIME"),
    # The speed of a download, and how long it takes.
    (r"\b\d+(\.\d+)? [kMG]B/s\b", "SPEED"),
    (r"\b(eta )?-?\d+:\d\d:\d\d\b", "DURATION"),
    # Where an object is in memory.
    (r"\b0x[0-9a-f]{8,}\b", "ADDRESS"),
    # pip asks for it, but for half a second at most.
    (r',"rustc_version":"[^"]*"', ""),
)

# The way to an error leads through our modules; the error is compared.
_TRACE = re.compile(
    r"(Traceback \(most recent call last\):\n)(?:(?:TIME )?(?: *\|? {2}.*)?\n)+"
)


@dataclass(frozen=True, slots=True)
class Step:
    """What one command line did."""

    line: str
    status: int
    out: list[str]
    err: list[str]
    requests: list[str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case did: every command line, and the files afterwards."""

    steps: list[Step]
    files: dict[str, str]


def neutral(text: str) -> str:
    """Return a text without what differs between two runs of one pip."""
    for pattern, word in NEUTRAL:
        text = re.sub(pattern, word, text)
    return _TRACE.sub(r"\1", text)


@dataclass(frozen=True, slots=True)
class Indexes:
    """Two indexes: without any variant, and with variants of everything."""

    plain: Index
    variants: Index


class Sides:
    """The two environments, and the place where they take turns.

    :param folder: for all of it.
    :param pip: a wheel of the pip that both have; None for the one that runs here.
    :param version: of that pip.
    """

    def __init__(
        self,
        folder: Path,
        indexes: Indexes,
        things: Path,
        pip: Path | None,
        version: str,
    ) -> None:
        self.version = version
        self._here = folder / "here"
        self._kept = folder / "kept"
        self._indexes = indexes
        self._things = things
        self._make(pip)

    @property
    def environment(self) -> Environment:
        return Environment(self._here / "env")

    def run(self, side: str, case: Case) -> Outcome:
        """Run a case in a state that nothing has happened in."""
        index = self._indexes.variants if case.variants else self._indexes.plain
        look_up = partial(self._look_up, index)
        self._prepare(side, case, look_up)
        steps = [self._step(line, case, index) for line in case.lines(look_up)]
        return Outcome(steps, self._files())

    def statuses(self, case: Case) -> list[int | None]:
        """Return what stock pip ends with, as the corpus says."""
        look_up = partial(self._look_up, self._indexes.plain)
        return [line.status for line in case.lines(look_up)]

    def _make(self, pip: Path | None) -> None:
        """Make both environments at the path where they will be."""
        made = self.environment
        fresh_environment(made.root)
        if pip is not None:
            for old in [made.site / "pip", *made.site.glob("pip-*.dist-info")]:
                shutil.rmtree(old)
            with zipfile.ZipFile(pip) as wheel:
                wheel.extractall(made.site)
        # What Python compiles is not to be compiled in every copy again.
        made.run("-m", "compileall", "-q", made.site / "pip")
        shutil.copytree(made.root, self._kept / OURS, symlinks=True)
        shutil.rmtree(made.site / "pip_variants")
        for path in [*made.site.glob("pip_variants.*"), made.scripts / "variantlib"]:
            path.unlink()
        shutil.copytree(made.root, self._kept / STOCK, symlinks=True)

    def _prepare(self, side: str, case: Case, look_up: LookUp) -> None:
        if self._here.exists():
            _remove(self._here)
        for name in ("home", "tmp"):
            (self._here / name).mkdir(parents=True)
        kept, made = self._kept / side, self._here / "env"
        shutil.copytree(kept, made, symlinks=True, copy_function=_link)
        work = self._here / "work"
        shutil.copytree(self._things, work)
        for name, text in case.files.items():
            path = work / fill(name, look_up)
            path.parent.mkdir(parents=True, exist_ok=True)
            # As it stands, on Windows as well.
            path.write_bytes(fill(text, look_up).encode())

    def _look_up(self, index: Index, word: str, rest: str) -> str:
        """Return what stands for a placeholder of the corpus."""
        if word == "hash":
            (file,) = index.folder.glob(f"*/{rest}")
            return f"sha256:{digest(file)}"
        known = {
            "index": index.url,
            "port": index.url.split(":")[-1].partition("/")[0],
            "pythonxy": self.environment.site.parent.name,
            "origin": index.origin,
            "links": str(index.folder),
            "here": str(self._here),
            "python": str(self.environment.python),
            "uri": (self._here / "work").as_uri(),
        }
        return known[word]

    def _step(self, line: Line, case: Case, index: Index) -> Step:
        index.forget()
        done = subprocess.run(
            self._command(line.words),
            env=self._environ(line.environ, case, index),
            cwd=self._here / "work",
            input=case.input,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
        requests = [
            neutral(f"{each.method} {each.path} {each.status} {dict(each.headers)}")
            for each in index.requests
        ]
        if "list" in line.words:
            # pip asks in several threads for what is outdated.
            requests.sort()
        out, err = (neutral(text).splitlines() for text in (done.stdout, done.stderr))
        return Step(line.text, done.returncode, out, err, requests)

    def _command(self, words: tuple[str, ...]) -> list[str]:
        """Return the command; ``pip`` is ``python -m pip`` of the environment."""
        program, *arguments = words
        python = str(self.environment.python)
        match program:
            case "pip":
                return [python, "-m", "pip", *arguments]
            case "python":
                return [python, *arguments]
            case "git":
                return [program, *arguments]
            case "bin/pip":
                return [str(self.environment.scripts / "pip"), *arguments]
        raise ValueError(f"no such program: {program}")

    def _environ(
        self, variables: Mapping[str, str], case: Case, index: Index
    ) -> dict[str, str]:
        temporary = str(self._here / "tmp")
        own = {
            "TMPDIR": temporary,
            "TEMP": temporary,
            "TMP": temporary,
            "PIP_INDEX_URL": index.url,
            # Stock pip has no such option, and takes no notice.
            "PIP_NO_VARIANT": "1" if case.variants else "",
            "XDG_CONFIG_DIRS": str(self._here / "home" / "system"),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "COLUMNS": "80",
            # The date in what backends build; the order of sets in messages.
            "SOURCE_DATE_EPOCH": "1700000000",
            "PYTHONHASHSEED": "0",
        }
        base = {
            name: text
            for name, text in alone(self._here / "home").items()
            if not name.startswith(_FOREIGN)
        }
        every = {**base, **own, **variables}
        return {name: text for name, text in every.items() if text}

    def _files(self) -> dict[str, str]:
        """Return what is in the folder: texts, and digests of all else."""
        environment = self.environment
        found = {}
        for path in sorted(_walk(self._here)):
            inside = path.relative_to(self._here).as_posix()
            if not _is_of_pip(path, environment):
                found[neutral(inside)] = _content(path, inside)
        return found


def _walk(folder: Path) -> Iterable[Path]:
    for root, folders, files in os.walk(folder):
        yield from (Path(root, name) for name in files)
        if not folders and not files:
            yield Path(root)


def _is_of_pip(path: Path, environment: Environment) -> bool:
    """Tell whether a file is of pip or of us, which no command here changes."""
    for folder in (environment.site, environment.scripts):
        if path.is_relative_to(folder):
            top = path.relative_to(folder).parts[0]
            own = r"pip|pip-[\d.]+\.dist-info|pip_variants.*|variantlib|python.*"
            return re.fullmatch(own, top) is not None
    return False


def _content(path: Path, inside: str) -> str:
    if path.is_symlink():
        return f"link to {path.readlink()}"
    if path.is_dir():
        return "an empty folder"
    # These hold the time when they were made; their names say what they are of. A zip
    # file is what pip makes of a repository, and of all else that is no archive.
    timed = path.suffix in (".pyc", ".zip") or "/.git/" in inside
    if timed or inside.startswith("home/cache/http"):
        return "a file"
    data = path.read_bytes()
    if b"\0" in data or len(data) > _LARGEST_TEXT:
        return hashlib.sha256(data).hexdigest()
    return neutral(data.decode("utf-8", "replace"))


def _link(source: str, target: str) -> None:
    """Link a file, which pip never writes into: it puts others in its place."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _remove(folder: Path) -> None:
    """Remove a folder with what is write-protected in it, as git's files are."""

    def again(function: Any, path: str, _: object) -> None:
        Path(path).chmod(0o700)
        function(path)

    if sys.version_info >= (3, 12):
        shutil.rmtree(folder, onexc=again)
    else:
        shutil.rmtree(folder, onerror=again)
