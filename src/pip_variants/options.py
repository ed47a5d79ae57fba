"""The options that commands of pip get, and what of them stood on the command line.

What comes from the environment and from files is read by ``preferences``: a project
file stands between these two, and pip knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from optparse import AmbiguousOptionError, Option, OptionGroup, OptionParser, Values
from typing import Any

__all__ = ["ALL", "LISTS", "PROVIDERS", "SWITCH", "add_options", "given"]

SWITCH = "no-variant"
PROVIDERS = (
    "variant-providers",
    "variant-trusted-providers",
    "variant-optional-providers",
    "variant-provider-timeout",
)
"""The options that tell who is asked what a machine supports."""

LISTS = (
    "variant",
    "force-variant",
    "variant-priorities",
    "variant-exclude",
    "variant-platform",
    *PROVIDERS,
)
"""The options that take a value, by long name; each may be given several times."""

ALL = (SWITCH, *LISTS)

_GIVEN = "variant_options_given"


class _VariantOption(Option):
    """An option whose values on the command line stay apart from configured ones.

    pip makes configured values the defaults, and optparse adds to a default list.
    """

    ACTIONS = (*Option.ACTIONS, "collect")
    STORE_ACTIONS = (*Option.STORE_ACTIONS, "collect")
    TYPED_ACTIONS = (*Option.TYPED_ACTIONS, "collect")
    ALWAYS_TYPED_ACTIONS = (*Option.ALWAYS_TYPED_ACTIONS, "collect")

    def take_action(
        self,
        action: str,
        dest: str,
        opt: str,
        value: Any,
        values: Values,
        parser: OptionParser,
    ) -> int:
        found: dict[str, list[str]] = values.ensure_value(_GIVEN, {})
        name = self.get_opt_string().removeprefix("--")
        found.setdefault(name, []).append("true" if value is None else value)
        if action == "collect":
            return 1
        return super().take_action(action, dest, opt, value, values, parser)


def given(options: Values) -> Mapping[str, Sequence[str]]:
    """Return what stood on the command line, by long name of the option."""
    found: dict[str, list[str]] = getattr(options, _GIVEN, {})
    return found


def add_options(parser: Any, names: Collection[str] = ALL) -> None:
    """Add our options to a command, in a group of their own.

    :param names: the long names of those that the command takes.
    """
    group = OptionGroup(parser, "Variant Options")
    for option in _options():
        if option.get_opt_string().removeprefix("--") in names:
            group.add_option(option)
    # Behind the options of the command itself.
    parser.insert_option_group(1, group)
    _keep_abbreviations(parser, [f"--{name}" for name in ALL])


def _keep_abbreviations(parser: Any, ours: Collection[str]) -> None:
    """Let every abbreviation of one of pip's options mean what it means to stock pip.

    optparse takes any beginning that only one option has. ``--force``, which people
    write for ``--force-reinstall``, is also how one of ours begins.
    """
    whole = parser._match_long_opt  # noqa: SLF001 - no public way

    def match(written: str) -> str:
        of_pip = [
            name
            for name in parser._long_opt  # noqa: SLF001
            if name.startswith(written) and name not in ours
        ]
        if not of_pip or written in ours or written in of_pip:
            return str(whole(written))
        if len(of_pip) > 1:
            raise AmbiguousOptionError(written, sorted(of_pip))
        return str(of_pip[0])

    parser._match_long_opt = match  # noqa: SLF001


def _options() -> list[Option]:
    return [
        _VariantOption(
            "--no-variant",
            dest="no_variant",
            action="store_true",
            default=False,
            help="Ignore variant wheels: only wheels without a variant label are used.",
        ),
        _VariantOption(
            "--variant",
            dest="variant",
            action="collect",
            metavar="[NAME=]LABEL[,LABEL...]",
            help="Take only these variants, in this order of preference, among those "
            "that the machine supports. NAME= limits it to one package, also one that "
            "is only a dependency; without it, it is for the packages that you name. "
            "May be given several times.",
        ),
        _VariantOption(
            "--force-variant",
            dest="force_variant",
            action="collect",
            metavar="[NAME=]LABEL",
            help="Take this variant even if this machine does not support it, to "
            "install on behalf of another one. May be given several times.",
        ),
        _VariantOption(
            "--variant-priorities",
            dest="variant_priorities",
            action="collect",
            metavar="LIST",
            help="What decides first among variants, most important first, before the "
            "order of the publisher: items NAMESPACE, NAMESPACE::FEATURE or "
            "NAMESPACE::FEATURE::VALUE, with commas between them.",
        ),
        _VariantOption(
            "--variant-exclude",
            dest="variant_exclude",
            action="collect",
            metavar="LIST",
            help="Never take variants with these labels or properties: labels, and "
            "items as for the priorities.",
        ),
        _VariantOption(
            "--variant-platform",
            dest="variant_platform",
            action="collect",
            metavar="file",
            help="Choose for the machine described in this file, which is what 'pip "
            "variant platform' prints there as JSON. Given several times: only what "
            "all of the machines support; 'pip download' fetches for each of them.",
        ),
        *_provider_options(),
    ]


def _provider_options() -> list[Option]:
    return [
        _VariantOption(
            "--variant-providers",
            dest="variant_providers",
            action="collect",
            metavar="POLICY",
            help="Who may be asked what this machine supports: 'builtin' runs no "
            "third-party code, 'installed' also asks the plugins of this environment "
            "and is the default, 'trusted' also installs the packages that you trust, "
            "in a folder of their own, and asks them.",
        ),
        _VariantOption(
            "--variant-trusted-providers",
            dest="variant_trusted_providers",
            action="collect",
            metavar="LIST",
            help="The provider packages that you trust, and the packages that these "
            "depend on: items NAME, NAME==VERSION or NAME==VERSION#sha256=DIGITS, with "
            "commas between them. With such a list, 'trusted' is the default policy.",
        ),
        _VariantOption(
            "--variant-optional-providers",
            dest="variant_optional_providers",
            action="collect",
            metavar="LIST",
            help="Also ask about these namespaces, which packages call optional.",
        ),
        _VariantOption(
            "--variant-provider-timeout",
            dest="variant_provider_timeout",
            action="collect",
            metavar="SECONDS",
            help="How long a provider plugin may take to answer [default: 10].",
        ),
    ]
