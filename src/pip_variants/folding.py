"""Wheels of a page that differ by their label alone: one candidate, until they count.

pip makes several objects for every file of a page, and looks at each. What it asks of
a wheel (name, version, tags, the Python that is required, whether it is yanked) has one
answer for all labels of a plain name, so pip sees the first of them alone. The others
are made for the versions that the resolver reaches::

    page      FoldingCollector fetches it, Folds.shorten takes the others off
    pip       looks at the files that are left
    Fold      Folds.stand_ins puts it in the place of each that others stand behind
    unfold    whoever looks at single wheels gets all of them
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Any
from urllib.parse import unquote

from . import _pip
from .index_page import document_of, files_in
from .variantlib.errors import FilenameError
from .variantlib.filename import INDEX_SUFFIX, parse_wheel_filename
from .variantlib.model import matches_label

__all__ = ["Fold", "FoldingCollector", "Folds", "unfold"]

_MARK = INDEX_SUFFIX.encode()
_WHEEL = ".whl"
# What pip finds in a URL as it stands there: no escapes, no query, no fragment.
_ADDRESS = re.compile(r"(?:[^?#]*/)?[A-Za-z0-9_.+!-]+")

_File = dict[str, Any]
_Key = tuple[str, str | None, str | bool | None]


class Fold(_pip.InstallationCandidate):
    """The first of the wheels that share a plain name; it stands for all of them."""

    __slots__ = ("members",)

    members: Callable[[], list[_pip.InstallationCandidate]]
    """Returns a candidate for each wheel, in the order of the page."""

    def __init__(
        self,
        first: _pip.InstallationCandidate,
        others: Callable[[], list[_pip.Link]],
    ) -> None:
        """Fold *others* behind the *first*."""
        super().__init__(first.name, str(first.version), first.link)

        @cache
        def members() -> list[_pip.InstallationCandidate]:
            version = str(first.version)
            links = (first.link, *others())
            return [
                _pip.InstallationCandidate(first.name, version, link) for link in links
            ]

        # Candidates cannot be changed.
        object.__setattr__(self, "members", members)


def unfold(
    candidates: Iterable[_pip.InstallationCandidate],
) -> Iterator[_pip.InstallationCandidate]:
    """Yield all candidates, the members of folds in their place."""
    for candidate in candidates:
        if isinstance(candidate, Fold):
            yield from candidate.members()
        else:
            yield candidate


class Folds:
    """What is folded on the pages of one run.

    Of wheels that are equal to pip (``1.0`` and ``1.0.0``, ``py3`` and ``py2.py3``, with the
    same label) one is taken; that may be another one than of a page that is not folded.
    """

    def __init__(self) -> None:
        """Start with nothing."""
        self._others: dict[str, dict[str, list[_File]]] = {}

    def shorten(self, page: Any) -> Any:
        """Return a page for pip without the files that others stand for.

        A page in HTML, and one that cannot be read, comes back as it is.
        """
        document = document_of(page)
        files = files_in(document)
        of_page = self._others[page.url] = {}
        hidden = set[int]()
        for first, others in _by_plain_name(files):
            link = _link(first, page.url)
            if link is not None and others:
                of_page[link.url] = others
                hidden.update(map(id, others))
        if not hidden:
            return page
        left = [file for file in files if id(file) not in hidden]
        shorter = json.dumps({**document, "files": left})
        return replace(page, content=shorter.encode())

    def forget(self, page: Any) -> None:
        """Forget what was folded on an earlier answer of the same address."""
        self._others.pop(page.url, None)

    def stand_ins(
        self, found: Iterable[_pip.InstallationCandidate]
    ) -> list[_pip.InstallationCandidate]:
        """Return candidates, those that stand for others as folds."""
        if not self._others:
            return [*found]
        return [self._stand_in(candidate) for candidate in found]

    def _stand_in(
        self, candidate: _pip.InstallationCandidate
    ) -> _pip.InstallationCandidate:
        page = str(candidate.link.comes_from)
        others = self._others.get(page, {}).get(candidate.link.url)
        if others is None:
            return candidate
        return Fold(candidate, partial(_links, others, page))


class FoldingCollector(_pip.LinkCollector):
    """Fetches pages; shows pip one wheel of those that differ by their label alone."""

    folds: Folds

    def fetch_response(self, *args: Any, **named: Any) -> Any:
        """Let pip fetch a page, and fold it where it has variants."""
        page = super().fetch_response(*args, **named)
        # Pages that pip keeps may be read by another finder, which knows no folds.
        if page is None or page.cache_link_parsing:
            return page
        if _MARK not in page.content:
            self.folds.forget(page)
            return page
        return self.folds.shorten(page)


def _by_plain_name(files: Sequence[Any]) -> Iterator[tuple[_File, list[_File]]]:
    """Yield the first labelled wheel of each kind, with the others of that kind.

    Where a name stands twice, pip knows which of the two files counts.
    """
    kinds: dict[_Key, list[_File]] = {}
    is_plain = cache(_is_plain)
    names = [*map(_name, files)]
    for file, name in zip(files, names, strict=True):
        key = _key(file, name, is_plain)
        if key is not None:
            kinds.setdefault(key, []).append(file)
    twice = {_parts(name)[0] for name, times in Counter(names).items() if times > 1}
    for (stem, _, _), (first, *others) in kinds.items():
        if stem not in twice:
            yield first, others


def _name(file: Any) -> str:
    """Return the name that the URL of a file ends in, "" where there is none."""
    try:
        path = file["url"].partition("#")[0].partition("?")[0]
    except (AttributeError, LookupError, TypeError):
        return ""
    name: str = path.rpartition("/")[2]
    return unquote(name) if "%" in name else name


def _parts(name: str) -> tuple[str, str]:
    """Split a name before its last part, which is a label in the name of a variant."""
    stem, _, label = name.rpartition("-")
    return stem, label


def _key(file: Any, name: str, is_plain: Callable[[str], bool]) -> _Key | None:
    """Return what pip looks at of a labelled wheel, None for everything else.

    :param name: the one in its URL.
    :param is_plain: whether the name without its last part is that of a plain wheel.
    """
    stem, label = _parts(name)
    if not label.endswith(_WHEEL) or not matches_label(label[: -len(_WHEEL)]):
        return None
    required, yanked = file.get("requires-python"), file.get("yanked")
    if not isinstance(required, str | None) or not isinstance(
        yanked, str | bool | None
    ):
        return None
    if not _ADDRESS.fullmatch(file["url"]) or not is_plain(stem):
        return None
    return stem, required, yanked


def _is_plain(stem: str) -> bool:
    try:
        return parse_wheel_filename(f"{stem}{_WHEEL}")[1] is None
    except FilenameError:
        return False


def _links(files: Iterable[_File], page_url: str) -> list[_pip.Link]:
    links = (_link(file, page_url) for file in files)
    return [link for link in links if link is not None]


def _link(file: _File, page_url: str) -> _pip.Link | None:
    """Return pip's link for a file, None where pip cannot make one of it."""
    try:
        return _pip.Link.from_json(file, page_url)
    except (AttributeError, LookupError, TypeError, ValueError):
        return None
