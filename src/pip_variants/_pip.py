"""The one door to pip: every pip name in use, and the range of pips that was tested.

A name is imported when it is first asked for, so that a command that needs none of
them pays for none. To type checkers they are ordinary imports.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pip._internal.cli.base_command import Command as Command
    from pip._internal.cli.cmdoptions import extra_index_url as extra_index_url
    from pip._internal.cli.cmdoptions import index_url as index_url
    from pip._internal.cli.cmdoptions import make_target_python as make_target_python
    from pip._internal.cli.index_command import IndexGroupCommand as IndexGroupCommand
    from pip._internal.cli.index_command import (
        SessionCommandMixin as SessionCommandMixin,
    )
    from pip._internal.cli.req_command import RequirementCommand as RequirementCommand
    from pip._internal.commands.download import DownloadCommand as DownloadCommand
    from pip._internal.commands.index import IndexCommand as IndexCommand
    from pip._internal.commands.inspect import InspectCommand as InspectCommand
    from pip._internal.commands.install import InstallCommand as InstallCommand
    from pip._internal.commands.list import ListCommand as ListCommand
    from pip._internal.commands.list import format_for_json as format_for_json
    from pip._internal.commands.lock import LockCommand as LockCommand
    from pip._internal.commands.show import ShowCommand as ShowCommand
    from pip._internal.commands.wheel import WheelCommand as WheelCommand
    from pip._internal.configuration import Configuration as Configuration
    from pip._internal.configuration import (
        get_configuration_files as get_configuration_files,
    )
    from pip._internal.exceptions import CommandError as CommandError
    from pip._internal.exceptions import DistributionNotFound as DistributionNotFound
    from pip._internal.exceptions import HashMismatch as HashMismatch
    from pip._internal.exceptions import InstallationError as InstallationError
    from pip._internal.exceptions import (
        NetworkConnectionError as NetworkConnectionError,
    )
    from pip._internal.exceptions import PipError as PipError
    from pip._internal.exceptions import UnsupportedWheel as UnsupportedWheel
    from pip._internal.index.collector import LinkCollector as LinkCollector
    from pip._internal.index.package_finder import (
        BestCandidateResult as BestCandidateResult,
    )
    from pip._internal.index.package_finder import (
        CandidateEvaluator as CandidateEvaluator,
    )
    from pip._internal.index.package_finder import LinkEvaluator as LinkEvaluator
    from pip._internal.index.package_finder import PackageFinder as PackageFinder
    from pip._internal.metadata import BaseDistribution as BaseDistribution
    from pip._internal.metadata import (
        get_default_environment as get_default_environment,
    )
    from pip._internal.metadata import get_wheel_distribution as get_wheel_distribution
    from pip._internal.metadata.base import FilesystemWheel as FilesystemWheel
    from pip._internal.models.candidate import (
        InstallationCandidate as InstallationCandidate,
    )
    from pip._internal.models.installation_report import (
        InstallationReport as InstallationReport,
    )
    from pip._internal.models.link import Link as Link
    from pip._internal.models.wheel import Wheel as Wheel
    from pip._internal.network.lazy_wheel import (
        HTTPRangeRequestUnsupported as HTTPRangeRequestUnsupported,
    )
    from pip._internal.network.lazy_wheel import LazyZipOverHTTP as LazyZipOverHTTP
    from pip._internal.network.session import PipSession as PipSession
    from pip._internal.network.utils import raise_for_status as raise_for_status
    from pip._internal.operations.prepare import (
        RequirementPreparer as RequirementPreparer,
    )
    from pip._internal.req.constructors import (
        install_req_from_line as install_req_from_line,
    )
    from pip._internal.req.req_install import InstallRequirement as InstallRequirement
    from pip._internal.req.req_set import RequirementSet as RequirementSet
    from pip._internal.resolution.resolvelib.factory import Factory as Factory
    from pip._internal.resolution.resolvelib.found_candidates import (
        FoundCandidates as FoundCandidates,
    )
    from pip._internal.resolution.resolvelib.provider import PipProvider as PipProvider
    from pip._internal.resolution.resolvelib.requirements import (
        SpecifierRequirement as SpecifierRequirement,
    )
    from pip._internal.resolution.resolvelib.resolver import Resolver as Resolver
    from pip._internal.utils.hashes import Hashes as Hashes
    from pip._internal.utils.logging import (
        BrokenStdoutLoggingError as BrokenStdoutLoggingError,
    )
    from pip._internal.utils.logging import get_console as get_console
    from pip._internal.utils.misc import display_path as display_path
    from pip._internal.utils.misc import format_size as format_size
    from pip._internal.utils.misc import (
        redact_auth_from_url as redact_auth_from_url,
    )
    from pip._internal.utils.misc import write_output as write_output
    from pip._internal.utils.wheel import parse_wheel as parse_wheel
    from pip._vendor.packaging.markers import InvalidMarker as InvalidMarker
    from pip._vendor.packaging.markers import Marker as Marker
    from pip._vendor.packaging.markers import UndefinedComparison as UndefinedComparison
    from pip._vendor.packaging.requirements import (
        InvalidRequirement as InvalidRequirement,
    )
    from pip._vendor.packaging.requirements import Requirement as Requirement
    from pip._vendor.packaging.specifiers import SpecifierSet as SpecifierSet
    from pip._vendor.packaging.tags import sys_tags as sys_tags
    from pip._vendor.packaging.utils import canonicalize_name as canonicalize_name
    from pip._vendor.packaging.utils import canonicalize_version as canonicalize_version
    from pip._vendor.packaging.utils import parse_wheel_filename as parse_wheel_filename
    from pip._vendor.packaging.version import Version as Version
    from pip._vendor.requests.exceptions import (
        ChunkedEncodingError as ChunkedEncodingError,
    )
    from pip._vendor.requests.exceptions import (
        ConnectionError as ConnectionError,  # noqa: A004 - that of requests
    )
    from pip._vendor.requests.exceptions import (
        ContentDecodingError as ContentDecodingError,
    )
    from pip._vendor.requests.exceptions import RequestException as RequestException
    from pip._vendor.requests.exceptions import RetryError as RetryError
    from pip._vendor.requests.exceptions import Timeout as Timeout
    from pip._vendor.requests.exceptions import TooManyRedirects as TooManyRedirects
    from pip._vendor.requests.models import Response as Response
    from pip._vendor.rich.status import Status as Status
    from pip._vendor.rich.text import Text as Text

TESTED = ((26, 0), (26, 3))
"""The oldest and the newest minor release of pip that the tests run on."""

_INTERNAL = "pip._internal."
_VENDORED = "pip._vendor."

HOMES = {
    "BaseDistribution": _INTERNAL + "metadata",
    "BestCandidateResult": _INTERNAL + "index.package_finder",
    "BrokenStdoutLoggingError": _INTERNAL + "utils.logging",
    "CandidateEvaluator": _INTERNAL + "index.package_finder",
    "ChunkedEncodingError": _VENDORED + "requests.exceptions",
    "Command": _INTERNAL + "cli.base_command",
    "CommandError": _INTERNAL + "exceptions",
    "Configuration": _INTERNAL + "configuration",
    "ConnectionError": _VENDORED + "requests.exceptions",
    "ContentDecodingError": _VENDORED + "requests.exceptions",
    "DistributionNotFound": _INTERNAL + "exceptions",
    "DownloadCommand": _INTERNAL + "commands.download",
    "Factory": _INTERNAL + "resolution.resolvelib.factory",
    "FilesystemWheel": _INTERNAL + "metadata.base",
    "FoundCandidates": _INTERNAL + "resolution.resolvelib.found_candidates",
    "HTTPRangeRequestUnsupported": _INTERNAL + "network.lazy_wheel",
    "HashMismatch": _INTERNAL + "exceptions",
    "Hashes": _INTERNAL + "utils.hashes",
    "IndexCommand": _INTERNAL + "commands.index",
    "IndexGroupCommand": _INTERNAL + "cli.index_command",
    "InspectCommand": _INTERNAL + "commands.inspect",
    "InstallCommand": _INTERNAL + "commands.install",
    "InstallRequirement": _INTERNAL + "req.req_install",
    "InstallationCandidate": _INTERNAL + "models.candidate",
    "InstallationError": _INTERNAL + "exceptions",
    "InstallationReport": _INTERNAL + "models.installation_report",
    "InvalidMarker": _VENDORED + "packaging.markers",
    "InvalidRequirement": _VENDORED + "packaging.requirements",
    "LazyZipOverHTTP": _INTERNAL + "network.lazy_wheel",
    "Link": _INTERNAL + "models.link",
    "LinkCollector": _INTERNAL + "index.collector",
    "LinkEvaluator": _INTERNAL + "index.package_finder",
    "ListCommand": _INTERNAL + "commands.list",
    "LockCommand": _INTERNAL + "commands.lock",
    "Marker": _VENDORED + "packaging.markers",
    "NetworkConnectionError": _INTERNAL + "exceptions",
    "PackageFinder": _INTERNAL + "index.package_finder",
    "PipError": _INTERNAL + "exceptions",
    "PipProvider": _INTERNAL + "resolution.resolvelib.provider",
    "PipSession": _INTERNAL + "network.session",
    "RequestException": _VENDORED + "requests.exceptions",
    "Requirement": _VENDORED + "packaging.requirements",
    "RequirementCommand": _INTERNAL + "cli.req_command",
    "RequirementPreparer": _INTERNAL + "operations.prepare",
    "RequirementSet": _INTERNAL + "req.req_set",
    "Resolver": _INTERNAL + "resolution.resolvelib.resolver",
    "Response": _VENDORED + "requests.models",
    "RetryError": _VENDORED + "requests.exceptions",
    "SessionCommandMixin": _INTERNAL + "cli.index_command",
    "ShowCommand": _INTERNAL + "commands.show",
    "SpecifierRequirement": _INTERNAL + "resolution.resolvelib.requirements",
    "SpecifierSet": _VENDORED + "packaging.specifiers",
    "Status": _VENDORED + "rich.status",
    "Text": _VENDORED + "rich.text",
    "Timeout": _VENDORED + "requests.exceptions",
    "TooManyRedirects": _VENDORED + "requests.exceptions",
    "UndefinedComparison": _VENDORED + "packaging.markers",
    "UnsupportedWheel": _INTERNAL + "exceptions",
    "Version": _VENDORED + "packaging.version",
    "Wheel": _INTERNAL + "models.wheel",
    "WheelCommand": _INTERNAL + "commands.wheel",
    "canonicalize_name": _VENDORED + "packaging.utils",
    "canonicalize_version": _VENDORED + "packaging.utils",
    "display_path": _INTERNAL + "utils.misc",
    "extra_index_url": _INTERNAL + "cli.cmdoptions",
    "format_for_json": _INTERNAL + "commands.list",
    "format_size": _INTERNAL + "utils.misc",
    "get_configuration_files": _INTERNAL + "configuration",
    "get_console": _INTERNAL + "utils.logging",
    "get_default_environment": _INTERNAL + "metadata",
    "get_wheel_distribution": _INTERNAL + "metadata",
    "index_url": _INTERNAL + "cli.cmdoptions",
    "install_req_from_line": _INTERNAL + "req.constructors",
    "make_target_python": _INTERNAL + "cli.cmdoptions",
    "parse_wheel": _INTERNAL + "utils.wheel",
    "parse_wheel_filename": _VENDORED + "packaging.utils",
    "raise_for_status": _INTERNAL + "network.utils",
    "redact_auth_from_url": _INTERNAL + "utils.misc",
    "sys_tags": _VENDORED + "packaging.tags",
    "write_output": _INTERNAL + "utils.misc",
}
"""Where each name of this module lives in pip."""

RUNNER = os.path.join(os.path.dirname(__file__), "_runner.py")  # noqa: PTH118, PTH120
"""The file that brings our hook along where pip starts itself."""

RUNNER_VARIABLE = "_PIP_VARIANTS_RUNNER"
"""Tells that file which one starts pip there."""

__all__ = [  # noqa: PLE0604
    "HOMES",
    "RUNNER",
    "RUNNER_VARIABLE",
    "TESTED",
    "check_version",
    "pip_for",
    "runnable_pip",
    "version",
    *HOMES,
]


def __getattr__(name: str) -> Any:
    try:
        home = importlib.import_module(HOMES[name])
    except KeyError:
        raise AttributeError(name) from None
    value = getattr(home, name)
    globals()[name] = value
    return value


def version() -> str:
    """Return the version of the pip that is being started."""
    return str(sys.modules["pip"].__version__)


def runnable_pip() -> str:
    """Return the file that starts this pip in another process, without our hook.

    pip 26.2 moved the function that knows it.
    """
    home: Any = importlib.import_module(_INTERNAL + "utils.misc")
    if not hasattr(home, "get_runnable_pip"):
        home = importlib.import_module(_INTERNAL + "build_env")
    # Ours stands there, and brings the hook along.
    pips_own = getattr(home.get_runnable_pip, "__wrapped__", home.get_runnable_pip)
    return str(pips_own())


def pip_for(python: str) -> tuple[list[str], dict[str, str]]:
    """Return a command that runs this pip, with our hook, in another environment.

    :param python: the interpreter of that environment.
    :returns: the command, and the variables that it needs.
    """
    variables = {
        RUNNER_VARIABLE: runnable_pip(),
        # As for "pip --python": there it is, whatever the configuration says.
        "_PIP_RUNNING_IN_SUBPROCESS": "1",
    }
    return [python, RUNNER], variables


def check_version() -> None:
    """Check that this pip is among the tested ones.

    :raises RuntimeError: when it is not.
    """
    found = version()
    major, _, rest = found.partition(".")
    minor = rest.partition(".")[0]
    # A pre-release such as "26.4.dev0" has parts that are no number: the minor
    # release it leads to is what counts.
    numbers = (int(major), int(minor)) if major.isdigit() and minor.isdigit() else ()
    oldest, newest = TESTED
    if not oldest <= numbers <= newest:
        supported = " to ".join(f"{a}.{b}" for a, b in TESTED)
        remedy = f"'pip>={oldest[0]}.{oldest[1]},<{newest[0]}.{newest[1] + 1}'"
        msg = (
            f"pip {found} is not supported, pip {supported} is; to use variants: "
            f"python -m pip install {remedy}"
        )
        raise RuntimeError(msg)
