"""A raw peer: hand-written messages into one endpoint, and what it sends back, for tests of single clauses."""

from __future__ import annotations

from mixminus.sip.endpoint import Endpoint, EndpointSettings
from mixminus.sip.events import Event, IncomingCall
from mixminus.sip.flow import Flow
from mixminus.sip.message import MalformedMessage, Message, Request, Response, parse
from mixminus.sip.session import Session
from mixminus.sip.uri import Uri

from .network import ANSWER, OFFER, outline, tokens

US = ("192.0.2.2", 5060)
PEER = Flow("udp", ("192.0.2.1", 5062))
TCP_PEER = Flow("tcp", ("192.0.2.1", 40000), 3)


class Raw:
    """One endpoint under test, its peer's messages as text, its clock."""

    def __init__(self, settings: EndpointSettings | None = None, flow: Flow = PEER) -> None:
        self.endpoint = Endpoint(
            settings or EndpointSettings("mixminus", "mixminus", {"udp": US, "tcp": US}), tokens(7)
        )
        self.flow = flow
        self.now = 100.0
        self.sent: list[Message] = []
        self.flows: list[Flow] = []
        self.seen: list[Event] = []

    def send(self, text: str | bytes, flow: Flow | None = None) -> list[Message]:
        """Bring a message to the endpoint and return what it sends at once."""
        data = text if isinstance(text, bytes) else text.encode()
        self.endpoint.receive(data, flow or self.flow, self.now)
        return self.collect()

    def wait(self, seconds: float) -> list[Message]:
        """Let time pass and return what was sent meanwhile."""
        until = self.now + seconds
        before = len(self.sent)
        while (at := self.endpoint.next_timeout()) is not None and at <= until:
            self.now = max(at, self.now)
            self.endpoint.handle_timeout(self.now)
            self.collect()
        self.now = until
        return self.sent[before:]

    def collect(self) -> list[Message]:
        """Return what the endpoint has to send now."""
        transmits = self.endpoint.transmits()
        messages = [message for transmit in transmits if (message := read(transmit.data))]
        self.flows += [transmit.flow for transmit in transmits]
        self.sent += messages
        self.seen += self.endpoint.events()
        return messages

    def kinds(self) -> list[str]:
        """Return the names of the events so far."""
        return [type(event).__name__ for event in self.seen]

    def incoming(self, **parts: str) -> Session:
        """Have the peer call and return the session."""
        self.send(invite(**parts))
        event = next(event for event in reversed(self.seen) if isinstance(event, IncomingCall))
        return event.session

    def established(self, **parts: str) -> Session:
        """Have the peer call, and the call answered and acknowledged."""
        session = self.incoming(**parts)
        session.accept(ANSWER, self.now)
        self.collect()
        self.send(in_dialog("ACK", 1, self.tag(), branch="ack1"))
        return session

    def calling(self) -> tuple[Session, Request]:
        """Call the peer and return the session and its INVITE."""
        to = Uri.parse("sip:bob@192.0.2.1:5062")
        session = self.endpoint.invite(to, OFFER, from_="<sip:us@192.0.2.2>", flow=self.flow, now=self.now)
        (sent,) = self.collect()
        assert isinstance(sent, Request)
        return session, sent

    def tag(self) -> str:
        """Return the To tag of the latest response."""
        response = next(m for m in reversed(self.sent) if isinstance(m, Response) and m.to.tag)
        return response.to.tag or ""

    def say(self) -> list[str]:
        """Return the outline of everything sent."""
        return [outline(message) for message in self.sent]


def read(data: bytes) -> Message | None:
    """Parse what the endpoint sends; only the refusal of a malformed request may repeat its faults."""
    try:
        return parse(data)
    except MalformedMessage:
        assert data[8:9] in b"45"
        return None


def lines(*given: str, body: bytes = b"") -> str:
    """Return a message of these lines."""
    kind = ["Content-Type: application/sdp"] if body else []
    return (
        "\r\n".join([*(line for line in given if line), *kind, f"Content-Length: {len(body)}", "", ""]) + body.decode()
    )


def invite(
    branch: str = "inv1",
    call_id: str = "call1",
    cseq: str = "1 INVITE",
    to: str = "<sip:room@192.0.2.2>",
    from_: str = '"Ann" <sip:ann@192.0.2.1>;tag=peer',
    extra: str = "",
    via: str = "",
    uri: str = "sip:room@192.0.2.2",
    contact: str = "Contact: <sip:ann@192.0.2.1:5062>",
    body: str = OFFER.decode(),
) -> str:
    """Return an INVITE."""
    return lines(
        f"INVITE {uri} SIP/2.0",
        via or f"Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK{branch};rport",
        "Max-Forwards: 70" if "Max-Forwards" not in extra else "",
        f"From: {from_}",
        f"To: {to}",
        f"Call-ID: {call_id}",
        f"CSeq: {cseq}",
        contact,
        extra,
        body=body.encode(),
    )


def in_dialog(method: str, number: int, tag: str, extra: str = "", branch: str = "", body: bytes = b"") -> str:
    """Return a request in the dialog of `invite`."""
    return lines(
        f"{method} sip:mixminus@192.0.2.2:5060 SIP/2.0",
        f"Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK{branch or method + str(number)};rport",
        "Max-Forwards: 70",
        'From: "Ann" <sip:ann@192.0.2.1>;tag=peer',
        f"To: <sip:room@192.0.2.2>;tag={tag}" if tag else "To: <sip:room@192.0.2.2>",
        "Call-ID: call1",
        f"CSeq: {number} {method}",
        "Contact: <sip:ann@192.0.2.1:5062>",
        extra,
        body=body,
    )


def answer(request: Request, status: int, tag: str = "remote", extra: str = "", body: bytes = b"") -> str:
    """Return the peer's response to a request of ours."""
    to = request.headers.get("to") or ""
    if status > 100 and request.to.tag is None and tag:
        to += f";tag={tag}"
    return lines(
        f"SIP/2.0 {status} Whatever",
        *(f"Via: {via}" for via in request.headers.all("via")),
        f"From: {request.headers.get('from')}",
        f"To: {to}",
        f"Call-ID: {request.call_id}",
        f"CSeq: {request.cseq}",
        "Contact: <sip:bob@192.0.2.1:5062>",
        extra,
        body=body,
    )


def settings(**changes: object) -> EndpointSettings:
    """Return settings with changes."""
    base = EndpointSettings("mixminus", "mixminus", {"udp": US, "tcp": US})
    for name, value in changes.items():
        object.__setattr__(base, name, value)
    return base


def requests(messages: list[Message]) -> list[Request]:
    """Return the requests among messages."""
    return [message for message in messages if isinstance(message, Request)]


def responses(messages: list[Message]) -> list[Response]:
    """Return the responses among messages."""
    return [message for message in messages if isinstance(message, Response)]
