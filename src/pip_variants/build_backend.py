"""A build backend that makes variant wheels of what another backend builds.

::

    front end --hooks--> here --hooks--> the backend named in variant.build-backend
                          |                    |
       -Cvariant-label=L  +--- make_variant <--+ plain wheel

The hooks of the other backend are all there. Without one of these settings, each does
what it always did (R99)::

    -Cvariant-label=LABEL     a label that the project describes (R100), or the label for
    -Cvariant-name=PROPERTY   these properties: given several times, or with commas (F100)
    -Cnull-variant=true       the variant without properties

Sources: PEP 517, PEP 660; building draft, "Build backend support"; seed 004.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .variantlib.errors import VariantError
from .variantlib.publishing.project.config_settings import KEYS, Request
from .variantlib.wheel import MEMBER

if TYPE_CHECKING:
    from .variantlib.metadata import VariantsJson
    from .variantlib.publishing.project.variant import Wanted

__all__ = ["build_wheel", "get_requires_for_build_wheel"]

_US = "pip_variants.build_backend"
_PROJECT = Path("pyproject.toml")

_PREPARE = "prepare_metadata_for_build_wheel"
_OPTIONAL = (
    _PREPARE,
    "build_sdist",
    "get_requires_for_build_sdist",
    "build_editable",
    "get_requires_for_build_editable",
    "prepare_metadata_for_build_editable",
)

Settings = Mapping[str, Any] | None


def get_requires_for_build_wheel(config_settings: Settings = None) -> list[str]:
    """Return what the other backend needs, and the providers of a variant (R100)."""
    with _told():
        request = Request.read(_PROJECT, config_settings)
        asked = getattr(_other(request), "get_requires_for_build_wheel", None)
        if request.variant is None:
            return [*(asked(request.passed_on) if asked else ())]
        with _in_environment(request.environ):
            found = [*(asked(request.passed_on) if asked else ())]
        return [*dict.fromkeys((*found, *request.provider_packages()))]


def build_wheel(
    wheel_directory: str,
    config_settings: Settings = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the wheel, and make it the variant that is asked for, if any."""
    with _told():
        request = Request.read(_PROJECT, config_settings)
        build: Callable[..., str] = _other(request).build_wheel
        if request.variant is None:
            return build(wheel_directory, request.passed_on, metadata_directory)
        document = _describe(request.variant)
        with tempfile.TemporaryDirectory(prefix="pip-variants-") as folder:
            metadata = _without_variant(metadata_directory, Path(folder))
            with _in_environment(request.environ):
                name = build(folder, request.passed_on, metadata)
            return _make(Path(folder, name), Path(wheel_directory), document)


def __getattr__(name: str) -> Any:
    """Return another hook, if the other backend has it: front ends look for them."""
    if name not in _OPTIONAL:
        raise AttributeError(name)
    with _told():
        request = Request.read(_PROJECT, None)
        hook = getattr(_other(request), name)
    return _prepare(hook) if name == _PREPARE else _delegate(name, hook)


def _delegate(name: str, hook: Callable[..., Any]) -> Callable[..., Any]:
    """Return a hook that keeps our settings from the other backend."""
    # The settings come first, or after a folder (PEP 517).
    place = 0 if name.startswith("get_requires") else 1

    def delegate(*args: Any, config_settings: Settings = None, **named: Any) -> Any:
        given = args[place] if len(args) > place else config_settings
        with _told():
            request = Request.read(_PROJECT, given)
            if request.variant is not None and name.endswith("editable"):
                raise VariantError(
                    "an editable install cannot be a variant: leave out "
                    f"-C{' and -C'.join(key for key in KEYS if key in (given or {}))}"
                )
            before, after = args[:place], args[place + 1 :]
            return hook(*before, request.others, *after, **named)

    return delegate


def _prepare(hook: Callable[..., str]) -> Callable[..., str]:
    def prepare_metadata_for_build_wheel(
        metadata_directory: str, config_settings: Settings = None
    ) -> str:
        with _told():
            request = Request.read(_PROJECT, config_settings)
            if request.variant is None:
                return hook(metadata_directory, request.passed_on)
            from .variantlib.publishing.wheels.making import variant_json

            document = _describe(request.variant)
            with _in_environment(request.environ):
                name = hook(metadata_directory, request.passed_on)
            path = Path(metadata_directory, name, MEMBER)
            path.write_bytes(variant_json(document))
            return name

    return prepare_metadata_for_build_wheel


def _other(request: Request) -> Any:
    """Return the backend that builds.

    :raises VariantError: when there is none.
    """
    name = request.backend
    if name.partition(":")[0] == _US:
        raise VariantError(f"variant.build-backend of {_PROJECT} names {_US} itself")
    module, _, path = name.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in filter(None, path.split(".")):
            found = getattr(found, part)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        msg = (
            f"the backend {name!r} of variant.build-backend cannot be loaded: {error}; "
            "build-system.requires must name its package, too"
        )
        raise VariantError(msg) from None
    if not hasattr(found, "build_wheel"):
        msg = f"variant.build-backend: {name!r} is no build backend: it has no build_wheel"
        raise VariantError(msg)
    return found


def _describe(variant: Wanted) -> VariantsJson:
    """Return the metadata of the wheel; the properties are checked (R104, R105).

    :raises VariantError: when there can be no such variant.
    """
    from .machine import Machine
    from .settings import Settings as UserSettings
    from .vocabulary import make_vocabulary

    # The plugins of this environment are those that the project requires to be built.
    settings = UserSettings()
    vocabulary = make_vocabulary(settings, Machine(settings))
    described = variant.describe(vocabulary)
    for namespace, refusal in described.unchecked.items():
        told = f"{_US}: the properties of {namespace} are not checked: {refusal}\n"
        sys.stderr.write(told)
    return described.document


def _make(wheel: Path, folder: Path, document: VariantsJson) -> str:
    """Make the variant; one that the other backend made itself is taken as it is.

    :raises VariantError: when that is another one.
    """
    from .building.product import Product, deliver
    from .variantlib.publishing.wheels.packer import SOURCE_DATE, source_date

    date = source_date(os.environ.get(SOURCE_DATE))
    made = deliver(Product.read(wheel), document, folder, timestamp=date)
    for note in made.notes:
        sys.stderr.write(f"{_US}: {wheel.name}: {note}\n")
    return made.path.name


def _without_variant(metadata: str | None, folder: Path) -> str | None:
    """Return prepared metadata as the other backend has made it."""
    if metadata is None:
        return None
    copied = folder / "metadata" / Path(metadata).name
    shutil.copytree(metadata, copied)
    (copied / MEMBER).unlink(missing_ok=True)
    return str(copied)


@contextmanager
def _in_environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, text in before.items():
            if text is None:
                del os.environ[name]
            else:
                os.environ[name] = text


@contextmanager
def _told() -> Iterator[None]:
    """End with a message where others would with a traceback: the front end shows it."""
    try:
        yield
    except VariantError as error:
        _end(error)


def _end(error: VariantError) -> NoReturn:
    raise SystemExit(f"{_US}: {error}")
