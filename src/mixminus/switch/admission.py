"""Who may call, and what an INVITE says about the caller and the called."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_address

import structlog

from ..sip.endpoint import Refusal
from ..sip.flow import Flow
from ..sip.message import Request

log = structlog.get_logger(__name__)

MAX_PASSED_HEADERS = 30
"""X-PH-* headers go into every request to the application; a few dozen keep those small."""
MAX_PASSED_VALUE = 500


class Admission:
    """Lets loopback and the trusted peers call; counts everybody else."""

    def __init__(self, trusted: tuple[IPv4Network | IPv6Network, ...]) -> None:
        self._trusted = trusted
        self.refused = 0

    def admit(self, request: Request, flow: Flow) -> Refusal | None:
        """Return None for a caller we trust, and 403 for any other."""
        address = ip_address(flow.remote[0])
        if address.is_loopback or any(address in network for network in self._trusted):
            return None
        self.refused += 1
        log.warning("stranger_refused", peer=flow.remote[0], hint="name the peer with --trusted-peers to let it call")
        return Refusal(403, "Forbidden", ())


def called(request: Request) -> str:
    """Return the number or app_id that is called, without `+`."""
    return request.uri.username.removeprefix("+")


def caller(request: Request) -> str:
    """Return the caller's number or name, without `+`; "anonymous" callers keep that name."""
    uri = request.from_.uri
    return uri.username.removeprefix("+") or str(uri)


def caller_name(request: Request) -> str:
    """Return the display name of the caller, or nothing."""
    return request.from_.display.strip().strip('"')


def passed_headers(request: Request) -> Mapping[str, str]:
    """Return the headers that the application is told: X-PH-* and the To header."""
    passed = [
        (f"X-PH-{name[5:]}", value[:MAX_PASSED_VALUE])
        for name, value in request.headers.items()
        if name.lower().startswith("x-ph-")
    ]
    return {"SIP-H-To": str(request.to), **dict(passed[:MAX_PASSED_HEADERS])}
