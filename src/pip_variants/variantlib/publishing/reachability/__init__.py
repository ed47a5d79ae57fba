"""Labels that nobody gets, and labels that only their spelling parts."""

from .search import Unreachable, unreachable
from .ties import Tie, ties

__all__ = ["Tie", "Unreachable", "ties", "unreachable"]
