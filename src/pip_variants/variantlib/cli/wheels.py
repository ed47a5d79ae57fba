"""``variantlib make-variant`` and ``unmake-variant``."""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..errors import ValidationError, VariantError, WheelError
from ..filename import parse_wheel_filename
from ..metadata import VariantsJson
from ..model import NULL_LABEL, parse_label
from ..publishing.project.seed import Seed
from ..publishing.project.variant import Wanted
from ..publishing.vocabulary import BuiltinVocabulary, Vocabulary
from ..publishing.vocabulary.plugins import PluginVocabulary
from ..publishing.wheels.making import Made
from ..publishing.wheels.making import make_variant as make
from ..publishing.wheels.making import unmake_variant as unmake
from ..publishing.wheels.packer import SOURCE_DATE, source_date
from ._options import add_file, add_properties, parser_for
from ._output import info, warning

__all__ = ["make_variant", "unmake_variant"]

_PROJECT = Path("pyproject.toml")


def make_variant(arguments: Sequence[str]) -> int:
    """Make a variant wheel out of a wheel.

    :raises VariantError: when that cannot be.
    """
    parser = _make_parser()
    given = parser.parse_args(arguments)
    _check_label(parser, given)
    if not given.file.is_file():
        raise WheelError(f"there is no file {str(given.file)!r}")
    wanted = Wanted.read(
        given.properties,
        null=given.null_variant,
        label=given.variant_label,
        seed=_seed(given.pyproject_toml),
    )
    described = wanted.describe(_vocabulary(given), check=not given.no_validate)
    for namespace, refusal in described.unchecked.items():
        warning(f"the properties of {namespace} are not checked: {refusal}")
    made = _make(given.file, given.output_directory, described.document)
    for note in made.notes:
        warning(f"{made.path.name}: {note}")
    info(f"{made.path.absolute()}: written")
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = parser_for("make-variant", "Make a variant wheel out of a wheel.")
    add_file(parser, "-f", "--file", help="the wheel")
    add_file(parser, "-o", "--output-directory", help="the folder to write into")
    group = parser.add_mutually_exclusive_group(required=True)
    add_properties(group)
    group.add_argument(
        "--null-variant",
        action="store_true",
        help="make the variant without properties, for machines that no other fits",
    )
    parser.add_argument(
        "--variant-label",
        metavar="LABEL",
        help="the label [default: what get-variant-hash prints]",
    )
    parser.add_argument(
        "--pyproject-toml",
        type=Path,
        metavar="PATH",
        help="the file with the [variant] table [default: ./pyproject.toml]",
    )
    parser.add_argument(
        *("--no-validate", "--skip-plugin-validation"),
        action="store_true",
        help="do not check that the properties exist",
    )
    parser.add_argument(
        "--no-isolation",
        action="store_true",
        help="also ask plugins that are installed in this Python which properties "
        "exist; without it, built-in providers and static lists tell, and nothing is "
        "installed",
    )
    parser.add_argument(
        "--installer",
        choices=("pip", "uv"),
        help="accepted and not used: nothing is installed",
    )
    return parser


def _check_label(parser: argparse.ArgumentParser, given: argparse.Namespace) -> None:
    """Refuse labels that cannot be; the parser ends the command."""
    label = given.variant_label
    if label is None:
        return
    if given.null_variant:
        parser.error(f"--null-variant is always labelled {NULL_LABEL!r}")
    if label == NULL_LABEL:
        parser.error(f"the label {NULL_LABEL!r} is that of --null-variant")
    try:
        parse_label(label)
    except ValidationError as error:
        parser.error(str(error))


def _seed(path: Path | None) -> Seed | None:
    """Return what the project says about its variants, None when it says nothing.

    :param path: None for the file in the working directory, if there is one.
    :raises VariantError: for a file that is unusable.
    """
    if path is not None:
        seed = Seed.from_pyproject(path)
        if seed is None:
            raise VariantError(f"{path} has no [variant] table")
        return seed
    seed = Seed.from_pyproject(_PROJECT) if _PROJECT.is_file() else None
    if seed is None:
        info(f"{_PROJECT} has no [variant] table: no providers are named")
    return seed


def _vocabulary(given: argparse.Namespace) -> Vocabulary:
    if not given.no_isolation:
        return BuiltinVocabulary()
    from ._here import make_detector, probe_plugins

    detector = make_detector()
    return PluginVocabulary(
        detector.plugin_of,
        lambda plugin, ask: probe_plugins([plugin], ask)[0],
        detector.holds,
    )


def _make(wheel: Path, folder: Path, document: VariantsJson) -> Made:
    """Make the wheel; one that has a label already gets another."""
    timestamp = source_date(os.environ.get(SOURCE_DATE))
    _, label = parse_wheel_filename(wheel.name)
    if label is None:
        return make(wheel, folder, document, timestamp=timestamp)
    with tempfile.TemporaryDirectory() as between:
        plain = unmake(wheel, Path(between)).path
        return make(plain, folder, document, timestamp=timestamp)


def unmake_variant(arguments: Sequence[str]) -> int:
    """Make the plain wheel again.

    :raises VariantError: when that cannot be.
    """
    parser = parser_for("unmake-variant", "Make the plain wheel again.")
    add_file(parser, "-f", "--file", help="the variant wheel")
    add_file(parser, "-o", "--output-directory", help="the folder to write into")
    given = parser.parse_args(arguments)
    if not given.file.is_file():
        raise WheelError(f"there is no file {str(given.file)!r}")
    _, label = parse_wheel_filename(given.file.name)
    if label is None:
        info(f"{given.file.name} is a plain wheel already")
        return 0
    made = unmake(given.file, given.output_directory)
    for note in made.notes:
        warning(f"{made.path.name}: {note}")
    info(f"{made.path.absolute()}: written")
    return 0
