"""``variantlib analyze-platform`` and ``variantlib plugins``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..builtin import BUILTINS, Builtin
from ..builtin.possible import possible
from ..errors import Refusal
from ..model import Features
from ..plugins.plugin import Plugin
from ..plugins.third_party import ThirdParty
from ._here import Environment, make_detector, probe_plugins, this_host
from ._options import parser_for
from ._output import error, info, print_json, say, warning

__all__ = ["analyze_platform", "plugins"]


def analyze_platform(arguments: Sequence[str]) -> int:
    """Show which properties this machine supports, as an installation would ask."""
    parser_for(
        "analyze-platform",
        "Show which properties this machine supports: built-in providers answer first, "
        "then the plugins that are installed in this Python.",
    ).parse_args(arguments)
    for answer in make_detector().everything():
        who = f"{answer.source.value} {answer.provider}".strip()
        if answer.features:
            info(f"{answer.namespace}: {who}")
        else:
            info(f"{answer.namespace}: {who}: nothing, {answer.note}")
        for text in answer.warnings:
            warning(text)
        for feature, values in answer.features:
            say(f"{answer.namespace} :: {feature} :: {', '.join(values)}")
    return 0


def plugins(arguments: Sequence[str]) -> int:
    """Show the plugins here, or what they say."""
    parser = parser_for("plugins", "Show the plugins here, and what they say.")
    actions = parser.add_subparsers(dest="action", required=True, metavar="action")
    actions.add_parser("list", help="print the namespaces that somebody answers for")
    configs = actions.add_parser(
        "get-configs", help="print features and values as JSON"
    )
    which = configs.add_mutually_exclusive_group(required=True)
    which.add_argument(
        *("-a", "--all"),
        dest="ask",
        action="store_const",
        const="all",
        help="all that exist",
    )
    which.add_argument(
        *("-s", "--supported"),
        dest="ask",
        action="store_const",
        const="supported",
        help="those that this machine supports",
    )
    configs.add_argument("-n", "--namespace", help="only of this namespace")
    configs.add_argument("-f", "--feature", help="only this feature")
    given = parser.parse_args(arguments)
    found = _by_namespace()
    if given.action == "list":
        for namespace in found:
            say(namespace)
        return 0
    if given.namespace is not None:
        found = {n: who for n, who in found.items() if n == given.namespace}
        if not found:
            warning(f"nobody here answers for {given.namespace}")
    return _print_configs(found, given.ask, given.feature)


@dataclass(frozen=True, slots=True)
class _Said:
    """What a provider says of its namespace."""

    features: Features = ()
    multi_value: frozenset[str] = frozenset()
    failure: str = ""


def _by_namespace() -> dict[str, Plugin | Builtin | Refusal]:
    """Return who answers for each namespace.

    This is about plugins: one that is installed goes before a built-in provider. Its
    namespace is the name of its entry point, as everywhere before it is asked (R89).
    """
    claims: dict[str, list[Plugin]] = {}
    for plugin in Environment().plugins():
        claims.setdefault(plugin.name, []).append(plugin)
    found: dict[str, Plugin | Builtin | Refusal] = {}
    for namespace, claimed in claims.items():
        try:
            ThirdParty.only_one(namespace, claimed)
            found[namespace] = claimed[0]
        except Refusal as refusal:
            found[namespace] = refusal
    for namespace, builtin in BUILTINS.items():
        found.setdefault(namespace, builtin)
    return found


def _print_configs(
    found: Mapping[str, Plugin | Builtin | Refusal], ask: str, feature: str | None
) -> int:
    document = {}
    failed = False
    for namespace, said in _ask(found, ask):
        if said.failure:
            error(f"{namespace}: {said.failure}")
            failed = True
            continue
        if not said.features:
            # A machine without the hardware; the published tool leaves it out, too.
            continue
        document[namespace] = [
            {
                "name": name,
                "values": list(values),
                "multi_value": name in said.multi_value,
            }
            for name, values in said.features
            if feature in (name, None)
        ]
    print_json(document)
    return 1 if failed else 0


def _ask(
    found: Mapping[str, Plugin | Builtin | Refusal], ask: str
) -> Iterator[tuple[str, _Said]]:
    """Yield what each of them says, plugins asked side by side."""
    asked = {n: who for n, who in found.items() if isinstance(who, Plugin)}
    probed = probe_plugins([*asked.values()], ask)
    answers = dict(zip(asked, probed, strict=True))
    for namespace, who in found.items():
        if isinstance(who, Refusal):
            yield namespace, _Said(failure=str(who))
        elif isinstance(who, Plugin):
            answer = answers[namespace]
            for problem in answer.problems:
                warning(f"{namespace}: {who} {problem}")
            failure = f"{who} {answer.failure}" if answer.failure else ""
            yield namespace, _Said(answer.features, answer.multi_value, failure)
        else:
            yield namespace, _of_builtin(who, ask)


def _of_builtin(builtin: Builtin, ask: str) -> _Said:
    words = possible(builtin.namespace)
    multi_value = words.multi_value or frozenset()
    if ask == "all":
        return _Said(words.features, multi_value)
    detected = builtin.detect(this_host())
    for text in detected.warnings:
        warning(text)
    return _Said(detected.features, multi_value)
