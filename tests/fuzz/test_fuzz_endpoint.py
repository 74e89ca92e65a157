"""Hostile input into the endpoint: whatever arrives, it never raises, answers little, and forgets in the end."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.sip.message import parse
from tests.sip.network import ANSWER, HOLD
from tests.sip.raw import TCP_PEER, Raw, answer, in_dialog, invite
from tests.sip.test_session_inbound import cancel

Edits = list[tuple[float, int, bytes]]
Shape = tuple[str, int, str, bytes]

METHODS = ("ACK", "BYE", "INFO", "UPDATE", "PRACK", "OPTIONS", "REFER", "NOTIFY", "INVITE", "MESSAGE")
EXTRAS = (
    "",
    "Require: 100rel",
    "Supported: timer, 100rel\r\nSession-Expires: 1800;refresher=uac",
    "RAck: 1 1 INVITE",
    "Record-Route: <sip:p;lr>, <sip:q>",
    "Route: <sip:p;lr>",
    "Content-Type: application/sdp",
    "Contact: *",
    "Via: SIP/2.0/TCP x",
)
ALPHABET = st.sampled_from(
    [b"\r\n", b"\r", b"\n", b"\x00", b"\xff", b":", b";", b",", b'"', b"<", b">", b"@", b"%", b" "]
)
EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.one_of(ALPHABET, st.binary(max_size=6))), max_size=4)
MESSAGES = st.tuples(st.sampled_from(METHODS), st.integers(0, 5), st.sampled_from(EXTRAS), st.sampled_from([b"", HOLD]))


def edited(data: bytes, edits: Edits) -> bytes:
    """Replace some bytes at some places."""
    for place, length, replacement in edits:
        at = int(place * len(data))
        data = data[:at] + replacement + data[at + length :]
    return data


def ends(raw: Raw) -> None:
    """Hang everything up and see that nothing remains."""
    for session in list(raw.endpoint._registry.live.values()):
        session.hang_up(raw.now)
    raw.collect()
    raw.wait(700)
    assert (raw.endpoint.sessions, raw.endpoint.transactions) == (0, 0)


@settings(max_examples=300, deadline=None)
@given(EDITS, st.lists(st.tuples(MESSAGES, EDITS), max_size=5), st.booleans())
def test_mutated_requests(first: Edits, more: list[tuple[Shape, Edits]], accepts: bool) -> None:
    raw = Raw()
    raw.send(edited(invite().encode(), first))
    for session in list(raw.endpoint._registry.live.values()):
        if accepts:
            session.accept(ANSWER, raw.now)
        else:
            session.progress(183, ANSWER, reliable=True, now=raw.now)
    raw.collect()
    tag = next((m.to.tag or "" for m in reversed(raw.sent)), "")
    for (method, number, extra, body), edits in more:
        sent = raw.send(edited(in_dialog(method, number, tag, extra, body=body).encode(), edits))
        assert len(sent) <= 4
    raw.send(edited(cancel().encode(), first))
    ends(raw)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(100, 699), st.sampled_from(["", "a", "b"]), st.sampled_from(EXTRAS), EDITS), max_size=6
    )
)
def test_mutated_responses(given_: list[tuple[int, str, str, Edits]]) -> None:
    raw = Raw()
    session, sent = raw.calling()
    for status, tag, extra, edits in given_:
        raw.send(edited(answer(sent, status, tag, extra, body=ANSWER).encode(), edits))
    session.info("text/plain", b"x", raw.now)
    session.reinvite(HOLD, raw.now)
    raw.collect()
    ends(raw)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_noise(data: bytes) -> None:
    raw = Raw(flow=TCP_PEER)
    raw.send(data)
    raw.send(invite().encode() + data)
    ends(raw)


def test_what_we_send_can_always_be_parsed() -> None:
    raw = Raw()
    strange = invite(
        from_='"\\"Ann\xe9 <\u2603>" <sip:a%20b@192.0.2.1>;tag=p;x="y;z"', extra='Record-Route: <sip:p;lr>;a="b,c"'
    )
    raw.send(strange)
    for session in list(raw.endpoint._registry.live.values()):
        session.accept(ANSWER, raw.now)
        raw.collect()
        session.hang_up(raw.now)
    raw.wait(40)
    for message in raw.sent:
        assert parse(message.encode())
