"""One call: an INVITE usage with a method for each procedure, and the requests that come in its dialog."""

from __future__ import annotations

from .ack import AwaitedAcks
from .dialog import Dialog
from .events import InfoReceived
from .flow import Flow
from .grammar import printable
from .live_transaction import Outcome, ServerTransaction
from .message import Request
from .screening import describe, screen_body, unsupported
from .session_inbound import Inbound
from .session_offer import ReceivedOffers
from .session_outbound import Outbound
from .session_reoffer import SentOffers
from .session_timer import SessionTimer, is_too_brief, least_s
from .stack import ALLOW, HeaderPairs, Stack
from .transactions import Transactions
from .uri import Uri
from .usage import ESTABLISHED, UNANSWERED, Registry, SessionState, Usage, content_type, sdp_of

MAX_INFO_TYPE = 255
"""Characters of an INFO's media type; no real one is longer."""


class Session:
    """A call to us or of ours.

    A procedure that makes no sense in the present state does nothing: the peer may have been faster. All times are
    seconds.
    """

    def __init__(
        self,
        stack: Stack,
        transactions: Transactions,
        registry: Registry,
        request: Request,
        flow: Flow,
        local_tag: str,
        is_outbound: bool,
    ) -> None:
        usage = Usage(stack, transactions, registry, self, stack.token(), local_tag, request, flow, is_outbound)
        self._usage = usage
        self._acks = AwaitedAcks(usage, self._on_ack, self._on_silence)
        self._timer = SessionTimer(usage, self._refresh, self._expire)
        self._sent = SentOffers(usage, self._timer, self._is_free)
        self._received = ReceivedOffers(usage, self._timer, self._acks, self._has_offered, self._sent.go_on)
        self._inbound: Inbound | None = None
        self._outbound: Outbound | None = None
        self._held_bye: list[str | None] = []
        self._has_referred = False
        registry.live[usage.id] = self

    @property
    def id(self) -> str:
        """Return an id that no other session has."""
        return self._usage.id

    @property
    def call_id(self) -> str:
        """Return the Call-ID."""
        return self._usage.request.call_id

    @property
    def state(self) -> SessionState:
        """Return where the call stands."""
        return self._usage.state

    @property
    def remote_sdp(self) -> bytes:
        """Return the latest session description of the peer, b"" before there is one."""
        return self._usage.remote_sdp

    @property
    def local_sdp(self) -> bytes:
        """Return our latest session description."""
        return self._usage.local_sdp

    @property
    def request(self) -> Request:
        """Return the INVITE that made the call."""
        return self._usage.request

    @property
    def flow(self) -> Flow:
        """Return the flow that the INVITE came from or went to."""
        return self._usage.flow

    @property
    def is_outbound(self) -> bool:
        """Say whether we called."""
        return self._usage.is_outbound

    def progress(self, status: int, sdp: bytes | None = None, *, reliable: bool | None = None, now: float) -> None:
        """Send 101-199, with SDP for early media; `reliable`: None only if the caller requires it, True if it can."""
        if self._inbound is not None:
            self._inbound.progress(status, sdp, reliable, now)

    def accept(self, sdp: bytes, now: float) -> None:
        """Send 200 with our answer, or with our offer if the INVITE had none."""
        if self._inbound is not None:
            self._inbound.accept(sdp, now)

    def reject(self, status: int, reason: str | None = None, headers: HeaderPairs = (), *, now: float) -> None:
        """Send 300-699."""
        if self._inbound is not None:
            self._inbound.reject(status, reason, headers, now)

    def cancel(self, now: float) -> None:
        """Give up a call of ours that is not answered."""
        if self._outbound is not None:
            self._outbound.cancel(now)

    def reinvite(self, sdp: bytes, now: float) -> None:
        """Offer new media by re-INVITE; `ReinviteDone` reports the outcome."""
        self._sent.offer("INVITE", sdp, now)

    def update(self, sdp: bytes | None, now: float) -> None:
        """Offer new media by UPDATE, or only refresh; `ReinviteDone` reports the outcome."""
        self._sent.offer("UPDATE", sdp or b"", now)

    def answer_offer(self, sdp: bytes | None, now: float) -> None:
        """Answer an `OfferReceived`; None refuses it with 488."""
        self._received.answer(sdp, now)

    def provide_offer(self, sdp: bytes, now: float) -> None:
        """Answer an `OfferRequested`; the answer to it comes as `Acknowledged`."""
        self._received.provide(sdp, now)

    def info(self, content_type: str, body: bytes, now: float) -> None:
        """Send an INFO (RFC 6086, legacy usage)."""
        usage = self._usage
        if usage.dialog is None or usage.state is SessionState.ENDED:
            return
        request = usage.prepare(usage.dialog, "INFO", (("Content-Type", content_type),))
        request.body = body
        usage.send(usage.dialog, request, self._on_outcome, now)

    def refer(self, target: Uri, now: float) -> None:
        """Ask the peer to call somebody else (RFC 3515)."""
        usage = self._usage
        if usage.dialog is None or usage.state is not SessionState.CONFIRMED:
            return
        request = usage.prepare(usage.dialog, "REFER", (("Refer-To", f"<{target}>"),))
        usage.introduce(request, usage.flow_of(usage.dialog))
        self._has_referred = True
        usage.send(usage.dialog, request, _ignore, now)

    def bye(self, reason: str | None = None, *, now: float) -> None:
        """Hang up an answered call; `reason` is a Reason header (RFC 3326).

        The called side waits for the ACK of its 200 first (RFC 3261 §15).
        """
        usage = self._usage
        if usage.state is SessionState.ANSWERED:
            self._held_bye = self._held_bye or [reason]
        elif usage.state is SessionState.CONFIRMED and usage.dialog is not None:
            usage.send_bye(usage.dialog, now, reason)
            usage.end(200, reason or "", now, by_peer=False)

    def hang_up(self, now: float) -> None:
        """Cancel, reject with 480 or hang up, whatever the state asks for."""
        if self._usage.state not in UNANSWERED:
            self.bye(now=now)
        elif self._outbound is not None:
            self.cancel(now)
        else:
            self.reject(480, now=now)

    def begin_inbound(self, transaction: ServerTransaction, dialog: Dialog, now: float) -> None:
        """Start as the called side."""
        usage = self._usage
        usage.remote_sdp = sdp_of(usage.request)
        usage.peer_updates = "update" in usage.request.headers.tokens("allow")
        usage.confirm(dialog)
        self._inbound = Inbound(usage, transaction, self._timer, self._acks)
        self._inbound.begin(now)

    def begin_outbound(self, template: Dialog, offer: bytes, headers: HeaderPairs, now: float) -> None:
        """Start as the calling side; `template` has everything but the peer's tag."""
        self._usage.local_sdp = offer
        self._outbound = Outbound(self._usage, self._timer, template, headers)
        self._outbound.begin(now)

    def flow_closed(self, flow: Flow) -> None:
        """Forget a connection: later requests go where the peer's Contact says."""
        dialog = self._usage.dialog
        if dialog is not None and dialog.flow == flow:
            dialog.flow = None

    def receive_ack(self, ack: Request, now: float) -> None:
        """Take an ACK of a 2xx."""
        self._acks.receive(ack, now)

    def receive(self, transaction: ServerTransaction, request: Request, dialog: Dialog, now: float) -> None:
        """Take a request in a dialog of the call."""
        if request.cseq.number <= dialog.remote_sequence:
            transaction.reply(500, now)  # out of order (RFC 3261 §12.2.2)
            return
        dialog.remote_sequence = request.cseq.number
        if unknown := unsupported(request):
            transaction.reply(420, now, headers=(("Unsupported", unknown),))
            return
        dialog.flow = transaction.source
        self._dispatch(transaction, request, dialog, now)

    def _dispatch(self, transaction: ServerTransaction, request: Request, dialog: Dialog, now: float) -> None:
        match request.method:
            case "INVITE" | "UPDATE":
                self._receive_offer(transaction, request, dialog, now)
            case "BYE":
                transaction.reply(200, now)
                self._usage.end(200, printable(request.headers.get("reason") or ""), now, by_peer=True)
            case "PRACK":
                self._receive_prack(transaction, request, now)
            case "INFO":
                self._receive_info(transaction, request, now)
            case "OPTIONS":
                describe(transaction, now)
            case "REFER":
                transaction.reply(603, now)
            case "NOTIFY" if self._has_referred:
                transaction.reply(200, now)
            case "NOTIFY":
                transaction.reply(481, now)
            case _:
                transaction.reply(405, now, headers=(("Allow", ALLOW),))

    def _receive_offer(self, transaction: ServerTransaction, request: Request, dialog: Dialog, now: float) -> None:
        if is_too_brief(request, self._usage.stack.settings):
            least = str(least_s(self._usage.stack.settings))
            transaction.reply(422, now, headers=(("Min-SE", least),))
            return
        if refusal := screen_body(request):
            transaction.reply(refusal.status, now, headers=refusal.headers)
            return
        dialog.retarget(request.contact)
        if request.method == "UPDATE" and not sdp_of(request):
            self._received.refreshed(transaction, request, now)
        else:
            self._received.receive(transaction, request, now)

    def _receive_prack(self, transaction: ServerTransaction, prack: Request, now: float) -> None:
        inbound = self._inbound
        if inbound is None or not inbound.provisionals.receive_prack(prack, now):
            transaction.reply(481, now)
            return
        if sdp_of(prack) and not inbound.took_answer(prack):
            self._received.receive(transaction, prack, now)
        else:
            transaction.reply(200, now)
        inbound.provisionals.go_on(now)

    def _receive_info(self, transaction: ServerTransaction, info: Request, now: float) -> None:
        if "info-package" in info.headers:  # we announce none in Recv-Info (RFC 6086 §4.2.2)
            transaction.reply(469, now, headers=(("Recv-Info", ""),))
            return
        transaction.reply(200, now)
        self._usage.emit(InfoReceived(self, content_type(info)[:MAX_INFO_TYPE], info.body))

    def _on_ack(self, ack: Request, now: float) -> None:
        if self._usage.state is SessionState.ANSWERED and ack.cseq.number == self.request.cseq.number:
            self._usage.state = SessionState.CONFIRMED
            if self._held_bye:
                self.bye(self._held_bye[0], now=now)
            elif self._inbound is not None:
                self._inbound.acknowledged(ack)
            self._sent.go_on(now)
        else:
            self._received.acknowledged(ack, now)

    def _on_silence(self, now: float) -> None:
        """End a call whose 2xx is never acknowledged (RFC 3261 §13.3.1.4)."""
        self._fail(408, "No ACK", now)

    def _expire(self, now: float) -> None:
        self._fail(408, "Session expired", now)

    def _fail(self, status: int, text: str, now: float) -> None:
        usage = self._usage
        if usage.dialog is not None and usage.state in ESTABLISHED:
            usage.send_bye(usage.dialog, now, f'SIP;cause={status};text="{text}"')
            usage.end(status, text, now, by_peer=False)

    def _refresh(self, now: float) -> None:
        self._sent.refresh(now)

    def _is_free(self) -> bool:
        return not (self._received.is_pending or self._sent.is_open or self._acks)

    def _has_offered(self) -> bool:
        """Say whether an offer of ours is unanswered, so that one of the peer has to wait (RFC 3261 §14.2)."""
        return self._sent.is_open or (self.is_outbound and self._usage.state in UNANSWERED)

    def _on_outcome(self, outcome: Outcome, now: float) -> None:
        self._usage.is_gone(outcome, now)


def _ignore(outcome: Outcome, now: float) -> None:
    """Take note of nothing: a refused REFER changes nothing about the call."""
