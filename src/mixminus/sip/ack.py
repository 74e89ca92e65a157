"""The ACK of a 2xx, which is end to end: waiting for it (RFC 3261 §13.3.1.4) and sending it (§13.2.2.4)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from .agenda import Alarm
from .dialog import Dialog
from .flow import Flow
from .live_transaction import ServerTransaction
from .message import Request
from .transaction import GIVE_UP_S, T1, T2
from .usage import Usage


class AwaitedAcks:
    """Repeats each 2xx to an INVITE until its ACK comes, over reliable transports too: a later hop may be UDP.

    `on_ack(ack, now)` is called once for each 2xx, `on_silence(now)` when there is no ACK within 64*T1.
    """

    def __init__(
        self, usage: Usage, on_ack: Callable[[Request, float], None], on_silence: Callable[[float], None]
    ) -> None:
        self._usage = usage
        self._on_ack = on_ack
        self._on_silence = on_silence
        self._alarms: dict[int, Alarm] = {}
        usage.on_end.append(self._stop)

    def __bool__(self) -> bool:
        return bool(self._alarms)

    def wait(self, transaction: ServerTransaction, number: int, now: float) -> None:
        """Wait for the ACK of the INVITE with this CSeq number, whose 2xx has just been sent."""
        self._set(transaction, number, now + GIVE_UP_S, T1, now)

    def receive(self, ack: Request, now: float) -> None:
        """Take an ACK; all but the first are repetitions."""
        alarm = self._alarms.pop(ack.cseq.number, None)
        if alarm is not None:
            alarm.cancel()
            self._on_ack(ack, now)

    def _set(self, transaction: ServerTransaction, number: int, until: float, wait_s: float, now: float) -> None:
        again = partial(self._again, transaction, number, until, wait_s)
        self._alarms[number] = self._usage.stack.agenda.at(min(now + wait_s, until), again)

    def _again(self, transaction: ServerTransaction, number: int, until: float, wait_s: float, now: float) -> None:
        if now >= until:
            del self._alarms[number]
            self._on_silence(now)
            return
        transaction.send_again(now)
        self._set(transaction, number, until, min(2 * wait_s, T2), now)

    def _stop(self, now: float) -> None:
        for alarm in self._alarms.values():
            alarm.cancel()
        self._alarms.clear()


class SentAcks:
    """The ACKs of one INVITE of ours, one for each fork, repeated for each repetition of its 2xx."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage
        self._sent: dict[str | None, tuple[Flow, bytes]] = {}

    def repeat(self, tag: str | None) -> bool:
        """Send the ACK again if this fork has had it; say whether it had."""
        if tag not in self._sent:
            return False
        self._usage.stack.send(*self._sent[tag])
        return True

    def send(self, dialog: Dialog, number: int) -> None:
        """Acknowledge the 2xx of a fork."""
        flow = self._usage.flow_of(dialog)
        ack = dialog.request("ACK", number)
        self._sent[dialog.remote_tag] = flow, self._usage.transactions.send_ack(ack, flow)
