"""The HTTP client that all requests share, and the addresses it refuses to connect to."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import aiohttp
from aiohttp.connector import AddrInfoType

Network = IPv4Network | IPv6Network

NEVER_AN_APPLICATION: tuple[Network, ...] = tuple(
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # "this host": another spelling of loopback that no application has
        "169.254.0.0/16",  # link-local: the metadata service of most clouds, which hands out the machine's keys
        "100.100.100.200/32",  # Alibaba Cloud's
        "224.0.0.0/4",
        "240.0.0.0/4",
        "::/128",
        "fe80::/10",
        "fd00:ec2::254/128",  # Amazon's over IPv6
        "ff00::/8",
    )
)
"""Refused always. Loopback and private addresses are where a self-hosted application often is, so they are not here."""

CONNECTIONS_MAX = 1000
"""More requests under way than a machine that serves the calls could answer; the next ones wait for a place."""

KEEPALIVE_S = 30.0
DNS_CACHE_S = 30


class Guard:
    """Opens sockets for the client, but not to `forbidden` networks.

    It sees the address that is connected to, not a name: neither a redirect nor a name that changes its address gets
    around it.
    """

    def __init__(self, forbidden: Sequence[Network]) -> None:
        self._forbidden = tuple(forbidden)

    def open(self, address: AddrInfoType) -> socket.socket:
        """Open the socket for one address; raises PermissionError for a forbidden one."""
        family, kind, protocol, _, place = address
        host = str(place[0])
        if self._forbids(host):
            raise PermissionError(f"{host} is an address that Mixminus does not connect to")
        return socket.socket(family, kind, protocol)

    def _forbids(self, host: str) -> bool:
        address = ip_address(host.partition("%")[0])
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self._forbidden)


def open_session(forbidden: Sequence[Network] = NEVER_AN_APPLICATION) -> aiohttp.ClientSession:
    """Open the one client session of the server; to be called, and closed, in the event loop."""
    connector = aiohttp.TCPConnector(
        limit=CONNECTIONS_MAX,
        keepalive_timeout=KEEPALIVE_S,
        ttl_dns_cache=DNS_CACHE_S,
        socket_factory=Guard(forbidden).open,
    )
    return aiohttp.ClientSession(
        connector=connector,
        # One customer's cookies are nothing to another's application.
        cookie_jar=aiohttp.DummyCookieJar(),
        # A page is small: packing it would cost both ends more than it saves.
        headers={"User-Agent": user_agent(), "Accept-Encoding": "identity"},
    )


def user_agent() -> str:
    """Return how Mixminus names itself to other servers."""
    try:
        return f"Mixminus/{version('mixminus')}"
    except PackageNotFoundError:
        return "Mixminus"
