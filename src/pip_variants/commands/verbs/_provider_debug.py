"""``pip variant providers debug``: how the answer for a namespace came about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from ... import _pip
from ...machine import Machine
from ...settings import Settings
from ...text import printable, wrapped
from ...variantlib.builtin import BUILTINS, Builtin
from ...variantlib.builtin.trace import TracedHost
from ...variantlib.errors import Refusal
from ...variantlib.model import ABI_DEPENDENCY, is_namespace
from ...variantlib.plugins.probing import Probed
from ...variantlib.policy import Policy
from ._base import feature_lines, print_json

__all__ = ["debug"]

_VERSION = 1
_ANOTHER = (
    "A package whose metadata names another provider gets another answer: 'pip variant "
    "explain' tells for a package."
)
_BESIDE = (
    "It has no provider: its labels fit the versions of other packages that pip picks."
)
_NAMED = (
    "Metadata that names a package is answered by that package, where it is installed "
    "or trusted."
)


@dataclass(frozen=True, slots=True)
class _Account:
    """What is told about a namespace.

    :param decided: how it was decided who answers, one sentence each.
    :param looks: what was looked for on the machine, and what came of it.
    :param variables: those that can change the answer, with their values, or "set"
        for those of a plugin; None for one that is not set.
    :param told: what the provider says about itself.
    """

    decided: tuple[str, ...] = ()
    looks: tuple[tuple[str, str], ...] = ()
    variables: tuple[tuple[str, str | None], ...] = ()
    features: tuple[tuple[str, tuple[str, ...]], ...] = ()
    problems: tuple[str, ...] = ()
    seconds: float = 0.0
    told: str = ""
    report_to: str = ""


def debug(
    settings: Settings, machine: Machine, namespace: str, *, as_json: bool
) -> None:
    """Ask for a namespace anew, whatever the cache holds, and print all about it.

    :raises pip's CommandError: when *namespace* is none.
    """
    if not is_namespace(namespace):
        msg = f"{namespace!r} is no namespace: only a-z, 0-9 and '_' may stand in one"
        raise _pip.CommandError(msg)
    account = _account(settings, machine, namespace)
    if as_json:
        print_json({"version": _VERSION, "namespace": namespace, **_document(account)})
        return
    for line in _lines(namespace, account):
        _pip.write_output("%s", line)


def _account(settings: Settings, machine: Machine, namespace: str) -> _Account:
    for file, platform in settings.platforms.items():
        if namespace in platform:
            text = f"The platform file {file} answers; nobody else is asked."
            return _Account((text,), features=platform.features(namespace))
    if namespace == ABI_DEPENDENCY:
        return _Account((_BESIDE,))
    builtin = BUILTINS.get(namespace)
    if builtin is not None:
        return _of_builtin(machine, builtin)
    return _of_plugin(settings, machine, namespace)


def _of_builtin(machine: Machine, builtin: Builtin) -> _Account:
    names = " and ".join(builtin.packages)
    environ = machine.host.environ
    host = TracedHost(machine.host.system, machine.host.machine, environ)
    started = perf_counter()
    detected = builtin.detect(host)
    return _Account(
        (
            f"The built-in provider answers, in place of {names}.",
            _ANOTHER,
        ),
        tuple(host.looks),
        tuple((name, environ.get(name)) for name in builtin.variables),
        detected.features,
        detected.warnings,
        perf_counter() - started,
    )


def _of_plugin(settings: Settings, machine: Machine, namespace: str) -> _Account:
    decided = ["No built-in provider knows the namespace."]
    if settings.providers is Policy.BUILTIN:
        place = settings.places.get("variant-providers", "")
        decided.append(f"No plugin is asked: the policy is 'builtin' ({place}).")
        return _Account(tuple(decided))
    try:
        plugin = machine.find_plugin(settings, namespace)
    except Refusal as refusal:
        return _Account((*decided, f"Nobody is asked: {refusal}."))
    if plugin is None:
        decided.append(f"No plugin goes by its name. {_NAMED}")
        return _Account(tuple(decided))
    kind = "plugin of the trusted package" if plugin.isolated else "installed plugin"
    decided.append(f"The {kind} {plugin} answers: {', '.join(plugin.apis)}.")
    probed = machine.probe(plugin, ask="debug")
    return _Account(
        tuple(decided),
        (),
        tuple(_variables(probed, machine)),
        probed.features,
        (*((f"it {probed.failure}",) if probed.failure else ()), *probed.problems),
        probed.seconds,
        probed.debug or probed.output,
        plugin.report_to,
    )


def _variables(probed: Probed, machine: Machine) -> Iterator[tuple[str, str | None]]:
    # What it reads may be a secret, and this text is made to be sent to others.
    for name in probed.variables:
        if name == "*":
            yield "all of them", "it looks through all, or starts a program"
        else:
            yield name, None if machine.host.environ.get(name) is None else "set"


def _document(account: _Account) -> dict[str, Any]:
    return {
        "decided": list(account.decided),
        "looks": [{"what": what, "result": result} for what, result in account.looks],
        "variables": dict(account.variables),
        "properties": {name: list(values) for name, values in account.features},
        "problems": list(account.problems),
        "seconds": round(account.seconds, 6),
        "output": account.told,
        "report_to": account.report_to,
    }


def _lines(namespace: str, account: _Account) -> Iterator[str]:
    yield f"{namespace}:"
    yield from _section("How it was decided", account.decided)
    looks = (f"{what}: {result}" for what, result in account.looks)
    yield from _section("Looked for", looks)
    variables = (
        f"{name}: {'not set' if value is None else value}"
        for name, value in account.variables
    )
    yield from _section("Variables that it reads", variables)
    if account.seconds:
        found = "" if account.features else " nothing"
        yield f"  Supported, after {1000 * account.seconds:.1f} ms:{found}"
        yield from feature_lines(account.features, " " * 4)
    yield from _section("Problems", account.problems)
    yield from _section("It says", account.told.splitlines())
    yield from _section("Report problems to", filter(None, [account.report_to]))


def _section(title: str, items: Iterable[str]) -> Iterator[str]:
    listed = [*items]
    if listed:
        yield f"  {title}:"
    for item in listed:
        yield from wrapped(printable(item), " " * 4)
