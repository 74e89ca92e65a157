"""The source policy (reliability rows 8 and 9, and the note at the end)."""

from __future__ import annotations

import numpy as np

from mixminus.engine import rtp, source
from mixminus.engine.layout import Port, rows

SDP, NAT, THIEF = 0x7F0000010001, 0x7F0000010002, 0x7F0000010003
SECOND = 1_000_000_000


def _port() -> Port:
    port = rows(Port, 1)[0]
    port.remote = SDP
    source.unlock(port, 0)
    return port


def _admits(port: Port, address: int, sequence: int, ssrc: int = 7, now: int = 0) -> bool:
    header = np.zeros(8, np.int64)
    header[rtp.SEQUENCE], header[rtp.SSRC] = sequence & 0xFFFF, ssrc
    return source.admits(port, address, header, now)


def test_the_address_of_the_sdp_locks_at_once() -> None:
    """'lock to SDP ip:port at once if packets match'."""
    port = _port()
    assert _admits(port, SDP, 1)
    assert not any(_admits(port, THIEF, n) for n in range(10))
    assert _admits(port, SDP, 2)


def test_four_packets_in_sequence_lock_another_address() -> None:
    """'else (NAT mode) need 4 in-sequence, same SSRC within 3 s of answer'; the sequence may wrap."""
    port = _port()
    assert [_admits(port, NAT, 65_534 + n) for n in range(5)] == [False, False, False, True, True]
    assert not _admits(port, SDP, 9)


def test_gaps_and_other_streams_start_the_count_again() -> None:
    """'in-sequence, same SSRC': anything else is not believed."""
    port = _port()
    assert not any(_admits(port, NAT, 2 * n) for n in range(20))
    assert not any(_admits(port, NAT, n, ssrc=n) for n in range(20))
    assert not any(_admits(port, NAT if n % 2 else THIEF, n) for n in range(20))


def test_learning_ends_after_three_seconds() -> None:
    """'within 3 s of answer'; the address of the SDP may still come."""
    port = _port()
    assert not any(_admits(port, NAT, n, now=3 * SECOND + 1) for n in range(20))
    assert _admits(port, SDP, 1, now=60 * SECOND)


def test_only_a_new_answer_unlocks() -> None:
    """'after lock only a re-INVITE unlocks'."""
    port = _port()
    assert _admits(port, SDP, 1)
    source.unlock(port, 100 * SECOND)
    assert [_admits(port, NAT, n, now=101 * SECOND) for n in range(4)][-1]
