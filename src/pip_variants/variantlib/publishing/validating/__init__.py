"""Whether wheels, the metadata beside them and projects keep the rules.

Everything that is looked at is untrusted: what cannot be read is a finding, never an
exception, and no file is read into memory as a whole.
"""

from __future__ import annotations

from .examining import Report, examine, validate
from .findings import RULES, Finding, Severity
from .tools import Shortage, Tools

__all__ = [
    "RULES",
    "Finding",
    "Report",
    "Severity",
    "Shortage",
    "Tools",
    "examine",
    "validate",
]
