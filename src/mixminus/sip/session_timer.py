"""Session timers (RFC 4028): a call whose peer has vanished without a BYE ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .agenda import Alarm
from .message import Request, Response
from .stack import EndpointSettings, HeaderPairs
from .usage import Usage

LEAST_MIN_SE_S = 90
"""RFC 4028 §5: no smaller interval is ever asked for or accepted."""

LONGEST_GRACE_S = 32.0
"""A BYE for expiry goes out this long, or a third of the interval, before it (§10)."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed: the interval in seconds, and whether we refresh."""

    interval_s: int
    we_refresh: bool


def is_too_brief(request: Request, settings: EndpointSettings) -> bool:
    """Say whether a request asks for too short an interval; only who supports timers can be told so (§9)."""
    asked_s = request.headers.number("session-expires")
    return asked_s is not None and asked_s < least_s(settings) and "timer" in request.headers.tokens("supported")


def least_s(settings: EndpointSettings) -> int:
    """Return the shortest interval that we accept."""
    return max(settings.min_se_s, LEAST_MIN_SE_S)


class SessionTimer:
    """The timer of one session. `refresh(now)` is asked to send a request, `expire(now)` to end the call."""

    def __init__(self, usage: Usage, refresh: Callable[[float], None], expire: Callable[[float], None]) -> None:
        self._usage = usage
        self._refresh = refresh
        self._expire = expire
        self._alarm: Alarm | None = None
        self._terms: Terms | None = None
        self._expires_at = 0.0
        self._least_s = least_s(usage.stack.settings)
        usage.on_end.append(self._stop)

    def ask(self) -> HeaderPairs:
        """Return the headers with which a request of ours asks for a timer (§7.1, §7.4)."""
        wanted_s = self._terms.interval_s if self._terms else self._usage.stack.settings.session_expires_s
        if not wanted_s:
            return ()
        refresher = ";refresher=uac" if self._terms and self._terms.we_refresh else ""
        if self._terms and not self._terms.we_refresh:
            refresher = ";refresher=uas"
        return (
            ("Session-Expires", f"{max(wanted_s, self._least_s)}{refresher}"),
            ("Min-SE", str(self._least_s)),
        )

    def answer(self, request: Request, response: Response, now: float) -> None:
        """Settle the terms as the answering side and write them into our 2xx (§9)."""
        terms = _terms_of_request(request, self._usage.stack.settings)
        if terms is None:
            return
        refresher = "uas" if terms.we_refresh else "uac"
        response.headers.take("Session-Expires", f"{terms.interval_s};refresher={refresher}")
        if not terms.we_refresh:
            response.headers.take("Require", "timer")
        self._start(terms, now)

    def agreed(self, response: Response, now: float) -> None:
        """Take the terms of a 2xx to a request of ours (§7.2); without any, terms from before go on."""
        interval_s = response.headers.number("session-expires")
        if interval_s is not None:
            refreshes = _refresher(response.headers.get("session-expires") or "") != "uas"
            self._start(Terms(max(interval_s, LEAST_MIN_SE_S), refreshes), now)
        elif self._terms is not None:
            self._start(self._terms, now)

    def raised(self, response: Response) -> bool:
        """Take the Min-SE of a 422 and say whether it makes a new attempt worthwhile (§7.3)."""
        least = response.headers.number("min-se")
        if least is None or least <= self._least_s:
            return False
        self._least_s = least
        return True

    def failed(self, now: float) -> None:
        """Take note that a refresh was refused: try again half way to the expiry, then let it come (§10)."""
        left_s = self._expires_at - now
        if self._terms is not None and self._terms.we_refresh and left_s > LONGEST_GRACE_S:
            self._set(now + left_s / 2, self._refresh_due)

    def _start(self, terms: Terms, now: float) -> None:
        self._terms = terms
        self._expires_at = now + terms.interval_s - min(LONGEST_GRACE_S, terms.interval_s / 3)
        if terms.we_refresh:
            self._set(now + terms.interval_s / 2, self._refresh_due)
        else:
            self._set(self._expires_at, self._expire)

    def _refresh_due(self, now: float) -> None:
        self._set(self._expires_at, self._expire)
        self._refresh(now)

    def _set(self, at: float, action: Callable[[float], None]) -> None:
        self._stop(at)
        self._alarm = self._usage.stack.agenda.at(at, action)

    def _stop(self, now: float) -> None:
        if self._alarm is not None:
            self._alarm.cancel()


def _terms_of_request(request: Request, settings: EndpointSettings) -> Terms | None:
    """Return the terms that a request leads to: what it asks for, but not longer than we like to wait."""
    asked_s = request.headers.number("session-expires")
    supports = "timer" in request.headers.tokens("supported")
    if asked_s is None and not (supports and settings.session_expires_s):
        return None
    floor_s = max(least_s(settings), request.headers.number("min-se") or 0)
    wanted_s = settings.session_expires_s or asked_s or 0
    interval_s = max(min(wanted_s, asked_s or wanted_s), floor_s)
    we_refresh = not supports or _refresher(request.headers.get("session-expires") or "") != "uac"
    return Terms(interval_s, we_refresh)


def _refresher(value: str) -> str:
    """Return "uac", "uas" or "" from a Session-Expires value."""
    params = value.lower().replace(" ", "").replace("\t", "").split(";")[1:]
    return next((param.removeprefix("refresher=") for param in params if param.startswith("refresher=")), "")
