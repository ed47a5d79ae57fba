"""How a wheel is built: the environment variables and config settings of its backend."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from ...errors import ValidationError
from ._tables import Table, near
from ._template import fill_in, gaps

__all__ = ["RECIPE_KEYS", "Recipe", "check_template", "read_recipe"]

_ENVIRONMENT = "environment"
_CONFIG = "config-settings"
RECIPE_KEYS = (_ENVIRONMENT, _CONFIG)
"""The keys of a table that :func:`read_recipe` reads."""


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """What a backend is given; cells whose recipes are alike can share one build."""

    environ: Mapping[str, str] = field(default_factory=dict)
    """Environment variables."""
    config: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """Config settings."""

    def __or__(self, other: Recipe) -> Recipe:
        """Return both; where both say something, *other* counts."""
        return Recipe(
            {**self.environ, **other.environ}, {**self.config, **other.config}
        )

    def filled(self, words: Mapping[str, str]) -> Recipe:
        """Fill in the gaps of all texts."""
        return Recipe(
            {name: fill_in(text, words) for name, text in self.environ.items()},
            {
                name: fill_in(value, words)
                if isinstance(value, str)
                else tuple(fill_in(text, words) for text in value)
                for name, value in self.config.items()
            },
        )

    def within(self, words: Collection[str]) -> Recipe:
        """Return the part that has no gap but those."""
        return Recipe(
            {k: v for k, v in self.environ.items() if gaps(v).issubset(words)},
            {
                name: value
                for name, value in self.config.items()
                if all(gaps(text).issubset(words) for text in _texts(value))
            },
        )

    @property
    def key(self) -> tuple[tuple[tuple[str, str], ...], ...]:
        """Equal for those that build the same."""
        return (
            tuple(sorted(self.environ.items())),
            tuple(sorted((name, repr(value)) for name, value in self.config.items())),
        )


def read_recipe(table: Table, words: Collection[str]) -> Recipe:
    """Read ``environment`` and ``config-settings`` of a table.

    :param words: what the gaps of their texts may hold.
    """
    variables = table.below(_ENVIRONMENT)
    environ = {}
    for name, text in variables.content.items():
        if not name or "=" in name or "\0" in name:
            variables.note("is no name of an environment variable", name)
        elif not isinstance(text, str) or "\0" in text:
            variables.note("must be a string", name)
        elif check_template(variables, text, words, name):
            environ[name] = text
    settings = table.below(_CONFIG)
    config: dict[str, str | tuple[str, ...]] = {}
    for name, value in settings.content.items():
        texts = value if isinstance(value, list) else [value]
        if not all(isinstance(text, str) for text in texts):
            settings.note("must be a string or a list of strings", name)
        elif all(check_template(settings, text, words, name) for text in texts):
            config[name] = tuple(texts) if isinstance(value, list) else value
    return Recipe(environ, config)


def check_template(
    table: Table, text: str, words: Collection[str], *where: str
) -> bool:
    """Note gaps that nothing fills; tell whether there was none."""
    try:
        unknown = sorted(gaps(text).difference(words))
    except ValidationError as error:
        table.note(str(error), *where)
        return False
    for word in unknown:
        table.note(f"there is nothing for {{{word}}}{near(word, words)}", *where)
    return not unknown


def _texts(value: str | tuple[str, ...]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value
