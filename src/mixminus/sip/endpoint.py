"""The facade of the SIP core: bytes and time in, bytes and events out. It owns no socket and reads no clock."""

from __future__ import annotations

from collections.abc import Callable

from .dialog import FIRST_SEQUENCE_LIMIT, Dialog, dialog_of_invite
from .events import Event, IncomingCall
from .flow import Flow
from .live_transaction import ServerTransaction
from .message import MalformedMessage, Request, parse
from .screening import Refusal, describe, screen
from .session import Session
from .session_timer import is_too_brief, least_s
from .stack import EndpointSettings, HeaderPairs, Stack, Transmit
from .transactions import Transactions
from .uri import Uri
from .usage import Registry

__all__ = ["MAX_SESSIONS", "Endpoint", "EndpointSettings", "Refusal", "Transmit"]

MAX_SESSIONS = 10_000
"""More than the media engine carries (3 000 on a core); a flood of INVITEs must not take all memory."""

RETRY_AFTER_S = 30
"""How long a caller is to wait while we drain or are full."""

BUSY: HeaderPairs = (("Retry-After", str(RETRY_AFTER_S)),)


def admit_all(request: Request, flow: Flow) -> Refusal | None:
    """Let everybody call."""
    return None


class Endpoint:
    """One SIP endpoint. `token()` returns 16 unguessable hexadecimal characters and is the source of all randomness."""

    def __init__(self, settings: EndpointSettings, token: Callable[[], str]) -> None:
        self._stack = Stack(settings, token)
        self._registry = Registry()
        self._transactions = Transactions(self._stack, self._on_request, self._on_ack)
        self.draining = False
        """New calls and OPTIONS get 503, the calls in progress live on."""
        self.admits: Callable[[Request, Flow], Refusal | None] = admit_all
        """Asked for each new INVITE before anything else is done for it."""

    def receive(self, data: bytes, flow: Flow, now: float) -> None:
        """Take one datagram, or one message of a stream. Nothing that arrives raises."""
        if not data.strip():
            return  # a keepalive (RFC 5626 §3.5.1)
        try:
            message = parse(data)
        except MalformedMessage as fault:
            self._refuse_malformed(fault, flow)
            return
        if isinstance(message, Request):
            self._transactions.receive_request(message, flow, now)
        else:
            self._transactions.receive_response(message, now)

    def flow_closed(self, flow: Flow, now: float) -> None:
        """Take note that a connection is gone, or could not be opened (id 0)."""
        for session in self._registry.live.values():
            session.flow_closed(flow)
        self._transactions.flow_closed(flow, now)

    def transmits(self) -> list[Transmit]:
        """Return what is to be sent now, in order, and forget it."""
        drained = self._stack.transmits
        self._stack.transmits = []
        return drained

    def events(self) -> list[Event]:
        """Return what has happened, in order, and forget it."""
        drained = self._stack.events
        self._stack.events = []
        return drained

    def next_timeout(self) -> float | None:
        """Return when `handle_timeout` is to be called, None for never."""
        return self._stack.agenda.next_timeout()

    def handle_timeout(self, now: float) -> None:
        """Do all that is due."""
        self._stack.agenda.handle_timeout(now)

    @property
    def sessions(self) -> int:
        """Return how many calls are live."""
        return len(self._registry.live)

    @property
    def transactions(self) -> int:
        """Return how many transactions are remembered."""
        return len(self._transactions)

    def invite(
        self, to: Uri, offer: bytes, *, from_: str, flow: Flow, headers: HeaderPairs = (), now: float
    ) -> Session:
        """Call somebody. `from_` is a From value without tag; the session's events tell how it goes."""
        local_tag = self._stack.token()
        template = Dialog(
            call_id=self._stack.token() + self._stack.token(),
            local_tag=local_tag,
            remote_tag=None,
            local=f"{from_};tag={local_tag}",
            remote=f"<{to}>",
            target=to,
            routes=(),
            local_sequence=self._first_sequence(),
            remote_sequence=0,
            flow=flow,
        )
        request = template.request("INVITE", template.local_sequence)
        session = Session(self._stack, self._transactions, self._registry, request, flow, local_tag, is_outbound=True)
        session.begin_outbound(template, offer, headers, now)
        return session

    def _on_request(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        """Take a request that is not a repetition."""
        if request.method == "CANCEL":
            self._on_cancel(transaction, request, now)
        elif request.to.tag is not None:
            self._on_dialog_request(transaction, request, now)
        elif request.method == "INVITE":
            self._on_invite(transaction, request, now)
        elif refusal := screen(request):
            _refuse(transaction, refusal, now)
        elif self.draining and request.method == "OPTIONS":
            _refuse(transaction, Refusal(503, headers=BUSY), now)
        elif request.method == "OPTIONS":
            describe(transaction, now)
        else:
            transaction.reply(603, now)  # REFER: calls are not transferred from outside

    def _on_invite(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        refusal = self.admits(request, transaction.source) or screen(request) or self._limits(request)
        if refusal is not None:
            _refuse(transaction, refusal, now)
            return
        local_tag = transaction.to_tag = self._stack.token()
        flow = transaction.source
        dialog = dialog_of_invite(request, local_tag, self._first_sequence(), flow)
        session = Session(self._stack, self._transactions, self._registry, request, flow, local_tag, is_outbound=False)
        session.begin_inbound(transaction, dialog, now)
        self._stack.emit(IncomingCall(session))

    def _limits(self, request: Request) -> Refusal | None:
        if self.draining or self.sessions >= MAX_SESSIONS:
            return Refusal(503, headers=BUSY)
        if is_too_brief(request, self._stack.settings):
            return Refusal(422, headers=(("Min-SE", str(least_s(self._stack.settings))),))
        return None

    def _on_dialog_request(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        found = self._registry.dialogs.get((request.call_id, request.to.tag or "", request.from_.tag))
        if found is None:
            transaction.reply(481, now)
        else:
            session, dialog = found
            session.receive(transaction, request, dialog, now)

    def _on_cancel(self, transaction: ServerTransaction, cancel: Request, now: float) -> None:
        invite = self._transactions.cancelled_by(cancel)
        if invite is None:
            transaction.reply(481, now)
            return
        transaction.to_tag = invite.to_tag
        transaction.reply(200, now)
        invite.cancel(now)

    def _on_ack(self, ack: Request, now: float) -> None:
        found = self._registry.dialogs.get((ack.call_id, ack.to.tag or "", ack.from_.tag))
        if found is not None:
            found[0].receive_ack(ack, now)

    def _refuse_malformed(self, fault: MalformedMessage, flow: Flow) -> None:
        request = fault.request
        if request is None:
            return
        self._transactions.refuse(request, fault.status, flow, _printable(fault.reason))

    def _first_sequence(self) -> int:
        return 1 + int(self._stack.fraction() * FIRST_SEQUENCE_LIMIT)


def _refuse(transaction: ServerTransaction, refusal: Refusal, now: float) -> None:
    transaction.reply(refusal.status, now, reason=refusal.reason, headers=refusal.headers)


def _printable(reason: str) -> str:
    """Return a reason phrase that quotes what arrived without its strange characters."""
    return "".join(character if " " <= character <= "~" else "?" for character in reason)
