"""The record that an installed variant keeps: which label, and what the machine had.

``variant_selection.json`` is written into the ``.dist-info`` folder after pip has
installed the wheel, and listed in ``RECORD``, so that uninstalling removes it.
Loaded before a variant is installed: pip lets nobody import while it installs.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import zipfile
from logging import getLogger
from pathlib import Path, PurePath
from typing import Any

from . import _pip, dependencies
from .installed import RECORD_NAME, InstalledVariant
from .text import printable

__all__ = ["write_record"]

logger = getLogger(__name__)

_RECORD = "RECORD"


def write_record(name: str, wheel: str, scheme: Any) -> None:
    """Write the record of a wheel that pip has just installed.

    A record that cannot be written is missed, no more: all properties of the label
    count then, as they do for a variant that another tool has installed.

    :param scheme: where pip put the files.
    """
    variant = dependencies.chosen_wheel(PurePath(wheel))
    if variant is None:
        return
    try:
        _write(_info_folder(name, wheel, scheme), variant)
    except (OSError, ValueError, csv.Error, _pip.PipError) as error:
        logger.warning(
            "Could not record which properties %s was chosen for: %s. All properties "
            "of the variant count when the markers of its dependencies are evaluated",
            printable(PurePath(wheel).name),
            printable(str(error)),
        )


def _info_folder(name: str, wheel: str, scheme: Any) -> Path:
    """Return where pip put the metadata, by the rule that it goes by itself."""
    with zipfile.ZipFile(wheel) as archive:
        folder, metadata = _pip.parse_wheel(archive, name)
    pure = metadata.get("Root-Is-Purelib", "").lower() == "true"
    return Path(scheme.purelib if pure else scheme.platlib, folder)


def _write(folder: Path, variant: InstalledVariant) -> None:
    data = variant.record().encode()
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode()
    listed = f"{folder.name}/{RECORD_NAME}"
    record = folder / _RECORD
    with record.open(encoding="utf-8", newline="") as file:
        # The wheel may have brought a file of that name along.
        rows = [row for row in csv.reader(file) if row and row[0] != listed]
    rows.append([listed, f"sha256={digest.rstrip('=')}", str(len(data))])
    # Listed first: an entry without a file does no harm, a file without one stays.
    unfinished = folder / f"{_RECORD}.new"
    try:
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(sorted(rows))
        unfinished.chmod(record.stat().st_mode)
        os.replace(unfinished, record)  # noqa: PTH105 - as pip does
    finally:
        unfinished.unlink(missing_ok=True)
    (folder / RECORD_NAME).write_bytes(data)
