"""Reliable provisional responses (RFC 3262): repeating ours until their PRACK comes, acknowledging the peer's."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from .agenda import Alarm
from .dialog import Dialog
from .live_transaction import Outcome, ServerTransaction
from .message import Request, Response
from .transaction import GIVE_UP_S, T1
from .usage import Usage

FIRST_RSEQ_LIMIT = 1 << 16
"""A random start below 2^31 (§3), with room for the call."""

MAX_WAITING = 16
"""Provisional responses that may wait for the PRACK of an earlier one."""

RELIABLE = "100rel"


def wants_reliable(invite: Request, asked: bool | None) -> bool:
    """Say whether to send a 1xx reliably: if the caller requires it, or if we ask for it and the caller can (§3)."""
    if RELIABLE in invite.headers.tokens("require"):
        return asked is not False
    return asked is True and RELIABLE in invite.headers.tokens("supported")


class SentProvisionals:
    """Our reliable 1xx, one at a time. `on_silence(now)` is called when no PRACK comes within 64*T1."""

    def __init__(self, usage: Usage, transaction: ServerTransaction, on_silence: Callable[[float], None]) -> None:
        self._usage = usage
        self._transaction = transaction
        self._on_silence = on_silence
        self._number = 0
        self._alarm: Alarm | None = None
        self._waiting: deque[Response] = deque()
        self._has_sdp = False
        self._when_done: Callable[[float], None] | None = None
        usage.on_end.append(self._stop)

    @property
    def holds_back_answer(self) -> bool:
        """Say whether a 2xx has to wait for a PRACK: one with SDP is outstanding (§3)."""
        return self._alarm is not None and self._has_sdp

    def when_done(self, action: Callable[[float], None]) -> None:
        """Call `action(now)` when what is outstanding is acknowledged; what waits is not sent any more."""
        self._when_done = action

    def send(self, response: Response, now: float) -> None:
        """Send a 1xx, or let it wait for the PRACK of the one before."""
        if self._alarm is None:
            self._send(response, now)
        elif len(self._waiting) < MAX_WAITING:
            self._waiting.append(response)

    def receive_prack(self, prack: Request, now: float) -> bool:
        """Take a PRACK and say whether it acknowledges what is outstanding."""
        if self._alarm is None or _acknowledged(prack) != (self._number, self._usage.request.cseq.number):
            return False
        self._stop(now)
        return True

    def go_on(self, now: float) -> None:
        """Go on after a PRACK has been answered: with the 2xx that had to wait, else with the next 1xx."""
        if self._when_done is not None:
            action, self._when_done = self._when_done, None
            action(now)
        elif self._waiting:
            self._send(self._waiting.popleft(), now)

    def _send(self, response: Response, now: float) -> None:
        first = 1 + int(self._usage.stack.fraction() * FIRST_RSEQ_LIMIT)
        self._number = self._number + 1 if self._number else first
        self._has_sdp = bool(response.body)
        response.headers.set("Require", RELIABLE)
        response.headers.set("RSeq", str(self._number))
        self._transaction.send(response, now)
        self._set(response, now + GIVE_UP_S, T1, now)

    def _set(self, response: Response, until: float, wait_s: float, now: float) -> None:
        again = partial(self._again, response, until, wait_s)
        self._alarm = self._usage.stack.agenda.at(min(now + wait_s, until), again)

    def _again(self, response: Response, until: float, wait_s: float, now: float) -> None:
        if now >= until:
            self._alarm = None
            self._on_silence(now)
            return
        self._transaction.send(response, now)
        self._set(response, until, 2 * wait_s, now)

    def _stop(self, now: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None


class ReceivedProvisionals:
    """The peer's reliable 1xx, of each fork its own numbers."""

    def __init__(self, usage: Usage) -> None:
        self._usage = usage
        self._latest: dict[str | None, int] = {}

    def accepts(self, response: Response) -> bool:
        """Say whether a 1xx is to be looked at: an unreliable one, or the next in order (§4)."""
        if RELIABLE not in response.headers.tokens("require"):
            return True
        number = response.headers.number("rseq")
        latest = self._latest.get(response.to.tag)
        return number is not None and number > 0 and (latest is None or number == latest + 1)

    def acknowledge(self, dialog: Dialog, response: Response, now: float) -> None:
        """Send PRACK for a reliable 1xx that was accepted."""
        number = response.headers.number("rseq")
        if number is None or RELIABLE not in response.headers.tokens("require"):
            return
        self._latest[dialog.remote_tag] = number
        rack = ("RAck", f"{number} {response.cseq.number} INVITE")
        self._usage.send(dialog, self._usage.prepare(dialog, "PRACK", (rack,)), _ignore, now)


def _acknowledged(prack: Request) -> tuple[int, int] | None:
    """Return (RSeq, CSeq number) of a RAck for an INVITE."""
    words = (prack.headers.get("rack") or "").split()
    if len(words) != 3 or words[2] != "INVITE" or not all(word.isascii() and word.isdigit() for word in words[:2]):
        return None
    if max(map(len, words[:2])) > len(str(1 << 32)):
        return None
    return int(words[0]), int(words[1])


def _ignore(outcome: Outcome, now: float) -> None:
    """Take note of nothing: a lost PRACK shows as a 1xx that comes again."""
