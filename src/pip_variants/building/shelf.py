"""The wheels of a release that lie in the folder, and the metadata of all of them.

Other releases in the folder are let be: which of them are still published is not known
here. ``pip variant index`` looks at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..release import identity
from ..variantlib.errors import FilenameError, VariantError
from ..variantlib.model import Label
from ..variantlib.publishing.indexing.combining import combine_wheels, index_bytes
from ..variantlib.publishing.indexing.lock import locked
from ..variantlib.publishing.indexing.names import Artifact, artifact_of
from ..variantlib.publishing.indexing.output import UNFINISHED, write_whole
from ..variantlib.publishing.indexing.report import IndexProblem, Silence
from ..variantlib.wheel import read_wheel
from ..variantlib.whole_file import remove_unfinished
from .ledger import Ledger
from .source import Sdist

__all__ = ["Published", "Shelf"]


@dataclass(frozen=True, slots=True, eq=False)
class Published:
    """What became of the ``variants.json`` of a release.

    :param path: it; None where no wheel has a label.
    :param is_new: whether its content is another than before.
    """

    path: Path | None
    is_new: bool = False
    problems: tuple[IndexProblem, ...] = ()


class Shelf:
    """The wheels of one release in a folder.

    :param outdir: the folder; what is below it is not looked at.
    :param sdist: of the release.
    """

    def __init__(self, outdir: Path, sdist: Sdist) -> None:
        self._outdir = outdir
        self._release = identity(sdist.name, sdist.version)

    def others(
        self, labels: Collection[Label], *, plain: bool, ledger: Ledger
    ) -> tuple[Path, ...]:
        """Return the wheels that are none of the matrix.

        A wheel without a label may well be made elsewhere, and is no variant: it is
        among them only where an earlier run has made it.

        :param labels: those of the matrix.
        :param plain: whether the matrix has the wheel without a label.
        """
        found = []
        for path, artifact in self._wheels():
            if artifact.label is not None:
                if artifact.label not in labels:
                    found.append(path)
            elif not plain and ledger.made(path):
                found.append(path)
        return tuple(found)

    def publish(self) -> Published:
        """Write the ``variants.json`` of the release, for all its wheels (R30).

        Where one of them cannot be read, or contradicts another, the file stays as
        it was.
        """
        with locked(self._outdir, Silence().waiting):
            # Of runs that were killed.
            remove_unfinished(self._outdir, UNFINISHED)
            return self._publish()

    def _publish(self) -> Published:
        labelled = [each for each in self._wheels() if each[1].label is not None]
        if not labelled:
            return Published(None)
        name = min(artifact.metadata_name for _, artifact in labelled)
        path = self._outdir / name
        try:
            inside = {wheel.name: read_wheel(wheel) for wheel, _ in labelled}
            data = index_bytes(combine_wheels(inside))
        except VariantError as error:
            text = f"{name} is not written: {error}"
            return Published(path, problems=(IndexProblem(name, text),))
        problems = tuple(
            IndexProblem(
                wheel,
                f"{wheel}: part of its variant metadata is left out: {problem}",
                fatal=False,
            )
            for wheel, document in inside.items()
            for problem in document.problems
        )
        try:
            return Published(path, write_whole(path, data), problems)
        except OSError as error:
            text = f"{name} cannot be written: {error.strerror or error}"
            return Published(path, problems=(*problems, IndexProblem(name, text)))

    def _wheels(self) -> Iterator[tuple[Path, Artifact]]:
        """Yield the wheels of the release."""
        for path in sorted(self._outdir.glob("*.whl")):
            try:
                artifact = artifact_of(path.name)
            except FilenameError:
                # It is no wheel of anything.
                continue
            if (
                artifact is not None
                and identity(artifact.project, artifact.version) == self._release
            ):
                yield path, artifact
