"""Everything this library raises; one root, so that callers can catch it whole.

This module imports nothing of ours, so that every other module may use it.
"""

from __future__ import annotations

__all__ = [
    "FilenameError",
    "MetadataError",
    "ProblemPath",
    "ReferenceFault",
    "Refusal",
    "UnknownVersionError",
    "ValidationError",
    "VariantError",
    "WheelError",
]

ProblemPath = tuple[str | int, ...]
"""Where in a document something was found: ``("variants", "cu129", "nvidia")``."""


class VariantError(Exception):
    """The root of all errors of this library."""


class ValidationError(VariantError, ValueError):
    """A value that breaks the rules of the format.

    The place is kept apart from the message, so that a reader further up can
    put its own part in front of it.

    :param message: what is wrong, as a sentence without its place.
    :param path: where it is, outermost part first.
    """

    def __init__(self, message: str, path: ProblemPath = ()) -> None:
        super().__init__(message, path)
        self.message = message
        self.path = path

    def below(self, *parts: str | int) -> ValidationError:
        """Return the same error, as seen from the document around it."""
        return type(self)(self.message, (*parts, *self.path))

    def __str__(self) -> str:
        if not self.path:
            return self.message
        return f"{'.'.join(map(str, self.path))}: {self.message}"


class MetadataError(ValidationError):
    """Variant metadata that cannot be used at all."""


class UnknownVersionError(MetadataError):
    """Variant metadata in a version of the format that nobody here knows (R16, R17)."""


class FilenameError(ValidationError):
    """A name that is no wheel file name."""


class WheelError(VariantError):
    """A wheel whose variant metadata cannot be read or contradicts its name."""


class Refusal(VariantError):  # noqa: N818 - nothing went wrong
    """Why a provider may not or cannot be asked.

    :param reason: a sentence without its full stop.
    :param remedy: what the user may do about it, "" for nothing.
    """

    def __init__(self, reason: str, remedy: str = "") -> None:
        super().__init__(f"{reason}; {remedy}" if remedy else reason)
        self.reason = reason
        self.remedy = remedy


class ReferenceFault(Refusal):
    """Metadata refers to a part of a provider package that it does not have (R84)."""
