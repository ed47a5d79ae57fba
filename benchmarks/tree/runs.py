"""Installations of the tree into folders that are empty, each taken away afterwards."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from ..commands import Command
from ..environments import Environment
from ..samples import Sample
from .wheels import LABEL, PACKAGES, by_size

__all__ = ["Installation", "Place"]

_HERE = Path(__file__).parent
_TORCH = "torch"
_TEMPORARY = "temporary"


@dataclass(frozen=True, slots=True)
class Installation:
    """A command that installs the tree.

    :param target: the folder that it installs into.
    :param variant: whether it is to choose the variant.
    """

    command: Command
    target: Path
    variant: bool

    def warm_up(self) -> None:
        """Run all but the installation, so that the programs are read from the disk.

        :raises CommandError: when the command fails.
        """
        self._temporary.mkdir(exist_ok=True)
        arguments = (*self.command.arguments, "--dry-run")
        Command(arguments, self.command.environ, self.command.folder).run()

    def run(self) -> Sample:
        """Install, look at what is there, and remove it.

        What earlier runs left to be written to the disk is written before the clock
        starts, so that nobody waits for the data of somebody else.

        :raises CommandError: when the command fails.
        :raises RuntimeError: when something else was installed than expected.
        """
        self.remove()
        if hasattr(os, "sync"):
            os.sync()
        try:
            sample = self.install()
            self._check()
        finally:
            self.remove()
        return sample

    def install(self) -> Sample:
        """Install into a folder that is empty.

        :raises CommandError: when the command fails.
        """
        self.remove()
        self.target.mkdir()
        self._temporary.mkdir()
        return self.command.time()

    def remove(self) -> None:
        """Remove what was installed, and what was left behind."""
        for folder in (self.target, self._temporary):
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def _temporary(self) -> Path:
        return self.target.with_name(_TEMPORARY)

    def _check(self) -> None:
        infos = {path.name: path for path in self.target.rglob("*.dist-info")}
        missing = [p.name for p in PACKAGES if f"{p.stem}.dist-info" not in infos]
        if missing:
            raise RuntimeError(f"not installed: {', '.join(missing)}")
        taken = _label(infos[f"{PACKAGES[0].stem}.dist-info"])
        if taken != (LABEL if self.variant else None):
            raise RuntimeError(f"of torch {taken} was taken")


def _label(info: Path) -> str | None:
    """Return the label of an installed wheel; None where it is a plain one."""
    try:
        document = json.loads((info / "variant.json").read_bytes())
    except FileNotFoundError:
        return None
    return next(iter(document["variants"]), None)


@dataclass(frozen=True, slots=True)
class Place:
    """Where everybody installs from, and into.

    Nobody has a cache. What is downloaded goes to the same disk as what is installed,
    so that it can be moved there or linked.

    :param url: of the index.
    :param work: an empty folder.
    """

    url: str
    work: Path

    @property
    def _target(self) -> Path:
        return self.work / "target"

    def with_pip(
        self, side: Environment, *before: str, variant: bool = False
    ) -> Installation:
        """Return an installation with the pip of an environment.

        :param before: what stands in the place of ``-m pip``: a script and its own
            arguments.
        """
        options = ("--no-cache-dir", "--index-url", self.url, "--progress-bar", "off")
        target = ("--prefix", str(self._target), "--no-warn-script-location")
        command = side.command(
            *(before or ("-m", "pip")),
            *("install", *options, *target, _TORCH),
            **self._variables(),
        )
        return Installation(command, self._target, variant)

    def with_uv(self, program: Path, side: Environment, *options: str) -> Installation:
        """Return an installation with uv, which is to choose the variant as well."""
        base = side.command(**self._variables())
        environ = {k: v for k, v in base.environ.items() if not k.startswith("UV_")}
        where = ("--prefix", str(self._target), "--python", str(side.python))
        index = ("--no-config", "--no-cache", "--index-url", self.url)
        arguments = ("pip", "install", "--preview", *options, *index, *where, _TORCH)
        command = Command((str(program), *arguments), environ, base.folder)
        return Installation(command, self._target, variant=True)

    def overlapped(
        self, side: Environment, connections: int, installers: int
    ) -> Installation:
        """Return an installation with downloads that overlap, for an experiment."""
        order = ",".join(by_size())
        # "-P": the folder of the script holds modules that it must not find.
        script = ("-P", str(_HERE / "overlap.py"), str(connections), str(installers))
        return self.with_pip(side, *script, order)

    def taken_apart(self, side: Environment, answer: Path) -> Installation:
        """Return an installation that writes down where its time went."""
        script = ("-P", str(_HERE / "anatomy.py"), str(answer))
        return self.with_pip(side, *script)

    def _variables(self) -> dict[str, str]:
        folder = str(self._target.with_name(_TEMPORARY))
        return dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
