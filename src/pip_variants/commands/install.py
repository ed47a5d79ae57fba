"""``pip install``, which knows variants."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .. import _pip
from ..decisions import Decisions
from ._base import InstallingCommand

__all__ = ["InstallCommand"]


class InstallCommand(InstallingCommand, _pip.InstallCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.InstallCommand.__doc__

    _chooser: Decisions | None = None

    def _build_package_finder(self, *args: Any, **named: Any) -> Any:
        finder = super()._build_package_finder(*args, **named)
        self._decisions = finder.decisions
        return finder

    def run(self, options: Any, args: list[str]) -> int:
        """Install; the result lines name the labels."""
        with self._labels_in_output():
            return super().run(options, args)

    @contextmanager
    def _labels_in_output(self) -> Iterator[None]:
        """Exchange pip's printer of results while this command runs.

        The lines "Would install" and "Successfully installed" are made inside long
        functions of pip; this is the one name that both go through.
        """
        module: Any = sys.modules[_pip.InstallCommand.__module__]
        original = module.write_output

        def write_output(message: Any, *args: Any) -> None:
            texts = (str(message), *args) if args else (message,)
            original(*map(self._with_labels, texts))

        module.write_output = write_output
        try:
            yield
        finally:
            module.write_output = original

    def _with_labels(self, text: Any) -> Any:
        if self._decisions is None or not isinstance(text, str):
            return text
        return " ".join(map(self._with_label, text.split(" ")))

    def _with_label(self, item: str) -> str:
        """Turn ``torch-2.8.0`` into ``torch-2.8.0-cu129`` when that was taken."""
        name, _, version = item.rpartition("-")
        if self._decisions is None or not name:
            return item
        label = self._decisions.taken(name, version)
        return item if label is None else f"{item}-{label}"
