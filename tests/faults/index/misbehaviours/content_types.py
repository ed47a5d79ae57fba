"""Content types that are wrong or missing."""

from __future__ import annotations

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours._listing import Listing

listed = Listing()


@listed("gives another type")
def _other_type(wire: Wire) -> None:
    wire.reply(headers={"content-type": "image/png"})


@listed("gives no type")
def _no_type(wire: Wire) -> None:
    wire.reply(headers={"content-type": None})


@listed("gives an unknown charset")
def _charset(wire: Wire) -> None:
    kind = wire.good.headers["content-type"].partition(";")[0]
    wire.reply(headers={"content-type": f"{kind}; charset=klingon"})


@listed("gives a page of errors")
def _errors(wire: Wire) -> None:
    wire.reply(headers={"content-type": "text/html"}, body=b"<h1>Sign in</h1>")
