"""How far the search for a provider may go.

Apart from the rest of trust, because every run needs it, and most need no more.
Source: DESIGN 4.
"""

from __future__ import annotations

import enum

__all__ = ["PLUGIN_SECONDS", "Policy"]

PLUGIN_SECONDS = 10.0
"""How long a plugin may take, in seconds, unless the user says otherwise (E14)."""


class Policy(enum.Enum):
    """How far the search for a provider may go; each value includes those before."""

    BUILTIN = "builtin"
    """Only what comes with this tool: no third-party code runs."""
    INSTALLED = "installed"
    """Also plugins that are installed in the environment."""
    TRUSTED = "trusted"
    """Also packages that the user trusts, which are installed to be asked."""

    def stricter(self, other: Policy) -> Policy:
        """Return the one of the two that lets fewer run.

        >>> Policy.TRUSTED.stricter(Policy.INSTALLED)
        <Policy.INSTALLED: 'installed'>
        """
        return min(self, other, key=list(Policy).index)
