from __future__ import annotations

import pytest

from pip_variants.variantlib.errors import WheelError
from pip_variants.variantlib.publishing.wheels.record import Line, Record, digest


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a.py,h,1\nRECORD,,\n", b"a.py,h,1\nv.json,H,2\nRECORD,,\n"),
        (b"a.py,h,1\r\nRECORD,,\r\n", b"a.py,h,1\r\nv.json,H,2\r\nRECORD,,\r\n"),
        (b'"a,b.py",h,1\n"RECORD","",""', b'"a,b.py",h,1\nv.json,H,2\n"RECORD","",""'),
        (b"RECORD,,\n\n", b"v.json,H,2\nRECORD,,\n\n"),
        (b"", b"v.json,H,2\n"),
    ],
)
def test_a_line_is_put_in_and_taken_out_and_the_rest_stays(
    before: bytes, after: bytes
) -> None:
    """Line ends, quotes and blank lines are somebody else's."""
    record = Record(before).with_file("v.json", b"{}")
    assert record.data.replace(digest(b"{}").encode(), b"H") == after
    assert record.without("v.json").data == before


def test_a_path_with_a_comma_is_quoted() -> None:
    record = Record(b"").with_file('a,"b".py', b"x")
    assert record.data.startswith(b'"a,""b"".py",sha256=')
    assert record.lines == (Line('a,"b".py', digest(b"x"), "1"),)


def test_every_spelling_of_a_path_is_taken_out() -> None:
    assert (
        Record(b"./a.py,,\na//a.py,,\na.py,,\n").without("a.py", "a/a.py").data == b""
    )


def test_the_digest_is_that_of_the_specification() -> None:
    """The sample of PEP 427: no padding, the alphabet that is safe in addresses."""
    assert digest(b"\xfb\xef\xbe" * 9).isascii()
    assert digest(b"test").endswith("n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a.py\n", "line 1 of RECORD in x has not three fields"),
        (b"a,,\na,b,c,d\n", "line 2 of RECORD in x has not three fields"),
        (b",h,1\n", "line 1 of RECORD in x has not three fields"),
        (b'a,,\n"b,,\n', "line 2 of RECORD in x is broken"),
        (b"\xff,,\n", "line 1 of RECORD in x is broken"),
        (b"a\rb,,\n", "line 1 of RECORD in x is broken"),
        (b"a" * 200_000 + b",,\n", "line 1 of RECORD in x is broken"),
    ],
)
def test_what_is_no_line_is_refused(data: bytes, message: str) -> None:
    record = Record(data, "RECORD in x")
    with pytest.raises(WheelError, match=message):
        record.without("a.py")
    with pytest.raises(WheelError, match=message):
        record.with_file("v.json", b"")
    with pytest.raises(WheelError, match=message):
        _ = record.lines


def test_a_record_of_endless_lines_is_refused() -> None:
    """A wheel of some kilobytes may hold it."""
    with pytest.raises(WheelError, match="has more than 1,000,000 lines"):
        Record(b"\n" * 1_000_001).without("a.py")
