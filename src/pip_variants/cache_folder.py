"""Where our part of pip's cache is, how much it holds, and its removal.

::

    <pip's cache>/variants/detected/            what providers answered, one file each
    <pip's cache>/variants/providers/<key>/     provider packages, one folder each,
        provider.json                           what it holds
"""

from __future__ import annotations

import os
import shutil
from optparse import Values
from pathlib import Path

__all__ = [
    "PROVIDER_FILE",
    "detected_folder",
    "folder_size",
    "provider_folders",
    "providers_folder",
    "remove_providers",
    "variant_cache",
]

PROVIDER_FILE = "provider.json"
"""The file that a folder with a provider package is complete with."""


def variant_cache(options: Values) -> Path | None:
    """Return our folder in pip's cache; None when the cache is off.

    pip switches it off by ``--no-cache-dir``, and where the folder belongs to somebody
    else. The folder need not be there.
    """
    folder = getattr(options, "cache_dir", None)
    return Path(folder, "variants") if folder else None


def detected_folder(cache: Path) -> Path:
    """Return where answers are kept, in the folder of :func:`variant_cache`."""
    return cache / "detected"


def providers_folder(cache: Path) -> Path:
    """Return where provider packages are, in the folder of :func:`variant_cache`."""
    return cache / "providers"


def provider_folders(cache: Path) -> list[Path]:
    """Return the folders of provider packages that are complete, in their order.

    One that is still being filled has a name with a dot.
    """
    return [
        folder
        for folder in _folders(providers_folder(cache))
        if not folder.name.startswith(".") and (folder / PROVIDER_FILE).is_file()
    ]


def remove_providers(cache: Path) -> int:
    """Remove all provider packages; return how many that were complete are gone.

    Folders that an interrupted run left behind go, too. Nothing outside is touched: a
    symbolic link is neither followed nor removed.
    """
    complete = provider_folders(cache)
    for folder in _folders(providers_folder(cache)):
        shutil.rmtree(folder, ignore_errors=True)
    return sum(not folder.exists() for folder in complete)


def folder_size(folder: Path) -> int:
    """Return how many bytes the files below a folder have; links are not followed."""
    size = 0
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                size += Path(place, name).lstat().st_size
            except OSError:
                # Another run removed it just now.
                continue
    return size


def _folders(parent: Path) -> list[Path]:
    """Return the folders in another, without symbolic links to such."""
    try:
        if parent.is_symlink():
            return []
        found = [path for path in parent.iterdir() if not path.is_symlink()]
        return sorted(path for path in found if path.is_dir())
    except OSError:
        return []
