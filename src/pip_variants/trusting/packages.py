"""Provider packages that the user trusts: installed apart, kept, and found again.

::

    requirements --all trusted?--> asked for in the last day? --> the folder of that day
                                            | no
                                            v
                          gather: wheels, checked --> store: a folder for these wheels

Nothing is installed into the environment, and nothing that is installed there can be
seen from such a folder.

Sources: DESIGN 4, source 6; R74-R77, R87, E17-E20, E40.
"""

from __future__ import annotations

import atexit
import shlex
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from logging import getLogger
from pathlib import Path

from .. import _pip
from ..cache_folder import providers_folder
from ..text import ago, printable
from ..variantlib.errors import Refusal, ValidationError
from ..variantlib.plugins.plugin import Plugin, find_distribution, find_plugins
from ..variantlib.providers import Provider
from ..variantlib.requirement import ProviderRequirement
from ..variantlib.trust import Trusted
from .child import PipFailedError, run_pip
from .gathering import Package, check_trusted, counting, covers, gather
from .sources import Sources
from .store import Kept, Store, interpreter_tag

__all__ = ["ProviderPackages", "kept_plugins"]

logger = getLogger(__name__)

_FRESH_SECONDS = 24 * 3600.0
"""How long an answer of the index counts."""


_MOST_REQUESTS = 10
"""Metadata could name one package in as many spellings as it likes."""


class ProviderPackages:
    """Installs provider packages, each set of requirements at most once a run."""

    def __init__(
        self,
        trusted: Sequence[Trusted],
        folder: Path | None,
        sources: Callable[[], Sources],
        *,
        hash_mode: bool = False,
        place: str = "",
        now: Callable[[], float] = time.time,
    ) -> None:
        """Prepare; nothing is looked for yet.

        :param trusted: the packages that may be installed.
        :param folder: our folder in pip's cache; None when nothing is to be kept.
        :param sources: returns where packages are found; asked late, for requirement
            files can name indexes.
        :param hash_mode: install only what the user knows the hash of.
        :param place: where the user says whom to trust.
        :param now: the clock, in seconds since the epoch.
        """
        self._trusted = tuple(trusted)
        self._store = None if folder is None else Store(providers_folder(folder), now)
        self._sources = sources
        self._hash_mode = hash_mode
        self._place = place
        self._now = now
        self._outcomes: dict[tuple[str, ...], Path | Refusal] = {}

    def plugin(
        self, namespace: str, provider: Provider, requirements: Sequence[str]
    ) -> Plugin:
        """Install what is asked for, unless it is there, and return the plugin.

        :param requirements: those whose marker holds, without it; the first names the
            package that holds the plugin.
        :raises Refusal: when that may not or cannot be.
        """
        outcome = self._outcome(namespace, tuple(requirements))
        if isinstance(outcome, Refusal):
            raise Refusal(outcome.reason, outcome.remedy)
        try:
            name = ProviderRequirement.parse(requirements[0]).name
            plugin = find_distribution([str(outcome)], name, isolated=True)
            if plugin is None:
                raise Refusal(f"{name} cannot be read where it was installed")
            return plugin.at(provider.plugin_api)
        except ValidationError as error:
            raise Refusal(str(error)) from None

    def _outcome(self, namespace: str, requirements: tuple[str, ...]) -> Path | Refusal:
        if requirements not in self._outcomes:
            if len(self._outcomes) >= _MOST_REQUESTS:
                msg = f"metadata asks for more than {_MOST_REQUESTS} sets of packages"
                raise Refusal(msg)
            try:
                found: Path | Refusal = self._site(namespace, requirements)
            except Refusal as refusal:
                found = refusal
            except OSError as error:
                found = Refusal(printable(f"{', '.join(requirements)}: {error}"))
            self._outcomes[requirements] = found
        return self._outcomes[requirements]

    def _site(self, namespace: str, requirements: tuple[str, ...]) -> Path:
        """Return the folder that holds what is asked for."""
        check_trusted(requirements, self._trusted, hash_mode=self._hash_mode)
        sources = self._sources()
        request = self._request(requirements, sources)
        kept = None if self._store is None else self._store.find(request)
        if kept is not None and self._is_fresh(kept):
            return kept.site
        names = ", ".join(requirements)
        logger.info(
            "Installing the provider plugin %s for %s (trusted by %s)",
            printable(names),
            printable(namespace),
            printable(self._place or "you"),
        )
        try:
            return self._install(request, requirements, sources)
        except PipFailedError as error:
            if kept is None:
                raise _not_found(requirements, error) from None
            logger.info(
                "  It cannot be had now; that of %s ago is used",
                ago(max(0.0, self._now() - kept.asked)),
            )
            return kept.site

    def _is_fresh(self, kept: Kept) -> bool:
        return 0 <= self._now() - kept.asked < _FRESH_SECONDS

    def _request(self, requirements: tuple[str, ...], sources: Sources) -> str:
        """Return a digest of all that decides what is installed."""
        parts = (
            *requirements,
            *sorted(map(str, self._trusted)),
            sources.digest,
            interpreter_tag(),
            str(self._hash_mode),
        )
        return sha256("\0".join(parts).encode()).hexdigest()

    def _install(
        self, request: str, requirements: tuple[str, ...], sources: Sources
    ) -> Path:
        with tempfile.TemporaryDirectory(prefix="pip-variants-") as wheels:
            packages = gather(
                requirements,
                self._trusted,
                sources,
                Path(wheels),
                hash_mode=self._hash_mode,
            )

            def install(site: Path) -> None:
                _install_wheels(packages, site)

            if self._store is not None:
                try:
                    return self._store.keep(request, requirements, packages, install)
                except OSError as error:
                    logger.debug("  It cannot be kept: %s", error)
            site = _folder_of_this_run()
            install(site)
            return site


def _install_wheels(packages: Sequence[Package], site: Path) -> None:
    """Let pip install wheels into a folder; no index is asked, nothing is built."""
    run_pip(
        "install",
        (
            *("--no-index", "--no-deps", "--no-compile", "--no-warn-script-location"),
            *("--progress-bar", "off", "--target", str(site), "--"),
            *(str(package.file) for package in packages),
        ),
        Sources(),
    )


def _folder_of_this_run() -> Path:
    folder = tempfile.mkdtemp(prefix="pip-variants-")
    # Plugins may be asked until the end.
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def _not_found(requirements: Sequence[str], error: PipFailedError) -> Refusal:
    return Refusal(
        f"pip finds no wheel to install: {error}",
        "for more, type: pip download --no-deps --only-binary :all: "
        f"{shlex.join(requirements)}",
    )


def kept_plugins(
    folder: Path | None, trusted: Sequence[Trusted], *, hash_mode: bool = False
) -> tuple[Plugin, ...]:
    """Return the plugins that were installed before, and that the user trusts now.

    :param folder: our folder in pip's cache.
    :param hash_mode: count only what the user knows the hash of.
    """
    found: dict[str, tuple[Plugin, ...]] = {}
    store = None if folder is None else Store(providers_folder(folder), time.time)
    for site, packages in () if store is None else store.holdings():
        if all(_is_trusted(each, trusted, hash_mode) for each in packages):
            for plugin in find_plugins([str(site)], isolated=True):
                known = found.setdefault(plugin.distribution, ())
                # The latest installation of a package comes first.
                if not known or known[0].path == plugin.path:
                    found[plugin.distribution] = (*known, plugin)
    return tuple(plugin for plugins in found.values() for plugin in plugins)


def _is_trusted(
    package: tuple[str, str, str], trusted: Sequence[Trusted], hash_mode: bool
) -> bool:
    name, version, digest = package
    items = counting(trusted, name, hash_mode=hash_mode)
    try:
        return covers(items, _pip.Version(version), digest)
    except ValueError:
        return False
