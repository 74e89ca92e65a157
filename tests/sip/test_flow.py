"""Where messages come from and go to."""

from __future__ import annotations

from mixminus.sip.flow import Flow


def test_only_udp_is_unreliable() -> None:
    """RFC 3261 §17.1.1.2: "If a reliable transport is being used", the retransmission timers are not."""
    assert not Flow("udp", ("192.0.2.1", 5060)).reliable
    assert Flow("tcp", ("192.0.2.1", 5060), 7).reliable


def test_two_connections_to_one_address_are_two_flows() -> None:
    assert Flow("tcp", ("192.0.2.1", 5060), 7) != Flow("tcp", ("192.0.2.1", 5060), 8)
    assert len({Flow("udp", ("192.0.2.1", 5060)), Flow("udp", ("192.0.2.1", 5060))}) == 1
