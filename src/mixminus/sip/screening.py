"""What is wrong with a request before anybody looks at its meaning (RFC 3261 §8.2), and what we say about ourselves."""

from __future__ import annotations

from dataclasses import dataclass

from .dialog import has_target
from .live_transaction import ServerTransaction
from .message import Request
from .stack import ALLOW, EXTENSIONS, SDP, SUPPORTED, HeaderPairs
from .usage import content_type

METHODS = frozenset({"INVITE", "OPTIONS", "REFER"})
"""What we understand outside of dialogs."""

DIALOG_METHODS = frozenset({"BYE", "PRACK", "UPDATE", "INFO"})
"""What we understand in dialogs only: outside there is nothing it could be about."""

ANY_SDP = frozenset({SDP, "application/*", "*/*"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """The answer to a request that is not served. `headers` are (name, value)."""

    status: int
    reason: str | None = None
    headers: HeaderPairs = ()


def screen(request: Request) -> Refusal | None:
    """Return why a request outside of dialogs is refused, None if it is not."""
    method = request.method
    if method in DIALOG_METHODS:
        return Refusal(481)
    if method not in METHODS:
        return Refusal(405, headers=(("Allow", ALLOW),))
    if unknown := unsupported(request):
        return Refusal(420, headers=(("Unsupported", unknown),))
    return _screen_invite(request) if method == "INVITE" else None


def unsupported(request: Request) -> str:
    """Return the required extensions that we do not have, as a list for Unsupported (§8.2.2.3)."""
    if "require" not in request.headers:
        return ""
    return ", ".join(sorted(request.headers.tokens("require") - EXTENSIONS))


def describe(transaction: ServerTransaction, now: float) -> None:
    """Answer an OPTIONS (§11.2)."""
    headers = (("Allow", ALLOW), ("Accept", SDP), ("Accept-Encoding", "identity"), ("Supported", SUPPORTED))
    transaction.reply(200, now, headers=headers)


def screen_body(request: Request) -> Refusal | None:
    """Refuse a body in an offer or answer that we could not read (§8.2.3)."""
    if request.body and content_type(request) != SDP:
        return Refusal(415, headers=(("Accept", SDP),))
    if (request.headers.get("content-encoding") or "identity").lower() != "identity":
        return Refusal(415, headers=(("Accept-Encoding", "identity"),))
    return None


def _screen_invite(invite: Request) -> Refusal | None:
    """Look at what only an INVITE has.

    Max-Forwards 0 is no fault of a request that has arrived (RFC 4475 §3.3.11), but a call could leave again from
    here, so one that has used up its hops is taken for a loop. All else is served as if it had hops left.
    """
    headers = invite.headers
    if headers.number("max-forwards") == 0:
        return Refusal(483)
    if not has_target(invite):
        return Refusal(400, "No usable Contact")
    if "accept" in headers and not headers.tokens("accept") & ANY_SDP:
        return Refusal(406)
    return screen_body(invite)
