"""Find a provider plugin, ask it, and write down what it says.

Used by ``_probe.py`` alone, in the process of the plugin; like that one it imports
nothing of ours and has no syntax beyond Python 3.9. All that plugins of any generation
were ever shaped like is welcome::

    a module, a class, an object
    get_supported_configs() or run(), of the object, the class or the module
    with or without an argument that may be None
    a list, a tuple, None, or an object with .configs
    of objects with name or key, values, and perhaps multi_value

What comes back is bounded, and fit for JSON: the asking side decides what is valid.

Sources: providers draft, "Provider plugin API"; PROVIDERS 2 for older generations.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import io
import itertools
import re
import reprlib
import sys
import traceback
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

_MAX_FEATURES = 1_000
_MAX_VALUES = 2_000  # of one feature
_MAX_VALUES_IN_ALL = 10_000
_MAX_TEXT = 200
_MAX_MESSAGE = 500
_MAX_DEBUG = 64 * 1024

_REFERENCE = re.compile(
    r"\s*(?P<module>\w+(?:\.\w+)*)\s*"
    r"(?::\s*(?P<object>\w+(?:\.\w+)*)\s*)?"
    r"(?:\[[^\]]*\]\s*)?"  # extras of an entry point, which ask for nothing here
)
_METHODS = ("get_supported_configs", "run")
_MISSING = object()


class UnfitError(Exception):
    """The plugin cannot be asked; the text is a clause about it."""


def ask_plugin(
    apis: Sequence[str], ask: str
) -> tuple[dict[str, Any], BaseException | None]:
    """Return the answer, and what the plugin raised.

    :param apis: object references; the first that can be asked is.
    :param ask: ``supported``, ``all`` or ``debug``.
    """
    answer: dict[str, Any] = {
        "api": "",
        "namespace": None,
        "generation": "",
        "all_properties_compatible": None,
        "features": [],
        "dropped": [0, 0],
        "debug": "",
        "error": None,
    }
    stage = "load"
    try:
        answer["api"], plugin = load(apis)
        answer["namespace"] = own_name(plugin)
        stage = "ask"
        compatible = attribute(plugin, "all_properties_compatible")
        if compatible is not _MISSING:
            answer["all_properties_compatible"] = compatible is True
        if ask == "debug":
            answer["debug"] = debug_text(plugin, answer["api"])
        fill(answer, plugin, ask)
    except BaseException as error:  # noqa: BLE001 - sys.exit() raises one, too
        answer["error"] = describe_error(error, stage)
        return answer, None if isinstance(error, UnfitError) else error
    return answer, None


def load(apis: Sequence[str]) -> tuple[str, Any]:
    """Return the first plugin that can be asked, with its object reference.

    :raises BaseException: what kept it from being loaded; of several the first that
        says more than "no such module".
    """
    failure: BaseException = UnfitError("no plugin is named")
    for number, api in enumerate(apis):
        try:
            return api, resolve(api)
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything
            if number == 0 or isinstance(failure, ModuleNotFoundError):
                failure = error
    raise failure


def resolve(api: str) -> Any:
    """Return what an object reference names, ready to be asked."""
    match = _REFERENCE.fullmatch(api)
    if match is None:
        raise UnfitError(f"{api[:_MAX_TEXT]!r} is no object reference")
    found: Any = importlib.import_module(match["module"])
    for name in (match["object"] or "").split("."):
        if name:
            found = getattr(found, name)
    if not is_of(found, match["module"]):
        raise UnfitError(f"{api.strip()} is of another package")
    # Other things that can be called are not: metadata may name any function.
    if inspect.isclass(found) and needs_instance(found):
        found = found()
    if not can_be_asked(found):
        raise UnfitError(f"{api.strip()} has neither get_supported_configs() nor run()")
    return found


def is_of(found: Any, module: str) -> bool:
    """Tell whether a class or a module is of the same package as *module*."""
    home = found.__name__ if inspect.ismodule(found) else module
    if inspect.isclass(found):
        home = found.__module__
    return str(home).partition(".")[0] == module.partition(".")[0]


def can_be_asked(plugin: Any) -> bool:
    """Tell whether there is a method to call."""
    return any(callable(getattr(plugin, name, None)) for name in _METHODS)


def needs_instance(plugin: type) -> bool:
    """Tell whether the methods of a class want an object of it."""
    if hasattr(plugin, "run") or hasattr(plugin, "dynamic"):
        return True
    method = inspect.getattr_static(plugin, "get_supported_configs", None)
    return inspect.isfunction(method) and bool(required_arguments(method))


def required_arguments(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Return the parameters without which a function cannot be called."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        each
        for each in parameters
        if each.default is inspect.Parameter.empty and each.kind not in variable
    ]


def call(function: Callable[..., Any]) -> Any:
    """Call a method; generations 3 and 4 want the known properties, or None."""
    required = required_arguments(function)
    if len(required) > 1:
        names = ", ".join(each.name for each in required)
        raise UnfitError(f"wants arguments that nobody has: {names}"[:_MAX_MESSAGE])
    if not required:
        return function()
    if required[0].kind is inspect.Parameter.KEYWORD_ONLY:
        return function(**{required[0].name: None})
    return function(None)


def fill(answer: dict[str, Any], plugin: Any, ask: str) -> None:
    """Ask for the features and put them into the answer."""
    wanted = ("get_all_configs",) if ask == "all" else _METHODS
    name = next((n for n in wanted if callable(getattr(plugin, n, None))), None)
    if name is None:
        raise UnfitError("has no get_all_configs()")
    method = getattr(plugin, name)
    returned = call(method)
    wrapped = getattr(returned, "configs", _MISSING)
    configs = returned if wrapped is _MISSING else wrapped
    if answer["namespace"] is None and wrapped is not _MISSING:
        answer["namespace"] = text_or_none(attribute(returned, "provider"))
    if configs is None:
        configs = ()
    if not isinstance(configs, (list, tuple)):
        raise UnfitError(f"answered with {a_type(configs)} in place of a list")
    items = list(itertools.islice(configs, _MAX_FEATURES))
    answer["features"], dropped = features(items)
    answer["dropped"] = [len(configs) - len(items), dropped]
    answer["generation"] = generation(plugin, name, items, wrapped is not _MISSING)


def generation(plugin: Any, name: str, items: Sequence[Any], wrapped: bool) -> str:
    """Guess which generation of the interface a plugin was written for."""
    if name == "run":
        return "1"
    if wrapped:
        return "1b"
    if hasattr(plugin, "validate_property") and not hasattr(plugin, "get_all_configs"):
        return "4"
    if required_arguments(getattr(plugin, name)) or hasattr(plugin, "dynamic"):
        return "3"
    if items and all(attribute(item, "multi_value") is _MISSING for item in items):
        return "2"
    return "6" if text_or_none(attribute(plugin, "namespace")) is None else "5"


def own_name(plugin: Any) -> str | None:
    """Return the namespace that a plugin of an older generation calls its own."""
    names = ["namespace", "name", "__provider_name__"]
    if isinstance(plugin, ModuleType):
        names.remove("name")  # In a module, it may be any variable.
    found = (text_or_none(attribute(plugin, name)) for name in names)
    return next((name for name in found if name is not None), None)


def debug_text(plugin: Any, api: str) -> str:
    """Return what the plugin has to say about itself, where it has a way to."""
    module = sys.modules.get(api.partition(":")[0].strip())
    debug = getattr(plugin, "debug", None) or getattr(module, "debug", None)
    if not callable(debug):
        return ""
    said = Bounded()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            returned = call(debug)
        except BaseException as error:  # noqa: BLE001 - the features are asked for, too
            returned = f"{type(error).__name__}: {message(error)}\n"
    if isinstance(returned, str):
        said.write(returned)
    return said.getvalue()


class Bounded(io.StringIO):
    """Keeps the first part of what is written."""

    def write(self, text: str) -> int:
        """Write what there is room for."""
        super().write(text[: max(0, _MAX_DEBUG - self.tell())])
        return len(text)


def features(items: Sequence[Any]) -> tuple[list[Any], int]:
    """Return name, values and multi_value of each; how many values had no room."""
    written = []
    room, dropped = _MAX_VALUES_IN_ALL, 0
    for item in items:
        values = attribute(item, "values")
        texts: Any = plain(values)
        if isinstance(values, (list, tuple)):
            kept = itertools.islice(values, min(room, _MAX_VALUES))
            texts = [plain(value) for value in kept]
            room -= len(texts)
            dropped += len(values) - len(texts)
        multi_value = attribute(item, "multi_value")
        if not isinstance(multi_value, bool):
            multi_value = None if multi_value is _MISSING else plain(multi_value)
        written.append([plain(attribute(item, "name", "key")), texts, multi_value])
    return written, dropped


def attribute(item: Any, *names: str) -> Any:
    """Return the first of these attributes; what it raises is no reason to stop."""
    for name in names:
        try:
            return getattr(item, name)
        except AttributeError:
            continue
        except Exception as error:  # noqa: BLE001 - a property of the plugin
            return error
    return _MISSING


def plain(value: Any) -> Any:
    """Return a text as it is, and of anything else what it is."""
    if value is _MISSING:
        return {"type": "nothing", "text": ""}
    if isinstance(value, str):
        text = str.__str__(value)  # of an enumeration, too
        if len(text) <= _MAX_TEXT:
            return text
        # A part of it would be another text.
        return {"type": f"text of {len(text):,} characters", "text": ""}
    text = ""
    if type(value) in (bool, int, float, bytes, type(None)):
        # Python writes no numbers of more than 4,300 digits.
        with contextlib.suppress(ValueError):
            text = reprlib.repr(value)
    return {"type": type(value).__name__[:_MAX_TEXT], "text": text}


def text_or_none(value: Any) -> str | None:
    """Return a text, of bounded length."""
    return str.__str__(value)[:_MAX_TEXT] if isinstance(value, str) else None


def a_type(value: Any) -> str:
    """Name the type of a value, with its article."""
    name = type(value).__name__[:_MAX_TEXT]
    return f"an {name}" if name[:1].lower() in {*"aeiou"} else f"a {name}"


def message(error: BaseException) -> str:
    """Return the text of an exception, which may raise one itself."""
    try:
        return str(error)[:_MAX_MESSAGE]
    except BaseException:  # noqa: BLE001
        return ""


def describe_error(error: BaseException, stage: str) -> dict[str, str]:
    """Put an exception into words: its type and text, and the plugin's line."""
    if isinstance(error, UnfitError):
        return {"stage": stage, "type": "", "text": message(error), "where": ""}
    where = ""
    for frame, line in traceback.walk_tb(error.__traceback__):
        name = str(frame.f_globals.get("__name__"))
        if name != __name__ and name.partition(".")[0] != "importlib":
            where = f"{name[:_MAX_TEXT]}, line {line}"
    return {
        "stage": stage,
        "type": type(error).__name__[:_MAX_TEXT],
        "text": message(error),
        "where": where,
    }
