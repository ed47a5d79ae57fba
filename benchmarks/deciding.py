"""The other end of :mod:`._decide_script`: a process that decides about one document."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from .samples import Sample

__all__ = ["MEMORY", "Decider"]

MEMORY = "--memory"
"""Makes it tell its peak memory; its times mean nothing then."""

_SCRIPT = Path(__file__).with_name("_decide_script.py")


class Decider:
    """Parses and selects whenever it is asked, from entering to leaving the context."""

    def __init__(
        self,
        python: Path,
        side: str,
        document: Path,
        supported: Mapping[str, Mapping[str, list[str]]],
        *options: str,
    ) -> None:
        """Start it.

        :param side: whose code decides: "pip-variants", "variantlib" or "json.loads".
        :param supported: what the machine offers.
        """
        # "-P": the folder of the script holds modules that it must not find.
        command = (str(python), "-P", str(_SCRIPT), side, str(document))
        self._process = subprocess.Popen(
            (*command, json.dumps(supported), *options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.answer: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()

    def run(self) -> Sample:
        """Decide once; :attr:`answer` holds what it says.

        :raises RuntimeError: when the process has ended.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the deciding process has ended")
        self.answer = json.loads(line)
        return Sample(self.answer["wall"], self.answer["cpu"])
