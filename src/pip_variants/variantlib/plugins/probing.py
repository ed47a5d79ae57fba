"""Ask provider plugins, each in a process of its own.

A plugin is somebody else's code. It may print, crash, hang, fork, or answer nonsense;
whatever it does, there is an answer here in bounded time, and nothing of it goes on.
The interpreter, the environment and the folders of the plugin are arguments.

Sources: providers draft, "Provider plugin API"; E13-E16 for what plugins do.
"""

from __future__ import annotations

import contextlib
import queue
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

from ..model import Features
from ..policy import PLUGIN_SECONDS
from ._child import Child, status
from ._replies import Reply, read_reply

__all__ = ["Interpreter", "Probed", "Question", "probe", "probe_all"]

_AT_ONCE = 8
# The status of a probe that answered and did not end by itself; see _probe.py.
_LINGERED = 75
# Settings of pip may hold the passwords of indexes, which no plugin needs.
_PRIVATE = ("PIP_", "_PIP_VARIANTS_")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """Who runs plugins.

    :param python: path of the interpreter.
    :param environ: the environment of the plugin; pip's settings are left out of it.
    :param isolated: true for packages in a folder of their own: the interpreter sees
        its standard library and the path of the question. False for packages of its
        environment: it sees the site-packages, too, after that path. The user's own
        site is not seen in either case, unless it is in the path.
    """

    python: str
    environ: Mapping[str, str]
    isolated: bool


@dataclass(frozen=True, slots=True)
class Question:
    """One plugin to ask.

    :param apis: object references; the first that can be asked is.
    :param path: absolute folders, to be searched after the standard library.
    :param ask: ``supported``; ``all``, for what can be built; or ``debug``, for what
        is supported and what the plugin tells about itself.
    """

    apis: Sequence[str]
    path: Sequence[str]
    interpreter: Interpreter
    ask: str = "supported"


@dataclass(frozen=True, slots=True)
class Probed:
    """What came of asking a plugin.

    :param reply: what it said; nothing where it did not answer.
    :param failure: why there is no answer, as a clause; empty when there is one.
    :param output: the end of what it wrote to stdout and stderr; untrusted text.
    :param seconds: how long it took, with the start of the interpreter.
    :param ending: how it ended after its answer, as a clause; empty when it ended well.
    :param written: how many bytes it wrote to stdout and stderr.
    """

    reply: Reply = field(default_factory=Reply, repr=False)
    failure: str = ""
    output: str = ""
    seconds: float = 0.0
    ending: str = ""
    written: int = 0

    @property
    def features(self) -> Features:
        """Feature -> values, most preferred first; none where it failed."""
        return () if self.failure else self.reply.features

    @property
    def multi_value(self) -> frozenset[str]:
        """The features of which a wheel may need several values."""
        return frozenset() if self.failure else self.reply.multi_value

    @property
    def namespace(self) -> str | None:
        """What the plugin calls itself; None where it does not."""
        return self.reply.namespace

    @property
    def generation(self) -> str:
        """Which generation of the interface it was written for.

        ``1``, ``1b``, ``2`` to ``6``; empty when it did not answer.
        """
        return self.reply.generation

    @property
    def api(self) -> str:
        """The object reference that was asked; empty when none could be."""
        return self.reply.api

    @property
    def problems(self) -> tuple[str, ...]:
        """A clause for each kind of item that was dropped."""
        return self.reply.problems

    @property
    def variables(self) -> tuple[str, ...]:
        """The environment variables that it looked up; ``*`` for all."""
        return self.reply.variables

    @property
    def debug(self) -> str:
        """What it tells about itself, when it was asked for that; untrusted."""
        return self.reply.debug


def probe(
    apis: Sequence[str],
    path: Sequence[str],
    interpreter: Interpreter,
    *,
    seconds: float = PLUGIN_SECONDS,
    ask: str = "supported",
) -> Probed:
    """Ask one plugin; see :class:`Question` for the arguments.

    :param seconds: how long it may take.
    """
    return probe_all([Question(apis, path, interpreter, ask)], seconds=seconds)[0]


def probe_all(
    questions: Sequence[Question], *, seconds: float = PLUGIN_SECONDS
) -> list[Probed]:
    """Ask several plugins side by side, at most eight at once.

    :param seconds: how long each of them may take.
    :returns: what came of each, in the order of the questions.
    """
    ended: queue.SimpleQueue[int] = queue.SimpleQueue()
    waiting = list(range(len(questions)))[::-1]
    running: dict[int, Child] = {}
    results: dict[int, Probed] = {}
    try:
        while waiting or running:
            while waiting and len(running) < _AT_ONCE:
                number = waiting.pop()
                try:
                    running[number] = _start(questions[number], number, ended)
                except (OSError, ValueError, RuntimeError) as error:
                    results[number] = Probed(failure=_not_started(error))
            for number in _next(ended, running, seconds):
                results[number] = _result(running[number], seconds)
                del running[number]
    finally:
        for child in running.values():
            child.end()
    return [results[number] for number in range(len(questions))]


def _start(question: Question, number: int, ended: queue.SimpleQueue[int]) -> Child:
    interpreter = question.interpreter
    # -B: no files beside those that were installed. -I leaves the working directory,
    # PYTHONPATH and the user's site out of sys.path.
    flags = ["-I", "-B", "-S"] if interpreter.isolated else ["-I", "-B"]
    environ = {
        name: value
        for name, value in interpreter.environ.items()
        if not name.upper().startswith(_PRIVATE)
    }
    request = {
        "apis": list(question.apis),
        "path": [str(entry) for entry in question.path],
        "ask": question.ask,
    }
    command = [interpreter.python, *flags]
    return Child(command, environ, request, lambda: ended.put(number))


def _not_started(error: Exception) -> str:
    text = error.strerror if isinstance(error, OSError) else ""
    return f"cannot be started: {text or error}"


def _next(
    ended: queue.SimpleQueue[int], running: Mapping[int, Child], seconds: float
) -> list[int]:
    """Wait until a child has ended or has no time left; return which."""
    if not running:
        return []
    first = min(child.started for child in running.values()) + seconds
    with contextlib.suppress(queue.Empty):
        number = ended.get(timeout=max(0.0, first - monotonic()))
        # One that had no time left ends later, when nobody waits for it.
        return [number] if number in running else []
    now = monotonic()
    return [n for n, child in running.items() if child.started + seconds <= now]


def _result(child: Child, seconds: float) -> Probed:
    """End what is left of a child and return what came of it."""
    took = monotonic() - child.started
    # Before it is ended by us.
    code = child.status
    answer, left_behind = child.end()
    if answer is None:
        failure = _no_answer(code, seconds)
        reply = Reply()
    else:
        reply = read_reply(answer)
        failure = reply.failure
    return Probed(
        reply,
        failure,
        child.tail,
        took,
        "" if answer is None else _ending(code, left_behind),
        child.written,
    )


def _no_answer(code: int | None, seconds: float) -> str:
    if code is None:
        return f"did not answer within {seconds:g} s"
    if code < 0:
        return status(code)
    return f"{status(code)} and no answer"


def _ending(code: int | None, left_behind: bool) -> str:
    if code is None or code == _LINGERED:
        return "did not end after its answer"
    if code:
        return status(code)
    return "left processes behind" if left_behind else ""
