"""Calls to us: from INVITE to BYE, with everything that may go wrong between."""

from __future__ import annotations

import gc
import weakref

from mixminus.sip.events import Acknowledged, Ended
from mixminus.sip.message import Request, Response
from mixminus.sip.session_inbound import LONGEST_UNANSWERED_S
from mixminus.sip.usage import SessionState

from .network import ANSWER, OFFER, outline
from .raw import TCP_PEER, Raw, in_dialog, invite, lines, requests, responses


def cancel(branch: str = "inv1") -> str:
    return lines(
        "CANCEL sip:room@192.0.2.2 SIP/2.0",
        f"Via: SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK{branch};rport",
        'From: "Ann" <sip:ann@192.0.2.1>;tag=peer',
        "To: <sip:room@192.0.2.2>",
        "Call-ID: call1",
        "CSeq: 1 CANCEL",
    )


def test_a_whole_call() -> None:
    raw = Raw()
    session = raw.incoming()
    assert session.remote_sdp == OFFER
    session.progress(180, now=raw.now)
    session.accept(ANSWER, raw.now)
    raw.collect()
    assert raw.say() == ["100 INVITE", "180 INVITE", "200 INVITE"]
    raw.send(in_dialog("ACK", 1, raw.tag()))
    assert session.state is SessionState.CONFIRMED
    (ok,) = raw.send(in_dialog("BYE", 2, raw.tag()))
    assert outline(ok) == "200 BYE"
    assert raw.kinds() == ["IncomingCall", "Acknowledged", "Ended"]
    assert raw.seen[-1] == Ended(session, 200, "", by_peer=True)


def test_what_a_200_says() -> None:
    """§13.3.1.4, §12.1.1: Contact, Allow, Supported, Record-Route as it came; Contact without a display name."""
    raw = Raw()
    session = raw.incoming(extra="Record-Route: <sip:p2.example;lr>, <sip:p1.example;lr>")
    session.accept(ANSWER, raw.now)
    (ok,) = responses(raw.collect())
    assert ok.headers.get("contact") == "<sip:mixminus@192.0.2.2:5060>"
    assert ok.headers.tokens("allow") >= {"invite", "update", "prack", "info"}
    assert ok.headers.tokens("supported") == {"timer", "100rel"}
    assert ok.headers.all("record-route") == ["<sip:p2.example;lr>", "<sip:p1.example;lr>"]
    assert ok.body == ANSWER


def test_200_is_repeated_until_the_ack() -> None:
    """§13.3.1.4: "an interval that starts at T1 seconds and doubles for each retransmission until it reaches T2"."""
    raw = Raw()
    session = raw.incoming()
    session.accept(ANSWER, raw.now)
    raw.collect()
    assert len(raw.wait(11.6)) == 5  # 0.5, 1.5, 3.5, 7.5, 11.5
    raw.send(in_dialog("ACK", 1, raw.tag()))
    assert raw.wait(25) == []


def test_200_is_repeated_over_tcp_as_well() -> None:
    """§13.3.1.4: "the response is retransmitted periodically even if the transport at the UAS is reliable"."""
    raw = Raw(flow=TCP_PEER)
    raw.incoming().accept(ANSWER, raw.now)
    raw.collect()
    assert [outline(message) for message in raw.wait(2)] == ["200 INVITE"] * 2
    assert set(raw.flows) == {TCP_PEER}


def test_without_ack_the_call_ends_with_bye() -> None:
    """§13.3.1.4: without ACK for 64*T1 "the dialog is confirmed, but the session SHOULD be terminated", with a BYE."""
    raw = Raw()
    session = raw.incoming()
    session.accept(ANSWER, raw.now)
    raw.collect()
    (bye,) = requests(raw.wait(32.1))
    assert bye.method == "BYE"
    assert raw.seen[-1] == Ended(session, 408, "No ACK", by_peer=False)


def test_bye_waits_for_the_ack() -> None:
    """§15: "The callee's UA MUST NOT send a BYE ... until it has received an ACK for its 2xx response"."""
    raw = Raw()
    session = raw.incoming()
    session.accept(ANSWER, raw.now)
    session.hang_up(raw.now)
    assert requests(raw.collect()) == []
    assert [outline(m) for m in raw.send(in_dialog("ACK", 1, raw.tag()))] == ["BYE"]
    assert raw.kinds() == ["IncomingCall", "Ended"]


def test_a_repeated_invite_gets_the_latest_answer() -> None:
    """§17.2.1: "the most recent provisional response ... MUST be passed to the transport layer for retransmission"."""
    raw = Raw()
    session = raw.incoming()
    assert [outline(m) for m in raw.send(invite())] == ["100 INVITE"]
    session.progress(180, now=raw.now)
    raw.collect()
    assert [outline(m) for m in raw.send(invite())] == ["180 INVITE"]
    session.reject(486, now=raw.now)
    raw.collect()
    assert [outline(m) for m in raw.send(invite())] == ["486 INVITE"]
    assert raw.kinds() == ["IncomingCall", "Ended"]


def test_a_late_invite_after_the_call_gets_the_old_answer() -> None:
    raw = Raw()
    raw.established()
    raw.send(in_dialog("BYE", 2, raw.tag()))
    raw.wait(10)
    assert [outline(m) for m in raw.send(invite())] == ["200 INVITE"]
    assert raw.kinds().count("IncomingCall") == 1


def test_cancel_before_the_answer() -> None:
    """§9.2: 200 to the CANCEL and 487 to the INVITE, with the same To tag."""
    raw = Raw()
    session = raw.incoming()
    first, second = responses(raw.send(cancel()))
    assert (outline(first), outline(second)) == ("200 CANCEL", "487 INVITE")
    assert first.to.tag == second.to.tag
    assert raw.kinds() == ["IncomingCall", "Cancelled", "Ended"]
    session.accept(ANSWER, raw.now)
    session.progress(180, now=raw.now)
    session.reject(486, now=raw.now)
    session.hang_up(raw.now)
    assert raw.collect() == []


def test_cancel_after_the_answer_changes_nothing() -> None:
    """§9.2: after a final response "the CANCEL request has no effect on the processing of the original request"."""
    raw = Raw()
    raw.incoming().accept(ANSWER, raw.now)
    raw.collect()
    assert [outline(m) for m in raw.send(cancel())] == ["200 CANCEL"]
    assert raw.kinds() == ["IncomingCall"]


def test_cancel_of_nothing() -> None:
    """§9.2: "If the UAS did not find a matching transaction ... it SHOULD respond to the CANCEL with a 481"."""
    raw = Raw()
    assert [outline(m) for m in raw.send(cancel("other"))] == ["481 CANCEL"]


def test_bye_before_the_answer() -> None:
    """§15.1.2: "the UAS MUST still respond to any pending requests ... with a 487"."""
    raw = Raw()
    raw.incoming().progress(180, now=raw.now)
    raw.collect()
    assert [outline(m) for m in raw.send(in_dialog("BYE", 2, raw.tag()))] == ["200 BYE", "487 INVITE"]


def test_reject_takes_reason_and_headers() -> None:
    raw = Raw()
    raw.incoming().reject(503, "Full", (("Retry-After", "10"),), now=raw.now)
    (refused,) = responses(raw.collect())
    assert (refused.status, refused.reason, refused.headers.get("retry-after")) == (503, "Full", "10")
    raw.send(in_dialog("ACK", 1, refused.to.tag or "", branch="inv1"))
    assert raw.wait(40) == []


def test_late_offer() -> None:
    """§13.2.1: with no offer in the INVITE the offer is in the 2xx and the answer in the ACK."""
    raw = Raw()
    session = raw.incoming(body="")
    assert session.remote_sdp == b""
    session.accept(OFFER, raw.now)
    raw.collect()
    raw.send(in_dialog("ACK", 1, raw.tag(), body=ANSWER))
    assert raw.seen[-1] == Acknowledged(session, ANSWER)
    assert session.remote_sdp == ANSWER


def test_late_offer_without_answer() -> None:
    raw = Raw()
    session = raw.incoming(body="")
    session.accept(OFFER, raw.now)
    raw.collect()
    raw.send(in_dialog("ACK", 1, raw.tag()))
    assert raw.seen[-1] == Acknowledged(session, b"")


def test_a_repeated_ack_is_reported_once() -> None:
    raw = Raw()
    raw.established()
    raw.send(in_dialog("ACK", 1, raw.tag()))
    assert raw.kinds().count("Acknowledged") == 1


def test_ringing_is_repeated_each_minute_and_ends_some_day() -> None:
    """§13.3.1.1: "the UAS MUST send a non-100 provisional response at every minute"."""
    raw = Raw()
    session = raw.incoming()
    session.progress(180, now=raw.now)
    raw.collect()
    assert [outline(m) for m in raw.wait(181)] == ["180 INVITE"] * 3
    raw.wait(LONGEST_UNANSWERED_S)
    assert session.state is SessionState.ENDED


def test_in_dialog_requests_go_to_the_packet_source() -> None:
    """A peer behind NAT: its Contact is of no use to us."""
    raw = Raw()
    session = raw.established(contact="Contact: <sip:ann@10.0.0.1:5062>")
    session.hang_up(raw.now)
    (bye,) = requests(raw.collect())
    assert raw.flows[-1].remote == ("192.0.2.1", 5062)
    assert str(bye.uri) == "sip:ann@10.0.0.1:5062"


def test_the_dialog_of_a_bye() -> None:
    """§12.2.1.1: From and To are swapped, with the tags; the CSeq is ours."""
    raw = Raw()
    session = raw.established()
    session.bye('Q.850;cause=16;text="Normal"', now=raw.now)
    (bye,) = requests(raw.collect())
    assert bye.headers.get("from") == f"<sip:room@192.0.2.2>;tag={bye.from_.tag}"
    assert bye.headers.get("to") == '"Ann" <sip:ann@192.0.2.1>;tag=peer'
    assert bye.headers.get("reason") == 'Q.850;cause=16;text="Normal"'
    assert bye.via.params.get("rport", "absent") is None


def test_a_finished_call_is_forgotten_after_32_s() -> None:
    raw = Raw()
    gone = weakref.ref(raw.established())
    raw.send(in_dialog("BYE", 2, raw.tag()))
    raw.seen.clear()
    assert raw.endpoint.sessions == 0
    raw.wait(32.1)
    assert raw.endpoint.transactions == 0
    assert raw.endpoint.next_timeout() is None
    gc.collect()
    assert gone() is None


def test_finished_transactions_keep_only_bytes() -> None:
    raw = Raw()
    raw.established()
    raw.send(in_dialog("BYE", 2, raw.tag()))
    raw.sent.clear()
    raw.seen.clear()
    gc.collect()
    kept = [thing for thing in gc.get_objects() if isinstance(thing, Request | Response)]
    assert raw.endpoint.transactions == 2
    assert kept == []


def test_an_ack_with_the_branch_of_its_invite_is_taken() -> None:
    """RFC 6026 §7.1: an ACK that matches the transaction in Accepted is passed to the TU."""
    raw = Raw()
    session = raw.incoming()
    session.accept(ANSWER, raw.now)
    raw.collect()
    raw.send(in_dialog("ACK", 1, raw.tag(), branch="inv1"))
    assert session.state is SessionState.CONFIRMED


def test_a_session_says_where_it_comes_from() -> None:
    raw = Raw(flow=TCP_PEER)
    session = raw.incoming()
    assert (session.flow, session.call_id, session.request.method) == (TCP_PEER, "call1", "INVITE")
