"""Which properties exist, and who knows."""

from .words import (
    REFERENCE,
    SEVERAL,
    UNLISTED,
    BuiltinVocabulary,
    Checked,
    ListedWords,
    Vocabulary,
    Words,
    check_properties,
    fill,
)

__all__ = [
    "REFERENCE",
    "SEVERAL",
    "UNLISTED",
    "BuiltinVocabulary",
    "Checked",
    "ListedWords",
    "Vocabulary",
    "Words",
    "check_properties",
    "fill",
]
