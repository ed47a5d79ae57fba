"""``pip variant inspect``: what a wheel or the metadata of a release says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from logging import getLogger
from optparse import Values
from pathlib import Path

from ... import _pip
from ...text import printable, without_credentials, wrapped
from ...variantlib.errors import VariantError, WheelError
from ...variantlib.filename import INDEX_SUFFIX
from ...variantlib.model import Properties
from ...variantlib.providers import Provider
from ...variantlib.publishing.inspection import Inspection, Kind, inspect_file
from ._base import Verb, add_json_option, keep_notes_off, print_json

__all__ = ["InspectVerb"]

logger = getLogger(__name__)

_VERSION = 1
_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://")
_KINDS = {
    Kind.VARIANT: "a variant wheel",
    Kind.PLAIN: "a plain wheel",
    Kind.METADATA: "variant metadata",
}


class InspectVerb(Verb, _pip.SessionCommandMixin):
    """
    Show what a wheel says about its variant: label, properties, metadata.

    Takes wheels and variants.json files, by path or address, and folders that
    hold some. Of a wheel on a server, only the parts that are needed are
    fetched. Nothing is judged here: that does "pip variant validate".
    """

    usage = """
        %prog [options] <wheel> ...
        %prog [options] <variants.json> ...
        %prog [options] <folder> ..."""

    def add_options(self) -> None:
        """Add the options; those of indexes hold the credentials for servers."""
        add_json_option(self.cmd_opts)
        self.cmd_opts.add_option(_pip.index_url())
        self.cmd_opts.add_option(_pip.extra_index_url())
        self.parser.insert_option_group(0, self.cmd_opts)

    def run(self, options: Values, args: list[str]) -> int:
        """Inspect every argument.

        :raises pip's CommandError: without any.
        """
        if not args:
            msg = "give at least one wheel or variants.json, by path or address"
            raise _pip.CommandError(msg)
        keep_notes_off(options)
        found = []
        failed = False
        for arg in args:
            try:
                names = _inside(Path(arg)) or [arg]
            except VariantError as error:
                names, failed = [], True
                logger.error("%s", printable(error))  # noqa: TRY400 - one line each
            for name in names:
                try:
                    found.append(self._inspect(options, name))
                except (VariantError, _pip.CommandError) as error:
                    failed = True
                    logger.error("%s", printable(error))  # noqa: TRY400 - as above
        if options.json:
            files = [each.to_dict() for each in found]
            print_json({"version": _VERSION, "files": files})
        else:
            for position, each in enumerate(found):
                if position:
                    _pip.write_output("")
                for line in _lines(each):
                    _pip.write_output("%s", line)
        return 1 if failed else 0

    def _inspect(self, options: Values, arg: str) -> Inspection:
        scheme = _URL.match(arg)
        if scheme is None:
            return inspect_file(Path(arg))
        link = _pip.Link(arg)
        kind = scheme[1].lower()
        if kind == "file":
            try:
                return inspect_file(Path(link.file_path))
            except ValueError as error:  # a file on another host
                raise _pip.CommandError(str(error)) from None
        if kind not in ("http", "https"):
            msg = f"{without_credentials(arg)!r}: an address starts with http://, https:// or file://"
            raise _pip.CommandError(msg)
        from ._remote import inspect_link

        return inspect_link(self.get_default_session(options), link)


def _inside(folder: Path) -> list[str]:
    """Return what there is to inspect in a folder, nothing for what is none.

    :raises WheelError: when it cannot be listed, or holds nothing of the kind.
    """
    try:
        if not folder.is_dir():
            return []
        names = sorted(each.name for each in folder.iterdir() if each.is_file())
    except (OSError, ValueError) as error:
        raise WheelError(f"{str(folder)!r} cannot be listed: {error}") from None
    found = [name for name in names if name.endswith((".whl", INDEX_SUFFIX))]
    if not found:
        raise WheelError(f"{str(folder)!r} holds no wheel and no variants.json")
    return [str(folder / name) for name in found]


def _lines(found: Inspection) -> Iterator[str]:
    whose = f" of {found.name} {found.version}" if found.name else ""
    yield printable(f"{found.file}: {_KINDS[found.kind]}{whose}")
    if found.kind is Kind.VARIANT:
        yield f"  Label: {found.label}"
    for label, properties in found.variants:
        if found.kind is Kind.METADATA:
            yield f"  {printable(label)}"
            yield from _properties(properties, "    ")
        else:
            yield from _properties(properties, "  ")
    if found.document is not None:
        if found.priorities:
            yield from wrapped(f"Priorities: {', '.join(found.priorities)}", "  ")
        for namespace, provider in sorted(found.document.providers.items()):
            text = f"Provider of {namespace}: {_provider(provider)}"
            yield from wrapped(printable(text), "  ")
        schema = f"Schema: {found.dialect}"
        yield printable(
            f"  {schema}, {found.schema}" if found.schema else f"  {schema}"
        )
    for problem in found.problems:
        yield from wrapped(printable(f"Problem: {problem}"), "  ")


def _properties(properties: Properties, indent: str) -> Iterator[str]:
    if not properties:
        yield f"{indent}no properties"
    for namespace, features in properties.items():
        for feature, values in features.items():
            text = f"{namespace} :: {feature} :: {', '.join(values)}"
            yield from wrapped(text, indent)


def _provider(provider: Provider) -> str:
    static = provider.static_properties
    if static is None:
        parts = [", ".join(provider.requires)]
        if provider.plugin_api:
            parts.append(f"plugin {provider.plugin_api}")
        if provider.enable_if:
            parts.append(f"only where {provider.enable_if}")
    else:
        listed = (f"{feature}: {', '.join(values)}" for feature, values in static)
        parts = [f"static list, {'; '.join(listed)}"]
    if provider.optional:
        parts.append("optional")
    return "; ".join(parts)
