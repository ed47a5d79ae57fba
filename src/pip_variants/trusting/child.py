"""Runs pip in another process: plain pip, which knows no variants (R87)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from logging import getLogger
from tempfile import TemporaryDirectory

from .. import _pip
from ..leashed import Leashed
from ..text import printable, without_credentials
from ..variantlib.errors import Refusal
from .sources import Sources

__all__ = ["PipFailedError", "run_pip"]

logger = getLogger(__name__)

_OURS = ("PIP_", "_PIP_VARIANTS_")
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_ERROR = "ERROR: "
_SECONDS = 900
"""How long pip may take, in seconds: it downloads no more than small packages."""
_TELLING = (
    "Ignored the following versions that require a different python",
    "Could not find a version that satisfies the requirement",
)
"""Those that say more than the last one does."""


class PipFailedError(Refusal):
    """What pip said when it could not do it."""


def run_pip(command: str, arguments: Sequence[str], sources: Sources) -> None:
    """Run a command of pip, and let nothing of it be seen but in the log.

    :param command: its name, such as "download".
    :param arguments: after a ``--`` of their own, so that none is taken for an option.
    :raises PipFailedError: when it fails.
    """
    line = [
        sys.executable,
        _pip.runnable_pip(),
        command,
        "--disable-pip-version-check",
        "--no-input",
        "--no-color",
        *sources.arguments,
        *arguments,
    ]
    try:
        # What it leaves behind when it is ended goes with that folder.
        with (
            TemporaryDirectory(
                prefix="pip-variants-", ignore_cleanup_errors=True
            ) as folder,
            Leashed(line, None, _environ(os.environ, sources, folder)) as process,
        ):
            status, written = process.communicate(_SECONDS)
    except subprocess.TimeoutExpired:
        raise PipFailedError(f"pip took more than {_SECONDS} s") from None
    except (OSError, ValueError) as error:
        raise PipFailedError(f"pip cannot be started: {error}") from None
    output = written.decode("utf-8", "replace").splitlines()
    for text in output:
        logger.debug("  %s", text)
    if status != 0:
        raise PipFailedError(_reason(output) or f"pip ended with {status}")


def _environ(
    environ: Mapping[str, str], sources: Sources, temporary: str
) -> dict[str, str]:
    """Return the variables of a pip that follows nobody's settings but *sources*.

    :param temporary: the folder for its temporary files.
    """
    # On Windows, names come in upper case.
    kept = {name: text for name, text in environ.items() if not name.startswith(_OURS)}
    return {
        **kept,
        **dict.fromkeys(_TEMPORARY, temporary),
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_VARIANTS_OFF": "1",
        "PYTHONIOENCODING": "utf-8",
        **dict(sources.variables),
    }


def _reason(output: Sequence[str]) -> str:
    """Return the error that tells most, without the passwords of indexes.

    >>> _reason(["WARNING: Hm", "ERROR: No versions", "ERROR: No match for x"])
    'No match for x'
    """
    errors = [line.removeprefix(_ERROR) for line in output if line.startswith(_ERROR)]
    telling = [error for error in errors if error.startswith(_TELLING)]
    found = (*telling, *errors[-1:])
    return printable(without_credentials(found[0])) if found else ""
