"""RTP port pairs."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Iterator

import pytest

from mixminus.net.rtp import QUARANTINE_S, SO_TIMESTAMPNS, RtpPorts
from mixminus.switch.ports import RtpSockets

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[list[RtpSockets]]:
    """Pairs to be closed when the test is over."""
    pairs: list[RtpSockets] = []
    yield pairs
    for pair in pairs:
        os.close(pair.rtp_fd)
        os.close(pair.rtcp_fd)


def free_range(pairs: int) -> tuple[int, int]:
    """Find `pairs` free pairs in a row; [low, high]."""
    for low in range(40_000, 60_000, 2 * pairs):
        ports = RtpPorts(HOST, low, low + 2 * pairs - 1)
        opened = [ports.open(0.0) for _ in range(pairs)]
        for pair in opened:
            if pair is not None:
                ports.close(pair, 0.0)
        if None not in opened:
            return low, low + 2 * pairs - 1
    raise AssertionError("no free ports on this machine")


def port_of(fd: int) -> int:
    with socket.socket(fileno=os.dup(fd)) as bound:
        return int(bound.getsockname()[1])


def test_rtp_is_even_and_rtcp_the_next_number(taken: list[RtpSockets]) -> None:
    """RFC 3550 §11: "RTP SHOULD use an even destination port number and the corresponding RTCP stream SHOULD use the
    next higher (odd) destination port number"."""
    pair = RtpPorts(HOST, 0, 0).open(0.0)
    assert pair is not None
    taken.append(pair)
    assert pair.port % 2 == 0
    assert (port_of(pair.rtp_fd), port_of(pair.rtcp_fd)) == (pair.port, pair.port + 1)


def test_sockets_do_not_block_and_carry_arrival_times(taken: list[RtpSockets]) -> None:
    pair = RtpPorts(HOST, 0, 0).open(0.0)
    assert pair is not None
    taken.append(pair)
    for fd in (pair.rtp_fd, pair.rtcp_fd):
        assert not os.get_blocking(fd)
        with socket.socket(fileno=os.dup(fd)) as bound:
            assert bound.getsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS) == 1


def test_a_range_is_used_up() -> None:
    low, high = free_range(2)
    ports = RtpPorts(HOST, low, high)
    pairs = [ports.open(0.0), ports.open(0.0)]
    assert {pair.port for pair in pairs if pair} == {low, low + 2}
    assert ports.open(0.0) is None
    for pair in pairs:
        assert pair is not None
        ports.close(pair, 0.0)


def test_an_odd_start_and_end_leave_whole_pairs_only() -> None:
    low, _ = free_range(2)
    ports = RtpPorts(HOST, low + 1, low + 2)
    assert ports.open(0.0) is None


def test_a_number_rests_after_a_call() -> None:
    low, high = free_range(1)
    ports = RtpPorts(HOST, low, high)
    first = ports.open(0.0)
    assert first is not None
    ports.close(first, 100.0)
    assert ports.open(100.0 + QUARANTINE_S - 0.1) is None
    again = ports.open(100.0 + QUARANTINE_S)
    assert again is not None
    assert again.port == first.port
    ports.close(again, 200.0)


def test_a_number_another_program_has_is_passed_over(taken: list[RtpSockets]) -> None:
    low, high = free_range(2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((HOST, low + 1))
        ports = RtpPorts(HOST, low, high)
        pair = ports.open(0.0)
        assert pair is not None
        taken.append(pair)
        assert pair.port == low + 2
        assert ports.open(0.0) is None


def test_the_next_port_cannot_be_told_from_the_last() -> None:
    orders = [RtpPorts(HOST, 30_000, 39_999, random.Random(seed))._free for seed in (1, 2)]
    assert orders[0] != orders[1]
    assert sorted(orders[0]) == list(range(30_000, 40_000, 2))
