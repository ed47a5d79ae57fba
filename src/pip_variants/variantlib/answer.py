"""What is known about one namespace on a machine, and where that came from."""

from __future__ import annotations

import enum
from dataclasses import dataclass

__all__ = ["ASKED", "NOTHING", "OPTIONAL", "Answer", "Source"]

OPTIONAL = "optional, and not switched on"
"""The note where the metadata calls a provider optional (R83)."""

NOTHING = "it has nothing like it"
"""The note where a provider was asked, and found nothing."""


class Source(enum.Enum):
    """Where the supported properties of a namespace came from."""

    DISABLED = "disabled"
    STATIC = "static list in the metadata"
    PLATFORM_FILE = "platform file"
    BUILTIN = "built-in provider"
    PLUGIN = "installed plugin"
    TRUSTED = "trusted package"
    RESOLVER = "what is installed beside it"
    OTHER_MACHINE = "not asked: the wheels are for another machine"
    NOBODY = "no provider"


ASKED = (Source.BUILTIN, Source.PLUGIN, Source.TRUSTED)
"""The sources that look at a machine."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known about one namespace.

    :param seconds: how long it took to ask the machine; 0 when it was not asked.
    :param note: why there are no properties.
    :param remedy: what the user may do about that, "" for nothing.
    :param warnings: what the provider complained about, one sentence each.
    :param provider: the distribution and version that answered, where it was one.
    :param forced_by: the environment variables that say it in place of the machine.
    :param age: how many seconds ago it was asked; None when it was asked just now.
    """

    namespace: str
    source: Source
    features: tuple[tuple[str, tuple[str, ...]], ...] = ()
    seconds: float = 0.0
    note: str = ""
    warnings: tuple[str, ...] = ()
    provider: str = ""
    age: float | None = None
    remedy: str = ""
    forced_by: tuple[str, ...] = ()
