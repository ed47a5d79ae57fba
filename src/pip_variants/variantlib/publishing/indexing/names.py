"""What the name of a file says: whose release it is a part of.

Names are untrusted: of a project only what PEP 503 allows becomes part of a path, of a
label nothing does (E34).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...errors import FilenameError
from ...filename import index_filename_of, parse_wheel_filename
from ...model import Label

__all__ = ["Artifact", "artifact_of", "project_name", "version_key"]

_SDISTS = (".tar.gz", ".zip")
_SEPARATORS = re.compile(r"[-_.]+")
_PROJECT = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_VERSION = re.compile(
    r"v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)([^+]*)(?:\+(.*))?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Artifact:
    """A wheel or an sdist, by its name.

    :param project: the normalised name of the project (PEP 503).
    :param version: as it is written in the file name.
    :param label: None for a plain wheel and an sdist.
    """

    project: str
    version: str
    label: Label | None
    is_wheel: bool

    @property
    def release(self) -> tuple[str, str]:
        """What files of the same release have in common (E25)."""
        return self.project, version_key(self.version)

    @property
    def metadata_name(self) -> str:
        """The name of the file of index-level metadata (R28)."""
        return index_filename_of(self.project, self.version)


def artifact_of(filename: str) -> Artifact | None:
    """Read the name of a file; None for what is neither a wheel nor an sdist.

    >>> artifact_of("My.Pkg-1.0-py3-none-any-cu129.whl").metadata_name
    'my_pkg-1.0-variants.json'
    >>> artifact_of("my-pkg-1.0.tar.gz").project
    'my-pkg'

    :raises FilenameError: for a wheel that is not named like one.
    """
    if filename.endswith(".whl"):
        plain, label = parse_wheel_filename(filename)
        name, version, *_ = plain.split("-")
        project = project_name(name)
        if project is None:
            raise FilenameError(
                f"{filename!r} does not begin with the name of a project"
            )
        return Artifact(project, version, label, is_wheel=True)
    for suffix in _SDISTS:
        if filename.endswith(suffix):
            name, _, version = filename.removesuffix(suffix).rpartition("-")
            project = project_name(name)
            if project is not None and _VERSION.fullmatch(version.lower()):
                return Artifact(project, version, None, is_wheel=False)
    return None


def project_name(name: str) -> str | None:
    """Return the normalised name of a project, None for what cannot be one.

    >>> project_name("Typing_Extensions"), project_name("..")
    ('typing-extensions', None)
    """
    project = _SEPARATORS.sub("-", name).lower()
    return project if _PROJECT.fullmatch(project) else None


def version_key(version: str) -> str:
    """Return the same text for versions that differ in their spelling alone.

    >>> version_key("1.0"), version_key("1.0.0"), version_key("2.0.post1+CU_12")
    ('1', '1', '2post1+cu.12')
    """
    found = _VERSION.fullmatch(version.lower())
    if found is None:
        return version
    epoch, release, rest, local = found.groups()
    # Not through int(), which takes no more than some thousands of digits.
    numbers = [part.lstrip("0") for part in release.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    number = (epoch or "").lstrip("0")
    key = f"{number}!" if number else ""
    key += ".".join(part or "0" for part in numbers) or "0"
    key += _SEPARATORS.sub("", rest)
    return key if local is None else f"{key}+{_SEPARATORS.sub('.', local)}"
