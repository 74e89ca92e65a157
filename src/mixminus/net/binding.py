"""Sockets of the SIP port: UDP and TCP on the same number, and the address under which we are known."""

from __future__ import annotations

import errno
import socket

from ..errors import BadSettings

UDP_RECEIVE_BYTES = 4 << 20
"""What may wait while Python is busy: a second of 1 000 calls a second. The kernel caps it at net.core.rmem_max."""

FREE_PORT_ATTEMPTS = 32
"""How often a port that is free for TCP may turn out to be taken for UDP before we give up."""

BACKLOG = 256
"""TCP connections that may wait to be accepted."""

ELSEWHERE = {socket.AF_INET: "192.0.2.1", socket.AF_INET6: "2001:db8::1"}
"""Documentation addresses (RFC 5737, RFC 3849): only the route to them is asked for, nothing is ever sent."""


def bind_sip(host: str, port: int) -> tuple[socket.socket, socket.socket]:
    """Bind UDP and listen on TCP at the same port; port 0 picks one that is free on both.

    Raises BadSettings with a sentence that says what to do.
    """
    for _ in range(FREE_PORT_ATTEMPTS):
        tcp = _bound(host, port, socket.SOCK_STREAM)
        try:
            udp = _bound(host, tcp.getsockname()[1], socket.SOCK_DGRAM)
        except BadSettings:
            tcp.close()
            if port:
                raise
            continue
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_RECEIVE_BYTES)
        return udp, tcp
    raise BadSettings(f"no port of {host} is free for both UDP and TCP: choose one with --sip HOST:PORT")


def known_as(bound: socket.socket) -> str:
    """Return the host that peers can reach a bound socket at: for a wildcard, the one of the route to elsewhere."""
    host = str(bound.getsockname()[0])
    if host not in ("0.0.0.0", "::"):
        return host
    with socket.socket(bound.family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((ELSEWHERE[socket.AddressFamily(bound.family)], 9))
        except OSError:
            return "127.0.0.1" if bound.family == socket.AF_INET else "::1"
        return str(probe.getsockname()[0])


def _bound(host: str, port: int, kind: socket.SocketKind) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=kind, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as problem:
        raise BadSettings(f"{host} is no address of this machine: choose another with --sip HOST:PORT") from problem
    bound = socket.socket(family, kind)
    bound.setblocking(False)
    if kind == socket.SOCK_STREAM:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        if kind == socket.SOCK_STREAM:
            bound.listen(BACKLOG)
    except OSError as problem:
        bound.close()
        raise BadSettings(_advice(host, port, kind, problem)) from problem
    return bound


def _advice(host: str, port: int, kind: socket.SocketKind, problem: OSError) -> str:
    transport = "TCP" if kind == socket.SOCK_STREAM else "UDP"
    match problem.errno:
        case errno.EADDRINUSE:
            return f"port {port} is taken on {host} ({transport}): choose another with --sip HOST:PORT"
        case errno.EACCES:
            return f"port {port} needs root's rights: choose one above 1023 with --sip HOST:PORT"
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine: choose another with --sip HOST:PORT"
        case _:
            return f"cannot listen on {host}:{port} ({problem.strerror}): choose another with --sip HOST:PORT"
