"""A folder of wheels, which pip can choose from with ``--find-links``."""

from __future__ import annotations

from collections.abc import Iterator
from logging import getLogger
from pathlib import Path

from . import _pip
from .release import identity
from .text import printable
from .variantlib.errors import VariantError
from .variantlib.filename import index_filename, label_of
from .variantlib.publishing.indexing.combining import index_bytes
from .variantlib.wheel import read_wheel
from .variantlib.whole_file import placed

__all__ = ["save_metadata"]

logger = getLogger(__name__)


def save_metadata(folder: Path, name: str, version: str) -> None:
    """Write the variants.json of a release from the variant wheels in a folder.

    It replaces one that is there: what the wheels say counts (R36). A folder that
    cannot be written to is left as it is, with a warning.
    """
    documents = []
    wheels = [*_variants(folder, name, version)]
    for path in wheels:
        try:
            documents.append(read_wheel(path))
        except (VariantError, OSError) as error:
            logger.warning("%s", printable(error))
    if not documents:
        return
    combined = documents[0].combine(*documents[1:])
    data = index_bytes(combined)
    path = folder / index_filename(wheels[0].name)
    if path.is_file() and path.read_bytes() == data:
        return
    try:
        with placed(path) as file:
            file.write(data)
    except OSError as error:
        logger.warning("%s cannot be written: %s", path, error.strerror)
        return
    logger.info("Saved %s", _pip.display_path(str(path)))


def _variants(folder: Path, name: str, version: str) -> Iterator[Path]:
    """Yield the variant wheels of a release, one for each label."""
    labels = set()
    for path in sorted(folder.glob("*.whl")):
        label = label_of(path.name)
        if label is None or label in labels:
            continue
        if identity(*path.name.split("-")[:2]) == identity(name, version):
            labels.add(label)
            yield path
