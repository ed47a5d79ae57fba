"""``pip variant make``: a variant wheel out of any wheel."""

from __future__ import annotations

import logging
from functools import partial
from optparse import Values
from pathlib import Path

from ... import _pip
from ...machine import Machine
from ...options import PROVIDERS, add_options
from ...settings import Settings
from ...text import printable
from ...variantlib.errors import VariantError
from ...variantlib.publishing.project.seed import Seed, SeedError
from ...variantlib.publishing.project.variant import Described, Wanted, WantedError
from ...variantlib.publishing.wheels.making import Made, make_variant
from ...vocabulary import make_vocabulary
from ._base import Verb, add_json_option, keep_notes_off, print_json
from ._wheels import add_wheel_options, date_of_builds, each_wheel, status, wheels

__all__ = ["MakeVerb"]

logger = logging.getLogger(__name__)

_VERSION = 1
_PROJECT = Path("pyproject.toml")


class MakeVerb(Verb):
    """
    Make a variant wheel out of any wheel.

    The wheel gets a label and a variant.json with its properties; all other
    files stay the same bytes. What else variant.json says, such as who provides
    the properties, comes from the table "variant" of pyproject.toml.

    The variant is given by its properties, by --null-variant, or by the name of
    a label that the project describes.
    """

    usage = """
        %prog [options] <wheel> ..."""

    def add_options(self) -> None:
        """Add the options."""
        group = self.cmd_opts
        group.add_option(
            "-p",
            "--property",
            dest="properties",
            action="append",
            default=[],
            metavar="property",
            help="A property of the variant, 'namespace :: feature :: value'. May be "
            "given several times.",
        )
        group.add_option(
            "--null-variant",
            dest="null_variant",
            action="store_true",
            default=False,
            help="Make the variant without properties, which fits every machine.",
        )
        group.add_option(
            "--variant-label",
            dest="variant_label",
            metavar="label",
            help="The label [default: eight hexadecimal digits made of the "
            "properties]. Without properties: take those that the project gives this "
            "label.",
        )
        group.add_option(
            "--pyproject-toml",
            dest="pyproject_toml",
            metavar="file",
            help="Where the [variant] table is [default: pyproject.toml in the "
            "working directory, if it has one].",
        )
        group.add_option(
            "--no-validate",
            dest="no_validate",
            action="store_true",
            default=False,
            help="Do not check that the properties exist.",
        )
        add_wheel_options(group)
        add_json_option(group)
        self.parser.insert_option_group(0, group)
        add_options(self.parser, PROVIDERS)

    def run(self, options: Values, args: list[str]) -> int:
        """Make the wheels.

        :raises pip's CommandError: when no such variant can be made.
        """
        keep_notes_off(options)
        files = wheels(options, args)
        timestamp = date_of_builds()
        settings = Settings.read(options, self.parser)
        try:
            wanted = _wanted(options)
            described = _describe(wanted, settings, check=not options.no_validate)
        except VariantError as error:
            lines = map(printable, _sentences(error))
            raise _pip.CommandError("\n  ".join(lines)) from None
        work = partial(_make, described, timestamp)
        rows = each_wheel(options, files, work)
        if options.json:
            content = {
                "version": _VERSION,
                "label": wanted.label,
                "properties": wanted.properties,
                "unchecked": {k: str(why) for k, why in described.unchecked.items()},
                "wheels": rows,
            }
            print_json(content)
        return status(rows)


def _wanted(options: Values) -> Wanted:
    """Read which variant is wanted.

    :raises VariantError: when it is none, or the project is broken.
    """
    return Wanted.read(
        options.properties,
        null=options.null_variant,
        label=options.variant_label,
        seed=_seed(options.pyproject_toml),
    )


def _sentences(error: VariantError) -> list[str]:
    """Return everything that is wrong, a sentence each."""
    match error:
        case WantedError(problems=problems):
            return [*problems]
        case SeedError(source=source, problems=problems):
            return [f"{source}: variant.{each}" for each in problems]
    return [str(error)]


def _seed(path: str | None) -> Seed | None:
    """Read the ``[variant]`` table; None when there is none, and none was asked for.

    :raises VariantError: when it cannot be read, or is missing where it was asked for.
    """
    if path is not None:
        seed = Seed.from_pyproject(Path(path))
        if seed is None:
            raise VariantError(f"{path} has no [variant] table")
        return seed
    return Seed.from_pyproject(_PROJECT) if _PROJECT.is_file() else None


def _describe(wanted: Wanted, settings: Settings, *, check: bool) -> Described:
    """Return the metadata of the wheel, and tell what is not as sure as it could be.

    :raises VariantError: when there are no such properties, or nobody can fill in
        what the project leaves open.
    """
    vocabulary = make_vocabulary(settings, Machine(settings))
    described = wanted.describe(vocabulary, check=check)
    if not wanted.seed.source:
        logger.info(
            "There is no pyproject.toml with a [variant] table here: the wheel will "
            "not say who provides its properties."
        )
    for namespace, refusal in described.unchecked.items():
        logger.warning(
            "The properties of %s are not checked: %s", namespace, printable(refusal)
        )
    return described


def _make(
    described: Described, timestamp: int | None, wheel: Path, folder: Path
) -> Made:
    return make_variant(wheel, folder, described.document, timestamp=timestamp)
