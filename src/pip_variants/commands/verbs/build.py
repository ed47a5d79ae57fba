"""``pip variant build``: the wheels of a matrix, by the project's own build backend."""

from __future__ import annotations

import logging
from optparse import Values
from pathlib import Path

from ... import _pip
from ...building.plan import Plan, selected
from ...building.project import Project
from ...building.sharing import Sharing, doubtful
from ...building.source import SDIST
from ...machine import Machine
from ...options import PROVIDERS, add_options
from ...settings import Settings
from ...text import counted, printable
from ...variantlib.errors import VariantError
from ...variantlib.publishing.project.config_settings import KEYS, is_misspelt
from ...variantlib.publishing.project.descriptions import Descriptions, describe
from ...variantlib.publishing.project.matrix import Cell, Matrix, Recipe
from ...variantlib.publishing.project.seed import Seed, SeedError
from ...variantlib.publishing.project.variant import WantedError
from ...variantlib.publishing.vocabulary import Vocabulary
from ...vocabulary import make_vocabulary
from ._base import Verb, add_json_option, keep_notes_off, print_json
from ._build_plan import plan_document, print_plan
from ._building import Job, build_all

__all__ = ["BuildVerb"]

logger = logging.getLogger(__name__)

_MOST_SHOWN = 20
_MOST_JOBS = 1000


class BuildVerb(Verb):
    """
    Build the variant wheels of a project.

    The matrix of the project says which: the table variant.matrix in its
    pyproject.toml, or without one the labels in variant.variants. The project's
    own build backend builds them, in an isolated environment, out of one sdist.

    Wheels that an earlier run has made are kept, as long as what they are made of
    is the same. In the end, the index-level metadata is written beside them.
    """

    usage = """
        %prog [options] [<project folder or sdist>]"""

    def add_options(self) -> None:
        """Add the options."""
        group = self.cmd_opts
        group.add_option(
            "-o",
            "--outdir",
            metavar="dir",
            help="Where the wheels go [default: dist in the folder of the project].",
        )
        group.add_option(
            "--list",
            dest="list_only",
            action="store_true",
            default=False,
            help="Show what would be built, and build nothing.",
        )
        group.add_option(
            "--only",
            action="append",
            default=[],
            metavar="label",
            help="Build only these labels, with commas between them; '*' stands for "
            "anything in one. May be given several times.",
        )
        group.add_option(
            "--exclude",
            action="append",
            default=[],
            metavar="label",
            help="Do not build these labels. '*' leaves only the wheel without a label.",
        )
        group.add_option(
            "-j",
            "--jobs",
            type="int",
            default=1,
            metavar="N",
            help="How many builds run at once [default: 1].",
        )
        group.add_option(
            "-C",
            "--config-setting",
            dest="config_settings",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="A config setting for the build backend, in all builds. May be given "
            "several times.",
        )
        group.add_option(
            "--fresh",
            action="store_true",
            default=False,
            help="Build everything again, whatever was built before.",
        )
        group.add_option(
            "--prune",
            action="store_true",
            default=False,
            help="Remove the wheels of this release that earlier runs have made and the "
            "matrix does not have any more.",
        )
        group.add_option(
            "--no-isolation",
            dest="isolation",
            action="store_false",
            default=True,
            help="Build in this environment, which must have all build requirements.",
        )
        group.add_option(
            "--no-validate",
            dest="validate",
            action="store_false",
            default=True,
            help="Check neither that the properties exist nor the wheels in the end.",
        )
        add_json_option(group)
        self.parser.insert_option_group(0, group)
        add_options(self.parser, PROVIDERS)

    def run(self, options: Values, args: list[str]) -> int:
        """Build the wheels, or show which there are.

        :raises pip's CommandError: when there is nothing that could be built.
        """
        keep_notes_off(options)
        path = _path(args)
        further = Recipe(config=_config(options.config_settings))
        if not 0 < options.jobs <= _MOST_JOBS:
            msg = f"--jobs {options.jobs}: must be from 1 to {_MOST_JOBS}"
            raise _pip.CommandError(msg)
        settings = Settings.read(options, self.parser)
        try:
            project = Project.read(path)
            matrix = Matrix.of(project.seed)
            for warning in matrix.warnings:
                logger.warning("%s", printable(f"variant.{warning}"))
            cells, plain = _selected(matrix, options)
            vocabulary = make_vocabulary(settings, Machine(settings))
            described = _describe(
                project.seed, cells, vocabulary, check=options.validate
            )
        except (SeedError, WantedError) as error:
            raise _pip.CommandError(_listed(error)) from None
        except VariantError as error:
            raise _pip.CommandError(printable(error)) from None
        plan = Plan.of(cells, plain, further)
        if not matrix.shares_builds:
            _doubt([*doubtful(plan, project.seed)])
        if not options.list_only:
            job = Job(project, matrix, plan, described, vocabulary)
            return build_all(options, settings, job)
        if options.json:
            print_json(plan_document(plan, project))
        else:
            print_plan(plan, verbose=options.verbose > 0)
        return 0


def _path(args: list[str]) -> Path:
    """Return the folder of the project, or its sdist."""
    if len(args) > 1:
        raise _pip.CommandError(f"one project is built at a time: {args[1]!r}")
    project = Path(args[0] if args else ".")
    if project.is_dir() or (project.is_file() and project.name.endswith(SDIST)):
        return project
    msg = f"{printable(project)} is neither the folder of a project nor an sdist"
    raise _pip.CommandError(msg)


def _config(texts: list[str]) -> dict[str, str | tuple[str, ...]]:
    """Read config settings; a key that comes again makes a list, as with pip."""
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        key, separator, value = text.partition("=")
        if not (key and separator):
            msg = f"--config-setting {printable(text)}: write it KEY=VALUE"
            raise _pip.CommandError(msg)
        if key in KEYS or is_misspelt(key):
            # Most backends would ignore it.
            msg = (
                f"-C{printable(key)} asks for one variant; name those to build with "
                "--only"
            )
            raise _pip.CommandError(msg)
        found[key] = (*found.get(key, ()), value)
    return {
        key: values[0] if len(values) == 1 else values for key, values in found.items()
    }


def _doubt(sharings: list[Sharing]) -> None:
    """Warn of labels that promise different things and would hold the same files."""
    if not sharings:
        return
    first = sharings[0]
    labels = ", ".join(first.labels[:_MOST_SHOWN])
    more = len(first.labels) - _MOST_SHOWN
    rest = len(sharings) - 1
    logger.warning(
        "%s%s come out of one build, though they differ in %s%s: nothing tells the "
        "build backend which it builds. What does is, for example, "
        'environment = { VARIANT = "{label}" } in [variant.matrix]. Where one build '
        "is meant: shared-builds = true",
        labels,
        f" and {more} more" if more > 0 else "",
        ", ".join(first.features[:_MOST_SHOWN]),
        f"; so it is with {counted(rest, 'further build')}" if rest else "",
    )


def _selected(
    matrix: Matrix, options: Values
) -> tuple[tuple[Cell, ...], Recipe | None]:
    if not matrix.cells and matrix.plain is None:
        msg = "the project describes no variants in [variant.variants] or [variant.matrix]"
        raise VariantError(msg)
    try:
        cells, plain = selected(matrix, _parted(options.only), _parted(options.exclude))
    except KeyError as error:
        labels = ", ".join(cell.label for cell in matrix.cells[:_MOST_SHOWN])
        more = ", ..." if len(matrix.cells) > _MOST_SHOWN else ""
        msg = f"{error.args[0]!r} is no label of the matrix, which has: {labels}{more}"
        raise VariantError(msg) from None
    if not cells and plain is None:
        raise VariantError("no label is left to be built")
    return cells, plain


def _parted(texts: list[str]) -> list[str]:
    """Part what stands between commas: no label has one in it."""
    return [part.strip() for text in texts for part in text.split(",")]


def _describe(
    seed: Seed, cells: tuple[Cell, ...], vocabulary: Vocabulary, *, check: bool
) -> Descriptions:
    """Return the metadata of the wheels, and tell what is not as sure as it could be.

    :raises VariantError: when there are no such properties, or nobody can fill in
        what the project leaves open.
    """
    described = describe(seed, cells, vocabulary, check=check)
    for namespace, refusal in described.unchecked.items():
        logger.warning(
            "The properties of %s are not checked: %s", namespace, printable(refusal)
        )
    return described


def _listed(error: SeedError | WantedError) -> str:
    """Return everything that is wrong, one line each."""
    prefix = "variant." if isinstance(error, SeedError) else ""
    lines = [printable(f"{prefix}{each}") for each in error.problems]
    head = getattr(error, "source", "") or "these variants cannot be built"
    if len(lines) > _MOST_SHOWN:
        rest = len(lines) - _MOST_SHOWN
        lines = [*lines[:_MOST_SHOWN], f"... and {rest} more"]
    return "\n  ".join([f"{head}:", *lines])
