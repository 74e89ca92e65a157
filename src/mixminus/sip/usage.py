"""The INVITE usage of a dialog (RFC 5057): the facts that all procedures of one call share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from .dialog import Dialog, DialogKey
from .events import Ended, Event
from .flow import Flow
from .grammar import printable
from .live_transaction import ClientTransaction, Failure, OnOutcome, Outcome, ServerTransaction
from .message import Request, Response
from .stack import ALLOW, SDP, SUPPORTED, HeaderPairs, Stack
from .transactions import Transactions

if TYPE_CHECKING:
    from .session import Session


class SessionState(Enum):
    """Where a call stands."""

    CALLING = auto()  # INVITE sent or received, nothing but 100 answered
    RINGING = auto()  # 101-199
    ANSWERED = auto()  # we sent 2xx and wait for its ACK
    CONFIRMED = auto()
    ENDED = auto()


UNANSWERED = frozenset({SessionState.CALLING, SessionState.RINGING})
ESTABLISHED = frozenset({SessionState.ANSWERED, SessionState.CONFIRMED})


@dataclass(slots=True)
class Registry:
    """The live sessions by id, and by each of their dialogs."""

    live: dict[str, Session] = field(default_factory=dict)
    dialogs: dict[DialogKey, tuple[Session, Dialog]] = field(default_factory=dict)


@dataclass(slots=True)
class Usage:
    """One call's facts and the few things all its procedures do."""

    stack: Stack
    transactions: Transactions
    registry: Registry
    session: Session
    id: str
    local_tag: str
    request: Request
    flow: Flow
    is_outbound: bool
    state: SessionState = SessionState.CALLING
    dialog: Dialog | None = None
    local_sdp: bytes = b""
    remote_sdp: bytes = b""
    peer_updates: bool = False
    on_end: list[Callable[[float], None]] = field(default_factory=list)
    """What the procedures have to put away when the call ends."""
    _keys: set[DialogKey] = field(default_factory=set)

    def emit(self, event: Event) -> None:
        """Report an event of this call."""
        self.stack.emit(event)

    def adopt(self, dialog: Dialog) -> None:
        """Have the requests of a dialog brought to this session."""
        self._keys.add(dialog.key)
        self.registry.dialogs[dialog.key] = self.session, dialog

    def confirm(self, dialog: Dialog) -> None:
        """Settle on one dialog; requests of other forks get 481 from now on."""
        self._disown()
        self.dialog = dialog
        self.adopt(dialog)

    def end(self, status: int, reason: str, now: float, *, by_peer: bool) -> None:
        """Put everything away and report the end, once."""
        if self.state is SessionState.ENDED:
            return
        self.state = SessionState.ENDED
        self._disown()
        self.registry.live.pop(self.id, None)
        for put_away in self.on_end:
            put_away(now)
        self.emit(Ended(self.session, status, reason, by_peer))

    def prepare(self, dialog: Dialog, method: str, headers: HeaderPairs = ()) -> Request:
        """Return a request in a dialog, to be completed and sent."""
        request = dialog.request(method)
        request.headers.take("User-Agent", self.stack.settings.user_agent)
        for name, value in headers:
            request.headers.add(name, value)
        return request

    def introduce(self, message: Request | Response, flow: Flow) -> None:
        """Add what a message that sets up or refreshes a dialog says about us."""
        message.headers.take("Contact", self.stack.contact(flow))
        message.headers.take("Allow", ALLOW)
        message.headers.take("Supported", SUPPORTED)

    def flow_of(self, dialog: Dialog) -> Flow:
        """Return where requests in a dialog go, in the last resort where the INVITE came from or went to."""
        return dialog.destination(self.stack.settings.nat) or self.flow

    def send(self, dialog: Dialog, request: Request, on_outcome: OnOutcome, now: float) -> ClientTransaction:
        """Send a request in a dialog."""
        return self.transactions.request(request, self.flow_of(dialog), on_outcome, now)

    def send_bye(self, dialog: Dialog, now: float, reason: str | None = None) -> None:
        """Send BYE and not care for its answer: the dialog is over for us (RFC 3261 §15.1.1)."""
        headers = () if reason is None else (("Reason", reason),)
        self.send(dialog, self.prepare(dialog, "BYE", headers), _ignore, now)

    def ok(self, transaction: ServerTransaction, sdp: bytes) -> Response:
        """Return 200 to a request that refreshes the dialog, with our SDP if there is any."""
        response = transaction.response(200)
        self.introduce(response, transaction.flow)
        put_sdp(response, sdp)
        return response

    def is_gone(self, outcome: Outcome, now: float) -> bool:
        """End the call if the outcome of a request says that the peer has lost it (RFC 3261 §12.2.1.2)."""
        status = status_of(outcome)
        if status not in (408, 481) or self.state is SessionState.ENDED:
            return False
        if status == 408 and self.dialog is not None:
            self.send_bye(self.dialog, now, 'SIP;cause=408;text="No answer"')
        self.end(status, reason_of(outcome), now, by_peer=False)
        return True

    def _disown(self) -> None:
        for key in self._keys:
            self.registry.dialogs.pop(key, None)
        self._keys.clear()


def status_of(outcome: Outcome) -> int:
    """Return the status of a response, or what its absence counts as."""
    return outcome.value if isinstance(outcome, Failure) else outcome.status


def reason_of(outcome: Outcome) -> str:
    """Return the reason phrase of a response, or why there was none."""
    if isinstance(outcome, Failure):
        return "Request Timeout" if outcome is Failure.TIMED_OUT else "Service Unavailable"
    return printable(outcome.reason)


def sdp_of(message: Request | Response) -> bytes:
    """Return the session description of a message, b"" if it has none."""
    return message.body if message.body and content_type(message) == SDP else b""


def content_type(message: Request | Response) -> str:
    """Return the media type of the body in lower case, without parameters."""
    return printable((message.headers.get("content-type") or "").partition(";")[0].strip().lower())


def put_sdp(message: Request | Response, sdp: bytes) -> None:
    """Give a message a session description, if there is one."""
    if sdp:
        message.headers.take("Content-Type", SDP)
        message.body = sdp


def _ignore(outcome: Outcome, now: float) -> None:
    """Take note of nothing."""
