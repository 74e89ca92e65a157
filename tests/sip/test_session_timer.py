"""Session timers, RFC 4028."""

from __future__ import annotations

import pytest

from mixminus.sip.events import Ended
from mixminus.sip.session import Session
from mixminus.sip.usage import SessionState

from .network import ANSWER, outline
from .raw import Raw, answer, in_dialog, invite, requests, responses, settings

ALLOWS_UPDATE = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE"


def accepted(raw: Raw, extra: str) -> tuple[Session, str | None, str | None]:
    """Answer a call and return its session and the Session-Expires and Require of the 200."""
    session = raw.incoming(extra=extra)
    session.accept(ANSWER, raw.now)
    (ok,) = responses(raw.collect())
    raw.send(in_dialog("ACK", 1, raw.tag()))
    return session, ok.headers.get("session-expires"), ok.headers.get("require")


@pytest.mark.parametrize(
    ("extra", "expires", "require"),
    [
        ("Supported: timer\r\nSession-Expires: 600;refresher=uac", "600;refresher=uac", "timer"),
        ("Supported: timer\r\nSession-Expires: 600;refresher=uas", "600;refresher=uas", None),
        ("Supported: timer\r\nx: 600 ; Refresher = UAC", "600;refresher=uac", "timer"),
        ("Supported: timer\r\nSession-Expires: 600", "600;refresher=uas", None),
        ("Supported: timer\r\nSession-Expires: 7200", "1800;refresher=uas", None),
        ("Supported: timer\r\nSession-Expires: 7200\r\nMin-SE: 3600", "3600;refresher=uas", None),
        ("Supported: timer", "1800;refresher=uas", None),
        ("Supported: timer\r\nMin-SE: 2000", "2000;refresher=uas", None),
        ("Session-Expires: 600", "600;refresher=uas", None),
        ("Supported: replaces", None, None),
        ("Supported: timer\r\nSession-Expires: soon", "1800;refresher=uas", None),
    ],
)
def test_terms_of_the_answer(extra: str, expires: str | None, require: str | None) -> None:
    """§9: the UAS may lower the interval but not below Min-SE, keeps the refresher, requires timer if it is the UAC."""
    assert accepted(Raw(), extra)[1:] == (expires, require)


def test_an_interval_too_small() -> None:
    """§9: the request may be rejected with 422, which has a Min-SE."""
    raw = Raw()
    (refused,) = responses(raw.send(invite(extra="Supported: timer\r\nSession-Expires: 60")))
    assert (refused.status, refused.headers.get("min-se")) == (422, "90")
    assert raw.seen == []


def test_no_timer_when_it_is_switched_off() -> None:
    raw = Raw(settings(session_expires_s=0))
    assert accepted(raw, "Supported: timer")[1] is None
    assert raw.endpoint.next_timeout() == raw.now + 32  # only Timer L


def test_we_refresh_by_update_after_half_the_interval() -> None:
    """§7.2, §10: refresh once half the interval is over; §7.4: UPDATE without SDP is best."""
    raw = Raw()
    _, *_ = accepted(raw, f"{ALLOWS_UPDATE}\r\nSupported: timer\r\nSession-Expires: 600;refresher=uas")
    assert requests(raw.wait(299)) == []
    (update,) = requests(raw.wait(1.1))
    assert (update.method, update.body) == ("UPDATE", b"")
    assert update.headers.get("session-expires") == "600;refresher=uac"
    raw.send(answer(update, 200, extra="Session-Expires: 600;refresher=uac"))
    assert [outline(m) for m in raw.wait(300.1)] == ["UPDATE"]


def test_we_refresh_by_re_invite_with_the_sdp_as_it_is() -> None:
    """§7.4: an offer in a re-INVITE shows that nothing has changed."""
    raw = Raw()
    session, *_ = accepted(raw, "Supported: timer\r\nSession-Expires: 600;refresher=uas")
    (reinvite,) = requests(raw.wait(300.1))
    assert (reinvite.method, reinvite.body) == ("INVITE", ANSWER)
    raw.send(answer(reinvite, 200, body=session.remote_sdp))
    assert "ReinviteDone" not in raw.kinds()
    assert [outline(m) for m in requests(raw.wait(300.1))] == ["INVITE"]


def test_a_peer_that_refuses_update_is_asked_by_re_invite() -> None:
    raw = Raw()
    session, *_ = accepted(raw, f"{ALLOWS_UPDATE}\r\nSupported: timer\r\nSession-Expires: 600;refresher=uas")
    (update,) = requests(raw.wait(300.1))
    raw.send(answer(update, 501))
    reinvite, *_ = requests(raw.wait(150))
    raw.send(answer(reinvite, 200, body=session.remote_sdp))
    raw.wait(299)  # beyond the first expiry
    assert session.state is SessionState.CONFIRMED


def test_a_call_that_the_peer_does_not_refresh_ends() -> None:
    """§10: BYE before the expiry by the smaller of 32 s and a third of the interval."""
    raw = Raw()
    session, *_ = accepted(raw, "Supported: timer\r\nSession-Expires: 600;refresher=uac")
    assert requests(raw.wait(567)) == []
    (bye,) = requests(raw.wait(1.1))
    assert bye.method == "BYE"
    assert raw.seen[-1] == Ended(session, 408, "Session expired", by_peer=False)


def test_a_refresh_by_the_peer_starts_the_timer_anew() -> None:
    raw = Raw()
    session, *_ = accepted(raw, "Supported: timer\r\nSession-Expires: 600;refresher=uac")
    raw.wait(300)
    terms = "Supported: timer\r\nSession-Expires: 600;refresher=uac"
    (ok,) = responses(raw.send(in_dialog("UPDATE", 2, raw.tag(), extra=terms)))
    assert ok.headers.get("session-expires") == "600;refresher=uac"
    assert requests(raw.wait(560)) == []
    assert [outline(m) for m in requests(raw.wait(10))][:1] == ["BYE"]
    assert session.state is SessionState.ENDED


def test_a_refresh_that_nobody_answers_ends_the_call() -> None:
    """§10: a refresh that times out or gets 408 or 481 ends the session."""
    raw = Raw()
    session, *_ = accepted(raw, f"{ALLOWS_UPDATE}\r\nSupported: timer\r\nSession-Expires: 600;refresher=uas")
    raw.wait(340)
    assert raw.seen[-1] == Ended(session, 408, "Request Timeout", by_peer=False)
    assert raw.say()[-1] == "BYE"


def test_a_refresh_with_too_small_an_interval() -> None:
    raw = Raw()
    raw.established()
    terms = "Supported: timer\r\nSession-Expires: 30"
    assert [outline(m) for m in raw.send(in_dialog("UPDATE", 2, raw.tag(), extra=terms))] == ["422 UPDATE"]


@pytest.mark.parametrize(("refresher", "says"), [("uac", "UPDATE"), ("uas", "BYE")])
def test_terms_of_the_called_side(refresher: str, says: str) -> None:
    """§7.2: the 2xx says the interval and who refreshes."""
    raw = Raw()
    _, sent = raw.calling()
    raw.send(answer(sent, 200, extra=f"{ALLOWS_UPDATE}\r\nSession-Expires: 300;refresher={refresher}", body=ANSWER))
    assert [outline(m) for m in raw.wait(269)][:1] == [says]


def test_a_called_side_without_timers() -> None:
    raw = Raw()
    session, sent = raw.calling()
    raw.send(answer(sent, 200, body=ANSWER))
    assert raw.wait(10_000) == []
    assert session.state is SessionState.CONFIRMED


def test_a_called_side_cannot_keep_us_busy_with_a_tiny_interval() -> None:
    raw = Raw()
    _, sent = raw.calling()
    raw.send(answer(sent, 200, extra="Session-Expires: 1;refresher=uac", body=ANSWER))
    assert raw.wait(44) == []


def test_a_refresh_that_is_to_come_less_often() -> None:
    """§7.3: after 422 the refresh is sent again with an interval of at least its Min-SE."""
    raw = Raw()
    accepted(raw, f"{ALLOWS_UPDATE}\r\nSupported: timer\r\nSession-Expires: 600;refresher=uas")
    (update,) = requests(raw.wait(300.1))
    raw.send(answer(update, 422, extra="Min-SE: 900"))
    (again,) = requests(raw.wait(0))
    assert (again.headers.get("session-expires"), again.headers.get("min-se")) == ("900;refresher=uac", "900")


def test_an_offer_of_ours_is_a_refresh_as_well() -> None:
    raw = Raw()
    session, *_ = accepted(raw, f"{ALLOWS_UPDATE}\r\nSupported: timer\r\nSession-Expires: 600;refresher=uas")
    raw.wait(299.9)
    session.reinvite(ANSWER, raw.now)
    assert {outline(m) for m in raw.wait(1)} == {"INVITE"}


def test_a_procedure_before_its_time_does_nothing() -> None:
    raw = Raw()
    session = raw.incoming()
    session.reinvite(ANSWER, raw.now)
    session.refer(session.request.uri, raw.now)
    session.provide_offer(ANSWER, raw.now)
    session.bye(now=raw.now)
    assert [outline(m) for m in raw.collect()] == []
