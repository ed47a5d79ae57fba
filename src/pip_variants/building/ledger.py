"""What was made before, so that the next run makes only what is missing.

::

    OUTDIR/NAME-VERSION-...-LABEL.whl
    OUTDIR/.variant-build/ledger.json       digest of what a wheel is made of -> file
    OUTDIR/.variant-build/build-LABEL.log   what the backend wrote
"""

from __future__ import annotations

import contextlib
import json
import threading
from pathlib import Path
from typing import Any

from ..variantlib.bounded_file import read_up_to
from ..variantlib.whole_file import placed

__all__ = ["FOLDER", "Ledger"]

FOLDER = ".variant-build"
_FILE = "ledger.json"
_VERSION = 1
_MAX_BYTES = 64 * 1024 * 1024


class Ledger:
    """Remembers the wheels in a folder. A broken or missing file counts as empty.

    :param outdir: the folder of the wheels.
    """

    def __init__(self, outdir: Path) -> None:
        self._outdir = outdir
        self._path = outdir / FOLDER / _FILE
        self._lock = threading.Lock()
        self._wheels = _read(self._path)

    def find(self, key: str) -> Path | None:
        """Return the wheel with that key, if it is still as it was made."""
        entry = self._wheels.get(key)
        if not isinstance(entry, dict):
            return None
        name = entry.get("file")
        # Who writes there could name any file.
        if not isinstance(name, str) or Path(name).name != name:
            return None
        path = self._outdir / name
        return path if _stamp(path) == entry else None

    def made(self, wheel: Path) -> bool:
        """Tell whether a file of the folder is a wheel, as it was made here."""
        stamp = _stamp(wheel)
        return stamp is not None and stamp in self._wheels.values()

    def enter(self, key: str, wheel: Path) -> None:
        """Remember a wheel that lies in the folder; from any thread.

        A ledger that cannot be written only costs the next run its time.
        """
        with self._lock:
            self._drop(wheel.name)
            self._wheels[key] = _stamp(wheel)
            self._write()

    def forget(self, wheel: Path) -> None:
        """Remember a wheel no longer."""
        with self._lock:
            self._drop(wheel.name)
            self._write()

    def _drop(self, name: str) -> None:
        self._wheels = {
            known: entry
            for known, entry in self._wheels.items()
            if isinstance(entry, dict) and entry.get("file") != name
        }

    def _write(self) -> None:
        content = {"version": _VERSION, "wheels": self._wheels}
        with contextlib.suppress(OSError), placed(self._path) as file:
            file.write(json.dumps(content, indent=1).encode())


def _stamp(path: Path) -> dict[str, Any] | None:
    """Return what a wheel is recognised by: reading all of it would take long."""
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return None
    return {"file": path.name, "size": stat.st_size, "mtime_ns": stat.st_mtime_ns}


def _read(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = json.loads(read_up_to(file, _MAX_BYTES))
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(content, dict) or content.get("version") != _VERSION:
        return {}
    wheels = content.get("wheels")
    return wheels if isinstance(wheels, dict) else {}
