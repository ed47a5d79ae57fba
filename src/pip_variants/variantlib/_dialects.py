"""Which dialect a document is written in, and what each of them says differently.

Six were published (PROVIDERS 3). ``$schema`` decides; the three oldest did without
it, so for a document without one the shape decides among them::

    v0.0.1   March-May 2025     providers: namespace -> packages; values are strings
    PyCon    May 2025           provider tables; priorities are flat lists
    v0.0.2   September 2025     priorities are tables; plugin-use
    v0.0.3   October 2025       PEP 817: static-properties at the top
    0.1      2026               PEP 825: no providers, no feature priorities
    0.2      2026               providers draft: static-properties in the provider
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Any

from .errors import MetadataError, UnknownVersionError

__all__ = ["Dialect", "dialect_of"]


class Dialect(enum.IntEnum):
    """The published dialects, oldest first."""

    V0_0_1 = 1
    PYCON = 2
    V0_0_2 = 3
    V0_0_3 = 4
    PEP_825 = 5
    PROVIDERS = 6


_VERSION = re.compile(r"v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?")

# No two drafts (0.x) may be taken for compatible (R16): each is named.
_DRAFTS = {
    (0, 0, 1): Dialect.V0_0_1,
    (0, 0, 2): Dialect.V0_0_2,
    (0, 0, 3): Dialect.V0_0_3,
    (0, 1, 0): Dialect.PEP_825,
    (0, 1, 1): Dialect.PEP_825,
    (0, 2, 0): Dialect.PROVIDERS,
}
_SUPPORTED_MAJOR = 1
# The PyCon files name the bare site, as yet without a version.
_BARE_SITE = re.compile(r"https?://variants-schema\.wheelnext\.dev/?")


def dialect_of(document: Mapping[str, Any]) -> Dialect:
    """Tell the dialect of a document (R16-R18, R21, E10).

    :raises MetadataError: when it names no version, or one that this library does
        not know; nothing in such a document may be relied on.
    """
    schema = document.get("$schema")
    if schema is None:
        return _by_shape(document)
    if not isinstance(schema, str):
        raise MetadataError("must be a URL", ("$schema",))
    if _BARE_SITE.fullmatch(schema):
        return Dialect.PYCON
    found = _VERSION.search(schema.rpartition("/")[2])
    if found is None:
        raise MetadataError(f"{schema[:200]!r} names no version", ("$schema",))
    major, minor, patch = (int(part or 0) for part in found.groups())
    if major == _SUPPORTED_MAJOR:
        return Dialect.PROVIDERS
    try:
        return _DRAFTS[major, minor, patch]
    except KeyError:
        msg = (
            f"version {found[0][:40]!r} is not known to this release; "
            "a newer pip-variants may read it"
        )
        raise UnknownVersionError(msg, ("$schema",)) from None


def _by_shape(document: Mapping[str, Any]) -> Dialect:
    providers = document.get("providers")
    if "provider-requires" in document:
        return Dialect.V0_0_1
    if not isinstance(providers, dict):
        # PEP 825 has no providers, and requires "$schema".
        raise MetadataError("missing", ("$schema",))
    if any(isinstance(provider, list) for provider in providers.values()):
        return Dialect.V0_0_1
    priorities = document.get("default-priorities")
    if isinstance(priorities, dict) and isinstance(priorities.get("feature"), list):
        return Dialect.PYCON
    return Dialect.V0_0_3
