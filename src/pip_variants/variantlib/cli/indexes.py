"""``variantlib generate-index-json`` and ``add-wheel-to-index-json``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..errors import VariantError, WheelError
from ..filename import index_filename, label_of
from ..metadata import VariantsJson
from ..publishing.indexing.combining import combine_wheels, index_bytes
from ..publishing.indexing.folder import index_folder
from ..publishing.inspection import inspect_file
from ..wheel import read_wheel
from ..whole_file import placed
from ._options import add_file, parser_for
from ._output import error, info, warning

__all__ = ["add_wheel_to_index_json", "generate_index_json"]


def generate_index_json(arguments: Sequence[str]) -> int:
    """Write the variants.json of each release in a folder.

    :raises VariantError: when there is no such folder.
    """
    parser = parser_for(
        "generate-index-json",
        "Write NAME-VERSION-variants.json for each release with variant wheels in a "
        "folder and the folders below it.",
    )
    add_file(parser, "-d", "--directory", help="the folder")
    folder: Path = parser.parse_args(arguments).directory
    if not folder.is_dir():
        raise VariantError(f"there is no folder {str(folder)!r}")
    report = index_folder(folder)
    for release in report.releases:
        labels = ", ".join(release.labels)
        info(f"{release.file}: {release.state}; {labels}")
    for problem in report.problems:
        say = error if problem.fatal else warning
        say(f"{problem.where}: {problem.text}")
    return 0 if report.ok else 1


def add_wheel_to_index_json(arguments: Sequence[str]) -> int:
    """Add one wheel to the variants.json of its release.

    :raises VariantError: when one of the files is unusable, or they disagree.
    """
    parser = parser_for(
        "add-wheel-to-index-json",
        "Write NAME-VERSION-variants.json with the variant of one wheel, added to "
        "those of an existing file.",
    )
    add_file(parser, "-f", "--wheel-file", help="the variant wheel")
    parser.add_argument(
        *("-i", "--input-json-file"),
        type=Path,
        metavar="PATH",
        help="the file to add it to; without it, it is the only variant",
    )
    add_file(parser, "-o", "--output-directory", help="the folder to write into")
    parser.add_argument(
        *("-w", "--overwrite"),
        action="store_true",
        help="replace a file that is there",
    )
    given = parser.parse_args(arguments)
    target = _target(given.wheel_file, given.output_directory)
    documents = {given.wheel_file.name: read_wheel(given.wheel_file)}
    if given.input_json_file is not None:
        documents[str(given.input_json_file)] = _read(given.input_json_file)
    content = index_bytes(combine_wheels(documents))
    if target.exists() and not given.overwrite:
        raise VariantError(f"{target} is there already; --overwrite replaces it")
    with placed(target) as file:
        file.write(content)
    info(f"{target}: written")
    return 0


def _target(wheel: Path, folder: Path) -> Path:
    if label_of(wheel.name) is None:
        raise WheelError(f"{wheel.name} is not named as a variant wheel")
    if not folder.is_dir():
        raise VariantError(f"there is no folder {str(folder)!r}")
    return folder / index_filename(wheel.name)


def _read(path: Path) -> VariantsJson:
    """Read a metadata file, which must be whole: it is written anew.

    :raises VariantError: when something of it would be lost.
    """
    found = inspect_file(path)
    if found.document is None or found.problems:
        raise VariantError(f"{path}: {'; '.join(found.problems) or 'is no metadata'}")
    return found.document
