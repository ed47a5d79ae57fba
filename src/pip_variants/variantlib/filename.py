"""Wheel file names with and without a label, and the name of the index-level file.

::

    {name}-{version}(-{build})?-{python}-{abi}-{platform}(-{label})?.whl
    {name}-{version}-variants.json

A build number is there exactly when the third part starts with a digit, because a
Python tag never does (R11); what is then one part too many is the label (R12).
Source: PEP 825, "Variant label" and "Index-level metadata".
"""

from __future__ import annotations

import re

from .errors import FilenameError
from .model import Label, is_label

__all__ = [
    "INDEX_SUFFIX",
    "index_filename",
    "index_filename_of",
    "label_of",
    "parse_index_filename",
    "parse_wheel_filename",
    "with_label",
]

_WHEEL = ".whl"
INDEX_SUFFIX = "-variants.json"
"""How the name of every index-level metadata file ends (R28)."""

_SEPARATORS = re.compile(r"[-_.]+")
_PLAIN_PARTS = 5
_BUILD_POSITION = 2
# The characters of F17 and F18: published in early drafts, never valid since.
_DEAD_MARKS = re.compile(r"[@~]")


def parse_wheel_filename(filename: str) -> tuple[str, Label | None]:
    """Split a wheel file name into its plain name and its label.

    The plain name is what the file would be called without variants; whether its
    tags make sense is not looked at.

    >>> parse_wheel_filename("torch-2.8.0-cp313-cp313-linux_x86_64-cu129.whl")
    ('torch-2.8.0-cp313-cp313-linux_x86_64.whl', 'cu129')
    >>> parse_wheel_filename("torch-2.8.0-1-cp313-cp313-linux_x86_64.whl")
    ('torch-2.8.0-1-cp313-cp313-linux_x86_64.whl', None)

    :raises FilenameError: when it is no wheel file name, plain or labelled.
    """
    if not filename.endswith(_WHEEL):
        raise FilenameError(f"{filename!r} does not end in {_WHEEL}")
    if _DEAD_MARKS.search(filename):
        msg = f"{filename!r} holds '@' or '~', which no wheel file name may"
        raise FilenameError(msg)
    parts = filename[: -len(_WHEEL)].split("-")
    if not all(parts):
        raise FilenameError(f"{filename!r} has an empty part")
    if len(parts) < _PLAIN_PARTS:
        raise FilenameError(f"{filename!r} has too few parts")
    plain = _PLAIN_PARTS + parts[_BUILD_POSITION][0].isdigit()
    if len(parts) == plain:
        return filename, None
    if len(parts) == plain + 1:
        if not is_label(parts[-1]):
            raise FilenameError(f"{parts[-1]!r} in {filename!r} is no variant label")
        return "-".join(parts[:-1]) + _WHEEL, Label(parts[-1])
    raise FilenameError(f"{filename!r} has the wrong number of parts")


def label_of(filename: str) -> Label | None:
    """Return the label of a wheel file name, None for everything else.

    >>> label_of("numpy-2.2.5-cp313-cp313-linux_x86_64-x86_64_v3.whl")
    'x86_64_v3'
    >>> label_of("numpy-2.2.5.tar.gz") is None
    True
    """
    # Most names on most pages are plain: count before parsing.
    if filename.count("-") < _PLAIN_PARTS:
        return None
    try:
        return parse_wheel_filename(filename)[1]
    except FilenameError:
        return None


def with_label(filename: str, label: str) -> str:
    """Give a plain wheel file name a label.

    >>> with_label("a-1-py3-none-any.whl", "cu129")
    'a-1-py3-none-any-cu129.whl'

    :raises FilenameError: when the name is no plain wheel name or the label is none.
    """
    plain, present = parse_wheel_filename(filename)
    if present is not None:
        raise FilenameError(f"{filename!r} has the label {present!r} already")
    if not is_label(label):
        raise FilenameError(f"{label!r} is no variant label")
    return f"{plain[: -len(_WHEEL)]}-{label}{_WHEEL}"


def index_filename(filename: str) -> str:
    """Name the index-level metadata file that stands beside a wheel (R28).

    >>> index_filename("My.Pkg-1.0-py3-none-any-null.whl")
    'my_pkg-1.0-variants.json'

    :raises FilenameError: when *filename* is no wheel file name.
    """
    plain, _ = parse_wheel_filename(filename)
    name, version, *_ = plain.split("-")
    return index_filename_of(name, version)


def index_filename_of(name: str, version: str) -> str:
    """Name the index-level metadata file of a release (R28).

    :param name: of the project, in any spelling.
    :param version: as wheels spell it.
    """
    return f"{_SEPARATORS.sub('_', name).lower()}-{version}{INDEX_SUFFIX}"


def parse_index_filename(filename: str) -> tuple[str, str] | None:
    """Split the name of an index-level file into name and version, both unchecked.

    >>> parse_index_filename("torch-2.8.0-variants.json")
    ('torch', '2.8.0')
    >>> parse_index_filename("variants.json") is None
    True
    """
    if not filename.endswith(INDEX_SUFFIX):
        return None
    name, separator, version = filename[: -len(INDEX_SUFFIX)].rpartition("-")
    return (name, version) if separator and name and version else None
