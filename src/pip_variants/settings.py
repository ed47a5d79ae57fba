"""What the user set, as one frozen value.

::

    options, environment, files --preferences--> the place that decides, for each key
                                --here---------> checked and frozen

A bad value is an error that names its place: nothing is chosen on a misread wish.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from optparse import Values
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _pip, inheritance, preferences, target
from .cache_folder import variant_cache
from .options import PROVIDERS
from .origins import Layer, Setting
from .text import printable
from .variantlib.policy import PLUGIN_SECONDS, Policy
from .wishes import Wish, read_wishes

if TYPE_CHECKING:
    from .trusting.reading import Trust
    from .trusting.sources import Sources
    from .variantlib.model import SupportedProperties
    from .variantlib.trust import Trusted

__all__ = ["Settings"]

_MAX_BYTES = 16 * 1024 * 1024

_TRUE = ("y", "yes", "t", "true", "on", "1")
_FALSE = ("n", "no", "f", "false", "off", "0")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user asked for, for one run of pip.

    :param no_variant: variant wheels are ignored.
    :param foreign_target: the wheels are for another machine (``--platform``), so
        what this one supports says nothing.
    :param marker_environment: where the Python that is installed for differs from
        the running one.
    :param wishes: the labels asked for, by canonical package name; under ``""``
        those for every package that the user named.
    :param forced: the same for ``--force-variant``.
    :param priorities: what decides first among variants.
    :param exclude: labels and properties that are never taken.
    :param places: where some of the settings were written, by option.
    :param platforms: what the machines described by files support, by file.
    :param providers: who may be asked what a machine supports.
    :param trusted: the packages that may be installed to be asked.
    :param optional: namespaces whose optional provider is switched on.
    :param provider_seconds: how long one plugin may take, in seconds.
    :param hash_mode: pip checks hashes, so no code without one may run.
    :param cache_folder: what is kept for other runs; None for nothing.
    :param sources: returns where pip finds packages, when it has read all that tells;
        None for a command that looks for none.
    """

    no_variant: bool = False
    foreign_target: bool = False
    marker_environment: Mapping[str, str] = field(default_factory=dict)
    wishes: Mapping[str, Wish] = field(default_factory=dict)
    forced: Mapping[str, Wish] = field(default_factory=dict)
    priorities: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    platforms: Mapping[str, SupportedProperties] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    providers: Policy = Policy.INSTALLED
    trusted: tuple[Trusted, ...] = ()
    optional: tuple[str, ...] = ()
    provider_seconds: float = PLUGIN_SECONDS
    hash_mode: bool = False
    cache_folder: Path | None = None
    sources: Callable[[], Sources] | None = None

    @classmethod
    def read(cls, options: Values, parser: Any) -> Settings:
        """Read the command line, the environment and the files.

        :param parser: the option parser of pip's command.
        :raises pip's CommandError: for a bad value.
        """
        parent = inheritance.inherited()
        if parent is not None:
            return cls._inherit(parent, options)
        found = [*preferences.layers(options, parser, _working_directory())]
        trust = _trust(found)
        return cls(
            no_variant=_switch(preferences.first(found, "no-variant")),
            foreign_target=target.is_foreign(options),
            marker_environment=target.marker_environment(options),
            wishes=read_wishes(found, "variant"),
            forced=read_wishes(found, "force-variant"),
            priorities=_patterns(found, "variant-priorities"),
            exclude=_patterns(found, "variant-exclude", labels=True),
            platforms=_platforms(preferences.first(found, "variant-platform")),
            places=_places(found, trust),
            cache_folder=variant_cache(options),
            **_of_trust(trust),
        )

    @classmethod
    def _inherit(cls, parent: Mapping[str, Any], options: Values) -> Settings:
        """Take over what the pip that runs this build has handed down.

        :raises pip's CommandError: when it was somebody else.
        """
        try:
            settings = cls(
                no_variant=parent["no_variant"] is True,
                priorities=tuple(map(str, parent["priorities"])),
                exclude=tuple(map(str, parent["exclude"])),
                hash_mode=parent["hash_mode"] is True,
                cache_folder=variant_cache(options),
            )
            trust = _inherited_trust(parent)
        except (KeyError, TypeError, ValueError, OverflowError):
            msg = "The settings of the pip that runs this build cannot be read"
            raise _pip.CommandError(msg) from None
        return replace(settings, **_of_trust(trust))

    def each_machine(self) -> Iterator[tuple[str, Settings]]:
        """Yield the file and the settings for each machine; "" for this one."""
        if not self.platforms:
            yield "", self
            return
        from .variantlib.platform_file import alike

        for name, supported in alike(self.platforms).items():
            yield name, replace(self, platforms={name: supported})

    def hand_down(self) -> None:
        """Let isolated builds, which run pip themselves, follow the same policy."""
        inheritance.hand_down(
            {
                "no_variant": self.no_variant,
                "priorities": self.priorities,
                "exclude": self.exclude,
                "hash_mode": self.hash_mode,
                # Nobody is asked on behalf of another machine, not by a build either.
                "providers": (
                    Policy.BUILTIN if self.platforms else self.providers
                ).value,
                "trusted": [*map(str, self.trusted)],
                "optional": self.optional,
                "provider_seconds": self.provider_seconds,
            }
        )


def _trust(found: list[Layer]) -> Trust | None:
    """Read the settings of providers, None where there are none, as in most runs."""
    if not any(key in layer for layer in found for key in PROVIDERS):
        return None
    from .trusting.reading import read_trust

    return read_trust(found)


def _inherited_trust(parent: Mapping[str, Any]) -> Trust:
    from .trusting.reading import inherit_trust

    return inherit_trust(parent)


def _of_trust(trust: Trust | None) -> dict[str, Any]:
    if trust is None:
        return {}
    return {
        "providers": trust.policy,
        "trusted": trust.trusted,
        "optional": trust.optional,
        "provider_seconds": trust.seconds,
    }


def _places(found: list[Layer], trust: Trust | None) -> dict[str, str]:
    """Return where settings were written that messages speak of."""
    by_key = {
        "variant-priorities": found,
        "variant-exclude": found,
        "variant-trusted-providers": preferences.of_user(found),
    }
    places = {
        key: str(setting.origin)
        for key, layers in by_key.items()
        if (setting := preferences.first(layers, key)) is not None
    }
    if trust is not None and trust.place:
        places["variant-providers"] = trust.place
    return places


def _working_directory() -> Path | None:
    """Return where pip was started, None when that is gone."""
    try:
        return Path.cwd()
    except OSError:
        return None


def _switch(setting: Setting | None) -> bool:
    if setting is None:
        return False
    text = setting.texts[-1].strip()
    if text.lower() not in (*_TRUE, *_FALSE):
        msg = f"{setting.origin}: {text!r} is not yes or no"
        raise _pip.CommandError(msg)
    return text.lower() in _TRUE


def _patterns(found: list[Layer], key: str, *, labels: bool = False) -> tuple[str, ...]:
    """Return a list of namespaces, features and values, each checked."""
    setting = preferences.first(found, key)
    listed = preferences.items(setting.texts) if setting is not None else ()
    if setting is None or not listed:
        return ()
    from .variantlib.errors import ValidationError
    from .variantlib.priorities import Pattern

    for item in listed:
        try:
            Pattern.parse(item, labels=labels)
        except ValidationError as error:
            raise _pip.CommandError(f"{setting.origin}: {error}") from None
    return listed


def _platforms(setting: Setting | None) -> Mapping[str, SupportedProperties]:
    """Read the platform files."""
    paths = _paths(setting) if setting is not None else ()
    if setting is None or not paths:
        return {}
    from .variantlib.errors import ValidationError
    from .variantlib.platform_file import read_platform

    platforms = {}
    for path in paths:
        try:
            platforms[path] = read_platform(_content(path, setting))
        except OSError as error:
            reason = error.strerror or str(error)
        except (ValidationError, RuntimeError, ValueError) as error:
            reason = str(error)
        else:
            continue
        msg = (
            f"{setting.origin}: {path} is no platform file: {reason}. Write one with: "
            "pip variant platform --json > FILE"
        )
        raise _pip.CommandError(printable(msg))
    return platforms


def _content(path: str, setting: Setting) -> bytes:
    """Return the content of a platform file, of bounded size.

    :raises OSError, RuntimeError, ValueError: when there is none.
    """
    file = Path(path).expanduser()
    # Who types a pipe waits for it; a file in a project must not make anybody wait.
    if setting.origin.place != "command line" and not file.is_file():
        raise ValueError("no regular file" if file.exists() else "no such file")
    with file.open("rb") as stream:
        return stream.read(_MAX_BYTES)


def _paths(setting: Setting) -> list[str]:
    """Return the paths: one for each option, parted by blanks elsewhere, as pip does."""
    if setting.origin.place == "command line":
        return [text for text in setting.texts if text]
    if setting.origin.place.endswith(".toml"):
        return [*setting.texts]
    return [path for text in setting.texts for path in text.split()]
