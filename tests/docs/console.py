"""Run the console blocks of a page, and compare what they print with the page.

A block is fenced as ``console``. A line that starts with "$ " is a command, lines that
start with "> " continue it, and those after it are its output: "..." stands for any
lines, or for anything within a line. A command without output lines may print what it
likes. One that shows an "ERROR:" fails, every other succeeds. All commands of a page run
in one shell, in an empty folder.
"""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

MARK = "@@ status of command"
WRITTEN_PORT = "127.0.0.1:8765"
SECONDS = 240
"""Long before this, something hangs."""

# Stood in for by the tests: these need the package index.
STOOD_IN_FOR = re.compile(r"python3 -m venv \S+|python -m pip install \.")


@dataclass(frozen=True)
class Command:
    """One command of a page, with the output that the page shows."""

    line: str
    expected: tuple[str, ...]

    @property
    def fails(self) -> bool:
        return any(line.startswith("ERROR:") for line in self.expected)

    @property
    def serves(self) -> bool:
        return "--serve" in self.line

    def matches(self, printed: str) -> bool:
        if not self.expected:
            return True
        pattern = ""
        for line in self.expected:
            if line.strip() == "...":
                pattern += r"(?:.*\n)*?"
            else:
                pattern += re.escape(line.rstrip()).replace(r"\.\.\.", ".*") + "\n"
        return re.fullmatch(pattern, printed) is not None


def blocks(text: str, language: str) -> Iterator[str]:
    """Yield the content of the fenced blocks of a language."""
    for found in re.finditer(
        rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    ):
        yield found[1]


def files(text: str) -> Iterator[tuple[str, str]]:
    """Yield path and content of the files that a page shows."""
    for found in re.finditer(
        r"^```\{code-block\} \w+\n:caption: (\S+)\n\n(.*?)^```$",
        text,
        re.MULTILINE | re.DOTALL,
    ):
        yield found[1], found[2]


def commands(text: str) -> list[Command]:
    """Return the commands of a page, in their order."""
    found = []
    for block in blocks(text, "console"):
        assert block.startswith("$ "), f"output without a command:\n{block}"
        for part in block.removeprefix("$ ").split("\n$ "):
            line, *rest = part.rstrip("\n").split("\n")
            while rest and rest[0].startswith("> "):
                line += "\n" + rest.pop(0).removeprefix("> ")
            found.append(Command(line, tuple(rest)))
    return found


def run(
    page: list[Command], environ: Mapping[str, str], folder: Path
) -> Iterator[tuple[Command, str, int]]:
    """Run commands one after the other; yield each with its output and status."""
    script = folder / "page.sh"
    script.write_text(
        "".join(
            f"{':' if STOOD_IN_FOR.fullmatch(each.line) else each.line}\n"
            f"printf '\\n{MARK} %d\\n' $?\n"
            for each in page
        )
    )
    work = folder / "work"
    work.mkdir(exist_ok=True)
    done = subprocess.run(
        ["sh", str(script)],
        cwd=work,
        env=dict(environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=SECONDS,
        check=False,
    )
    parts = re.split(rf"^{MARK} (\d+)\n", done.stdout, flags=re.MULTILINE)
    assert len(parts) == 2 * len(page) + 1, f"the shell ended early:\n{done.stdout}"
    for command, printed, status in zip(page, parts[::2], parts[1::2], strict=False):
        lines = [line.rstrip() for line in printed.removesuffix("\n").splitlines()]
        yield command, "".join(f"{line}\n" for line in lines), int(status)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
