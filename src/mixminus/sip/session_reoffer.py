"""Offers of ours in an established call: re-INVITE, UPDATE and the refreshes of the session timer (RFC 3261 §14.1)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .ack import SentAcks
from .agenda import Alarm
from .dialog import Dialog
from .events import ReinviteDone
from .live_transaction import ClientTransaction, Outcome
from .message import Response
from .session_timer import SessionTimer
from .transaction import GIVE_UP_S
from .usage import ESTABLISHED, SessionState, Usage, put_sdp, sdp_of, status_of

MAX_ATTEMPTS = 5
"""Of one re-INVITE that meets 491: two sides that choose their waits at random collide five times hardly ever."""

MAX_WAITING = 8
"""Offers of ours that may wait for one another."""

OWNER_WAIT_S = (2.1, 4.0)
"""After a 491, for the side that made the Call-ID (§14.1)."""
OTHER_WAIT_S = (0.0, 2.0)


@dataclass(slots=True)
class Reoffer:
    """A request to be sent when the dialog is free for it; `is_announced`: its outcome is reported as an event."""

    method: Literal["INVITE", "UPDATE"]
    sdp: bytes
    is_announced: bool
    attempts: int = 0


class SentOffers:
    """The offers of ours, one after the other; each waits until nothing else is being negotiated."""

    def __init__(self, usage: Usage, timer: SessionTimer, is_free: Callable[[], bool]) -> None:
        self._usage = usage
        self._timer = timer
        self._is_free = is_free
        self._waiting: deque[Reoffer] = deque()
        self._current: Reoffer | None = None
        self._transaction: ClientTransaction | None = None
        self._retry: Alarm | None = None
        self._patience: Alarm | None = None
        usage.on_end.append(self._finish)

    @property
    def is_open(self) -> bool:
        """Say whether an offer of ours has no final response yet."""
        return self._transaction is not None

    def offer(self, method: Literal["INVITE", "UPDATE"], sdp: bytes, now: float) -> None:
        """Send an offer as soon as the dialog is free for it."""
        if self._usage.state in ESTABLISHED and len(self._waiting) < MAX_WAITING:
            self._waiting.append(Reoffer(method, sdp, is_announced=True))
            self.go_on(now)

    def refresh(self, now: float) -> None:
        """Refresh the session: by UPDATE if the peer can, else by a re-INVITE with the SDP as it is (RFC 4028 §7.4)."""
        if self._waiting or self._current is not None:
            return  # what is on its way refreshes the session as well
        by_update = self._usage.peer_updates
        self._waiting.append(
            Reoffer("UPDATE" if by_update else "INVITE", b"" if by_update else self._usage.local_sdp, False)
        )
        self.go_on(now)

    def go_on(self, now: float) -> None:
        """Send the next offer if nothing stands in its way."""
        dialog = self._usage.dialog
        if self._usage.state is not SessionState.CONFIRMED or dialog is None or not self._is_free():
            return
        if self._current is None and self._waiting:
            self._current = self._waiting.popleft()
            self._send(self._current, dialog, now)

    def _send(self, reoffer: Reoffer, dialog: Dialog, now: float) -> None:
        usage = self._usage
        reoffer.attempts += 1
        request = usage.prepare(dialog, reoffer.method, self._timer.ask())
        usage.introduce(request, usage.flow_of(dialog))
        put_sdp(request, reoffer.sdp)
        acks = SentAcks(usage)

        def on_outcome(outcome: Outcome, now: float) -> None:
            if isinstance(outcome, Response) and not self._is_final(outcome, reoffer, dialog, acks):
                return
            self._done(reoffer, dialog, outcome, now)

        self._transaction = usage.send(dialog, request, on_outcome, now)
        self._patience = usage.stack.agenda.at(now + GIVE_UP_S, self._give_up)

    def _is_final(self, response: Response, reoffer: Reoffer, dialog: Dialog, acks: SentAcks) -> bool:
        """Acknowledge a 2xx to a re-INVITE, whatever has become of the call; False for 1xx and repetitions."""
        if response.status < 200 or acks.repeat(response.to.tag):
            return False
        if response.status < 300:
            dialog.retarget(response.contact)
            if reoffer.method == "INVITE":
                acks.send(dialog, response.cseq.number)
        return True

    def _done(self, reoffer: Reoffer, dialog: Dialog, outcome: Outcome, now: float) -> None:
        if self._usage.state is SessionState.ENDED:
            return
        self._transaction = None
        if self._patience is not None:
            self._patience.cancel()
        if self._usage.is_gone(outcome, now) or self._comes_again(reoffer, dialog, outcome, now):
            return
        self._current = None
        before = self._usage.remote_sdp
        answer = self._conclude(reoffer, outcome, now)
        if reoffer.is_announced or answer not in (b"", before):
            self._usage.emit(ReinviteDone(self._usage.session, status_of(outcome), answer))
        self.go_on(now)

    def _conclude(self, reoffer: Reoffer, outcome: Outcome, now: float) -> bytes:
        """Note what was agreed, or that nothing was and all stays as it was; return the answer."""
        if not isinstance(outcome, Response) or outcome.status >= 300:
            if not reoffer.is_announced:
                self._usage.peer_updates = False  # the next refresh is a re-INVITE, which everybody understands
            self._timer.failed(now)
            return b""
        self._timer.agreed(outcome, now)
        answer = sdp_of(outcome)
        self._usage.local_sdp = reoffer.sdp or self._usage.local_sdp
        self._usage.remote_sdp = answer or self._usage.remote_sdp
        return answer

    def _comes_again(self, reoffer: Reoffer, dialog: Dialog, outcome: Outcome, now: float) -> bool:
        if not isinstance(outcome, Response) or reoffer.attempts >= MAX_ATTEMPTS:
            return False
        if outcome.status == 422 and self._timer.raised(outcome):
            wait_s = 0.0
        elif outcome.status == 491:
            least_s, most_s = OWNER_WAIT_S if self._usage.is_outbound else OTHER_WAIT_S
            wait_s = least_s + self._usage.stack.fraction() * (most_s - least_s)
        else:
            return False
        self._current = None
        self._retry = self._usage.stack.agenda.at(now + wait_s, lambda now: self._again(reoffer, now))
        return True

    def _again(self, reoffer: Reoffer, now: float) -> None:
        self._waiting.appendleft(reoffer)
        self.go_on(now)

    def _give_up(self, now: float) -> None:
        """Cancel a re-INVITE that is never answered; a non-INVITE times out by itself at the same time."""
        if self._transaction is not None:
            self._transaction.cancel(now)

    def _finish(self, now: float) -> None:
        self._waiting.clear()
        for alarm in (self._retry, self._patience):
            if alarm is not None:
                alarm.cancel()
