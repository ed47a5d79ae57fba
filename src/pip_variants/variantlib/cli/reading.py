"""``variantlib analyze-wheel`` and ``get-variant-hash``."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import WheelError
from ..model import Property, each_property
from ..publishing.inspection import Inspection, Kind, inspect_file
from ..publishing.labels import properties_hash
from ..publishing.project.variant import sorted_properties
from ._options import add_file, add_properties, parser_for
from ._output import error, info, print_json, say

__all__ = ["analyze_wheel", "get_variant_hash"]

# The frame of the published tool.
_BEFORE, _AFTER, _BELOW = "#" * 30, "#" * 29, "#" * 80
_VERSION = 1


def analyze_wheel(arguments: Sequence[str]) -> int:
    """Show label and properties of a wheel.

    :raises VariantError: when it is no readable wheel.
    """
    parser = parser_for("analyze-wheel", "Show label and properties of a wheel.")
    add_file(
        parser,
        *("-i", "--input_file", "--input-file"),
        dest="file",
        help="the wheel",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print all that 'pip variant inspect --json' prints",
    )
    given = parser.parse_args(arguments)
    if given.file.suffix != ".whl":
        raise WheelError(f"{str(given.file)!r} does not end in .whl")
    found = inspect_file(given.file)
    if given.json:
        print_json({"version": _VERSION, "files": [found.to_dict()]})
        return 0
    if found.kind is Kind.PLAIN:
        info(f"{found.file} is a plain wheel, without a variant")
    else:
        info(f"{found.file} is a variant wheel; its label is {found.label}")
        _show(found)
    for problem in found.problems:
        error(f"{found.file}: {problem}")
    return 1 if found.problems else 0


def _show(found: Inspection) -> None:
    if found.document is None:
        return
    for label, properties in found.variants:
        say(f"{_BEFORE} Variant: `{label}` {_AFTER}")
        for each in sorted(each_property(properties)):
            say(each)
        say(_BELOW)


def get_variant_hash(arguments: Sequence[str]) -> int:
    """Print the hash of properties, which is the default label.

    :raises ValidationError: when one is no property.
    """
    parser = parser_for(
        "get-variant-hash",
        "Print the hash of some properties: the label of a wheel that is given none. "
        "Their order does not matter.",
    )
    add_properties(parser)
    given = parser.parse_args(arguments)
    say(properties_hash(sorted_properties(map(Property.parse, given.properties))))
    return 0
