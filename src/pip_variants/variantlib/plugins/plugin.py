"""Provider plugins that are installed as packages, found by their entry points.

A distribution is a holder of plugins when it has an entry point in one of the groups
``variant_plugins`` and ``variantlib.plugins``. Looking for them imports nothing.

Sources: providers draft, "API endpoint"; rules R81, R84, R89; PROVIDERS 2.
"""

from __future__ import annotations

import importlib.metadata
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.machinery import EXTENSION_SUFFIXES
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import ValidationError
from ..provider_api import ENTRY_POINT_GROUP
from ..requirement import normalize_name

__all__ = ["Plugin", "find_distribution", "find_plugins", "module_of"]

_GROUPS = (ENTRY_POINT_GROUP, "variantlib.plugins")
"""The groups of entry points, the one of today first."""

_LONGEST_API = 500
_NAME = re.compile(r"[A-Za-z0-9._-]+")
_MOST_STAMPED = 200
_MOST_ENTRIES = 100
"""More than this many entry points of one distribution are not looked at."""
_REPORTS = ("issue", "bug", "tracker", "support", "source", "repository", "home")
"""Words in the names of links, the best place for a report first."""


@dataclass(frozen=True, slots=True)
class Plugin:
    """A plugin of a distribution.

    :param distribution: the normalised name.
    :param name: the name of the entry point: the namespace, by custom (R89); "" where
        the plugin was not found by one.
    :param apis: object references to try, in this order.
    :param path: where Python has to look for its modules.
    :param stamp: changes when the distribution is installed again.
    :param isolated: whether it sees nothing but *path*.
    :param report_to: where to report problems, "" when it does not say.
    :param modules: all modules of the distribution.
    """

    distribution: str
    version: str
    name: str
    apis: tuple[str, ...]
    path: tuple[str, ...] = ()
    stamp: str = ""
    isolated: bool = False
    report_to: str = ""
    modules: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"

    def at(self, api: str | None) -> Plugin:
        """Return the plugin that metadata refers to.

        Its own entry points come after what the metadata says: metadata stays as it
        is, and plugins move.

        :param api: ``plugin-api``, None for the default (R81).
        :raises ValidationError: when *api* is not a module of the distribution, or an
            object in one (DESIGN 4), or when there is nothing to ask.
        """
        first = reference_of(api, self.distribution)
        apis = (first, *self.apis) if module_of(first) in self.modules else self.apis
        if api is not None and first not in apis:
            raise ValidationError(f"{api!r:.200} is no part of {self}")
        if not apis:
            raise ValidationError(f"{self} has no module {first}")
        return replace(self, apis=tuple(dict.fromkeys(apis)))


def module_of(api: str) -> str:
    """Return the module that an object reference names.

    >>> module_of("provider_x.plugin:Plugin")
    'provider_x.plugin'

    :raises ValidationError: when it is no object reference (R84).
    """
    return _tight(api).partition(":")[0]


def reference_of(api: str | None, distribution: str) -> str:
    """Return the object reference that metadata means.

    :param api: ``plugin-api``, None for the default.
    :raises ValidationError: when it is no object reference (R84).

    >>> reference_of("plugin : Class", "foo"), reference_of(None, "Foo.Bar-x")
    ('plugin:Class', 'foo_bar_x')
    """
    if api is None:  # R81
        api = normalize_name(distribution).replace("-", "_")
    return _tight(api)


def _tight(api: str) -> str:
    """Return an object reference without blanks, which it may have around the colon."""
    parts = [part.strip() for part in api[: _LONGEST_API + 1].split(":")]
    names = [name for part in parts for name in part.split(".")]
    if not (len(api) <= _LONGEST_API and len(parts) <= 2):
        names = [""]
    if not all(map(str.isidentifier, names)):
        raise ValidationError(f"{api!r:.200} is no reference to a module or object")
    return ":".join(parts)


def find_plugins(path: Sequence[str], *, isolated: bool = False) -> tuple[Plugin, ...]:
    """Return the plugins of the distributions that a Python with *path* has.

    Of two distributions of one name, the first on the path counts, as for imports.
    """
    found: dict[str, tuple[Plugin, ...]] = {}
    for distribution in importlib.metadata.distributions(path=[*path]):
        plugins = _plugins_of(distribution, path, isolated=isolated)
        if plugins:
            found.setdefault(plugins[0].distribution, plugins)
    return tuple(plugin for plugins in found.values() for plugin in plugins)


def _plugins_of(
    distribution: importlib.metadata.Distribution,
    path: Sequence[str],
    *,
    isolated: bool,
) -> tuple[Plugin, ...]:
    try:
        holder = _Holder(distribution)
        return holder.plugins(path, isolated=isolated) if holder.entries else ()
    except Exception:  # noqa: BLE001 - a damaged one must not hide the others
        return ()


def find_distribution(
    path: Sequence[str], name: str, *, isolated: bool = False
) -> Plugin | None:
    """Return the plugin of one distribution, with all of its entry points.

    It may have none: metadata can name its module.

    :param name: in any spelling.
    """
    for distribution in importlib.metadata.distributions(path=[*path], name=name):
        try:
            return _Holder(distribution).plugin(path, isolated=isolated)
        except Exception:  # noqa: BLE001, S112 - as above
            continue
    return None


class _Holder:
    """A distribution, and its entry points for plugins."""

    def __init__(self, distribution: importlib.metadata.Distribution) -> None:
        self._distribution = distribution
        text = distribution.read_text("entry_points.txt") or ""
        # Most distributions have none: parsing them all would take long.
        entries = distribution.entry_points if "variant" in text else ()
        found = [entry for entry in entries if entry.group in _GROUPS][:_MOST_ENTRIES]
        # Packages of the year of change stand in both groups.
        found.sort(key=lambda entry: _GROUPS.index(entry.group))
        self.entries = {
            _tight(value): entry.name
            for entry in found
            # What stands in brackets behind it are extras.
            if self._has(value := entry.value.partition("[")[0])
        }

    @cached_property
    def name(self) -> str:
        return normalize_name(self._distribution.name)

    @cached_property
    def _modules(self) -> frozenset[str]:
        return frozenset(_modules(self._distribution))

    def _has(self, api: str) -> bool:
        try:
            return module_of(api) in self._modules
        except ValidationError:
            return False

    def plugin(self, path: Sequence[str], *, isolated: bool) -> Plugin:
        return Plugin(
            self.name,
            self._distribution.version,
            "",
            tuple(self.entries),
            tuple(path),
            self._stamp(path),
            isolated,
            _report_to(self._distribution.metadata.get_all("Project-URL") or ()),
            self._modules,
        )

    def plugins(self, path: Sequence[str], *, isolated: bool) -> tuple[Plugin, ...]:
        """Return one plugin for each entry point."""
        whole = self.plugin(path, isolated=isolated)
        return tuple(
            replace(whole, name=name, apis=(api,)) for api, name in self.entries.items()
        )

    def _stamp(self, path: Sequence[str]) -> str:
        """Return what changes with the plugin, and with what it requires."""
        files = [self._file(name) for name in ("METADATA", "RECORD")]
        source = _editable_source(self._distribution)
        files += _python_files(source) if source is not None else self._own_files()
        stamps = [_stamp(file) for file in files]
        for requirement in (self._distribution.requires or ())[:_MOST_ENTRIES]:
            name = _NAME.match(requirement)
            found = importlib.metadata.distributions(
                path=[*path], name=name[0] if name else requirement
            )
            stamps += [each.version for each in islice(found, 1)]
        return " ".join(stamps)

    def _own_files(self) -> list[Path]:
        files = (f for f in self._distribution.files or () if f.suffix == ".py")
        locate = self._distribution.locate_file
        return [Path(str(locate(file))) for file in islice(files, _MOST_STAMPED)]

    def _file(self, name: str) -> Path:
        # The folder of the metadata has no public name; its parent has.
        files = self._distribution.files or ()
        own = (f for f in files if f.name == name and f.parent.suffix == ".dist-info")
        found = next(own, None)
        return Path(str(self._distribution.locate_file(found or name)))


def _modules(distribution: importlib.metadata.Distribution) -> Iterator[str]:
    """Yield the modules that a distribution has installed, by its own record."""
    source = _editable_source(distribution)
    if source is not None:
        for file in _python_files(source):
            parts = file.relative_to(source).parts
            yield from _module_names(parts[parts[0] == "src" :])
    for item in distribution.files or ():
        yield from _module_names(item.parts)


def _module_names(parts: Sequence[str]) -> Iterator[str]:
    if not parts or parts[0] == "..":
        return
    *folders, last = parts
    for suffix in (".py", *EXTENSION_SUFFIXES):
        if last.endswith(suffix):
            stem = last.removesuffix(suffix)
            yield ".".join(folders if stem == "__init__" else (*folders, stem))
            return


def _editable_source(distribution: importlib.metadata.Distribution) -> Path | None:
    """Return the folder of a distribution that is installed in place (PEP 660)."""
    try:
        record = json.loads(distribution.read_text("direct_url.json") or "{}")
        if not record["dir_info"]["editable"]:
            return None
        url = urlsplit(record["url"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if url.scheme != "file":
        return None
    text = unquote(url.path)
    # On Windows such a path is "/C:/folder".
    return Path(text[1:] if re.match("/[A-Za-z]:", text) else text)


_SKIPPED = {"__pycache__", "build", "dist", "node_modules", "tests", "venv"}
_MOST_FILES = 2000


def _python_files(folder: Path) -> list[Path]:
    """Return the Python files of a project, a bounded number of them."""
    found: list[Path] = []
    folders = [folder]
    while folders and len(found) < _MOST_FILES:
        here = folders.pop()
        try:
            children = sorted(here.iterdir())
        except OSError:
            continue
        for child in children:
            if child.is_dir() and not child.is_symlink():
                if child.name not in _SKIPPED and not child.name.startswith("."):
                    folders.append(child)
            elif child.suffix == ".py":
                found.append(child)
    return found[:_MOST_FILES]


def _stamp(file: Path) -> str:
    try:
        status = file.stat()
    except OSError:
        return "-"
    return f"{status.st_size}.{status.st_mtime_ns}"


def _report_to(links: Iterable[str]) -> str:
    """Return the best link for a report.

    >>> _report_to(["Homepage, https://a.example", "Issues, https://b.example"])
    'https://b.example'
    """
    pairs = [link.partition(",")[::2] for link in links]
    for word in _REPORTS:
        for name, url in pairs:
            if word in name.lower():
                return url.strip()
    return ""
