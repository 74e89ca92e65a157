"""RTP ports: pairs of UDP sockets, the even number for RTP and the next one for RTCP."""

from __future__ import annotations

import errno
import os
import random
import socket
from collections import deque

from ..switch.ports import RtpSockets

QUARANTINE_S = 30.0
"""How long a number rests after a call: late packets of the old call must not reach a new one."""

ANY_PAIR_ATTEMPTS = 64
"""How often the kernel is asked for a free pair; an odd number or a taken neighbour costs one attempt."""

SO_TIMESTAMPNS = 35
"""Linux' option for arrival times from the kernel; the socket module does not name it."""

EXPEDITED_FORWARDING = 0xB8
"""The type-of-service byte of voice (DSCP 46, RFC 3246)."""


TAKEN = (errno.EADDRINUSE, errno.EACCES)
"""What bind says of a number that another program has, or that is kept from us."""


class RtpPorts:
    """Hands out pairs within [low, high]; 0 and 0 stand for whatever the kernel has free."""

    def __init__(self, host: str, low: int, high: int, order: random.Random | None = None) -> None:
        """Shuffle the numbers: who knows the last call's port must not know the next one's."""
        self._family, self._host = _numeric(host)
        numbers = list(range(low + low % 2, high, 2)) if high else []
        (order or random.SystemRandom()).shuffle(numbers)
        self._fixed = high != 0
        self._free = deque(numbers)
        self._resting: deque[tuple[float, int]] = deque()
        self._tired: set[int] = set()

    def open(self, now: float) -> RtpSockets | None:
        """Bind a pair; None when the range is used up."""
        self._release(now)
        return self._next_free() if self._fixed else self._any()

    def close(self, sockets: RtpSockets, now: float) -> None:
        """Close a pair and let its number rest."""
        os.close(sockets.rtp_fd)
        os.close(sockets.rtcp_fd)
        self._resting.append((now + QUARANTINE_S, sockets.port))
        self._tired.add(sockets.port)

    def _release(self, now: float) -> None:
        while self._resting and self._resting[0][0] <= now:
            port = self._resting.popleft()[1]
            self._tired.discard(port)
            if self._fixed:
                self._free.append(port)

    def _next_free(self) -> RtpSockets | None:
        for _ in range(len(self._free)):
            port = self._free.popleft()
            if (pair := self._pair(port)) is not None:
                return pair
            self._free.append(port)
        return None

    def _any(self) -> RtpSockets | None:
        for _ in range(ANY_PAIR_ATTEMPTS):
            pair = self._pair(0)
            if pair is not None and pair.port not in self._tired:
                return pair
            if pair is not None:
                os.close(pair.rtp_fd)
                os.close(pair.rtcp_fd)
        return None

    def _pair(self, port: int) -> RtpSockets | None:
        rtp = self._bound(port)
        if rtp is None:
            return None
        number = rtp.getsockname()[1]
        rtcp = self._bound(number + 1) if number % 2 == 0 else None
        if rtcp is None:
            rtp.close()
            return None
        return RtpSockets(number, rtp.detach(), rtcp.detach())

    def _bound(self, port: int) -> socket.socket | None:
        udp = socket.socket(self._family, socket.SOCK_DGRAM)
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if self._family == socket.AF_INET:
            udp.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, EXPEDITED_FORWARDING)
        else:
            udp.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, EXPEDITED_FORWARDING)
        try:
            udp.bind((self._host, port))
        except OSError as problem:
            udp.close()
            if problem.errno in TAKEN:
                return None
            raise
        return udp


def _numeric(host: str) -> tuple[socket.AddressFamily, str]:
    family, _, _, _, address = socket.getaddrinfo(host, 0, type=socket.SOCK_DGRAM)[0]
    return family, str(address[0])
