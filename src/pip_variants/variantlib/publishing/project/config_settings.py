"""Which variant a build front end asks a backend for.

Sources: building draft, "Build backend support" (R99, R100); seed 004 for
``variant-name`` (F100).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ...builtin import builtin_of
from ...errors import VariantError
from ._tables import near
from .matrix import Matrix, Recipe
from .seed import Seed
from .variant import Wanted

__all__ = ["KEYS", "Request", "is_misspelt"]

_LABEL = "variant-label"
_NAME = "variant-name"
_NULL = "null-variant"
KEYS = (_LABEL, _NAME, _NULL)
"""The config settings that are read here."""

# A setting without a value is an empty text.
_TRUE = ("", "1", "true", "yes", "on")
_FALSE = ("0", "false", "no", "off")
_ALIKE = 0.85
_LONGEST = 100


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """What a hook of a backend is asked for.

    :param backend: the object reference of the backend that builds.
    :param variant: None where no variant is asked for.
    :param passed_on: the config settings for that backend, with those of the matrix.
    :param others: the same without those: an sdist is for all variants.
    :param environ: environment variables for it, from the matrix.
    """

    seed: Seed
    backend: str
    variant: Wanted | None
    passed_on: Mapping[str, Any] | None
    others: Mapping[str, Any] | None
    environ: Mapping[str, str]

    @classmethod
    def read(cls, project: Path, settings: Mapping[str, Any] | None) -> Request:
        """Read the project and the config settings.

        :param project: its ``pyproject.toml``.
        :raises VariantError: when one of them cannot be used.
        """
        seed = Seed.from_pyproject(project)
        if seed is None or seed.build_backend is None:
            msg = (
                f"{project} does not say in variant.build-backend which backend "
                "builds its wheels"
            )
            raise VariantError(msg)
        every = settings or {}
        given = {key: _texts(key, every[key]) for key in KEYS if key in every}
        rest = {name: value for name, value in every.items() if name not in KEYS}
        for name in rest:
            # The other backend would ignore it, and a plain wheel would come of it.
            if is_misspelt(name):
                raise VariantError(
                    f"-C{name[:_LONGEST]} is not known{near(name, KEYS)}"
                )
        variant, recipe = _variant(seed, given)
        config = {
            name: value if isinstance(value, str) else [*value]
            for name, value in recipe.config.items()
        }
        others = rest or (None if given else settings)
        # What the user says goes before what the project does.
        passed_on = {**config, **rest} if config else others
        return cls(seed, seed.build_backend, variant, passed_on, others, recipe.environ)

    def provider_packages(self) -> tuple[str, ...]:
        """Return the requirements of the plugins that a build has to ask (R100).

        Those that fill in static lists, and those of the variant's namespaces for
        which there is no built-in provider.
        """
        used = {} if self.variant is None else self.variant.properties
        asked = [*self.seed.to_fill.values()]
        asked += (
            provider
            for namespace, provider in self.seed.metadata.providers.items()
            if namespace in used and builtin_of(namespace, provider) is None
        )
        return tuple(dict.fromkeys(item for each in asked for item in each.requires))


def is_misspelt(name: str) -> bool:
    """Tell whether a config setting looks as if it was to ask for a variant."""
    alike = get_close_matches(name[:_LONGEST], KEYS, n=1, cutoff=_ALIKE)
    return name not in KEYS and bool(alike)


def _variant(
    seed: Seed, given: Mapping[str, tuple[str, ...]]
) -> tuple[Wanted | None, Recipe]:
    """Return the variant that is asked for, and how it is built.

    :raises VariantError: when there is no such variant.
    """
    labels = given.get(_LABEL, ())
    names = given.get(_NAME, ())
    null = _is_true(given.get(_NULL, ("no",)))
    if not (labels or names or null):
        return None, Recipe()
    if len(labels) > 1:
        raise VariantError(f"-C{_LABEL} may be given only once")
    label = labels[0] if labels else None
    if label is not None and not names and not null:
        cell = Matrix.of(seed).cell(label)
        if cell is not None:
            return Wanted(cell.label, cell.properties, seed), cell.recipe
    return Wanted.read(names, null=null, label=label, seed=seed), Recipe()


def _texts(key: str, value: object) -> tuple[str, ...]:
    """Return the values of a setting, given several times or with commas.

    :raises VariantError: when it is no text.
    """
    values = value if isinstance(value, list | tuple) else [value]
    texts = []
    for each in values:
        if not isinstance(each, str):
            raise VariantError(f"-C{key} must be a text, not {each!r:.100}")
        # No property has a comma in it.
        texts += each.split(",") if key == _NAME else [each]
    return tuple(text.strip() for text in texts)


def _is_true(texts: tuple[str, ...]) -> bool:
    """Read a switch; the last one counts.

    :raises VariantError: when it is neither yes nor no.
    """
    text = texts[-1].lower() if texts else "no"
    if text not in (*_TRUE, *_FALSE):
        raise VariantError(f"-C{_NULL}={texts[-1]:.100} must be true or false")
    return text in _TRUE
