"""Our wheel as another release of ours would be."""

from __future__ import annotations

import zipfile
from pathlib import Path

from pip_variants import __version__


def rename_release(wheel: Path, version: str, folder: Path) -> Path:
    """Write a wheel with another version; a module more tells it apart.

    :returns: the new wheel, in *folder*.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / wheel.name.replace(__version__, version)
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if (
                name.endswith((".dist-info/METADATA", ".dist-info/RECORD"))
                or name == "pip_variants/__init__.py"
            ):
                data = data.replace(__version__.encode(), version.encode())
            if name.endswith("/RECORD"):
                data += b"pip_variants/only_there.py,,\n"
            new.writestr(name.replace(__version__, version), data)
        new.writestr("pip_variants/only_there.py", "")
    return made
