"""What a backend made: checked, and turned into the wheels that are wanted.

A backend that makes variant wheels itself is recognised by the label in the file name.
Its wheel is taken as it is, if it is the one that was asked for.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from ..release import identity
from ..variantlib.errors import VariantError
from ..variantlib.filename import parse_wheel_filename
from ..variantlib.metadata import VariantsJson
from ..variantlib.model import Label, Properties, each_property, same_properties
from ..variantlib.publishing.project.matrix import Cell
from ..variantlib.publishing.wheels.archive import read_archive
from ..variantlib.publishing.wheels.making import Made, make_variant
from ..variantlib.wheel import read_wheel
from ..variantlib.whole_file import placed
from .source import Sdist

__all__ = ["Product", "ProductError", "deliver", "deliver_plain", "read_product"]

_MEMBER = "variant.json"


class ProductError(VariantError):
    """A wheel that is not what the backend was asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """A wheel that a backend made.

    :param label: None for a plain wheel.
    :param properties: those of its label.
    """

    path: Path
    label: Label | None
    properties: Properties


def read_product(wheel: Path, sdist: Sdist) -> Product:
    """Look at a wheel that was built from an sdist.

    :raises VariantError: when it is none of that release, or no sound wheel.
    """
    plain, label = parse_wheel_filename(wheel.name)
    name, version, *_ = plain.split("-")
    if identity(name, version) != identity(sdist.name, sdist.version):
        msg = (
            f"the backend made {wheel.name}, which is no wheel of "
            f"{sdist.name} {sdist.version}"
        )
        raise ProductError(msg)
    if label is not None:
        return Product(wheel, label, read_wheel(wheel).variants[label])
    with wheel.open("rb") as file:
        archive = read_archive(file, wheel.name)
        if archive.find(archive.info(_MEMBER)) is not None:
            msg = (
                f"the backend made {wheel.name} with a {_MEMBER} in it, but the name "
                "of the file has no label"
            )
            raise ProductError(msg)
    return Product(wheel, None, {})


def deliver(
    product: Product,
    cell: Cell,
    document: VariantsJson,
    outdir: Path,
    *,
    timestamp: int | None = None,
) -> Made:
    """Put the wheel of a cell into the folder where all of them go.

    :param document: the metadata of a wheel that has none yet.
    :raises VariantError: when it cannot be made, or is another variant.
    :raises OSError: when it cannot be written.
    """
    if product.label is None:
        return make_variant(product.path, outdir, document, timestamp=timestamp)
    if product.label != cell.label or not same_properties(
        product.properties, cell.properties
    ):
        msg = (
            f"the backend made {product.label!r} ({_told(product.properties)}) where "
            f"{cell.label!r} ({_told(cell.properties)}) was asked for"
        )
        raise ProductError(msg)
    note = "the backend made the variant wheel itself"
    return Made(_copied(product.path, outdir), cell.label, (note,))


def deliver_plain(product: Product, outdir: Path) -> Path:
    """Put a plain wheel into the folder where all go.

    :raises ProductError: when it is a variant.
    :raises OSError: when it cannot be written.
    """
    if product.label is not None:
        msg = (
            f"the backend made {product.label!r} ({_told(product.properties)}) where a "
            "wheel without a label was asked for"
        )
        raise ProductError(msg)
    return _copied(product.path, outdir)


def _told(properties: Properties) -> str:
    return ", ".join(map(str, each_property(properties))) or "no properties"


def _copied(wheel: Path, outdir: Path) -> Path:
    target = outdir / wheel.name
    with wheel.open("rb") as source, placed(target) as file:
        shutil.copyfileobj(source, file)
    return target
