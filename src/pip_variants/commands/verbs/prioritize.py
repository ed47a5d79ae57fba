"""``pip variant prioritize``: show or set what decides first among variants."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from logging import getLogger
from optparse import Values
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

from ... import _pip, preferences
from ...origins import Origin
from ...text import printable
from ...variantlib.builtin import BUILTINS
from ...variantlib.errors import ValidationError
from ...variantlib.priorities import Pattern
from ._base import Verb, add_json_option, keep_notes_off, print_json

__all__ = ["PrioritizeVerb"]

logger = getLogger(__name__)

_VERSION = 1
_SETTING = "variant-priorities"
_KEY = "variant.priorities"
_SPELLINGS = (
    _KEY,
    "variant.variant-priorities",
    "global.variant-priorities",
    "install.variant-priorities",
    "variantlib.provider-priority",
    "variantlib.namespace-priorities",
)
_KINDS = ("user", "site", "global")


class _Wish(NamedTuple):
    """A list of priorities, and where it stands."""

    items: tuple[str, ...]
    origin: Origin


class PrioritizeVerb(Verb):
    """
    Show or set what decides first among variants.

    A list of items, most important first, is written to pip's configuration
    file: that of this environment if it exists, else yours. An item is
    NAMESPACE, NAMESPACE::FEATURE or NAMESPACE::FEATURE::VALUE. Without a list
    you pick the order on the screen, or see it where there is no terminal.
    """

    usage = """
        %prog [<file-option>] [<item> ...]
        %prog [<file-option>] --unset
        %prog --list | --json"""

    def add_options(self) -> None:
        """Add the options."""
        for kind, what in zip(
            _KINDS,
            ("your", "this environment's", "the system-wide"),
            strict=True,
        ):
            self.cmd_opts.add_option(
                f"--{kind}",
                dest="kind",
                action="store_const",
                const=kind,
                help=f"Change {what} configuration file.",
            )
        self.cmd_opts.add_option(
            "--unset",
            action="store_true",
            default=False,
            help="Remove the list from the file.",
        )
        self.cmd_opts.add_option(
            "--list",
            action="store_true",
            default=False,
            help="Only show the lists that are set, with the place of each.",
        )
        add_json_option(self.cmd_opts)
        self.parser.insert_option_group(0, self.cmd_opts)

    def run(self, options: Values, args: list[str]) -> int:
        """Show, set, unset or pick.

        :raises pip's CommandError: for a bad item, and for options that exclude
            each other.
        """
        items = _checked(args)
        keep_notes_off(options)
        shows = options.list or options.json
        _refuse_contradictions(options, args, items, shows=shows)
        if items:
            return self._set(options, items, options.kind or _default_kind())
        if options.unset:
            return self._unset(options, options.kind or _default_kind())
        if shows or not (sys.stdin.isatty() and sys.stdout.isatty()):
            return self._show(options)
        return self._pick(options)

    def _wishes(self, options: Values) -> Iterator[_Wish]:
        """Yield the lists of all places, the one in effect first."""
        configuration = _pip.Configuration(options.isolated_mode)
        configuration.load()
        parser: Any = SimpleNamespace(config=configuration, name=self.name)
        for layer in preferences.layers(options, parser, Path.cwd()):
            if _SETTING in layer:
                setting = layer[_SETTING]
                yield _Wish(preferences.items(setting.texts), setting.origin)

    def _show(self, options: Values) -> int:
        wishes = [*self._wishes(options)]
        if options.json:
            print_json(_document(wishes))
            return 0
        if not wishes:
            _pip.write_output("No priorities are set: each publisher's order decides.")
        for position, wish in enumerate(wishes):
            state = "overridden" if position else "in effect"
            line = f"{', '.join(wish.items)}  ({state}: {wish.origin})"
            _pip.write_output("%s", printable(line))
        return 0

    def _set(self, options: Values, items: Sequence[str], kind: str) -> int:
        with _told_as_pip_does():
            configuration = _loaded(kind)
            configuration.set_value(_KEY, ", ".join(items))
            configuration.save()
        # --isolated leaves out the file that was written.
        effective = next(self._wishes(options), None)
        if effective is not None and effective.items != tuple(items):
            text = printable(", ".join(effective.items))
            logger.warning(
                "%s comes first, and sets: %s", printable(effective.origin), text
            )
        return 0

    def _unset(self, options: Values, kind: str) -> int:
        with _told_as_pip_does():
            self._remove(options, kind)
        return 0

    def _remove(self, options: Values, kind: str) -> None:
        configuration = _loaded(kind)
        found = _spellings(configuration)
        if not found:
            # PIP_CONFIG_FILE takes the place of some files.
            file = configuration.get_file_to_edit() or _path(kind)
            msg = f"{file} sets no priorities of variants"
            for wish in self._wishes(options):
                msg += f"; {wish.origin} does"
            raise _pip.CommandError(printable(msg))
        for key in found:
            configuration.unset_value(key)
        configuration.save()

    def _pick(self, options: Values) -> int:
        from ...picking.picker import pick

        wishes = [*self._wishes(options)]
        # With an option for a file: what that file says, in effect or not.
        shown = [w for w in wishes if options.kind in {None, _kind_of(w.origin)}][:1]
        came_from = _kind_of(shown[0].origin) if shown else None
        chosen = dict.fromkeys(item for wish in shown for item in wish.items)
        in_effect = [item for wish in wishes[:1] for item in wish.items]
        first = options.kind or came_from or _default_kind()
        others = () if options.kind else (kind for kind in _KINDS if kind != first)
        picked = pick(
            [*dict.fromkeys((*chosen, *in_effect, *BUILTINS))],
            [(kind, _path(kind)) for kind in (first, *others)],
            chosen=len(chosen),
        )
        if picked is None:
            _pip.write_output("Nothing was changed.")
            return 0
        if not picked.order:
            return self._empty(options, (picked.destination, came_from))
        return self._set(options, picked.order, picked.destination)

    def _empty(self, options: Values, kinds: Sequence[str | None]) -> int:
        """Remove the list from the first of the files that has one.

        Nobody is told after a whole dialogue that it was the wrong file.
        """
        with _told_as_pip_does():
            setting = [kind for kind in kinds if kind and _spellings(_loaded(kind))]
        if setting:
            self._unset(options, setting[0])
        else:
            _pip.write_output("Nothing was changed.")
        for wish in [*self._wishes(options)][:1]:
            text = printable(", ".join(wish.items))
            logger.warning("%s still sets: %s", printable(wish.origin), text)
        return 0


def _refuse_contradictions(
    options: Values, args: Sequence[str], items: Sequence[str], *, shows: bool
) -> None:
    if args and not items:
        raise _pip.CommandError("an empty list sets nothing; --unset removes the list")
    if items and (options.unset or shows):
        msg = "a list cannot be given with --unset, --list or --json"
        raise _pip.CommandError(msg)
    if options.unset and shows:
        raise _pip.CommandError("--unset cannot be given with --list or --json")


@contextmanager
def _told_as_pip_does() -> Iterator[None]:
    """Make an error of ``pip config`` out of a file that cannot be changed."""
    try:
        yield
    except _pip.CommandError:
        raise
    except (_pip.PipError, OSError) as error:
        raise _pip.CommandError(printable(error)) from None


def _checked(args: Sequence[str]) -> tuple[str, ...]:
    items = tuple(dict.fromkeys(preferences.items(args)))
    for item in items:
        try:
            Pattern.parse(item)
        except ValidationError as error:
            raise _pip.CommandError(str(error)) from None
    return items


def _files() -> dict[str, list[str]]:
    """Return the files of pip by kind; the last one of a kind is written to."""
    found: dict[str, list[str]] = {}
    for kind, paths in _pip.get_configuration_files().items():
        found[str(kind)] = paths
    return found


def _path(kind: str) -> str:
    return _files()[kind][-1]


def _default_kind() -> str:
    """Return the file that ``pip config set`` would write to."""
    return "site" if any(Path(path).exists() for path in _files()["site"]) else "user"


def _loaded(kind: str) -> Any:
    """Load one configuration file, to change it."""
    (name,) = [key for key in _pip.get_configuration_files() if str(key) == kind]
    configuration = _pip.Configuration(isolated=False, load_only=name)
    configuration.load()
    return configuration


def _spellings(configuration: Any) -> list[str]:
    """Return the keys of priorities that a configuration has."""
    present = {key for _, content in configuration.items() for key in content}
    return [key for key in _SPELLINGS if key in present]


def _kind_of(origin: Origin) -> str | None:
    """Return the kind of the file that a list stands in, None for another place.

    ``PIP_CONFIG_FILE`` takes the place of some file, which depends on pip.
    """
    return next(
        (kind for kind in _KINDS if origin.place in dict(_loaded(kind).items())), None
    )


def _document(wishes: Sequence[_Wish]) -> dict[str, Any]:
    listed = [
        {
            "priorities": [*wish.items],
            "place": wish.origin.place,
            "key": wish.origin.key,
        }
        for wish in wishes
    ]
    return {
        "version": _VERSION,
        "priorities": listed[0]["priorities"] if listed else [],
        "places": listed,
    }
