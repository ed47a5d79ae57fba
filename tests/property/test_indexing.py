"""Laws of the pages of an index, and of what is kept between two runs."""

from __future__ import annotations

import json
import tempfile
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.publishing.indexing.content import Content
from pip_variants.variantlib.publishing.indexing.listing import Stamp
from pip_variants.variantlib.publishing.indexing.pages import (
    PageEntry,
    project_html,
    project_json,
)
from pip_variants.variantlib.publishing.indexing.state import (
    STATE,
    State,
    load_state,
    state_bytes,
)
from tests.property.strategies import JSON

# What a file system may hold, and what an untrusted file may say on one line.
NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1
)
LINES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20
).map(lambda text: text.strip() or "x")
DIGESTS = st.text("0123456789abcdef", min_size=64, max_size=64)
ENTRIES = st.builds(
    PageEntry,
    filename=NAMES,
    place=st.lists(NAMES, min_size=1, max_size=3).map("/".join),
    size=st.integers(0, 2**50),
    modified=st.integers(-(2**70), 2**70),
    sha256=DIGESTS | st.just(""),
    requires_python=st.none() | LINES,
    metadata=DIGESTS | st.just(""),
)


class Anchors(HTMLParser):
    """The attributes and the texts of the links of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.attributes: list[dict[str, str | None]] = []
        self.texts: list[str] = []
        self._inside = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._inside = True
            self.attributes.append(dict(attrs))
            self.texts.append("")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.texts[-1] += data


class TestPagesSayWhatTheyWereGiven:
    """PEP 503 and 691: whatever a name holds, a reader gets the same out again."""

    @given(st.lists(ENTRIES, max_size=3))
    def test_html(self, entries: list[PageEntry]) -> None:
        page = Anchors(project_html("demo", entries))
        assert len(page.attributes) == len(entries)
        for entry, attrs, text in zip(
            entries, page.attributes, page.texts, strict=True
        ):
            link, _, fragment = (attrs["href"] or "").partition("#")
            assert unquote(link) == entry.place
            assert link.isascii()
            assert fragment == (f"sha256={entry.sha256}" if entry.sha256 else "")
            assert attrs.get("data-requires-python") == entry.requires_python
            assert text == entry.filename.replace("\r\n", "\n")

    @given(st.lists(ENTRIES, max_size=3))
    def test_json(self, entries: list[PageEntry]) -> None:
        page = json.loads(project_json("demo", ["1"], entries))
        for entry, file in zip(entries, page["files"], strict=True):
            assert file["filename"] == entry.filename
            assert unquote(file["url"]) == entry.place
            assert file["size"] == entry.size
            assert file.get("requires-python") == entry.requires_python


CONTENTS = st.builds(
    Content,
    stamp=st.builds(Stamp, st.integers(0), st.integers(), st.integers(0)),
    document=st.none() | st.dictionaries(st.text(max_size=5), JSON, max_size=3),
    problems=st.lists(st.text(max_size=9), max_size=2, unique=True).map(tuple),
    sha256=DIGESTS | st.just(""),
    requires_python=st.none() | st.text(max_size=9),
    metadata=DIGESTS | st.just(""),
)
STATES = st.builds(
    State,
    files=st.dictionaries(NAMES, CONTENTS, max_size=3),
    made=st.dictionaries(NAMES, DIGESTS, max_size=2),
    pages=st.text(max_size=9),
    made_pages=st.dictionaries(NAMES, DIGESTS, max_size=2),
)
ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "stamp": JSON | st.lists(JSON, min_size=3, max_size=3),
        "variant": JSON,
        "problems": JSON,
        "sha256": JSON,
        "metadata": JSON,
        "requires-python": JSON,
    },
)
NEARLY = st.fixed_dictionaries(
    {"version": st.just(1)},
    optional={
        "files": JSON | st.dictionaries(NAMES, ENTRY | JSON, max_size=3),
        "made": JSON,
        "pages": JSON | st.fixed_dictionaries({"folder": JSON, "made": JSON}),
    },
)


class TestWhatIsKeptIsWhatIsRead:
    """The state survives being written, and whatever somebody else has written."""

    @given(STATES)
    def test_it_reads_as_it_was_written(self, state: State) -> None:
        assert self.load(state_bytes(state)) == state

    @given(NEARLY | JSON)
    def test_anything_else_is_no_error(self, document: Any) -> None:
        loaded = self.load(json.dumps(document).encode())
        # What was read can be written again.
        assert self.load(state_bytes(loaded)) == loaded

    @staticmethod
    def load(data: bytes) -> State:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / STATE).write_bytes(data)
            return load_state(Path(folder))
