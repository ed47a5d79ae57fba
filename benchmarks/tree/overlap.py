"""Run pip with downloads that overlap: an experiment, and no way to install anything.

It is run as a file by the Python of an environment, so it imports nothing of its
package::

    python overlap.py CONNECTIONS INSTALLERS ORDER install --prefix FOLDER torch ...

Two steps of pip are replaced, around its own functions:

- Downloads: pip fetches one file after the other. Here it has so many connections,
  the files in the order given, since indexes tell how large a file is. Each file goes
  through pip's own check of hashes and metadata as soon as it is there, in the thread
  that fetched it.
- Installing: pip unpacks and compiles one wheel after the other when all are there.
  Here so many processes do it with pip's own function, each wheel as soon as it has
  passed the checks. With none it is done as pip does it.

What a real installer would need as well is left out: unpacking beside the
environment until all files have passed, and clearing up after a failure.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from importlib import import_module
from typing import Any

_WHEEL = "pip._internal.operations.install.wheel"


class _Overlap:
    """Takes the place of two steps of pip.

    :param installers: how many processes install; none leaves that to pip.
    :param order: names of projects, those to be fetched first in front.
    """

    def __init__(self, connections: int, installers: int, order: list[str]) -> None:
        self._connections = connections
        self._order = order
        self._tasks: dict[str, Future[None]] = {}
        self._pool: ProcessPoolExecutor | None = None
        if installers:
            # A fresh interpreter each: the fork of a process with threads may hang.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(installers, context)
            for _ in range(installers):
                self._pool.submit(_load)

    def fetch_all(self, preparer: Any, todo: Iterable[Any], prefix: str) -> None:
        """Fetch, check and hand on each of the requirements that are still to do."""
        folder = import_module("pip._internal.utils.temp_dir").TempDirectory
        target = folder(kind="unpack", globally_managed=True).path

        def fetch(requirement: Any) -> None:
            path, _ = preparer._download(requirement.link, target)  # noqa: SLF001
            requirement.local_file_path = path
            preparer._downloaded[requirement.link.url] = path  # noqa: SLF001
            # Here pip checks the hashes, and then the metadata.
            preparer._prepare_linked_requirement(requirement, False)  # noqa: SLF001
            if self._pool is not None:
                self._tasks[requirement.name] = self._pool.submit(
                    _install,
                    requirement.name,
                    path,
                    str(requirement.req),
                    prefix,
                    requirement.user_supplied,
                )

        first = sorted(todo, key=lambda each: self._order.index(each.name))
        with ThreadPoolExecutor(self._connections) as threads:
            for done in [threads.submit(fetch, each) for each in first]:
                done.result()

    def wait(self, requirement: Any) -> None:
        """Wait until a requirement is installed.

        :raises Exception: what went wrong in the process that installed it.
        """
        self._tasks[requirement.name].result()
        requirement.install_succeeded = True

    def replace(self, prefix: str) -> None:
        """Put the steps in place."""

        def complete(preparer: Any, requirements: Any, **_: object) -> None:
            self.fetch_all(preparer, requirements, prefix)

        def install(requirement: Any, *_: object, **__: object) -> None:
            self.wait(requirement)

        preparer = import_module("pip._internal.operations.prepare").RequirementPreparer
        preparer._complete_partial_requirements = complete  # noqa: SLF001
        if self._pool is not None:
            module = import_module("pip._internal.req.req_install")
            module.InstallRequirement.install = install


def _load() -> None:
    import_module(_WHEEL)


def _install(
    name: str, path: str, description: str, prefix: str, requested: bool
) -> None:
    """Do what pip's own step does, in a process that knows nothing of the command."""
    get_scheme = import_module("pip._internal.locations").get_scheme
    import_module(_WHEEL).install_wheel(
        name,
        path,
        get_scheme(name, prefix=prefix),
        description,
        warn_script_location=False,
        requested=requested,
    )


def main(connections: str, installers: str, order: str, *arguments: str) -> int:
    """Run pip with *arguments*, the steps being replaced."""
    prefix = arguments[arguments.index("--prefix") + 1]
    overlap = _Overlap(int(connections), int(installers), order.split(","))
    overlap.replace(prefix)
    status: int = import_module("pip._internal.cli.main").main(list(arguments))
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
