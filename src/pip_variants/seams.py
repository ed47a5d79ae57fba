"""Everything that is replaced or overridden in pip, one row each with its reason.

The rows of :data:`REPLACED` are put in place while pip imports the module they name,
so that every later ``from module import name`` gets the replacement, and nothing is
imported that pip would not import. The rows of :data:`OVERRIDDEN` are methods that
our subclasses of pip's objects override; :data:`SCOPED` lasts while a command runs.
`docs/development/pip-seams.md` explains each row; a test checks every row against
every supported pip.
"""

from __future__ import annotations

import functools
import gc
import importlib
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable
from typing import Any

from . import _pip, patching, replacements
from .patching import Seam
from .variantlib.collector import collector_paused

__all__ = ["OVERRIDDEN", "REPLACED", "SCOPED", "Seam", "install"]

_COMMANDS = (
    *("download", "index", "inspect", "install", "list", "lock", "show", "wheel"),
)
"""pip's commands that have a subclass of ours, in the module of that name."""


def _commands_dict(original: dict[str, Any]) -> dict[str, Any]:
    row_type = type(original["install"])
    rows: dict[str, Any] = {}
    for name, row in original.items():
        ours = f"{__package__}.commands.{name}"
        rows[name] = row._replace(module_path=ours) if name in _COMMANDS else row
        if name == "index":
            rows["variant"] = row_type(
                f"{__package__}.commands.variant",
                "VariantCommand",
                "Show how pip chooses among wheel variants.",
            )
    return rows


def _create_command(original: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(original)
    def create_command(name: str, **options: Any) -> Any:
        module = original.__globals__["commands_dict"][name].module_path
        if patching.is_active() and module.startswith(f"{__package__}."):
            try:
                _import_for_good(name, module)
                _check_overridden()
            except Exception as error:  # noqa: BLE001 - pip must run whatever happens
                patching.give_up(error)
        return original(name, **options)

    return create_command


_LATE = (
    "beside",
    "resolving",
    "machine",
    "notes",
    "decider",
    "choice",
    "release_metadata",
    "fetching",
    "network_problems",
    "report",
    "text",
    "dependencies",
    "records",
    "decisions",
    "finder",
    "folding",
    "index_page",
    "order",
    "install_report",
    "locking",
)
"""Loaded when a labelled wheel is met, or an index is looked at, or a report is written:
too late to fall back to plain pip."""


def _import_for_good(name: str, module: str) -> None:
    """Import our class of a command, as cheaply as it goes.

    The 500 modules that a command brings along stay to the end, but make the cyclic
    collector run a hundred times: it waits. pip's own module comes first, because
    CPython 3.11 is slow where its stack grows past a chunk, and pip's long chain of
    imports below our short one ends there (measured: 35 ms).
    """
    with collector_paused():
        if name in _COMMANDS:
            importlib.import_module(f"pip._internal.commands.{name}")
        importlib.import_module(module)
        gc.freeze()


def _check_overridden() -> None:
    """Check that what our classes override is there, and what they load later.

    A method that pip has renamed would go on without ours, and nobody would notice.

    :raises AttributeError: for the first row that is missing.
    :raises ImportError: for the first module that is missing.
    """
    for name in _LATE:
        if importlib.util.find_spec(f"{__package__}.{name}") is None:
            raise ImportError(f"{name} is missing")
    for seam in (*OVERRIDDEN, *SCOPED):
        target: Any = None if seam.optional else sys.modules.get(seam.module)
        for part in seam.name.split(".") if target is not None else ():
            target = getattr(target, part)


REPLACED = (
    Seam(
        "pip._vendor.packaging.utils",
        "parse_wheel_filename",
        "a wheel name with a label is an invalid name to pip",
        replacements.parse_wheel_filename,
    ),
    Seam(
        "pip._internal.utils.misc",
        "get_pip_version",
        "pip --version shows that pip-variants is active",
        replacements.get_pip_version,
    ),
    Seam(
        "pip._internal.utils.misc",
        "get_runnable_pip",
        "pip --python OTHER and isolated builds run pip where the hook is not "
        "installed (pip 26.2 and later)",
        replacements.get_runnable_pip,
        optional=True,
    ),
    Seam(
        "pip._internal.build_env",
        "get_runnable_pip",
        "the same, where it stood before pip 26.2",
        replacements.get_runnable_pip,
        optional=True,
    ),
    Seam(
        "pip._internal.commands",
        "commands_dict",
        "names our subclasses of commands, and adds the command 'variant'",
        _commands_dict,
    ),
    Seam(
        "pip._internal.commands",
        "create_command",
        "falls back to pip's own command when ours cannot be loaded",
        _create_command,
    ),
    Seam(
        "pip._internal.req.constructors",
        "parse_req_from_line",
        "'name==1.0#label' is no requirement to pip",
        replacements.parse_req_from_line,
    ),
    Seam(
        "pip._vendor.packaging._tokenizer",
        "DEFAULT_RULES.VARIABLE",
        "a dependency that names one of the four variables cannot be read",
        replacements.marker_variable,
    ),
    Seam(
        "pip._vendor.packaging.markers",
        "Marker.evaluate",
        "markers are also evaluated where nobody knows the wheel",
        replacements.marker_evaluate,
    ),
    Seam(
        "pip._internal.metadata.importlib._dists",
        "Distribution.iter_dependencies",
        "the dependencies of a variant are those that its markers let through",
        replacements.iter_dependencies,
    ),
    Seam(
        "pip._internal.metadata.pkg_resources",
        "Distribution.iter_dependencies",
        "the same, in pip's older reader of metadata",
        replacements.iter_dependencies,
    ),
    Seam(
        "pip._internal.operations.install.wheel",
        "install_wheel",
        "what the machine supported is recorded beside an installed variant",
        replacements.install_wheel,
    ),
)

_FINDER = "pip._internal.index.package_finder"
_PREPARE = "pip._internal.operations.prepare"
_FACTORY = "pip._internal.resolution.resolvelib.factory"
_RESOLVER = "pip._internal.resolution.resolvelib.resolver"
_COMMAND = "pip._internal.cli.req_command"

OVERRIDDEN = (
    Seam(_FINDER, "PackageFinder.evaluate_links", "notes the variants.json links"),
    Seam(_FINDER, "PackageFinder.make_candidate_evaluator", "to use our evaluator"),
    Seam(_FINDER, "PackageFinder.find_requirement", "tells why no variant fits"),
    Seam(
        _FINDER,
        "CandidateEvaluator.get_applicable_candidates",
        "puts the rank of variants into pip's order, lazily",
    ),
    Seam(
        _FINDER,
        "CandidateEvaluator.sort_best_candidate",
        "the best candidate is the first of the lazy order",
    ),
    Seam(
        _FINDER,
        "CandidateEvaluator.compute_best_candidate",
        "a version without compatible variants has no best candidate",
    ),
    Seam(
        "pip._internal.index.collector",
        "LinkCollector.fetch_response",
        "folds pages; keeps them where it counts how large files are",
    ),
    Seam(_PREPARE, "RequirementPreparer.prepare_linked_requirement", "the banner"),
    Seam(
        _PREPARE,
        "RequirementPreparer._fetch_metadata_only",
        "metadata that comes without its wheel does not know the variant",
    ),
    Seam(
        _PREPARE,
        "RequirementPreparer._prepare_linked_requirement",
        "the wheel's inside must agree with its name and with the metadata",
    ),
    Seam(_FACTORY, "Factory.get_installation_error", "tells why no variant fits"),
    Seam(
        _FACTORY,
        "Factory._make_candidate_from_dist",
        "an installed variant does not satisfy a request for another label",
    ),
    Seam(
        _FACTORY,
        "Factory._iter_found_candidates",
        "tells whether the resolver looks for something better than what is there",
    ),
    Seam(
        _FACTORY,
        "Factory.get_dist_to_uninstall",
        "another label of the installed version is a reinstallation",
    ),
    Seam(
        _FACTORY,
        "Factory.find_candidates",
        "labels that depend on other distributions are candidates of their own",
    ),
    Seam(
        _RESOLVER,
        "Resolver.resolve",
        "what is picked decides about labels that depend on it: pip runs again",
    ),
    Seam(
        "pip._internal.resolution.resolvelib.provider",
        "PipProvider.get_dependencies",
        "a label may need a version of another distribution",
    ),
    Seam(
        "pip._internal.resolution.resolvelib.requirements",
        "SpecifierRequirement.is_satisfied_by",
        "a label may fit several ranges of versions",
    ),
    Seam(
        "pip._internal.resolution.resolvelib.requirements",
        "SpecifierRequirement.format_for_error",
        "to say that the variant needs it",
    ),
    Seam(_COMMAND, "RequirementCommand._build_package_finder", "to use our finder"),
    Seam(
        _COMMAND, "RequirementCommand.make_requirement_preparer", "to use our preparer"
    ),
    Seam(_COMMAND, "RequirementCommand.make_resolver", "to use our factory"),
    Seam(
        _COMMAND,
        "RequirementCommand.get_requirements",
        "tells which packages the user named, and refuses markers of variants on them",
    ),
    Seam(
        "pip._internal.commands.index",
        "IndexCommand._build_package_finder",
        "to use our finder",
    ),
    Seam(
        "pip._internal.commands.list",
        "ListCommand._build_package_finder",
        "to use our finder",
    ),
    Seam(
        "pip._internal.commands.list",
        "ListCommand.output_package_listing",
        "looks up the labels; the JSON format names them",
    ),
    Seam(
        "pip._internal.commands.list",
        "ListCommand.output_package_listing_columns",
        "a column for the labels",
    ),
    Seam(
        "pip._internal.commands.inspect",
        "InspectCommand._dist_to_dict",
        "a field for the variant",
    ),
    Seam(
        "pip._internal.models.installation_report",
        "InstallationReport.to_dict",
        "a field for the variant",
    ),
)

SCOPED = (
    Seam(
        _RESOLVER,
        "PipProvider",
        "to use our provider, in runs that follow the first",
    ),
    Seam(
        "pip._internal.commands.lock",
        "pylock_from_install_requirements",
        "pip writes the one wheel that it chose, without the other variants",
    ),
    Seam(
        _COMMAND,
        "select_from_pylock_path_or_url",
        "a lock file is read with the wishes of this run (pip 26.1 and later)",
        optional=True,
    ),
    Seam(
        "pip._internal.utils.pylock",
        "Pylock",
        "it drops the table variants-json, and selects by tags alone",
    ),
    Seam(
        "pip._internal.commands.install",
        "write_output",
        "'Would install' and 'Successfully installed' name the label",
    ),
    Seam(
        "pip._internal.commands.install",
        "InstallationReport",
        "to use our report",
    ),
    Seam(
        "pip._internal.commands.show",
        "write_output",
        "the version is followed by the label and its properties",
    ),
    Seam(
        "pip._internal.commands.show",
        "get_default_environment",
        "its distributions are noted, so that they are looked up once",
    ),
)


_TOO_LATE = ("pip._vendor.packaging.utils", "pip._internal.commands")
"""Whoever has loaded one of these holds names of pip that cannot be replaced."""


def install() -> None:
    """Extend the pip that is being started.

    Does nothing when pip was half imported by somebody else: extending that pip
    would only half work.

    :raises RuntimeError: when this pip is not among the tested ones.
    """
    # importlib walks this very list: putting one in front shows ours to it again.
    if patching.is_started():
        return
    _pip.check_version()
    if any(name in sys.modules for name in _TOO_LATE):
        return
    patching.start(REPLACED)
