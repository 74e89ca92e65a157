"""A transaction at work: a machine of `transaction.py`, the messages it sends, its alarm."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from .agenda import Alarm
from .flow import Flow
from .headers import Headers
from .message import Request, Response, respond
from .stack import HeaderPairs, Stack
from .transaction import (
    CLIENT_INVITE,
    CLIENT_OTHER,
    SERVER_INVITE,
    SERVER_OTHER,
    Do,
    Input,
    Machine,
    State,
    Stimulus,
    Table,
    over_reliable,
)


class Failure(Enum):
    """Why a request got no final response, with the status it counts as (RFC 3261 §8.1.3.1)."""

    TIMED_OUT = 408
    UNREACHABLE = 503


Outcome = Response | Failure
OnOutcome = Callable[[Outcome, float], None]
Forget = Callable[["LiveTransaction"], None]


def _both(table: Table) -> dict[bool, Table]:
    return {False: table, True: over_reliable(table)}


_SERVER = {True: _both(SERVER_INVITE), False: _both(SERVER_OTHER)}
_CLIENT = {True: _both(CLIENT_INVITE), False: _both(CLIENT_OTHER)}


class LiveTransaction:
    """What clients and servers share: steps, and the alarm at the machine's next deadline."""

    __slots__ = ("_alarm", "_forget", "_machine", "_stack", "flow")

    def __init__(self, stack: Stack, table: Table, flow: Flow, forget: Forget) -> None:
        self._stack = stack
        self._machine = Machine(table)
        self._alarm: Alarm | None = None
        self._forget = forget
        self.flow = flow

    @property
    def state(self) -> State:
        """Return where it stands."""
        return self._machine.state

    def _step(self, given: Input, now: float, message: Request | Response | None = None) -> None:
        self._carry_out(self._machine.handle(given, now), now, message)

    def _carry_out(self, actions: tuple[Do, ...], now: float, message: Request | Response | None = None) -> None:
        if self._machine.state is State.TERMINATED:
            self._end()
        else:
            self._set_alarm()
        for action in actions:
            self._perform(action, message, now)

    def _set_alarm(self) -> None:
        """See to it that an alarm goes off no later than the next deadline; an early one costs less than a new one."""
        deadline = self._machine.next_timeout()
        if deadline is None or (self._alarm is not None and self._alarm.is_set and self._alarm.at <= deadline):
            return
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = self._stack.agenda.at(deadline, self._on_alarm)

    def _on_alarm(self, now: float) -> None:
        self._carry_out(self._machine.handle_timeout(now), now)

    def _end(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        self._forget(self)

    def _perform(self, action: Do, message: Request | Response | None, now: float) -> None:
        raise NotImplementedError


class ServerTransaction(LiveTransaction):
    """A request that we answer. Once the final response is sent, only its bytes are kept."""

    __slots__ = ("_answer", "_on_ack", "on_cancel", "request", "source", "to_tag")

    def __init__(
        self,
        stack: Stack,
        request: Request,
        source: Flow,
        flow: Flow,
        forget: Forget,
        on_ack: Callable[[Request, float], None],
    ) -> None:
        super().__init__(stack, _SERVER[request.method == "INVITE"][flow.reliable], flow, forget)
        self.source = source
        """Where the request came from, which is not always where responses go."""
        self._answer = b""
        self._on_ack = on_ack
        self.request: Request | None = request
        self.on_cancel: Callable[[float], None] | None = None
        self.to_tag = ""
        """The tag of all our responses (RFC 3261 §8.2.6.2); drawn when the first one needs it."""

    def reply(
        self, status: int, now: float, *, reason: str | None = None, headers: HeaderPairs = (), body: bytes = b""
    ) -> None:
        """Answer without a dialog."""
        if self.request is None:
            return
        response = self.response(status, reason)
        for name, value in headers:
            response.headers.add(name, value)
        response.body = body
        self.send(response, now)

    def response(self, status: int, reason: str | None = None) -> Response:
        """Return a response to the request, to be completed and sent; only before the final one."""
        if self.request is None:
            raise RuntimeError("a final response has been sent")
        if status > 100 and not self.to_tag:
            self.to_tag = self._stack.token()
        return respond(self.request, status, reason=reason, to_tag=self.to_tag or None)

    def send(self, response: Response, now: float) -> None:
        """Send a response; after a final one nothing more is sent."""
        if self.request is None:
            return
        self._answer = response.encode()
        if response.status < 200:
            self._step(Stimulus.SEND_1XX, now)
            return
        self.request = self.on_cancel = None
        self._step(Stimulus.SEND_2XX if response.status < 300 else Stimulus.SEND_FAILURE, now)

    def send_again(self, now: float) -> None:
        """Send the 2xx to an INVITE once more: repeating it is the user's task (RFC 3261 §13.3.1.4)."""
        self._step(Stimulus.SEND_2XX, now)

    def receive(self, request: Request, now: float) -> None:
        """Take the request again, or its ACK."""
        self._step(Stimulus.ACK if request.method == "ACK" else Stimulus.REQUEST, now, request)

    def cancel(self, now: float) -> None:
        """Tell the user that the request is cancelled, unless it has its final response."""
        if self.on_cancel is not None:
            self.on_cancel(now)

    def _perform(self, action: Do, message: Request | Response | None, now: float) -> None:
        if action is Do.SEND and self._answer:
            self._stack.send(self.flow, self._answer)
        elif action is Do.PASS and isinstance(message, Request):
            self._on_ack(message, now)


class ClientTransaction(LiveTransaction):
    """A request of ours. Every provisional and final response goes to `on_outcome`; of an INVITE also every 2xx."""

    __slots__ = ("_ack", "_bytes", "_on_outcome", "_request", "_start", "key")

    def __init__(
        self,
        stack: Stack,
        request: Request,
        flow: Flow,
        on_outcome: OnOutcome,
        forget: Forget,
        start: Callable[[Request, Flow, float], None],
    ) -> None:
        super().__init__(stack, _CLIENT[request.method == "INVITE"][flow.reliable], flow, forget)
        self._bytes = request.encode()
        self._ack = b""
        self._request = request
        self._on_outcome: OnOutcome | None = on_outcome
        self._start = start
        self.key = request.via.branch, request.method

    def begin(self, now: float) -> None:
        """Send the request for the first time."""
        self._carry_out(self._machine.begin(now), now)

    def receive(self, response: Response, now: float) -> None:
        """Take a response."""
        if response.status < 200:
            self._step(Stimulus.RECEIVE_1XX, now, response)
        elif response.status < 300:
            self._step(Stimulus.RECEIVE_2XX, now, response)
        else:
            self._step(Stimulus.RECEIVE_FAILURE, now, response)

    def cancel(self, now: float) -> None:
        """Cancel an INVITE as soon as a provisional response allows it (§9.1); after a final one it is too late."""
        self._step(Stimulus.CANCEL, now)

    def flow_closed(self, now: float) -> None:
        """Give up: the connection is gone."""
        self._step(Stimulus.FLOW_CLOSED, now)

    def _perform(self, action: Do, message: Request | Response | None, now: float) -> None:
        match action:
            case Do.SEND:
                self._stack.send(self.flow, self._bytes)
            case Do.SEND_ACK if isinstance(message, Response):
                self._ack = self._ack or _ack_failure(self._request, message)
                self._stack.send(self.flow, self._ack)
            case Do.SEND_CANCEL:
                self._start(_companion(self._request, "CANCEL"), self.flow, now)
            case Do.PASS if isinstance(message, Response):
                self._report(message, now)
            case Do.TIMED_OUT:
                self._report(Failure.TIMED_OUT, now)
            case Do.UNREACHABLE:
                self._report(Failure.UNREACHABLE, now)
            case _:
                pass

    def _report(self, outcome: Outcome, now: float) -> None:
        on_outcome = self._on_outcome
        if self.state in (State.COMPLETED, State.TERMINATED):
            self._on_outcome = None
        if on_outcome is not None:
            on_outcome(outcome, now)


def _companion(request: Request, method: str) -> Request:
    """Return a request that shares the transaction of an INVITE: its CANCEL (§9.1) or ACK (§17.1.1.3)."""
    headers = Headers()
    headers.take("Via", request.headers.get("via") or "")
    for name in ("max-forwards", "from", "to", "call-id"):
        headers.take(name, request.headers.get(name) or "")
    headers.take("CSeq", f"{request.cseq.number} {method}")
    for route in request.headers.all("route"):
        headers.take("Route", route)
    return Request(method, request.uri, headers)


def _ack_failure(invite: Request, response: Response) -> bytes:
    ack = _companion(invite, "ACK")
    ack.headers.set("To", response.headers.get("to") or "")
    return ack.encode()
