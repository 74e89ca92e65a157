"""Dialogs: what two ends agree on about their talk (RFC 3261 §12)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import ip_address

from .flow import Flow
from .headers import Headers, NameAddr
from .matching import SIP_PORT
from .message import Request, Response
from .stack import bare_host
from .uri import Uri

MAX_FORWARDS = "70"
"""RFC 3261 §8.1.1.6."""

FIRST_SEQUENCE_LIMIT = 1 << 16
"""A random start (RFC 3261 §8.1.1.5) that leaves the 31 bits to the call."""

SCHEMES = frozenset({"sip", "sips", "tel"})
ROUTE_SCHEMES = frozenset({"sip", "sips"})

DialogKey = tuple[str, str, str | None]
"""(Call-ID, our tag, the peer's tag)"""


@dataclass(slots=True)
class Dialog:
    """One dialog. `local` and `remote` are our and the peer's From/To value, tags included; `flow`: last seen there."""

    call_id: str
    local_tag: str
    remote_tag: str | None
    local: str
    remote: str
    target: Uri
    routes: tuple[str, ...]
    local_sequence: int
    remote_sequence: int
    flow: Flow | None

    @property
    def key(self) -> DialogKey:
        """Return what requests of the peer find this dialog by."""
        return self.call_id, self.local_tag, self.remote_tag

    def request(self, method: str, number: int | None = None) -> Request:
        """Build a request without Via (RFC 3261 §12.2.1.1); `number` instead of the next CSeq for ACK."""
        if number is None:
            self.local_sequence += 1
            number = self.local_sequence
        headers = Headers()
        headers.take("Max-Forwards", MAX_FORWARDS)
        headers.take("From", self.local)
        headers.take("To", self.remote)
        headers.take("Call-ID", self.call_id)
        headers.take("CSeq", f"{number} {method}")
        return Request(method, self._put_routes(headers), headers)

    def destination(self, nat: bool) -> Flow | None:
        """Return where requests go: the first Route, else the connection or NAT binding of the peer, else its Contact.

        A host that is no address is not looked up: the request then goes where the dialog's packets come from. None
        when even that is gone.
        """
        if self.routes:
            return flow_to(NameAddr.parse(self.routes[0]).uri) or self.flow
        if self.flow is not None and (nat or self.flow.reliable):
            return self.flow
        return flow_to(self.target) or self.flow

    def retarget(self, contact: NameAddr | None) -> None:
        """Take the new Contact of a target refresh (RFC 3261 §12.2.1.2), if it is one that can be called."""
        self.target = _target(contact) or self.target

    def _put_routes(self, headers: Headers) -> Uri:
        """Add the Route headers and return the Request-URI: a strict router wants itself there (§12.2.1.1)."""
        if not self.routes:
            return self.target
        first = NameAddr.parse(self.routes[0]).uri
        strict = "lr" not in first.params
        for route in (*self.routes[1:], f"<{self.target}>") if strict else self.routes:
            headers.take("Route", route)
        return _bare(first) if strict else self.target


def dialog_of_invite(invite: Request, local_tag: str, first_sequence: int, flow: Flow) -> Dialog:
    """Return the dialog that we, as the called party, open with our first tagged response (RFC 3261 §12.1.1)."""
    return Dialog(
        call_id=invite.call_id,
        local_tag=local_tag,
        remote_tag=invite.from_.tag,
        local=f"{invite.headers.get('to')};tag={local_tag}",
        remote=invite.headers.get("from") or "",
        target=_target(invite.contact) or _bare(invite.from_.uri),
        routes=_routes(invite),
        local_sequence=first_sequence,
        remote_sequence=invite.cseq.number,
        flow=flow,
    )


def dialog_of_response(invite: Request, response: Response, flow: Flow) -> Dialog:
    """Return the dialog that a response to our INVITE opens (RFC 3261 §12.1.2)."""
    return Dialog(
        call_id=invite.call_id,
        local_tag=invite.from_.tag or "",
        remote_tag=response.to.tag,
        local=invite.headers.get("from") or "",
        remote=response.headers.get("to") or "",
        target=_target(response.contact) or invite.uri,
        routes=_routes(response)[::-1],
        local_sequence=invite.cseq.number,
        remote_sequence=0,
        flow=flow,
    )


def has_target(invite: Request) -> bool:
    """Say whether an INVITE names somebody whom requests can be sent to: its Contact, for old phones its From."""
    contact = invite.contact
    return (contact or invite.from_).uri.scheme in SCHEMES


def _target(contact: NameAddr | None) -> Uri | None:
    return _bare(contact.uri) if contact is not None and contact.uri.scheme in SCHEMES else None


def _routes(message: Request | Response) -> tuple[str, ...]:
    """Return the Record-Route values that can be routes."""
    values = message.headers.all("record-route")
    return tuple(value for value in values if NameAddr.parse(value).uri.scheme in ROUTE_SCHEMES)


def _bare(uri: Uri) -> Uri:
    """Return a URI as it may stand in a request line: without headers (RFC 3261 §19.1.1)."""
    return replace(uri, headers="") if uri.headers else uri


def flow_to(uri: Uri) -> Flow | None:
    """Return the flow to a URI whose host is an address and whose transport is one of ours."""
    host = bare_host(uri.params.get("maddr") or uri.host)
    if not _is_address(host):
        return None
    match uri.transport:
        case "" | "udp":
            return Flow("udp", (host, uri.port or SIP_PORT))
        case "tcp":
            return Flow("tcp", (host, uri.port or SIP_PORT))
        case _:
            return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
