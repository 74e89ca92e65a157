"""Which address of ours a peer sees."""

from __future__ import annotations

import socket
from functools import lru_cache
from ipaddress import ip_address

from .binding import known_as

PEERS_REMEMBERED = 4096
"""Routes change rarely; carriers and phones of one server are rarely more."""


def address_towards(peer: str, public: str | None) -> str:
    """Return the address to write into SDP for a peer: the public one, if set, unless the peer is on this machine."""
    if public is not None and not ip_address(peer).is_loopback:
        return public
    return _of_route(peer)


@lru_cache(PEERS_REMEMBERED)
def _of_route(peer: str) -> str:
    family = socket.AF_INET6 if ":" in peer else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((peer, 9))  # only asks for the route: nothing is sent
        except OSError:
            return known_as(probe)
        return str(probe.getsockname()[0])
