"""Where a message came from and goes to: the transport and the address at its other end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Flow:
    """A way to a peer: (ip, port) over UDP, or one TCP connection.

    `id` is 0 for UDP and unique, above 0, for a TCP connection that exists. `Flow("tcp", remote, 0)` as a destination
    means: an open connection to that remote, else a new one.
    """

    transport: Literal["udp", "tcp"]
    remote: tuple[str, int]
    id: int = 0

    @property
    def reliable(self) -> bool:
        """Return whether the transport itself retransmits, so that the transactions need not (RFC 3261 §17)."""
        return self.transport != "udp"
