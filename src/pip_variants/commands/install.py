"""``pip install``, which knows variants."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from .. import _pip
from ..adoption import adopt
from ..exchange import exchanged
from ._installing import InstallingCommand

__all__ = ["InstallCommand"]


class InstallCommand(InstallingCommand, _pip.InstallCommand):  # noqa: D101 - has the docstring of pip, which is its help
    __doc__ = _pip.InstallCommand.__doc__

    def run(self, options: Any, args: list[str]) -> int:
        """Install; the result lines and the report name the labels."""
        pips = _pip.InstallCommand
        with (
            exchanged(pips, "write_output", self._writer),
            exchanged(pips, "InstallationReport", self._reporter),
        ):
            return super().run(options, args)

    def _writer(self, original: Callable[..., None]) -> Callable[..., None]:
        """Name the labels in "Would install" and "Successfully installed".

        Both lines are made inside long functions of pip; this is the one name that
        both go through.
        """

        def write_output(message: Any, *args: Any) -> None:
            texts = (str(message), *args) if args else (message,)
            original(*map(self._with_labels, texts))

        return write_output

    def _reporter(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Make pip's report one of ours."""

        def report(requirements: Sequence[_pip.InstallRequirement]) -> Any:
            from ..install_report import VariantReport

            assert self._decisions is not None
            ours = adopt(original(requirements), VariantReport)
            ours.decisions = self._decisions
            return ours

        return report

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
