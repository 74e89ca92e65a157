"""A call to us until it is confirmed: progress, accept, reject, CANCEL (RFC 3261 §13.3)."""

from __future__ import annotations

from .ack import AwaitedAcks
from .agenda import Alarm
from .events import Acknowledged, Cancelled
from .live_transaction import ServerTransaction
from .message import Request, Response
from .reliable import SentProvisionals, wants_reliable
from .session_timer import SessionTimer
from .stack import HeaderPairs
from .usage import UNANSWERED, SessionState, Usage, put_sdp, sdp_of

REMIND_S = 60.0
"""Proxies give an INVITE up 3 minutes after its last 1xx; it is to be repeated every minute (§13.3.1.1)."""

LONGEST_UNANSWERED_S = 600.0
"""Ringing and early media end some day, also when the caller has vanished or nobody ever decides."""


class Inbound:
    """The procedures of the called side. What the peer has made pointless meanwhile does nothing."""

    def __init__(self, usage: Usage, transaction: ServerTransaction, timer: SessionTimer, acks: AwaitedAcks) -> None:
        self._usage = usage
        self._transaction = transaction
        self._timer = timer
        self._acks = acks
        self._latest: Response | None = None
        self._reminder: Alarm | None = None
        self._gives_up_at = 0.0
        self._is_late_offer = not usage.remote_sdp
        self._early_answer = b""
        self._accepted = False
        self.provisionals = SentProvisionals(usage, transaction, self._not_acknowledged)
        transaction.on_cancel = self._cancelled
        usage.on_end.append(self._finish)

    def begin(self, now: float) -> None:
        """Answer 100 at once, so that the caller stops repeating the INVITE (§8.2.6.1)."""
        self._transaction.send(self._transaction.response(100), now)
        self._gives_up_at = now + LONGEST_UNANSWERED_S
        self._remind_later(now)

    def progress(self, status: int, sdp: bytes | None, reliable: bool | None, now: float) -> None:
        """Send 101-199, with SDP for early media."""
        usage = self._usage
        if usage.state not in UNANSWERED or self._accepted:
            return
        usage.state = SessionState.RINGING
        response = self._transaction.response(status)
        usage.introduce(response, self._transaction.flow)
        if sdp:
            usage.local_sdp = sdp
            put_sdp(response, sdp)
        if wants_reliable(usage.request, reliable):
            self.provisionals.send(response, now)
        else:
            self._latest = response
            self._transaction.send(response, now)

    def accept(self, sdp: bytes, now: float) -> None:
        """Send 200, or as soon as a reliable 1xx with SDP is acknowledged (RFC 3262 §3)."""
        usage = self._usage
        if usage.state not in UNANSWERED or self._accepted:
            return
        self._accepted = True
        usage.local_sdp = sdp
        if self.provisionals.holds_back_answer:
            self.provisionals.when_done(self._send_ok)
        else:
            self._send_ok(now)

    def reject(self, status: int, reason: str | None, headers: HeaderPairs, now: float) -> None:
        """Send 300-699 and end."""
        usage = self._usage
        if usage.state not in UNANSWERED:
            return
        response = self._transaction.response(status, reason)
        for name, value in headers:
            response.headers.add(name, value)
        self._transaction.send(response, now)
        usage.end(status, response.reason, now, by_peer=False)

    def acknowledged(self, ack: Request) -> None:
        """Take the ACK of our 200."""
        usage = self._usage
        answer = sdp_of(ack) if self._is_late_offer else b""
        answer = answer or self._early_answer
        if answer:
            usage.remote_sdp = answer
        usage.emit(Acknowledged(usage.session, answer))

    def took_answer(self, prack: Request) -> bool:
        """Say whether the SDP of a PRACK is the answer to a late offer of ours, and keep it; else it is an offer."""
        if not self._is_late_offer or self._early_answer:
            return False
        self._early_answer = self._usage.remote_sdp = sdp_of(prack)
        return True

    def _send_ok(self, now: float) -> None:
        usage = self._usage
        response = usage.ok(self._transaction, usage.local_sdp)
        self._timer.answer(usage.request, response, now)
        usage.state = SessionState.ANSWERED
        self._transaction.send(response, now)
        self._put_away(now)
        self._acks.wait(self._transaction, usage.request.cseq.number, now)

    def _cancelled(self, now: float) -> None:
        """Take a CANCEL that came before our final response (§9.2)."""
        self._transaction.reply(487, now)
        self._usage.emit(Cancelled(self._usage.session))
        self._usage.end(487, "Request Terminated", now, by_peer=True)

    def _not_acknowledged(self, now: float) -> None:
        self.reject(504, None, (), now)

    def _remind_later(self, now: float) -> None:
        self._reminder = self._usage.stack.agenda.at(now + REMIND_S, self._remind)

    def _remind(self, now: float) -> None:
        if now >= self._gives_up_at:
            self.reject(480, None, (), now)
            return
        if self._latest is not None:
            self._transaction.send(self._latest, now)
        self._remind_later(now)

    def _finish(self, now: float) -> None:
        """See to it that the INVITE is not left without a final response, as after a BYE (§15.1.2)."""
        self._put_away(now)
        self._transaction.reply(487, now)

    def _put_away(self, now: float) -> None:
        if self._reminder is not None:
            self._reminder.cancel()
        self._latest = None
