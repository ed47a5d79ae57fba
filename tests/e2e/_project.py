"""A source project whose build tells which variant it was built with."""

from __future__ import annotations

from pathlib import Path

_BACKEND = """\
import helper, pathlib, zipfile

def build_wheel(folder, *rest, **named):
    name = "built-1.0-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder) / name, "w") as z:
        z.writestr("built.py", f"VARIANT = {helper.VARIANT!r}")
        info = "built-1.0.dist-info"
        z.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\\nName: built\\nVersion: 1.0\\n"
        )
        z.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
        )
        z.writestr(f"{info}/RECORD", "")
    return name
"""


def write_project(folder: Path, more: str = "") -> Path:
    """Write a source project whose build needs helper, and notes helper's label.

    :param more: further text of its pyproject.toml.
    """
    folder.mkdir()
    (folder / "backend.py").write_text(_BACKEND)
    (folder / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["helper"]\n'
        'build-backend = "backend"\nbackend-path = ["."]\n'
        '[project]\nname = "built"\nversion = "1.0"\n'
        f"{more}"
    )
    return folder
