"""Re-INVITE and UPDATE, both ways, and their glare."""

from __future__ import annotations

import pytest

from mixminus.sip.events import Acknowledged, Ended, OfferReceived, OfferRequested, ReinviteDone
from mixminus.sip.session_reoffer import MAX_ATTEMPTS
from mixminus.sip.usage import SessionState

from .network import ANSWER, HOLD, OFFER, outline
from .raw import Raw, answer, in_dialog, requests, responses


def test_hold_by_the_peer() -> None:
    """§14.2: a re-INVITE offers, the 200 answers; the ACK ends its repetition."""
    raw = Raw()
    session = raw.established()
    raw.send(in_dialog("INVITE", 2, raw.tag(), body=HOLD))
    assert raw.seen[-1] == OfferReceived(session, HOLD)
    session.answer_offer(ANSWER, raw.now)
    (ok,) = responses(raw.collect())
    assert (outline(ok), ok.body, session.remote_sdp) == ("200 INVITE", ANSWER, HOLD)
    assert len(raw.wait(1.6)) == 2
    raw.send(in_dialog("ACK", 2, raw.tag(), branch="ack2"))
    assert raw.wait(40) == []
    assert raw.kinds()[-1] == "OfferReceived"


def test_a_refused_offer_changes_nothing() -> None:
    """§14.2: 488 "If the new session description is not acceptable", and the session goes on as before."""
    raw = Raw()
    session = raw.established()
    raw.send(in_dialog("INVITE", 2, raw.tag(), body=HOLD))
    session.answer_offer(None, raw.now)
    assert [outline(m) for m in raw.collect()] == ["488 INVITE"]
    assert (session.remote_sdp, session.local_sdp, session.state) == (OFFER, ANSWER, SessionState.CONFIRMED)


def test_an_empty_re_invite_asks_for_an_offer() -> None:
    """§14.2, §13.2.1: the offer is in the 200, the answer in the ACK."""
    raw = Raw()
    session = raw.established()
    raw.send(in_dialog("INVITE", 2, raw.tag()))
    assert OfferRequested(session) in raw.seen
    session.answer_offer(ANSWER, raw.now)
    session.provide_offer(OFFER, raw.now)
    assert [m.body for m in raw.collect()] == [OFFER]
    raw.send(in_dialog("ACK", 2, raw.tag(), branch="ack2", body=HOLD))
    assert raw.seen[-1] == Acknowledged(session, HOLD)
    assert session.remote_sdp == HOLD


def test_a_second_offer_while_one_is_pending() -> None:
    """§14.2: 500 with "a Retry-After header field with a randomly chosen value of between 0 and 10 seconds"."""
    raw = Raw()
    raw.established()
    raw.send(in_dialog("INVITE", 2, raw.tag(), body=HOLD))
    (refused,) = responses(raw.send(in_dialog("INVITE", 3, raw.tag(), body=OFFER)))
    assert refused.status == 500
    assert 0 <= int(refused.headers.get("retry-after") or "-1") <= 10


def test_an_offer_that_crosses_ours() -> None:
    """§14.2: "while an INVITE it had sent on that dialog is in progress MUST return a 491"."""
    raw = Raw()
    session = raw.established()
    session.reinvite(HOLD, raw.now)
    raw.collect()
    assert [outline(m) for m in raw.send(in_dialog("INVITE", 2, raw.tag(), body=HOLD))] == ["491 INVITE"]
    assert [outline(m) for m in raw.send(in_dialog("UPDATE", 3, raw.tag(), body=HOLD))] == ["491 UPDATE"]


def test_our_re_invite() -> None:
    raw = Raw()
    session = raw.established()
    session.reinvite(HOLD, raw.now)
    (sent,) = requests(raw.collect())
    assert (sent.method, sent.body) == ("INVITE", HOLD)
    raw.send(answer(sent, 100))
    assert [outline(m) for m in raw.send(answer(sent, 200, body=OFFER))] == ["ACK"]
    assert raw.seen[-1] == ReinviteDone(session, 200, OFFER)
    assert [outline(m) for m in raw.send(answer(sent, 200, body=OFFER))] == ["ACK"]
    assert raw.kinds().count("ReinviteDone") == 1
    assert session.local_sdp == HOLD


def test_a_refused_re_invite_leaves_the_call_alone() -> None:
    raw = Raw()
    session = raw.established()
    session.reinvite(HOLD, raw.now)
    (sent,) = requests(raw.collect())
    raw.send(answer(sent, 488))
    assert raw.seen[-1] == ReinviteDone(session, 488, b"")
    assert (session.local_sdp, session.state) == (ANSWER, SessionState.CONFIRMED)


def test_491_is_tried_again_after_a_random_while() -> None:
    """§14.1: who does not own the Call-ID waits 0 to 2 s, the owner 2.1 to 4 s."""
    raw = Raw()
    session = raw.established()
    session.reinvite(HOLD, raw.now)
    for attempt in range(MAX_ATTEMPTS):
        sent, *_ = requests(raw.wait(2.0) if attempt else raw.collect())
        assert [outline(m) for m in raw.send(answer(sent, 491))] == ["ACK"]
    assert raw.seen[-1] == ReinviteDone(session, 491, b"")


def test_the_owner_of_the_call_id_waits_longer() -> None:
    raw = Raw()
    session, invite = raw.calling()
    raw.send(answer(invite, 200, body=ANSWER))
    session.reinvite(HOLD, raw.now)
    (sent,) = requests(raw.collect())
    raw.send(answer(sent, 491))
    assert raw.wait(2.09) == []
    assert {outline(m) for m in raw.wait(1.91)} == {"INVITE"}


@pytest.mark.parametrize(("status", "says"), [(481, ["ACK"]), (408, ["ACK", "BYE"])])
def test_a_peer_that_has_lost_the_call(status: int, says: list[str]) -> None:
    """§12.2.1.2: on 481 or 408 "the UAC SHOULD terminate the dialog"."""
    raw = Raw()
    session = raw.established()
    session.reinvite(HOLD, raw.now)
    (sent,) = requests(raw.collect())
    assert [outline(m) for m in raw.send(answer(sent, status))] == says
    assert raw.seen[-1] == Ended(session, status, "Whatever", by_peer=False)


def test_offers_of_ours_wait_for_one_another() -> None:
    raw = Raw()
    session = raw.established()
    session.reinvite(HOLD, raw.now)
    session.update(OFFER, raw.now)
    (first,) = requests(raw.collect())
    ack, second = requests(raw.send(answer(first, 200, body=OFFER)))
    assert (ack.method, second.method, second.body) == ("ACK", "UPDATE", OFFER)
    raw.send(answer(second, 200, body=ANSWER))
    assert raw.kinds().count("ReinviteDone") == 2


def test_an_offer_of_ours_waits_until_the_peers_is_settled() -> None:
    raw = Raw()
    session = raw.established()
    raw.send(in_dialog("INVITE", 2, raw.tag(), body=HOLD))
    session.reinvite(OFFER, raw.now)
    session.answer_offer(ANSWER, raw.now)
    assert [outline(m) for m in raw.collect()] == ["200 INVITE"]
    assert [outline(m) for m in raw.send(in_dialog("ACK", 2, raw.tag(), branch="ack2"))] == ["INVITE"]


def test_a_re_invite_that_is_never_answered() -> None:
    raw = Raw()
    session = raw.established()
    session.reinvite(HOLD, raw.now)
    (sent,) = requests(raw.collect())
    raw.send(answer(sent, 100))
    assert "CANCEL" in [outline(m) for m in raw.wait(33)]
    raw.wait(33)
    assert session.state is SessionState.ENDED


def test_update_with_an_offer() -> None:
    """RFC 3311 §5.2: the answer is in the 2xx; no ACK follows."""
    raw = Raw()
    session = raw.established()
    raw.send(in_dialog("UPDATE", 2, raw.tag(), body=HOLD))
    session.answer_offer(ANSWER, raw.now)
    assert [(outline(m), m.body) for m in raw.collect()] == [("200 UPDATE", ANSWER)]
    assert raw.wait(40) == []


def test_update_without_an_offer_is_answered_at_once() -> None:
    raw = Raw()
    raw.established()
    assert [outline(m) for m in raw.send(in_dialog("UPDATE", 2, raw.tag()))] == ["200 UPDATE"]
    assert raw.kinds()[-1] == "Acknowledged"


def test_update_before_the_first_answer() -> None:
    """RFC 3311 §5.2: with an offer received but not answered, 500 with Retry-After."""
    raw = Raw()
    raw.incoming().progress(180, now=raw.now)
    raw.collect()
    (refused,) = responses(raw.send(in_dialog("UPDATE", 2, raw.tag(), body=HOLD)))
    assert refused.status == 500
    assert "retry-after" in refused.headers


def test_cancel_of_a_re_invite_does_not_end_the_call() -> None:
    raw = Raw()
    session = raw.established()
    raw.send(in_dialog("INVITE", 2, raw.tag(), branch="re2", body=HOLD))
    cancelled = raw.send(in_dialog("CANCEL", 2, raw.tag(), branch="re2"))
    assert [outline(m) for m in cancelled] == ["200 CANCEL", "487 INVITE"]
    session.answer_offer(ANSWER, raw.now)
    assert raw.collect() == []
    assert session.state is SessionState.CONFIRMED


def test_an_offer_that_we_never_answer_is_refused() -> None:
    raw = Raw()
    session = raw.established()
    raw.send(in_dialog("UPDATE", 2, raw.tag(), body=HOLD))
    assert [outline(m) for m in raw.wait(33)] == ["500 UPDATE"]
    assert session.state is SessionState.CONFIRMED


def test_bye_while_an_offer_is_pending() -> None:
    """§15.1.2: pending requests get 487."""
    raw = Raw()
    raw.established()
    raw.send(in_dialog("INVITE", 2, raw.tag(), body=HOLD))
    assert [outline(m) for m in raw.send(in_dialog("BYE", 3, raw.tag()))] == ["200 BYE", "487 INVITE"]


def test_a_re_invite_overtakes_the_ack() -> None:
    raw = Raw()
    session = raw.incoming()
    session.accept(ANSWER, raw.now)
    raw.collect()
    raw.send(in_dialog("INVITE", 2, raw.tag(), body=HOLD))
    session.answer_offer(ANSWER, raw.now)
    raw.send(in_dialog("ACK", 2, raw.tag(), branch="ack2"))
    raw.send(in_dialog("ACK", 1, raw.tag(), branch="ack1"))
    assert session.state is SessionState.CONFIRMED
    raw.collect()
    assert raw.wait(40) == []


def test_a_new_contact_is_the_new_target() -> None:
    """§12.2.2: a target refresh request replaces the remote target."""
    raw = Raw()
    session = raw.established()
    moved = in_dialog("UPDATE", 2, raw.tag()).replace("<sip:ann@192.0.2.1:5062>", "<sip:ann@192.0.2.1:5099>")
    raw.send(moved)
    session.hang_up(raw.now)
    (bye,) = requests(raw.collect())
    assert str(bye.uri) == "sip:ann@192.0.2.1:5099"


def test_a_body_that_is_not_sdp() -> None:
    """§8.2.3: 415 with Accept."""
    raw = Raw()
    raw.established()
    other = in_dialog("INVITE", 2, raw.tag(), body=HOLD).replace("application/sdp", "text/plain")
    (refused,) = responses(raw.send(other))
    assert (refused.status, refused.headers.get("accept")) == (415, "application/sdp")
