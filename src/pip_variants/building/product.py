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
from ..variantlib.model import Label, Properties, same_properties, told
from ..variantlib.publishing.wheels.archive import read_archive
from ..variantlib.publishing.wheels.making import Made, make_variant
from ..variantlib.wheel import MEMBER, read_wheel
from ..variantlib.whole_file import placed
from .source import Sdist

__all__ = ["Product", "ProductError", "deliver", "deliver_plain", "read_product"]


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

    @classmethod
    def read(cls, wheel: Path) -> Product:
        """Look at a wheel.

        :raises VariantError: when it is no sound wheel.
        """
        _, label = parse_wheel_filename(wheel.name)
        if label is not None:
            return cls(wheel, label, read_wheel(wheel).variants[label])
        with wheel.open("rb") as file:
            archive = read_archive(file, wheel.name)
            if archive.find(archive.info(MEMBER)) is not None:
                msg = (
                    f"the backend made {wheel.name} with a {MEMBER} in it, but the "
                    "name of the file has no label"
                )
                raise ProductError(msg)
        return cls(wheel, None, {})


def read_product(wheel: Path, sdist: Sdist) -> Product:
    """Look at a wheel that was built from an sdist.

    :raises VariantError: when it is none of that release, or no sound wheel.
    """
    name, version, *_ = parse_wheel_filename(wheel.name)[0].split("-")
    if identity(name, version) != identity(sdist.name, sdist.version):
        msg = (
            f"the backend made {wheel.name}, which is no wheel of "
            f"{sdist.name} {sdist.version}"
        )
        raise ProductError(msg)
    return Product.read(wheel)


def deliver(
    product: Product,
    document: VariantsJson,
    outdir: Path,
    *,
    timestamp: int | None = None,
) -> Made:
    """Put a variant wheel into the folder where it is to go.

    :param document: the metadata of the variant that was asked for.
    :raises VariantError: when it cannot be made, or is another variant.
    :raises OSError: when it cannot be written.
    """
    if product.label is None:
        return make_variant(product.path, outdir, document, timestamp=timestamp)
    ((label, properties),) = document.variants.items()
    same = same_properties(product.properties, properties)
    if product.label != label or not same:
        msg = (
            f"the backend made {product.label!r} ({told(product.properties)}) where "
            f"{label!r} ({told(properties)}) was asked for"
        )
        raise ProductError(msg)
    note = "the backend made the variant wheel itself"
    return Made(_copied(product.path, outdir), label, (note,))


def deliver_plain(product: Product, outdir: Path) -> Path:
    """Put a plain wheel into the folder where all go.

    :raises ProductError: when it is a variant.
    :raises OSError: when it cannot be written.
    """
    if product.label is not None:
        msg = (
            f"the backend made {product.label!r} ({told(product.properties)}) where a "
            "wheel without a label was asked for"
        )
        raise ProductError(msg)
    return _copied(product.path, outdir)


def _copied(wheel: Path, outdir: Path) -> Path:
    target = outdir / wheel.name
    with wheel.open("rb") as source, placed(target) as file:
        shutil.copyfileobj(source, file)
    return target
