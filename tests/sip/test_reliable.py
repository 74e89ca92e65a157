"""Reliable provisional responses, RFC 3262."""

from __future__ import annotations

from mixminus.sip.events import Acknowledged, OfferReceived, Progressed
from mixminus.sip.session import Session
from mixminus.sip.usage import SessionState

from .network import ANSWER, HOLD, OFFER, outline
from .raw import Raw, answer, in_dialog, requests, responses

REQUIRE = "Require: 100rel"


def early(
    raw: Raw, sdp: bytes | None = ANSWER, extra: str = REQUIRE, body: str = OFFER.decode()
) -> tuple[Session, str]:
    """Have the peer call, answer 183 reliably; return the session and the RAck that acknowledges it."""
    session = raw.incoming(extra=extra, body=body)
    session.progress(183, sdp, reliable=True, now=raw.now)
    (response,) = responses(raw.collect())
    assert response.headers.tokens("require") == {"100rel"}
    return session, f"RAck: {response.headers.get('rseq')} 1 INVITE"


def test_183_is_repeated_until_its_prack() -> None:
    """§3: it is repeated, first after T1 and then with waits that double."""
    raw = Raw()
    _, rack = early(raw)
    assert len(raw.wait(3.6)) == 3
    assert [outline(m) for m in raw.send(in_dialog("PRACK", 2, raw.tag(), extra=rack))] == ["200 PRACK"]
    assert raw.wait(30) == []


def test_without_prack_the_call_is_refused() -> None:
    """§3: after 64*T1 the INVITE is to be rejected with a 5xx."""
    raw = Raw()
    session, _ = early(raw)
    assert "504 INVITE" in [outline(m) for m in raw.wait(33)]
    assert session.state is SessionState.ENDED


def test_a_prack_of_something_else() -> None:
    """§3: a PRACK that matches no unacknowledged provisional gets 481."""
    raw = Raw()
    early(raw)
    for number, rack in enumerate(
        ("RAck: 1 1 INVITE", "", "RAck: x", "RAck: 1 1 BYE", f"RAck: {'9' * 5000} 1 INVITE"), 2
    ):
        assert [outline(m) for m in raw.send(in_dialog("PRACK", number, raw.tag(), extra=rack))] == ["481 PRACK"]


def test_200_waits_for_the_prack_of_early_media() -> None:
    """§3: no 2xx while a reliable provisional with a session description is unacknowledged."""
    raw = Raw()
    session, rack = early(raw)
    session.accept(ANSWER, raw.now)
    assert raw.collect() == []
    says = [outline(m) for m in raw.send(in_dialog("PRACK", 2, raw.tag(), extra=rack))]
    assert says == ["200 PRACK", "200 INVITE"]


def test_200_does_not_wait_without_sdp() -> None:
    raw = Raw()
    session, rack = early(raw, None)
    session.accept(ANSWER, raw.now)
    assert [outline(m) for m in raw.collect()] == ["200 INVITE"]
    assert [outline(m) for m in raw.send(in_dialog("PRACK", 2, raw.tag(), extra=rack))] == ["200 PRACK"]


def test_the_next_provisional_waits_and_counts_on() -> None:
    """§3: RSeq is greater by exactly one; the second waits for the PRACK of the first."""
    raw = Raw()
    session, rack = early(raw)
    first = int(rack.split()[1])
    session.progress(180, now=raw.now)
    assert raw.collect() == []
    prack_ok, ringing = responses(raw.send(in_dialog("PRACK", 2, raw.tag(), extra=rack)))
    assert (outline(prack_ok), outline(ringing)) == ("200 PRACK", "180 INVITE")
    assert ringing.headers.get("rseq") == str(first + 1)


def test_only_who_can_gets_reliable_responses() -> None:
    raw = Raw()
    session = raw.incoming()
    session.progress(183, ANSWER, reliable=True, now=raw.now)
    (response,) = responses(raw.collect())
    assert "rseq" not in response.headers


def test_supported_alone_is_no_wish() -> None:
    raw = Raw()
    raw.incoming(extra="Supported: 100rel").progress(180, now=raw.now)
    (response,) = responses(raw.collect())
    assert "rseq" not in response.headers


def test_a_late_offer_answered_by_prack() -> None:
    """§5: an offer in the reliable provisional is answered in its PRACK."""
    raw = Raw()
    session, rack = early(raw, OFFER, body="")
    assert [outline(m) for m in raw.send(in_dialog("PRACK", 2, raw.tag(), extra=rack, body=ANSWER))] == ["200 PRACK"]
    assert session.remote_sdp == ANSWER
    session.accept(OFFER, raw.now)
    raw.collect()
    raw.send(in_dialog("ACK", 1, raw.tag()))
    assert raw.seen[-1] == Acknowledged(session, ANSWER)


def test_an_offer_in_a_prack_is_answered_in_its_200() -> None:
    """§5: the answer to an offer in a PRACK is in its 2xx."""
    raw = Raw()
    session, rack = early(raw)
    raw.send(in_dialog("PRACK", 2, raw.tag(), extra=rack, body=HOLD))
    assert raw.seen[-1] == OfferReceived(session, HOLD)
    session.answer_offer(ANSWER, raw.now)
    assert [(outline(m), m.body) for m in raw.collect()] == [("200 PRACK", ANSWER)]


def test_we_acknowledge_the_peers() -> None:
    """§4: PRACK with RAck (RSeq, CSeq number, method), in the early dialog."""
    raw = Raw()
    session, invite = raw.calling()
    (prack,) = requests(raw.send(answer(invite, 183, extra=f"{REQUIRE}\r\nRSeq: 7", body=ANSWER)))
    assert (prack.method, prack.to.tag) == ("PRACK", "remote")
    assert prack.headers.get("rack") == f"7 {invite.cseq.number} INVITE"
    assert prack.cseq.number == invite.cseq.number + 1
    assert raw.seen == [Progressed(session, 183, ANSWER)]


def test_repeated_and_unordered_ones_are_dropped() -> None:
    """§4: a provisional whose RSeq is not one higher is not acknowledged."""
    raw = Raw()
    _, invite = raw.calling()
    raw.send(answer(invite, 183, extra=f"{REQUIRE}\r\nRSeq: 7"))
    for rseq in ("7", "9", "6", "x", "99999999999"):
        assert raw.send(answer(invite, 183, extra=f"{REQUIRE}\r\nRSeq: {rseq}")) == []
    assert [outline(m) for m in raw.send(answer(invite, 180, extra=f"{REQUIRE}\r\nRSeq: 8"))] == ["PRACK"]
    assert [outline(m) for m in raw.send(answer(invite, 180, "fork", f"{REQUIRE}\r\nRSeq: 1"))] == ["PRACK"]
