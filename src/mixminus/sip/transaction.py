"""The four transaction machines of RFC 3261 §17 with the corrections of RFC 6026.

The tables are the specification; `Machine` only looks things up in them. To change a timer, change a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from math import inf

T1 = 0.5
"""Estimate of the round trip, seconds (RFC 3261 §17.1.1.1)."""
T2 = 4.0
"""Longest wait between retransmissions of anything but an INVITE."""
T4 = 5.0
"""Longest time that a message stays in the network."""
GIVE_UP_S = 64 * T1


class State(Enum):
    """Where a transaction stands."""

    CALLING = auto()
    CANCEL_HELD = auto()  # calling, and to be cancelled as soon as a 1xx allows it
    TRYING = auto()
    PROCEEDING = auto()
    ACCEPTED = auto()
    COMPLETED = auto()
    CONFIRMED = auto()
    TERMINATED = auto()


class Timer(Enum):
    """The timers of RFC 3261 table 4 and RFC 6026; C bounds the wait for the final response after a CANCEL (§9.1)."""

    A = auto()
    B = auto()
    C = auto()
    D = auto()
    E = auto()
    F = auto()
    G = auto()
    H = auto()
    I = auto()  # noqa: E741  (the RFC's name)
    J = auto()
    K = auto()
    L = auto()
    M = auto()


class Stimulus(Enum):
    """What happens to a transaction, besides its timers."""

    REQUEST = auto()  # the request again
    ACK = auto()
    SEND_1XX = auto()
    SEND_2XX = auto()
    SEND_FAILURE = auto()
    RECEIVE_1XX = auto()
    RECEIVE_2XX = auto()
    RECEIVE_FAILURE = auto()
    CANCEL = auto()
    FLOW_CLOSED = auto()


class Do(Enum):
    """What a transaction asks for."""

    SEND = auto()  # the latest message: first time or again
    PASS = auto()  # hand the message to the user of the transaction
    SEND_ACK = auto()
    SEND_CANCEL = auto()
    TIMED_OUT = auto()  # tell the user: as if 408 (RFC 3261 §8.1.3.1)
    UNREACHABLE = auto()  # tell the user: as if 503


@dataclass(frozen=True, slots=True)
class Wait:
    """How long a timer runs; `longest_s` > `first_s`: it doubles each time it goes off, up to that."""

    first_s: float
    longest_s: float = 0.0

    def again(self, last_s: float) -> float:
        """Return the wait after one of `last_s`."""
        return max(self.first_s, min(2 * last_s, self.longest_s))


Input = Stimulus | Timer
Timers = Mapping[Timer, Wait]


@dataclass(frozen=True, slots=True)
class Row:
    """The new state, what to do, which timers to start."""

    state: State
    actions: tuple[Do, ...] = ()
    timers: Timers = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A machine: its start, and a row for each input that means something in a state; all others are ignored."""

    start: Row
    rows: Mapping[tuple[State, Input], Row]


S, W, D, T = State, Stimulus, Do, Timer

RUNS_IN: Mapping[Timer, frozenset[State]] = {
    T.A: frozenset({S.CALLING, S.CANCEL_HELD}),
    T.B: frozenset({S.CALLING, S.CANCEL_HELD}),
    T.C: frozenset({S.PROCEEDING}),
    T.D: frozenset({S.COMPLETED}),
    T.E: frozenset({S.TRYING, S.PROCEEDING}),
    T.F: frozenset({S.TRYING, S.PROCEEDING}),
    T.G: frozenset({S.COMPLETED}),
    T.H: frozenset({S.COMPLETED}),
    T.I: frozenset({S.CONFIRMED}),
    T.J: frozenset({S.COMPLETED}),
    T.K: frozenset({S.COMPLETED}),
    T.L: frozenset({S.ACCEPTED}),
    T.M: frozenset({S.ACCEPTED}),
}
"""A timer stops when its transaction enters a state that is not listed here."""

GIVE_UP = Wait(GIVE_UP_S)
INVITE_AGAIN = Wait(T1, inf)
REQUEST_AGAIN = Wait(T1, T2)
RESPONSE_AGAIN = Wait(T1, T2)
ABSORB_RESPONSES = Wait(32.0)
NETWORK_EMPTIES = Wait(T4)

_FAILED = Row(S.COMPLETED, (D.SEND_ACK, D.PASS), {T.D: ABSORB_RESPONSES})
_ACCEPTED = Row(S.ACCEPTED, (D.PASS,), {T.M: GIVE_UP})
_TIMED_OUT = Row(S.TERMINATED, (D.TIMED_OUT,))
_UNREACHABLE = Row(S.TERMINATED, (D.UNREACHABLE,))
_OVER = Row(S.TERMINATED)

CLIENT_INVITE = Table(
    Row(S.CALLING, (D.SEND,), {T.A: INVITE_AGAIN, T.B: GIVE_UP}),
    {
        (S.CALLING, T.A): Row(S.CALLING, (D.SEND,), {T.A: INVITE_AGAIN}),
        (S.CALLING, T.B): _TIMED_OUT,
        (S.CALLING, W.CANCEL): Row(S.CANCEL_HELD),
        (S.CALLING, W.RECEIVE_1XX): Row(S.PROCEEDING, (D.PASS,)),
        (S.CALLING, W.RECEIVE_2XX): _ACCEPTED,
        (S.CALLING, W.RECEIVE_FAILURE): _FAILED,
        (S.CALLING, W.FLOW_CLOSED): _UNREACHABLE,
        (S.CANCEL_HELD, T.A): Row(S.CANCEL_HELD, (D.SEND,), {T.A: INVITE_AGAIN}),
        (S.CANCEL_HELD, T.B): _TIMED_OUT,
        (S.CANCEL_HELD, W.RECEIVE_1XX): Row(S.PROCEEDING, (D.SEND_CANCEL, D.PASS), {T.C: GIVE_UP}),
        (S.CANCEL_HELD, W.RECEIVE_2XX): _ACCEPTED,
        (S.CANCEL_HELD, W.RECEIVE_FAILURE): _FAILED,
        (S.CANCEL_HELD, W.FLOW_CLOSED): _UNREACHABLE,
        (S.PROCEEDING, W.CANCEL): Row(S.PROCEEDING, (D.SEND_CANCEL,), {T.C: GIVE_UP}),
        (S.PROCEEDING, T.C): _TIMED_OUT,
        (S.PROCEEDING, W.RECEIVE_1XX): Row(S.PROCEEDING, (D.PASS,)),
        (S.PROCEEDING, W.RECEIVE_2XX): _ACCEPTED,
        (S.PROCEEDING, W.RECEIVE_FAILURE): _FAILED,
        (S.PROCEEDING, W.FLOW_CLOSED): _UNREACHABLE,
        (S.ACCEPTED, W.RECEIVE_2XX): Row(S.ACCEPTED, (D.PASS,)),
        (S.ACCEPTED, T.M): _OVER,
        (S.COMPLETED, W.RECEIVE_FAILURE): Row(S.COMPLETED, (D.SEND_ACK,)),
        (S.COMPLETED, W.FLOW_CLOSED): _OVER,
        (S.COMPLETED, T.D): _OVER,
    },
)

_DONE = Row(S.COMPLETED, (D.PASS,), {T.K: NETWORK_EMPTIES})

CLIENT_OTHER = Table(
    Row(S.TRYING, (D.SEND,), {T.E: REQUEST_AGAIN, T.F: GIVE_UP}),
    {
        (S.TRYING, T.E): Row(S.TRYING, (D.SEND,), {T.E: REQUEST_AGAIN}),
        (S.TRYING, T.F): _TIMED_OUT,
        (S.TRYING, W.RECEIVE_1XX): Row(S.PROCEEDING, (D.PASS,)),
        (S.TRYING, W.RECEIVE_2XX): _DONE,
        (S.TRYING, W.RECEIVE_FAILURE): _DONE,
        (S.TRYING, W.FLOW_CLOSED): _UNREACHABLE,
        (S.PROCEEDING, T.E): Row(S.PROCEEDING, (D.SEND,), {T.E: Wait(T2)}),
        (S.PROCEEDING, T.F): _TIMED_OUT,
        (S.PROCEEDING, W.RECEIVE_1XX): Row(S.PROCEEDING, (D.PASS,)),
        (S.PROCEEDING, W.RECEIVE_2XX): _DONE,
        (S.PROCEEDING, W.RECEIVE_FAILURE): _DONE,
        (S.PROCEEDING, W.FLOW_CLOSED): _UNREACHABLE,
        (S.COMPLETED, W.FLOW_CLOSED): _OVER,
        (S.COMPLETED, T.K): _OVER,
    },
)

SERVER_INVITE = Table(
    Row(S.PROCEEDING),
    {
        (S.PROCEEDING, W.REQUEST): Row(S.PROCEEDING, (D.SEND,)),
        (S.PROCEEDING, W.SEND_1XX): Row(S.PROCEEDING, (D.SEND,)),
        (S.PROCEEDING, W.SEND_2XX): Row(S.ACCEPTED, (D.SEND,), {T.L: GIVE_UP}),
        (S.PROCEEDING, W.SEND_FAILURE): Row(S.COMPLETED, (D.SEND,), {T.G: RESPONSE_AGAIN, T.H: GIVE_UP}),
        # RFC 6026 absorbs it without a word; its sender has evidently seen no 2xx, so it gets it sooner than by T1..T2.
        (S.ACCEPTED, W.REQUEST): Row(S.ACCEPTED, (D.SEND,)),
        (S.ACCEPTED, W.SEND_2XX): Row(S.ACCEPTED, (D.SEND,)),
        (S.ACCEPTED, W.ACK): Row(S.ACCEPTED, (D.PASS,)),
        (S.ACCEPTED, T.L): _OVER,
        (S.COMPLETED, W.REQUEST): Row(S.COMPLETED, (D.SEND,)),
        (S.COMPLETED, T.G): Row(S.COMPLETED, (D.SEND,), {T.G: RESPONSE_AGAIN}),
        (S.COMPLETED, T.H): _OVER,
        (S.COMPLETED, W.ACK): Row(S.CONFIRMED, (), {T.I: NETWORK_EMPTIES}),
        (S.CONFIRMED, T.I): _OVER,
    },
)

_ANSWERED = Row(S.COMPLETED, (D.SEND,), {T.J: GIVE_UP})

SERVER_OTHER = Table(
    Row(S.TRYING),
    {
        (S.TRYING, W.SEND_1XX): Row(S.PROCEEDING, (D.SEND,)),
        (S.TRYING, W.SEND_2XX): _ANSWERED,
        (S.TRYING, W.SEND_FAILURE): _ANSWERED,
        (S.PROCEEDING, W.REQUEST): Row(S.PROCEEDING, (D.SEND,)),
        (S.PROCEEDING, W.SEND_1XX): Row(S.PROCEEDING, (D.SEND,)),
        (S.PROCEEDING, W.SEND_2XX): _ANSWERED,
        (S.PROCEEDING, W.SEND_FAILURE): _ANSWERED,
        (S.COMPLETED, W.REQUEST): Row(S.COMPLETED, (D.SEND,)),
        (S.COMPLETED, T.J): _OVER,
    },
)

NOT_ON_RELIABLE = frozenset({T.A, T.E, T.G})
"""A reliable transport repeats by itself."""
AT_ONCE_ON_RELIABLE = frozenset({T.D, T.I, T.J, T.K})
"""Nothing comes twice over a reliable transport, so nothing is to be absorbed."""


def over_reliable(table: Table) -> Table:
    """Return the same machine for a reliable transport (RFC 3261 table 4)."""
    return Table(_reliable_row(table.start), {given: _reliable_row(row) for given, row in table.rows.items()})


def _reliable_row(row: Row) -> Row:
    timers = {
        timer: Wait(0.0) if timer in AT_ONCE_ON_RELIABLE else wait
        for timer, wait in row.timers.items()
        if timer not in NOT_ON_RELIABLE
    }
    return Row(row.state, row.actions, timers)


class Machine:
    """One transaction's place in its table, and the deadlines of its timers."""

    __slots__ = ("_last_wait_s", "_table", "deadlines", "state")

    def __init__(self, table: Table) -> None:
        self._table = table
        self._last_wait_s = 0.0
        self.deadlines: dict[Timer, float] = {}
        self.state = table.start.state

    def begin(self, now: float) -> tuple[Do, ...]:
        """Enter the first state and return what is to be done."""
        return self._enter(self._table.start, None, now)

    def handle(self, given: Input, now: float) -> tuple[Do, ...]:
        """Take a step and return what is to be done; what means nothing in this state changes nothing."""
        row = self._table.rows.get((self.state, given))
        return () if row is None else self._enter(row, given, now)

    def next_timeout(self) -> float | None:
        """Return the first deadline."""
        return min(self.deadlines.values(), default=None)

    def handle_timeout(self, now: float) -> tuple[Do, ...]:
        """Let the timers go off whose time has come, the longest overdue first."""
        actions: tuple[Do, ...] = ()
        while self.deadlines:
            timer = min(self.deadlines, key=self.deadlines.__getitem__)
            if self.deadlines[timer] > now:
                break
            del self.deadlines[timer]
            actions += self.handle(timer, now)
        return actions

    def _enter(self, row: Row, given: Input | None, now: float) -> tuple[Do, ...]:
        if row.state is not self.state:
            self.state = row.state
            for timer in [timer for timer in self.deadlines if row.state not in RUNS_IN[timer]]:
                del self.deadlines[timer]
        for timer, wait in row.timers.items():
            self.deadlines[timer] = now + self._length(timer, wait, given)
        return row.actions

    def _length(self, timer: Timer, wait: Wait, given: Input | None) -> float:
        """Return how long a timer is to run: doubled when it has just gone off (only one of A, E, G ever does)."""
        if wait.longest_s == 0.0:
            return wait.first_s
        self._last_wait_s = wait.again(self._last_wait_s) if given is timer else wait.first_s
        return self._last_wait_s
