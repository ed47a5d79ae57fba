"""Reads the corpus: command lines in groups that share a state, as TOML tables.

::

    [[case]]
    name = "a requirement that nothing meets"
    run = ["! pip install alpha>=9", "pip list"]

Each line is split as a shell would. ``!`` in front says that stock pip ends with 1,
``!2`` with 2; without it, with 0. ``?`` stands where that depends on the release.
``NAME=value`` in front sets a variable, as in a
shell. ``{name}`` stands for something of the surroundings, ``{hash FILE}`` for the
digest of a file on the index.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).with_name("corpus")

_LINE = re.compile(r"(?:(?P<sign>[!?])(?P<status>\d*) +)?(?P<words>.*)", re.DOTALL)
_VARIABLE = re.compile(r"(?P<name>[A-Za-z_][A-Za-z0-9_]*)=(?P<text>.*)", re.DOTALL)
_PLACEHOLDER = re.compile(r"\{([a-z]+)(?: ([^{}]*))?\}")


LookUp = Callable[[str, str], str]
"""Tells what stands for a placeholder, given its two words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One command line.

    :param text: as it stands in the corpus.
    :param status: that stock pip ends with; None where its releases differ.
    """

    text: str
    status: int | None
    environ: Mapping[str, str] = field(hash=False)
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """Command lines that run one after the other in one state.

    :param topic: the file that it stands in.
    :param files: written to the working folder first; placeholders stand in them, too.
    :param environ: variables of all lines; one that is empty is not set at all.
    :param input: what each command reads.
    :param since: the first pip that knows what is asked for.
    :param needs: a program that has to be there.
    :param variants: whether the index is the one with variants, which are ignored.
    :param short: whether a short run has it as well.
    """

    topic: str
    name: str
    run: tuple[str, ...]
    files: Mapping[str, str] = field(default_factory=dict, hash=False)
    environ: Mapping[str, str] = field(default_factory=dict, hash=False)
    input: str = ""
    since: str = "26.0"
    needs: str = ""
    variants: bool = False
    short: bool = False

    @property
    def id(self) -> str:
        return f"{self.topic}-{re.sub('[^a-z0-9]+', '-', self.name.lower())}"

    def lines(self, look_up: LookUp) -> Iterator[Line]:
        """Read the command lines."""
        for text in self.run:
            found = _LINE.fullmatch(text)
            assert found is not None
            status = {None: 0, "?": None, "!": int(found["status"] or 1)}[found["sign"]]
            words = [fill(word, look_up) for word in shlex.split(found["words"])]
            environ = dict(self.environ)
            while variable := _VARIABLE.fullmatch(words[0]):
                environ[variable["name"]] = variable["text"]
                del words[0]
            yield Line(text, status, environ, tuple(words))


def fill(text: str, look_up: LookUp) -> str:
    """Put something in place of every placeholder."""
    return _PLACEHOLDER.sub(lambda found: look_up(found[1], found[2] or ""), text)


def read(path: Path) -> list[Case]:
    """Read one file of the corpus."""
    document: dict[str, Any] = tomllib.loads(path.read_text("utf-8"))
    return [
        Case(path.stem, **{**table, "run": tuple(table["run"])})
        for table in document["case"]
    ]


def read_all() -> list[Case]:
    return [case for path in sorted(CORPUS.glob("*.toml")) for case in read(path)]
