"""What variants cost uv, an installer that knows them as a preview, and what they cost us.

Both install from the same two indexes: torch with variants, and torch without. The
metadata says itself what machines support, since uv asks no provider of ours. Each tool
has a cache of its own. Either both use it and it was filled by the same command, or
both do without.
"""

from __future__ import annotations

import re
import shutil
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .commands import Command
from .environments import Environment, Sides
from .packages import static_torch, write_torch
from .samples import difference, ratio, take_turns
from .serving import IndexProcess
from .table import Report, Row, as_milliseconds, ratio_row

__all__ = ["find_uv", "measure"]

_LABELS, _RELEASES = 10, 10
_TAKEN = re.compile(r"/torch-2\.8\.0-py3-none-any-([^/-]+)\.whl\.metadata 200$")
_CACHES = {"warm": "caches filled", "cold": "without caches"}


@dataclass(frozen=True, slots=True)
class _Uv:
    """uv, for an environment that it looks at."""

    program: Path
    environment: Environment
    cache: Path

    def dry_run(self, url: str, *options: str) -> Command:
        base = self.environment.command()
        environ = {k: v for k, v in base.environ.items() if not k.startswith("UV_")}
        where = ("--index-url", url, "--python", str(self.environment.python))
        return Command(
            (
                *(str(self.program), "pip", "install", "--dry-run", "--preview"),
                *("--no-config", "--cache-dir", str(self.cache), *where, *options),
                "torch",
            ),
            environ,
            base.folder,
        )


def measure(sides: Sides, work: Path, rounds: int) -> Report:
    """Measure dry runs of torch with both tools; only a note where there is no uv."""
    program = find_uv()
    if program is None:
        return Report(notes=["uv is not here: what variants cost it was not measured."])
    uv = _Uv(program, sides.stock, work / "uv-cache")
    plain, folder = work / "uv-plain", work / "uv-variants"
    write_torch(plain, releases=_RELEASES)
    write_torch(folder, static_torch(_LABELS), _RELEASES)
    report = Report()
    with IndexProcess(plain) as without, IndexProcess(folder) as index:
        for cache in _CACHES:
            no_pip = ("--no-cache-dir",) if cache == "cold" else ()
            no_uv = ("--no-cache",) if cache == "cold" else ()
            pip = sides.hooked
            commands = {
                "pip, variants": pip.dry_run(index.url, "torch", *no_pip),
                "pip, plain": pip.dry_run(without.url, "torch", *no_pip),
                "uv, variants": uv.dry_run(index.url, *no_uv),
                "uv, plain": uv.dry_run(without.url, *no_uv),
            }
            if cache == "cold":
                labels = {name: _taken(commands[name], index) for name in commands}
                report.notes.append(_note(uv, labels))
            report.add(_measure_one(commands, cache, rounds))
    return report


def find_uv() -> Path | None:
    """Return the uv of this environment, or the one that the user has."""
    here = sysconfig.get_path("scripts")
    found = shutil.which("uv", path=here) or shutil.which("uv")
    return None if found is None else Path(found)


def _taken(command: Command, index: IndexProcess) -> str:
    index.requests()
    command.run()
    found = (_TAKEN.search(line) for line in index.requests())
    return next((each[1] for each in found if each), "")


def _note(uv: _Uv, labels: Mapping[str, str]) -> str:
    """Say what was compared.

    :raises RuntimeError: when the tools choose different labels, or uv none, so that
        their times cannot be compared.
    """
    ours, theirs = labels["pip, variants"], labels["uv, variants"]
    if not ours or ours != theirs:
        raise RuntimeError(f"pip takes {ours!r} of torch, uv {theirs!r}")
    version = Command(
        (str(uv.program), "--version"),
        uv.environment.command().environ,
        uv.cache.parent,
    )
    name = " ".join(version.run().stdout.split()[:2])
    return f"{name} with `--preview` and pip both take `{ours}` of torch."


def _measure_one(commands: Mapping[str, Command], cache: str, rounds: int) -> Report:
    what = f"torch of {_LABELS} labels, {_RELEASES} releases, {_CACHES[cache]}"
    runs = take_turns(
        {f"{what}: {name}": command.time for name, command in commands.items()}, rounds
    )
    report = Report(series=runs)
    series = [*runs.values()]
    for tool, (variants, plain) in (("pip", series[:2]), ("uv", series[2:])):
        added = difference(variants, plain)
        title = f"what variants cost {tool}: {what}"
        report.rows += [
            Row(title, "", as_milliseconds(added)),
            ratio_row(
                f"{tool}, {cache}", "the same as a ratio", ratio(variants, plain)
            ),
        ]
    return report
