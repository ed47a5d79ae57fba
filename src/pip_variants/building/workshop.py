"""Where the wheels of a plan are made, several at once.

::

    project --backend--> sdist --unpacked for each build--> wheel --make--> cells
                           |                                  |
                           +------- digest -------+           +--> OUTDIR, one by one
                                                  v
              what is in the ledger with the same key is not made again
"""

from __future__ import annotations

import contextlib
import queue
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from time import monotonic
from typing import IO

from ..variantlib.errors import VariantError
from .keys import key_of
from .ledger import Ledger
from .log import head_of, log_of, sdist_log
from .orders import Orders, Outcome
from .plan import Build
from .processes import Processes, Stopped
from .product import Product, deliver, deliver_plain, read_product
from .slot import BackendError, Slot
from .source import Sdist
from .warned import WarningLog

__all__ = ["Workshop"]

_WAIT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A build, and what has to come out of it.

    :param keys: the keys in the ledger, by label, None for the plain wheel.
    """

    build: Build
    keys: dict[str | None, str]


class Workshop:
    """Makes the wheels of a plan.

    A context: at its end, nothing runs any more and the temporary folder is gone.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._ledger = Ledger(orders.outdir)
        self._processes = Processes()
        self._stack = ExitStack()
        # The one that was used last has an environment already.
        self._slots: queue.LifoQueue[Slot] = queue.LifoQueue()
        self._outcomes: queue.SimpleQueue[Outcome | BaseException] = queue.SimpleQueue()
        self._running: dict[int, Build] = {}
        self._warnings = WarningLog()

    @property
    def running(self) -> tuple[Build, ...]:
        """What is being built at this moment; for other threads, too."""
        return tuple(self._running.copy().values())

    def __enter__(self) -> Workshop:
        """Make a place for each build that may run at once."""
        self._stack.enter_context(self._warnings)
        # Whatever a backend leaves there must not keep the run from ending.
        folder = tempfile.TemporaryDirectory(
            prefix="pip-variants-", ignore_cleanup_errors=True
        )
        self._temporary = Path(self._stack.enter_context(folder))
        for _ in range(self._orders.jobs):
            slot = Slot(self._processes, isolated=self._orders.isolated)
            self._stack.callback(slot.close)
            self._slots.put(slot)
        return self

    def __exit__(self, *_: object) -> None:
        """End what runs."""
        self._processes.stop()
        try:
            self._stack.close()
        finally:
            # Ctrl-C may have come while it was being removed.
            shutil.rmtree(self._temporary, ignore_errors=True)

    def source(self) -> Sdist:
        """Return the sdist that everything is built from.

        :raises BackendError: when it cannot be built; its log is the newest one.
        :raises SourceError: when it is of no use.
        """
        project = self._orders.project
        if project.is_file():
            return Sdist.read(project)
        # In a thread, as all builds: what tidies up after a hook is not interrupted.
        with ThreadPoolExecutor(1) as pool:
            made = pool.submit(self._source, project)
            try:
                while not made.done():
                    # Windows tells of Ctrl-C only between two waits.
                    wait([made], _WAIT)
            except BaseException:
                self._processes.stop()
                raise
            return made.result()

    def _source(self, project: Path) -> Sdist:
        folder = self._temporary / "sdist"
        folder.mkdir()
        log = sdist_log(self._orders.outdir)
        log.parent.mkdir(parents=True, exist_ok=True)
        slot = self._slots.get()
        try:
            with log.open("wb") as stream, self._warnings.into(stream):
                return Sdist.read(slot.sdist(project, folder, stream), self._inside())
        except BackendError as error:
            raise BackendError(f"the sdist cannot be built: {error}", log) from None
        finally:
            self._slots.put(slot)

    def _inside(self) -> PurePosixPath | None:
        """Return where in the project the wheels go, None where they go elsewhere."""
        outdir = self._orders.outdir.resolve()
        try:
            inside = outdir.relative_to(self._orders.project.resolve())
        except ValueError:
            return None
        return PurePosixPath(inside.as_posix())

    def make(self, sdist: Sdist) -> Iterator[Outcome]:
        """Make the wheels, and yield what became of each as soon as that is known."""
        tasks = []
        for build in self._orders.plan.builds:
            task = _Task(build, {})
            plain = (None,) if build.plain else ()
            for label in (*(cell.label for cell in build.cells), *plain):
                task.keys[label] = key = key_of(build, label, sdist, self._orders)
                found = None if self._orders.fresh else self._ledger.find(key)
                if found is not None:
                    del task.keys[label]
                    yield Outcome(build.number, label, found, kept=True)
            if task.keys:
                tasks.append(task)
        if tasks:
            yield from self._make(tasks, sdist)

    def _make(self, tasks: Sequence[_Task], sdist: Sdist) -> Iterator[Outcome]:
        pool = ThreadPoolExecutor(self._orders.jobs)
        try:
            for task in tasks:
                pool.submit(self._work, task, sdist)
            for _ in range(sum(len(task.keys) for task in tasks)):
                yield self._next()
        except BaseException:
            self._processes.stop()
            raise
        finally:
            pool.shutdown(cancel_futures=True)

    def _next(self) -> Outcome:
        while True:
            # Windows tells of Ctrl-C only between two waits.
            with contextlib.suppress(queue.Empty):
                found = self._outcomes.get(timeout=_WAIT)
                if isinstance(found, Outcome):
                    return found
                raise found

    # in the threads

    def _work(self, task: _Task, sdist: Sdist) -> None:
        """Do a task; every wheel of it gets an outcome."""
        slot = self._slots.get()
        self._running[task.build.number] = task.build
        try:
            for outcome in self._outcomes_of(task, sdist, slot):
                self._outcomes.put(outcome)
        except Stopped:
            return
        except BaseException as error:  # noqa: BLE001 - the other thread raises it
            self._outcomes.put(error)
        finally:
            del self._running[task.build.number]
            self._slots.put(slot)

    def _outcomes_of(self, task: _Task, sdist: Sdist, slot: Slot) -> Iterator[Outcome]:
        build = task.build
        work = self._temporary / f"build-{build.number:03}"
        log = log_of(self._orders.outdir, build)
        began = monotonic()
        try:
            log.parent.mkdir(parents=True, exist_ok=True)
            with log.open("wb") as stream, self._warnings.into(stream):
                stream.write(head_of(build))
                product = self._product(build, sdist, slot, work, stream)
            error = ""
        except (VariantError, OSError) as failure:
            product, error = None, _reason(failure)
        for label, key in task.keys.items():
            self._processes.check()
            outcome = Outcome(build.number, label, log=log, error=error)
            if product is not None:
                outcome = self._deliver(product, label, outcome)
            if outcome.path is not None:
                self._ledger.enter(key, outcome.path)
            yield replace(outcome, seconds=monotonic() - began)
        shutil.rmtree(work, ignore_errors=True)

    def _product(
        self, build: Build, sdist: Sdist, slot: Slot, work: Path, log: IO[bytes]
    ) -> Product:
        """Build a wheel.

        :raises VariantError, OSError: when that fails.
        """
        project = sdist.unpack(work / "source")
        folder = work / "wheel"
        folder.mkdir()
        return read_product(slot.wheel(project, folder, build.recipe, log), sdist)

    def _deliver(
        self, product: Product, label: str | None, outcome: Outcome
    ) -> Outcome:
        outdir = self._orders.outdir
        try:
            if label is None:
                return replace(outcome, path=deliver_plain(product, outdir))
            document = self._orders.documents[label]
            date = self._orders.timestamp
            made = deliver(product, document, outdir, timestamp=date)
        except (VariantError, OSError) as failure:
            return replace(outcome, error=_reason(failure))
        return replace(outcome, path=made.path, notes=made.notes)


def _reason(failure: Exception) -> str:
    return str(failure) or type(failure).__name__
