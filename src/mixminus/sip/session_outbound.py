"""A call of ours until it is confirmed: INVITE, its forks, CANCEL and its glare with 2xx (RFC 3261 §13.2, §9.1)."""

from __future__ import annotations

from .ack import SentAcks
from .agenda import Alarm
from .dialog import Dialog, dialog_of_response
from .events import Answered, Progressed
from .live_transaction import ClientTransaction, Failure, Outcome
from .message import Response
from .reliable import ReceivedProvisionals
from .session_timer import SessionTimer
from .stack import HeaderPairs
from .usage import UNANSWERED, SessionState, Usage, put_sdp, reason_of, sdp_of, status_of

LONGEST_UNANSWERED_S = 600.0
"""A call that rings longer is given up, should nobody else do it."""

MAX_FORKS = 16
"""Early dialogs of one INVITE that are followed; a stranger could answer with any number of tags."""


class Outbound:
    """The procedures of the calling side."""

    def __init__(self, usage: Usage, timer: SessionTimer, template: Dialog, headers: HeaderPairs) -> None:
        self._usage = usage
        self._timer = timer
        self._template = template
        self._headers = headers
        self._early: dict[str | None, Dialog] = {}
        self._provisionals = ReceivedProvisionals(usage)
        self._acks = SentAcks(usage)
        self._transaction: ClientTransaction | None = None
        self._is_cancelled = False
        self._limit: Alarm | None = None
        usage.on_end.append(self._finish)

    def begin(self, now: float) -> None:
        """Send the INVITE."""
        self._limit = self._usage.stack.agenda.at(now + LONGEST_UNANSWERED_S, self.cancel)
        self._send(now)

    def _send(self, now: float) -> None:
        usage = self._usage
        invite = usage.prepare(self._template, "INVITE", self._headers)
        usage.introduce(invite, usage.flow)
        for name, value in self._timer.ask():
            invite.headers.add(name, value)
        put_sdp(invite, usage.local_sdp)
        usage.request = invite
        self._transaction = usage.transactions.request(invite, usage.flow, self._on_outcome, now)

    def cancel(self, now: float) -> None:
        """Give the call up; it ends with the final response, or 64*T1 later without one."""
        if self._usage.state in UNANSWERED and not self._is_cancelled and self._transaction is not None:
            self._is_cancelled = True
            self._transaction.cancel(now)

    def _on_outcome(self, outcome: Outcome, now: float) -> None:
        if isinstance(outcome, Failure) or outcome.status >= 300:
            self._failed(outcome, now)
        elif outcome.status < 200:
            self._progressed(outcome, now)
        else:
            self._accepted(outcome, now)

    def _progressed(self, response: Response, now: float) -> None:
        usage = self._usage
        tag = response.to.tag
        if response.status == 100 or usage.state not in UNANSWERED or self._is_cancelled:
            return
        if not self._provisionals.accepts(response) or (tag not in self._early and len(self._early) >= MAX_FORKS):
            return
        usage.state = SessionState.RINGING
        if tag is not None:
            self._provisionals.acknowledge(self._early_dialog(response), response, now)
        sdp = sdp_of(response)
        usage.remote_sdp = sdp or usage.remote_sdp
        usage.emit(Progressed(usage.session, response.status, sdp))

    def _accepted(self, response: Response, now: float) -> None:
        """Acknowledge the 2xx of each fork; the first is the call, the others get a BYE (§13.2.2.4)."""
        if self._acks.repeat(response.to.tag) or len(self._early) > MAX_FORKS:
            return
        usage = self._usage
        dialog = self._confirmed_dialog(response)
        self._acks.send(dialog, response.cseq.number)
        if usage.state in UNANSWERED and not self._is_cancelled:
            self._settle(dialog, response, now)
            return
        usage.send_bye(dialog, now)
        if self._is_cancelled:
            usage.end(487, "Request Terminated", now, by_peer=False)

    def _settle(self, dialog: Dialog, response: Response, now: float) -> None:
        usage = self._usage
        usage.state = SessionState.CONFIRMED
        self._stop_limit()
        usage.confirm(dialog)
        usage.peer_updates = "update" in response.headers.tokens("allow")
        self._timer.agreed(response, now)
        usage.remote_sdp = sdp_of(response) or usage.remote_sdp
        usage.emit(Answered(usage.session, usage.remote_sdp))

    def _failed(self, outcome: Outcome, now: float) -> None:
        usage = self._usage
        if self._comes_again(outcome):
            self._send(now)
        elif self._is_cancelled:
            usage.end(487, "Request Terminated", now, by_peer=False)
        else:
            usage.end(status_of(outcome), reason_of(outcome), now, by_peer=isinstance(outcome, Response))

    def _comes_again(self, outcome: Outcome) -> bool:
        """Say whether a longer session interval, which a 422 asks for, is worth another attempt (RFC 4028 §7.3)."""
        if self._is_cancelled or self._usage.state not in UNANSWERED:
            return False
        return isinstance(outcome, Response) and outcome.status == 422 and self._timer.raised(outcome)

    def _finish(self, now: float) -> None:
        """Leave no INVITE behind that nobody ever ends."""
        self._stop_limit()
        if self._transaction is not None:
            self._transaction.cancel(now)

    def _stop_limit(self) -> None:
        if self._limit is not None:
            self._limit.cancel()

    def _early_dialog(self, response: Response) -> Dialog:
        tag = response.to.tag
        dialog = self._early.get(tag)
        if dialog is None:
            dialog = self._early[tag] = dialog_of_response(self._usage.request, response, self._usage.flow)
            self._usage.adopt(dialog)
            self._usage.dialog = self._usage.dialog or dialog
        return dialog

    def _confirmed_dialog(self, response: Response) -> Dialog:
        """Return the dialog of a 2xx: it replaces target and route set of the early one (§13.2.2.4)."""
        dialog = dialog_of_response(self._usage.request, response, self._usage.flow)
        early = self._early.get(response.to.tag)
        if early is not None:
            dialog.local_sequence = early.local_sequence
            dialog.remote_sequence = early.remote_sequence
        self._early[response.to.tag] = dialog
        return dialog
