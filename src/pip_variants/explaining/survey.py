"""Everything that the sources of a package offer, with what pip thinks of each file.

pip's finder forgets what it cannot use, and how large a file is. Who asks why some file
is not taken wants to see all of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from time import monotonic
from typing import Any

from .. import _pip
from ..adoption import adopt
from ..finder import VariantFinder
from ..index_page import document_of, files_in

__all__ = ["OTHER_TAGS", "Offer", "RememberingCollector", "SurveyingFinder", "survey"]

OTHER_TAGS = "for another Python or platform"

_SHORT = {
    "platform_mismatch": OTHER_TAGS,
    "requires_python_mismatch": "for another Python",
}
_MOST_ASKED = 50
_LONGEST_ASKED = 5
"""Seconds after which nobody is asked for a size any more."""
_LARGEST = 1 << 60


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that a source offers.

    :param refusal: why pip cannot use it here, empty when it can.
    """

    link: _pip.Link
    refusal: str


class RememberingCollector(_pip.LinkCollector):
    """Keeps the pages, which say more about files than pip's links do."""

    pages: list[Any]

    def fetch_response(self, *args: Any, **named: Any) -> Any:
        """Let pip fetch a page, and keep it."""
        page = super().fetch_response(*args, **named)
        if page is not None:
            self.pages.append(page)
        return page


class SurveyingFinder(VariantFinder):
    """Remembers every file that it was shown."""

    offers: list[Offer]

    def evaluate_links(
        self, link_evaluator: _pip.LinkEvaluator, links: Iterable[_pip.Link]
    ) -> list[_pip.InstallationCandidate]:
        """Remember the links, then sort out what pip can use."""
        every = list(links)
        for link in every:
            result, detail = link_evaluator.evaluate_link(link)
            if result.name == "candidate":
                self.offers.append(Offer(link, ""))
            elif result.name not in ("format_unsupported", "format_invalid"):
                self.offers.append(Offer(link, _SHORT.get(result.name, detail)))
        return super().evaluate_links(link_evaluator, every)

    def size(self, link: _pip.Link) -> int | None:
        """Return the size of a file in bytes, None when nobody tells.

        The page says so, or the file itself; a limited number of requests asks for
        the others.
        """
        if link.is_file:
            try:
                return os.stat(link.file_path).st_size  # noqa: PTH116 - path of a URL
            except (OSError, ValueError):
                return None
        if link.filename in self._page_sizes:
            return self._page_sizes[link.filename]
        if self._asked >= _MOST_ASKED or monotonic() > self._ask_until:
            return None
        self._asked += 1
        size = self._size_told_by_server(link)
        if size is None:
            # Who refuses once is not asked again: a size is not worth waiting for.
            self._asked = _MOST_ASKED
        return size

    _asked = 0

    @cached_property
    def _ask_until(self) -> float:
        return monotonic() + _LONGEST_ASKED

    @cached_property
    def _page_sizes(self) -> dict[str, int]:
        return dict(self._sizes_on_pages())

    def _sizes_on_pages(self) -> Iterator[tuple[str, int]]:
        collector: Any = self._link_collector
        for page in collector.pages:
            for file in files_in(document_of(page)):
                size = file.get("size") if isinstance(file, dict) else None
                if isinstance(size, int) and 0 <= size < _LARGEST:
                    yield str(file.get("filename")), size

    def _size_told_by_server(self, link: _pip.Link) -> int | None:
        session = self._link_collector.session
        url = link.url_without_fragment
        adapter: Any = session.get_adapter(url)
        retries = adapter.max_retries
        adapter.max_retries = retries.new(total=0)
        try:
            response = session.head(url, allow_redirects=True, timeout=_LONGEST_ASKED)
            _pip.raise_for_status(response)
            size = int(response.headers["Content-Length"])
        except (_pip.RequestException, _pip.PipError, KeyError, ValueError, OSError):
            return None
        finally:
            adapter.max_retries = retries
        return size if 0 <= size < _LARGEST else None


def survey(finder: VariantFinder) -> SurveyingFinder:
    """Make a finder remember everything that it is shown."""
    surveying = adopt(finder, SurveyingFinder)
    surveying.offers = []
    # Every file is to be seen, so pages come whole.
    surveying.folds = None
    collector = adopt(surveying._link_collector, RememberingCollector)  # noqa: SLF001 - no public way
    collector.pages = []
    return surveying
