"""Calls of ours: forks, CANCEL and its glare, failures."""

from __future__ import annotations

import pytest

from mixminus.sip.events import Answered, Ended, Progressed
from mixminus.sip.session_outbound import LONGEST_UNANSWERED_S, MAX_FORKS
from mixminus.sip.usage import SessionState

from .network import ANSWER, outline
from .raw import PEER, TCP_PEER, Raw, answer, requests


def test_a_whole_call() -> None:
    raw = Raw()
    session, invite = raw.calling()
    assert invite.headers.get("session-expires") == "1800"
    assert invite.headers.tokens("supported") == {"timer", "100rel"}
    raw.send(answer(invite, 100))
    raw.send(answer(invite, 180))
    (ack,) = requests(raw.send(answer(invite, 200, body=ANSWER)))
    assert (ack.method, ack.cseq.number, str(ack.uri)) == ("ACK", invite.cseq.number, "sip:bob@192.0.2.1:5062")
    assert ack.via.branch != invite.via.branch
    assert raw.seen == [Progressed(session, 180, b""), Answered(session, ANSWER)]
    session.hang_up(raw.now)
    (bye,) = requests(raw.collect())
    assert (bye.method, bye.cseq.number) == ("BYE", invite.cseq.number + 1)
    assert raw.seen[-1] == Ended(session, 200, "", by_peer=False)


def test_a_repeated_200_is_acknowledged_again() -> None:
    """§13.2.2.4: "MUST be passed to the client transport every time a retransmission of the 2xx ... arrives"."""
    raw = Raw()
    session, invite = raw.calling()
    (first,) = raw.send(answer(invite, 200, body=ANSWER))
    session.hang_up(raw.now)
    raw.collect()
    (again,) = raw.send(answer(invite, 200, body=ANSWER))
    assert again.encode() == first.encode()


def test_each_fork_is_acknowledged_and_all_but_the_first_hung_up() -> None:
    """§13.2.2.4: "The UAC core MUST generate an ACK request for each 2xx", and BYE for dialogs it does not want."""
    raw = Raw()
    session, invite = raw.calling()
    raw.send(answer(invite, 180, "one"))
    raw.send(answer(invite, 180, "two"))
    assert [outline(m) for m in raw.send(answer(invite, 200, "two", body=ANSWER))] == ["ACK"]
    ack, bye = requests(raw.send(answer(invite, 200, "one", body=ANSWER)))
    assert (ack.method, ack.to.tag, bye.method, bye.to.tag) == ("ACK", "one", "BYE", "one")
    assert session.state is SessionState.CONFIRMED
    assert raw.kinds().count("Answered") == 1
    session.hang_up(raw.now)
    (bye,) = requests(raw.collect())
    assert bye.to.tag == "two"


def test_a_stranger_cannot_fork_us_without_end() -> None:
    raw = Raw()
    _, invite = raw.calling()
    for fork in range(100):
        raw.send(answer(invite, 180, f"fork{fork}"))
        raw.send(answer(invite, 200, f"fork{fork}"))
    assert raw.say().count("ACK") <= MAX_FORKS + 1


def test_cancel_waits_for_a_provisional_response() -> None:
    """§9.1: "the CANCEL request MUST NOT be sent" before one; it has the Via, CSeq number and tags of the INVITE."""
    raw = Raw()
    session, invite = raw.calling()
    session.hang_up(raw.now)
    assert raw.collect() == []
    (cancel,) = requests(raw.send(answer(invite, 180)))
    assert (cancel.method, cancel.cseq.number) == ("CANCEL", invite.cseq.number)
    assert cancel.headers.all("via") == invite.headers.all("via")
    assert cancel.headers.get("to") == invite.headers.get("to")
    raw.send(answer(cancel, 200))
    assert [outline(m) for m in raw.send(answer(invite, 487))] == ["ACK"]
    assert raw.seen[-1] == Ended(session, 487, "Request Terminated", by_peer=False)


def test_a_200_that_crosses_our_cancel() -> None:
    """§9.1, §15: the call was answered after all, so it is acknowledged and hung up."""
    raw = Raw()
    session, invite = raw.calling()
    raw.send(answer(invite, 180))
    session.cancel(raw.now)
    assert [outline(m) for m in raw.collect()] == ["CANCEL"]
    assert [outline(m) for m in raw.send(answer(invite, 200, body=ANSWER))] == ["ACK", "BYE"]
    assert raw.kinds() == ["Progressed", "Ended"]


def test_a_200_that_comes_while_cancel_is_held() -> None:
    raw = Raw()
    session, invite = raw.calling()
    session.cancel(raw.now)
    assert [outline(m) for m in raw.send(answer(invite, 200, body=ANSWER))] == ["ACK", "BYE"]


def test_a_cancelled_call_ends_even_if_the_peer_says_nothing() -> None:
    raw = Raw()
    session, invite = raw.calling()
    raw.send(answer(invite, 180))
    session.cancel(raw.now)
    session.cancel(raw.now)
    raw.wait(33)
    assert raw.seen[-1] == Ended(session, 487, "Request Terminated", by_peer=False)
    raw.wait(33)
    assert (raw.endpoint.transactions, raw.endpoint.sessions) == (0, 0)


@pytest.mark.parametrize("status", [302, 404, 486, 503, 603])
def test_failures_are_acknowledged_and_reported(status: int) -> None:
    """§17.1.1.3: the ACK has the Via of the INVITE alone, and the To of the response."""
    raw = Raw()
    session, invite = raw.calling()
    (ack,) = requests(raw.send(answer(invite, status, "busy")))
    assert (ack.method, ack.to.tag, ack.headers.all("via")) == ("ACK", "busy", invite.headers.all("via"))
    assert raw.seen[-1] == Ended(session, status, "Whatever", by_peer=True)


def test_a_call_that_nobody_answers() -> None:
    raw = Raw()
    session, _ = raw.calling()
    assert [outline(m) for m in raw.wait(32)] == ["INVITE"] * 6
    assert raw.seen[-1] == Ended(session, 408, "Request Timeout", by_peer=False)


def test_a_call_that_rings_for_ever() -> None:
    raw = Raw()
    session, invite = raw.calling()
    raw.send(answer(invite, 180))
    raw.wait(LONGEST_UNANSWERED_S + 33)
    assert session.state is SessionState.ENDED


def test_a_connection_that_cannot_be_opened() -> None:
    """§8.1.3.1: a transport error counts as 503."""
    raw = Raw(flow=TCP_PEER)
    session, _ = raw.calling()
    raw.endpoint.flow_closed(TCP_PEER, raw.now)
    raw.collect()
    assert raw.seen[-1] == Ended(session, 503, "Service Unavailable", by_peer=False)
    assert raw.endpoint.transactions == 0


def test_a_session_interval_too_small() -> None:
    """RFC 4028 §7.3: after 422 the request is sent again with a Session-Expires of at least the Min-SE."""
    raw = Raw()
    session, invite = raw.calling()
    ack, second = requests(raw.send(answer(invite, 422, extra="Min-SE: 3600")))
    assert (ack.method, second.method) == ("ACK", "INVITE")
    assert (second.headers.get("session-expires"), second.headers.get("min-se")) == ("3600", "3600")
    assert (second.call_id, second.cseq.number) == (invite.call_id, invite.cseq.number + 1)
    raw.send(answer(second, 422, extra="Min-SE: 3600"))
    assert raw.seen[-1] == Ended(session, 422, "Whatever", by_peer=True)


def test_the_route_set_is_the_record_route_backwards() -> None:
    """§12.1.2: "taken in reverse order"; §12.2.1.1: with lr the Request-URI is the remote target."""
    raw = Raw()
    session, invite = raw.calling()
    routes = "Record-Route: <sip:192.0.2.11;lr>\r\nRecord-Route: <sip:192.0.2.12:5080;lr>"
    (ack,) = requests(raw.send(answer(invite, 200, extra=routes, body=ANSWER)))
    assert ack.headers.all("route") == ["<sip:192.0.2.12:5080;lr>", "<sip:192.0.2.11;lr>"]
    assert raw.flows[-1].remote == ("192.0.2.12", 5080)
    assert str(ack.uri) == "sip:bob@192.0.2.1:5062"
    session.hang_up(raw.now)
    raw.collect()
    assert raw.flows[-1].remote == ("192.0.2.12", 5080)


def test_responses_that_nobody_asked_for_are_dropped() -> None:
    raw = Raw()
    _, invite = raw.calling()
    stray = answer(invite, 200).replace("branch=z9hG4bK", "branch=z9hG4bKx")
    assert raw.send(stray) == []
    two_vias = answer(invite, 200).replace("Via:", "Via: SIP/2.0/UDP 192.0.2.2:5060;branch=z9hG4bKy\r\nVia:", 1)
    assert raw.send(two_vias, PEER) == []


def test_early_media_stands_if_the_200_brings_no_sdp() -> None:
    raw = Raw()
    session, invite = raw.calling()
    raw.send(answer(invite, 183, body=ANSWER))
    raw.send(answer(invite, 200))
    assert raw.seen[-1] == Answered(session, ANSWER)


def test_a_callee_that_says_bye_before_it_answers() -> None:
    raw = Raw()
    session, invite = raw.calling()
    raw.send(answer(invite, 180))
    bye = (
        f"BYE sip:x SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKb\r\nFrom: <sip:bob@192.0.2.1>;tag=remote\r\n"
        f"To: {invite.headers.get('from')}\r\nCall-ID: {invite.call_id}\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
    )
    assert [outline(m) for m in raw.send(bye)] == ["200 BYE", "CANCEL"]
    assert session.state is SessionState.ENDED
    assert [outline(m) for m in raw.send(answer(invite, 200, body=ANSWER))] == ["ACK", "BYE"]
