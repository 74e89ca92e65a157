"""Offers of the peer in an established call: re-INVITE (RFC 3261 §14.2), UPDATE (RFC 3311), PRACK (RFC 3262 §5)."""

from __future__ import annotations

from collections.abc import Callable

from .ack import AwaitedAcks
from .agenda import Alarm
from .events import Acknowledged, OfferReceived, OfferRequested
from .live_transaction import ServerTransaction
from .message import Request
from .session_timer import SessionTimer
from .transaction import GIVE_UP_S
from .usage import ESTABLISHED, Usage, sdp_of

MOST_RETRY_AFTER_S = 10
"""RFC 3261 §14.2: the other side is to wait 0 to 10 seconds."""


class ReceivedOffers:
    """The offer that waits for our answer; there is never more than one."""

    def __init__(
        self,
        usage: Usage,
        timer: SessionTimer,
        acks: AwaitedAcks,
        has_offered: Callable[[], bool],
        freed: Callable[[float], None],
    ) -> None:
        self._usage = usage
        self._timer = timer
        self._acks = acks
        self._has_offered = has_offered
        self._freed = freed
        self._pending: ServerTransaction | None = None
        self._request: Request
        self._offer = b""
        self._patience: Alarm | None = None
        self._late: set[int] = set()
        usage.on_end.append(self._finish)

    @property
    def is_pending(self) -> bool:
        """Say whether an offer waits for our answer."""
        return self._pending is not None

    def receive(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        """Take a re-INVITE, or an UPDATE or PRACK with SDP."""
        if self._has_offered():
            transaction.reply(491, now)
        elif self._is_busy(request):
            after_s = int(self._usage.stack.fraction() * (MOST_RETRY_AFTER_S + 1))
            transaction.reply(500, now, headers=(("Retry-After", str(after_s)),))
        else:
            self._keep(transaction, request, now)

    def refreshed(self, transaction: ServerTransaction, update: Request, now: float) -> None:
        """Answer an UPDATE without SDP: it only refreshes the session (RFC 4028 §7.4)."""
        response = self._usage.ok(transaction, b"")
        if self._usage.state in ESTABLISHED:
            self._timer.answer(update, response, now)
        transaction.send(response, now)

    def answer(self, sdp: bytes | None, now: float) -> None:
        """Answer the pending offer; None refuses it with 488 and everything stays as it was."""
        if self._pending is None or not self._offer:
            return
        if sdp is None:
            self._take().reply(488, now)
            self._freed(now)
            return
        self._usage.remote_sdp = self._offer
        self._accept(sdp, now)

    def provide(self, sdp: bytes, now: float) -> None:
        """Answer a re-INVITE without SDP with our offer; its answer comes with the ACK."""
        if self._pending is None or self._offer:
            return
        self._late.add(self._request.cseq.number)
        self._accept(sdp, now)

    def acknowledged(self, ack: Request, now: float) -> None:
        """Take the ACK of our answer to a re-INVITE; report it if it brings the answer to our offer."""
        if ack.cseq.number in self._late:
            self._late.discard(ack.cseq.number)
            answer = sdp_of(ack)
            self._usage.remote_sdp = answer or self._usage.remote_sdp
            self._usage.emit(Acknowledged(self._usage.session, answer))
        self._freed(now)

    def _is_busy(self, request: Request) -> bool:
        """Say whether an earlier offer is not settled: of a re-INVITE, or of the first INVITE (RFC 3311 §5.2)."""
        if self._pending is not None:
            return True
        return request.method != "PRACK" and self._usage.state not in ESTABLISHED

    def _keep(self, transaction: ServerTransaction, request: Request, now: float) -> None:
        self._pending, self._request, self._offer = transaction, request, sdp_of(request)
        self._patience = self._usage.stack.agenda.at(now + GIVE_UP_S, self._give_up)
        if request.method == "INVITE":
            transaction.send(transaction.response(100), now)
            transaction.on_cancel = self._cancelled
        session = self._usage.session
        self._usage.emit(OfferReceived(session, self._offer) if self._offer else OfferRequested(session))

    def _accept(self, sdp: bytes, now: float) -> None:
        usage, request = self._usage, self._request
        transaction = self._take()
        usage.local_sdp = sdp
        response = usage.ok(transaction, sdp)
        if request.method != "PRACK" and usage.state in ESTABLISHED:
            self._timer.answer(request, response, now)
        transaction.send(response, now)
        if request.method == "INVITE":
            self._acks.wait(transaction, request.cseq.number, now)
        self._freed(now)

    def _cancelled(self, now: float) -> None:
        """Take the CANCEL of a re-INVITE: the call goes on as it was."""
        self._take().reply(487, now)
        self._freed(now)

    def _give_up(self, now: float) -> None:
        """Refuse an offer that nobody has answered in the time the peer waits for it."""
        self._take().reply(500, now)
        self._freed(now)

    def _take(self) -> ServerTransaction:
        transaction, self._pending = self._pending, None
        if self._patience is not None:
            self._patience.cancel()
        if transaction is None:
            raise RuntimeError("no offer is pending")
        return transaction

    def _finish(self, now: float) -> None:
        if self._pending is not None:
            self._take().reply(487, now)
