"""What is installed where the tests run, made into wheels again: no test downloads."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

from pip_variants import __version__
from pip_variants.demo._backend import pack, wheel_file

_SRC = Path(__file__).resolve().parents[1] / "src"


def write_installed(folder: Path, name: str) -> Path:
    """Make the wheel again that an installed project of pure Python came from.

    :param folder: where it goes; it is made when there is none.
    """
    distribution = importlib.metadata.distribution(name)
    (info,) = {
        file.parts[0]
        for file in distribution.files or ()
        if file.parts[0].endswith(".dist-info")
    }
    files = {
        file.as_posix(): Path(str(file.locate())).read_bytes()
        for file in distribution.files or ()
        if file.suffix != ".pyc"
        and ".." not in file.parts
        and (
            file.parts[0] != info
            or file.name in ("METADATA", "WHEEL", "entry_points.txt")
        )
    }
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{info.removesuffix('.dist-info')}-py3-none-any.whl"
    pack(wheel, files, info)
    return wheel


def write_ours(folder: Path) -> Path:
    """Make a wheel of pip-variants as its source is now, however it is installed."""
    metadata = importlib.metadata.distribution("pip-variants").read_text("METADATA")
    assert metadata is not None
    files = {
        path.relative_to(_SRC).as_posix(): path.read_bytes()
        for path in sorted((_SRC / "pip_variants").rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    }
    for path in (_SRC.parent / "activation").iterdir():
        files[path.name] = path.read_bytes()
    stem = f"pip_variants-{__version__}"
    files[f"{stem}.dist-info/METADATA"] = metadata.encode()
    files[f"{stem}.dist-info/WHEEL"] = wheel_file("py3-none-any")
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{stem}-py3-none-any.whl"
    pack(wheel, files, f"{stem}.dist-info")
    return wheel
