"""The SIP port on UDP and TCP."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest

from mixminus.errors import BadSettings
from mixminus.net.binding import bind_sip, known_as

HOST = "127.0.0.1"


def test_port_0_picks_one_number_that_is_free_on_both() -> None:
    udp, tcp = bind_sip(HOST, 0)
    with udp, tcp:
        assert udp.getsockname() == tcp.getsockname()
        assert udp.getsockname()[1] > 0
        assert not udp.getblocking()


@pytest.mark.parametrize(("kind", "transport"), [(socket.SOCK_DGRAM, "UDP"), (socket.SOCK_STREAM, "TCP")])
def test_a_taken_port_is_said_in_one_sentence(kind: socket.SocketKind, transport: str) -> None:
    """Issue: "a taken port: one sentence that says what to do"."""
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind((HOST, 0))
        if kind == socket.SOCK_STREAM:
            other.listen()
        port = other.getsockname()[1]
        with pytest.raises(BadSettings) as refusal:
            bind_sip(HOST, port)
    assert str(refusal.value) == f"port {port} is taken on {HOST} ({transport}): choose another with --sip HOST:PORT"


def test_an_address_of_another_machine_is_said_in_one_sentence() -> None:
    for host in ("192.0.2.7", "no such host"):
        with pytest.raises(BadSettings, match=f"{host} is no address of this machine: choose another with --sip"):
            bind_sip(host, 0)


def test_we_are_known_as_what_is_bound_unless_that_is_a_wildcard() -> None:
    udp, tcp = bind_sip(HOST, 0)
    with udp, tcp:
        assert known_as(udp) == HOST
    udp, tcp = bind_sip("0.0.0.0", 0)
    with udp, tcp:
        assert not ip_address(known_as(udp)).is_unspecified
