"""Which transaction a message belongs to, and where its responses go."""

from __future__ import annotations

import pytest

from mixminus.sip.flow import Flow
from mixminus.sip.matching import note_source, reply_flow, server_key
from mixminus.sip.message import Request, parse

from .raw import PEER, invite


def request(text: str) -> Request:
    message = parse(text.encode())
    assert isinstance(message, Request)
    return message


def test_ack_and_cancel_share_the_branch_of_their_invite() -> None:
    """§17.2.3: "the method of the request matches the one that created the transaction, except for ACK"."""
    original = request(invite())
    ack = request(invite(cseq="1 ACK").replace("INVITE", "ACK"))
    cancel = request(invite(cseq="1 CANCEL").replace("INVITE", "CANCEL"))
    assert server_key(ack) == server_key(original)
    assert server_key(cancel) != server_key(original)
    assert server_key(cancel, "INVITE") == server_key(original)


def test_the_same_branch_of_another_sender_is_another_transaction() -> None:
    """§17.2.3: "the sent-by value in the top Via of the request is equal"."""
    other = invite(via="Via: SIP/2.0/UDP 192.0.2.9:5062;branch=z9hG4bKinv1")
    assert server_key(request(other)) != server_key(request(invite()))


def test_peers_of_rfc_2543_are_told_apart_without_branches() -> None:
    """§17.2.3: without the cookie, Request-URI, tags, Call-ID, CSeq and top Via are compared."""
    via = "Via: SIP/2.0/UDP 192.0.2.1:5062;branch=1"
    first = request(invite(via=via))
    assert server_key(request(invite(via=via))) == server_key(first)
    assert server_key(request(invite(via=via, cseq="2 INVITE"))) != server_key(first)
    ack = invite(via=via, cseq="1 ACK", to="<sip:room@192.0.2.2>;tag=ours").replace("INVITE", "ACK")
    assert server_key(request(ack)) == server_key(first)


@pytest.mark.parametrize(
    ("via", "noted", "port"),
    [
        ("192.0.2.1:5062;branch=z9hG4bKa", "192.0.2.1:5062;branch=z9hG4bKa", 5062),
        ("192.0.2.1;branch=z9hG4bKa", "192.0.2.1;branch=z9hG4bKa", 5060),
        ("10.0.0.1:5070;branch=z9hG4bKa", "10.0.0.1:5070;branch=z9hG4bKa;received=192.0.2.1", 5070),
        (
            "10.0.0.1:5070;rport;branch=z9hG4bKa",
            "10.0.0.1:5070;rport=40123;branch=z9hG4bKa;received=192.0.2.1",
            40123,
        ),
    ],
)
def test_responses_go_to_the_source(via: str, noted: str, port: int) -> None:
    """§18.2.1 `received`; RFC 3581 §4: rport is set to the source port and `received` always added with it."""
    flow = Flow("udp", ("192.0.2.1", 40123))
    message = request(invite(via=f"Via: SIP/2.0/UDP {via}\r\nVia: SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKb"))
    assert reply_flow(message, flow) == Flow("udp", ("192.0.2.1", port))
    note_source(message, flow)
    assert message.headers.all("via") == [f"SIP/2.0/UDP {noted}", "SIP/2.0/UDP 10.9.9.9;branch=z9hG4bKb"]


def test_responses_use_the_connection_of_the_request() -> None:
    """§18.2.2: "the response MUST be sent using the existing connection"."""
    flow = Flow("tcp", ("192.0.2.1", 40123), 9)
    assert reply_flow(request(invite()), flow) == flow


def test_an_ipv6_source_is_written_in_brackets() -> None:
    message = request(invite(via="Via: SIP/2.0/UDP [2001:db8::1]:5062;rport;branch=z9hG4bKa"))
    note_source(message, Flow("udp", ("2001:db8::7", 5062)))
    assert message.via.params["received"] == "[2001:db8::7]"


def test_maddr_does_not_aim_our_responses() -> None:
    message = request(invite(via="Via: SIP/2.0/UDP 192.0.2.1:5062;maddr=198.51.100.1;rport;branch=z9hG4bKa"))
    assert reply_flow(message, PEER) == PEER
