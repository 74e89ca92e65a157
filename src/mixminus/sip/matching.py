"""Which transaction a message belongs to (RFC 3261 §17.1.3, §17.2.3) and where its responses go (§18.2)."""

from __future__ import annotations

from .flow import Flow
from .message import Request, Response
from .stack import BRANCH_COOKIE, host_of

SIP_PORT = 5060

ServerKey = tuple[str | int | None, ...]
ClientKey = tuple[str | None, str]


def client_key(response: Response) -> ClientKey:
    """Return the key under which the request of this response is known."""
    return response.via.branch, response.cseq.method


def server_key(request: Request, method: str = "") -> ServerKey:
    """Return the key of the transaction that a request belongs to; an ACK belongs to its INVITE.

    `method` asks for another request's transaction, as CANCEL does. A branch without the magic cookie comes from a
    peer of RFC 2543 and says nothing: such requests are told apart by From tag, Call-ID, CSeq and the whole Via.
    """
    via = request.via
    method = method or ("INVITE" if request.method == "ACK" else request.method)
    branch = via.branch or ""
    if branch.startswith(BRANCH_COOKIE) and len(branch) > len(BRANCH_COOKIE):
        return branch, via.host.lower(), via.port, method
    return request.call_id, request.cseq.number, request.from_.tag, via.host.lower(), via.port, branch, method


def merge_key(request: Request) -> ServerKey:
    """Return what two copies of one request share when they come by different ways (RFC 3261 §8.2.2.2)."""
    return request.call_id, request.headers.get("cseq"), request.from_.tag


def note_source(request: Request, flow: Flow) -> None:
    """Write into the topmost Via where the request came from (RFC 3261 §18.2.1, RFC 3581 §4)."""
    via = request.via
    host = host_of(flow.remote)
    if "rport" in via.params:
        via = via.with_param("received", host).with_param("rport", str(flow.remote[1]))
    elif via.host != host:
        via = via.with_param("received", host)
    else:
        return
    rest = request.headers.all("via")[1:]
    request.headers.set("Via", str(via))
    for value in rest:
        request.headers.add("Via", value)


def reply_flow(request: Request, flow: Flow) -> Flow:
    """Return where responses go: the connection the request came by, or over UDP its source.

    Without `rport` the port is that of the Via. `maddr` is not followed: it would let a stranger aim our answers at
    anybody.
    """
    if flow.reliable or "rport" in request.via.params:
        return flow
    return Flow("udp", (flow.remote[0], request.via.port or SIP_PORT))
