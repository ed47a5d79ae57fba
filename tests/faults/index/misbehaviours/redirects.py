"""Redirects, most of which lead nowhere good."""

from __future__ import annotations

from tests.faults.index._unruly import Wire
from tests.faults.index.misbehaviours import statuses
from tests.faults.index.misbehaviours._listing import Listing

listed = Listing()


def _redirects(wire: Wire, to: str | None) -> None:
    wire.reply(302, {"location": to}, b"moved")


def _elsewhere(wire: Wire) -> str:
    path = wire.request.path.removeprefix("/simple/")
    return f"{wire.server.elsewhere}{path}"


@listed("redirects to another host")
def _to_another(wire: Wire) -> None:
    _redirects(wire, _elsewhere(wire))


@listed("redirects with credentials")
def _with_credentials(wire: Wire) -> None:
    _redirects(wire, _elsewhere(wire).replace("://", "://me:s3cret@"))


@listed("redirects with credentials to nothing")
def _to_nothing(wire: Wire) -> None:
    address = wire.server.elsewhere.replace("://", "://me:s3cret@")
    _redirects(wire, f"{address}nothing/here")


@listed("redirects with credentials to a refusal")
def _to_refusal(wire: Wire) -> None:
    wire.server.behaviours["/refused"] = statuses.listed["says 401"]
    address = wire.server.origin.replace("://", "://me:s3cret@")
    _redirects(wire, f"{address}/refused")


@listed("redirects with credentials to nobody")
def _to_nobody(wire: Wire) -> None:
    _redirects(wire, "http://me:s3cret@127.0.0.1:9/here")


@listed("redirects in a loop")
def _loop(wire: Wire) -> None:
    _redirects(wire, wire.request.path)


@listed("redirects to a file")
def _to_file(wire: Wire) -> None:
    _redirects(wire, "file:///etc/passwd")


@listed("redirects to another protocol")
def _to_ftp(wire: Wire) -> None:
    _redirects(wire, "ftp://127.0.0.1/here")


@listed("redirects nowhere")
def _nowhere(wire: Wire) -> None:
    _redirects(wire, None)


@listed("redirects to no address")
def _to_no_address(wire: Wire) -> None:
    _redirects(wire, "http://[::1/here")


@listed("redirects to no port")
def _to_no_port(wire: Wire) -> None:
    _redirects(wire, "http://127.0.0.1:99999/here")


@listed("redirects to a name too long")
def _to_long_name(wire: Wire) -> None:
    _redirects(wire, f"http://{'a' * 70}.invalid/here")
