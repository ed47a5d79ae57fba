"""Whom the user trusts."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pip_variants.variantlib.errors import ValidationError
from pip_variants.variantlib.policy import Policy
from pip_variants.variantlib.trust import Trusted, trusted_for

DIGITS = "0123456789abcdef" * 4


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("provider-x", Trusted("provider-x")),
        ("Provider_X", Trusted("provider-x")),
        ("provider.x==1.0", Trusted("provider-x", "1.0")),
        ("x==1!2.0rc1+local", Trusted("x", "1!2.0rc1+local")),
        (f"x==1#sha256={DIGITS}", Trusted("x", "1", DIGITS)),
        (f"x#sha256={DIGITS}", Trusted("x", None, DIGITS)),
    ],
)
def test_how_a_package_is_written(text: str, expected: Trusted) -> None:
    assert Trusted.parse(text) == expected
    assert Trusted.parse(str(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-r",
        "--index-url=https://evil.example",
        "x>=1",
        "x==1,y",
        "x @ https://evil.example/x.whl",
        "https://evil.example/x.whl",
        "../x",
        "x==1#sha256=abc",
        f"x==1#sha512={DIGITS}",
        f"x==1#sha256={DIGITS.upper()}",
        "x==1\n",
        "x==",
        "*",
        "x[extra]",
        "x; python_version > '3'",
    ],
)
def test_what_is_no_package(text: str) -> None:
    """E17: trust is in names, versions and hashes, and in nothing that pip may read."""
    with pytest.raises(ValidationError, match="is no package; write NAME"):
        Trusted.parse(text)


NAMES = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)
VERSIONS = st.none() | st.text(
    string.ascii_letters + string.digits + ".!+_-", min_size=1
)
HASHES = st.none() | st.text("0123456789abcdef", min_size=64, max_size=64)


@given(NAMES, VERSIONS, HASHES)
def test_what_is_written_is_read_again(
    name: str, version: str | None, digest: str | None
) -> None:
    parsed = Trusted.parse(str(Trusted(name, version, digest)))
    assert Trusted.parse(str(parsed)) == parsed
    assert (parsed.version, parsed.sha256) == (version, digest)


@given(st.text(max_size=40))
def test_any_text_is_a_package_or_none(text: str) -> None:
    try:
        found = Trusted.parse(text)
    except ValidationError:
        return
    # Nothing that pip could take for an option, a path or a URL.
    assert not set(str(found)) & set("/\\ :@\n;,")
    assert not str(found).startswith(("-", "."))


def test_whom_a_list_covers() -> None:
    one, other = Trusted("x", "1"), Trusted("x", "2")
    assert trusted_for([one, Trusted("y"), other], "X") == (one, other)
    assert trusted_for([one], "xx") == ()


def test_the_policies_have_names() -> None:
    """DESIGN 4: as users write them."""
    assert [policy.value for policy in Policy] == ["builtin", "installed", "trusted"]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("builtin", "builtin", "builtin"),
        ("builtin", "installed", "builtin"),
        ("builtin", "trusted", "builtin"),
        ("installed", "builtin", "builtin"),
        ("installed", "installed", "installed"),
        ("installed", "trusted", "installed"),
        ("trusted", "builtin", "builtin"),
        ("trusted", "installed", "installed"),
        ("trusted", "trusted", "trusted"),
    ],
)
def test_each_policy_includes_those_before(one: str, other: str, expected: str) -> None:
    """DESIGN 4: builtin stops after 4, installed after 5, trusted goes on to 6."""
    assert Policy(one).stricter(Policy(other)) is Policy(expected)
