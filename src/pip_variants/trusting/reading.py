"""What the user set about providers, checked.

A project file is written by whoever wrote the project, and pip reads it because of the
folder that it stands in. So it can make less code run, and never more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from logging import getLogger
from typing import Any, NamedTuple

from .. import _pip
from ..origins import Layer, Origin, Setting
from ..preferences import ProjectLayer, first, items, of_user
from ..text import printable
from ..variantlib.policy import PLUGIN_SECONDS, Policy
from ..variantlib.trust import Trusted
from . import how_to_keep_trusting

__all__ = ["Trust", "inherit_trust", "read_trust"]

logger = getLogger(__name__)

_POLICY = "variant-providers"
_TRUSTED = "variant-trusted-providers"
_OPTIONAL = "variant-optional-providers"
_SECONDS = "variant-provider-timeout"

_MOST_SECONDS = 600


class Trust(NamedTuple):
    """Who may be asked, and for how long.

    :param policy: how far to go.
    :param place: where the policy was written, "" for nowhere.
    :param trusted: the packages that may be installed to be asked.
    :param optional: namespaces whose optional provider is switched on.
    :param seconds: how long one plugin may take.
    """

    policy: Policy = Policy.INSTALLED
    place: str = ""
    trusted: tuple[Trusted, ...] = ()
    optional: tuple[str, ...] = ()
    seconds: float = PLUGIN_SECONDS


def read_trust(found: Sequence[Layer]) -> Trust:
    """Read what all places say.

    :param found: the settings of each place, the most important place first.
    :raises pip's CommandError: for a bad value.
    """
    trusted = _trusted(first(of_user(found), _TRUSTED))
    _refuse_of_project(found, trusted)
    policy, place = _policy(found, trusted)
    return Trust(
        policy,
        place,
        trusted,
        _namespaces(first(found, _OPTIONAL)),
        _seconds(first(found, _SECONDS)),
    )


def inherit_trust(parent: Mapping[str, Any]) -> Trust:
    """Read what another pip of ours has handed down.

    :raises KeyError, TypeError, ValueError, OverflowError: when it was somebody else.
    """
    return Trust(
        Policy(parent["providers"]),
        "",
        tuple(map(Trusted.parse, parent["trusted"])),
        tuple(map(str, parent["optional"])),
        float(parent["provider_seconds"]),
    )


def _policy(found: Sequence[Layer], trusted: Sequence[Trusted]) -> tuple[Policy, str]:
    """Return the policy, and where it stands; "" for the default.

    A list of trusted packages would be of no use under the default, so it changes
    that one.
    """
    own = first(of_user(found), _POLICY)
    policy = _parse_policy(own) or (Policy.TRUSTED if trusted else Policy.INSTALLED)
    place = _place(own)
    of_project = first(found, _POLICY)
    if of_project is None or of_project is own:
        return policy, place
    asked = _parse_policy(of_project) or policy
    strict = policy.stricter(asked)
    if strict is not asked:
        logger.warning(
            "%s is ignored: a project can only let fewer providers run. To let them: "
            "pip config set variant.providers %s",
            printable(of_project.origin),
            asked.value,
        )
    return strict, place if strict is policy else _place(of_project)


def _place(setting: Setting | None) -> str:
    text = None if setting is None else _last(setting)
    return str(setting.origin) if setting is not None and text else ""


def _last(setting: Setting) -> str:
    return setting.texts[-1].strip() if setting.texts else ""


def _parse_policy(setting: Setting | None) -> Policy | None:
    text = "" if setting is None else _last(setting)
    if setting is None or not text:
        return None
    try:
        return Policy(text.lower())
    except ValueError:
        allowed = ", ".join(policy.value for policy in Policy)
        raise _bad(setting.origin, f"{text!r:.200} is none of: {allowed}") from None


def _trusted(setting: Setting | None) -> tuple[Trusted, ...]:
    if setting is None:
        return ()
    try:
        found = tuple(dict.fromkeys(map(Trusted.parse, items(setting.texts))))
        for item in found:
            _pip.Version(item.version or "0")
    except ValueError as error:
        raise _bad(setting.origin, str(error)) from None
    return found


def _refuse_of_project(found: Sequence[Layer], trusted: Sequence[Trusted]) -> None:
    """Say that a project cannot make the user trust anybody."""
    of_project = [layer for layer in found if isinstance(layer, ProjectLayer)]
    setting = first(of_project, _TRUSTED)
    wanted = [item for item in _trusted(setting) if item not in trusted]
    if setting is not None and wanted:
        logger.warning(
            "%s is ignored: whom you trust is not for a project to say. To trust the "
            "same: %s",
            printable(setting.origin),
            printable(how_to_keep_trusting(map(str, wanted), trusted)),
        )


def _namespaces(setting: Setting | None) -> tuple[str, ...]:
    listed = () if setting is None else items(setting.texts)
    if setting is None or not listed:
        return ()
    from ..variantlib.model import is_namespace

    for item in listed:
        if not is_namespace(item):
            raise _bad(setting.origin, f"{item!r:.200} is no namespace")
    return tuple(dict.fromkeys(listed))


def _seconds(setting: Setting | None) -> float:
    text = "" if setting is None else _last(setting)
    if setting is None or not text:
        return Trust().seconds
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    # Also false for what is no number.
    if not 0 < seconds <= _MOST_SECONDS:
        problem = (
            f"{text!r:.200} is no number of seconds above 0, up to {_MOST_SECONDS}"
        )
        raise _bad(setting.origin, problem)
    return seconds


def _bad(origin: Origin, problem: str) -> _pip.CommandError:
    return _pip.CommandError(printable(f"{origin}: {problem}"))
