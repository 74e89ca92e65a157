"""Offer and answer (RFC 3264) for one audio stream."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mixminus.sip.negotiation import Agreement, LocalMedia, accept_answer, make_offer, negotiate
from mixminus.sip.sdp import Codec, Direction, SessionDescription, parse

from .test_sdp import BROWSER, PHONE

US = LocalMedia("198.51.100.1", 10_000, 4711, 1)


def offer(*lines: str, address: str = "192.0.2.1") -> SessionDescription:
    head = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", f"c=IN IP{6 if ':' in address else 4} {address}", "t=0 0"]
    return parse("\r\n".join([*head, *lines, ""]).encode())


def agree(*lines: str, address: str = "192.0.2.1", local: LocalMedia = US) -> Agreement:
    agreement = negotiate(offer(*lines, address=address), local)
    assert agreement is not None
    return agreement


def test_a_phone_is_answered() -> None:
    agreement = negotiate(parse(PHONE), US)
    assert agreement is not None
    assert agreement == Agreement(
        answer=agreement.answer,
        codec="PCMU",
        payload_type=0,
        rate=8000,
        ptime_ms=30,
        dtmf_payload_type=101,
        remote_rtp=("192.0.2.1", 49170),
        remote_rtcp=("192.0.2.1", 49171),
        sends=True,
        receives=True,
        held_by_peer=False,
        mux=False,
    )
    assert agreement.answer == (
        b"v=0\r\no=- 4711 1 IN IP4 198.51.100.1\r\ns=-\r\nc=IN IP4 198.51.100.1\r\nt=0 0\r\n"
        b"m=audio 10000 RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n"
        b"a=fmtp:101 0-16\r\na=ptime:30\r\na=sendrecv\r\n"
    )


@pytest.mark.parametrize(
    ("lines", "codec", "payload_type"),
    [
        (["m=audio 1 RTP/AVP 8 0"], "PCMA", 8),
        (["m=audio 1 RTP/AVP 9 18 0"], "PCMU", 0),
        (["m=audio 1 RTP/AVP 97 0", "a=rtpmap:97 l16/8000"], "L16", 97),
        (["m=audio 1 RTP/AVP 120", "a=rtpmap:120 pcmu/8000/1"], "PCMU", 120),
        (["m=audio 1 RTP/AVP 11 8"], "PCMA", 8),
        (["m=audio 1 RTP/AVPF 97 0", "a=rtpmap:97 L16/8000/2"], "PCMU", 0),
    ],
)
def test_the_first_codec_of_the_offer_that_is_ours(lines: list[str], codec: str, payload_type: int) -> None:
    """§6.1: the answerer SHOULD use the offer's order; payload numbers are the offer's. 10 and 11 are L16/44100."""
    agreement = agree(*lines)
    assert (agreement.codec, agreement.payload_type) == (codec, payload_type)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["m=audio 1 RTP/AVP 9 18"],
        ["m=audio 0 RTP/AVP 0"],
        ["m=audio 1 RTP/SAVP 0"],
        ["m=video 1 RTP/AVP 31"],
        ["m=audio 1 RTP/AVP 101", "a=rtpmap:101 telephone-event/8000"],
        ["m=audio 1 RTP/AVP 0", "c=IN IP4 phone.example.com"],
        ["m=audio 1 RTP/AVP 0", "c=IN IP4 224.2.1.1"],
        ["m=audio 1 RTP/AVP 0", "c=IN IP6 2001:db8::1"],
        ["m=audio 1 RTP/AVP 0", "c=IN IP4"],
    ],
)
def test_nothing_in_common_is_488(lines: list[str]) -> None:
    """§6: "If there are no media formats in common for all streams, the entire offered session is rejected"."""
    assert negotiate(offer(*lines, address="" if "c=IN IP4" in lines else "192.0.2.1"), US) is None


def test_a_browser_is_488_until_its_media_are_served() -> None:
    assert negotiate(parse(BROWSER), US) is None


def test_every_m_line_is_mirrored() -> None:
    """§6: "the answer MUST contain the same number of "m=" lines"; to reject one, its port is zero."""
    agreement = agree(
        "m=image 5000 udptl t38",
        "m=audio 5002 RTP/SAVP 0",
        "m=audio 5004 RTP/AVP 0",
        "m=audio 5006 RTP/AVP 0",
        "m=video 5008 RTP/AVP 31 34",
        "m=message 2855 TCP/MSRP",
    )
    assert agreement.remote_rtp[1] == 5004
    mirrored = [(m.kind, m.port, m.protocol, m.formats) for m in parse(agreement.answer).media]
    assert mirrored == [
        ("image", 0, "udptl", ("t38",)),
        ("audio", 0, "RTP/SAVP", ("0",)),
        ("audio", 10_000, "RTP/AVP", ("0",)),
        ("audio", 0, "RTP/AVP", ("0",)),
        ("video", 0, "RTP/AVP", ("31", "34")),
        ("message", 0, "TCP/MSRP", ("0",)),
    ]


@pytest.mark.parametrize(
    ("theirs", "ours", "answered", "sends", "receives", "held"),
    [
        ("sendrecv", "sendrecv", "sendrecv", True, True, False),
        ("sendonly", "sendrecv", "recvonly", False, True, True),
        ("recvonly", "sendrecv", "sendonly", True, False, False),
        ("inactive", "sendrecv", "inactive", False, False, True),
        ("sendrecv", "sendonly", "sendonly", True, False, False),
        ("sendonly", "sendonly", "inactive", False, False, True),
        ("recvonly", "recvonly", "inactive", False, False, False),
        ("sendrecv", "inactive", "inactive", False, False, False),
    ],
)
def test_directions(
    theirs: Direction, ours: Direction, answered: Direction, sends: bool, receives: bool, held: bool
) -> None:
    """§6.1: sendonly is answered by recvonly or inactive, recvonly by sendonly or inactive, inactive by inactive."""
    agreement = agree("m=audio 1 RTP/AVP 0", f"a={theirs}", local=replace(US, direction=ours))
    assert (agreement.sends, agreement.receives, agreement.held_by_peer) == (sends, receives, held)
    assert parse(agreement.answer).media[0].direction == answered


def test_an_address_of_zeros_is_hold() -> None:
    """§8.4: "RFC 2543 specified that placing a user on hold was accomplished by setting the connection address to
    0.0.0.0"; nothing is sent there."""
    agreement = agree("m=audio 1 RTP/AVP 0", address="0.0.0.0")
    assert (agreement.sends, agreement.receives, agreement.held_by_peer) == (False, True, True)
    assert parse(agreement.answer).media[0].address == US.address


@pytest.mark.parametrize(
    ("lines", "ptime_ms"),
    [
        ([], 20),
        *[([f"a=ptime:{ptime}"], ptime) for ptime in (10, 20, 30, 40, 60)],
        (["a=ptime:25"], 20),
        (["a=ptime:200"], 20),
        (["a=ptime:0"], 20),
        (["a=ptime:20.5"], 20),
        (["a=ptime:60", "a=maxptime:40"], 40),
        (["a=maxptime:10"], 10),
        (["a=maxptime:5"], 10),
        (["a=maxptime:150"], 20),
        (["a=maxptime:0"], 20),
    ],
)
def test_packet_times(lines: list[str], ptime_ms: int) -> None:
    """RFC 8866 §6.4: ptime is a wish; maxptime "the maximum amount of media that can be encapsulated"."""
    agreement = agree("m=audio 1 RTP/AVP 0", *lines)
    assert agreement.ptime_ms == ptime_ms
    assert parse(agreement.answer).media[0].milliseconds("ptime") == ptime_ms


def test_digits_come_by_the_offered_payload_type() -> None:
    """RFC 4733 §2.4.1; a telephone-event at another clock rate is not for a codec of 8000 Hz."""
    agreement = agree(
        "m=audio 1 RTP/AVP 0 110 96", "a=rtpmap:110 telephone-event/48000", "a=rtpmap:96 Telephone-Event/8000"
    )
    assert agreement.dtmf_payload_type == 96
    assert b"a=rtpmap:96 telephone-event/8000\r\na=fmtp:96 0-16\r\n" in agreement.answer
    assert agree("m=audio 1 RTP/AVP 0").dtmf_payload_type is None


def test_rtcp_goes_where_the_peer_wants_it() -> None:
    """RFC 3605 §2.1, RFC 5761 §5.1.1: "the answerer … MUST include an "a=rtcp-mux" attribute in the answer"."""
    assert agree("m=audio 4000 RTP/AVP 0", "a=rtcp:5000 IN IP4 192.0.2.9").remote_rtcp == ("192.0.2.9", 5000)
    assert agree("m=audio 4000 RTP/AVP 0", "a=rtcp:5000 IN IP4 nowhere.example").remote_rtcp == ("192.0.2.1", 5000)
    muxed = agree("m=audio 4000 RTP/AVP 0", "a=rtcp-mux")
    assert (muxed.remote_rtcp, muxed.mux) == (("192.0.2.1", 4000), True)
    assert parse(muxed.answer).media[0].mux


def test_the_timing_is_the_offer_s() -> None:
    """§6: "The "t=" line in the answer MUST equal that of the offer"."""
    dated = parse(PHONE.replace(b"t=0 0", b"t=2873397496 2873404696"))
    agreement = negotiate(dated, US)
    assert agreement is not None
    assert parse(agreement.answer).timing == "2873397496 2873404696"


def test_ipv6() -> None:
    local = LocalMedia("2001:db8::2", 10_000, 1, 1)
    agreement = agree("m=audio 1 RTP/AVP 0", address="2001:db8::1", local=local)
    assert agreement.remote_rtp == ("2001:db8::1", 1)
    assert b"c=IN IP6 2001:db8::2\r\n" in agreement.answer


def test_the_session_keeps_its_id_and_its_version_grows() -> None:
    """§8: "the version in the origin field MUST increment by one from the previous SDP"."""
    first, second = make_offer(US), make_offer(replace(US, version=2, direction="sendonly"))
    assert parse(first).origin == "- 4711 1 IN IP4 198.51.100.1"
    assert parse(second).origin == "- 4711 2 IN IP4 198.51.100.1"
    assert parse(second).media[0].direction == "sendonly"


def test_an_offer_names_all_our_codecs() -> None:
    audio = parse(make_offer(US)).media[0]
    assert [(codec.name, codec.rate) for codec in audio.codecs] == [
        ("PCMU", 8000),
        ("PCMA", 8000),
        ("L16", 8000),
        ("telephone-event", 8000),
    ]
    assert (audio.address, audio.port, audio.milliseconds("ptime")) == ("198.51.100.1", 10_000, 20)


def test_our_offer_to_ourselves() -> None:
    theirs = LocalMedia("192.0.2.1", 20_000, 1, 1)
    answered = negotiate(parse(make_offer(US)), theirs)
    assert answered is not None
    accepted = accept_answer(make_offer(US), parse(answered.answer))
    assert accepted == replace(
        answered, answer=b"", remote_rtp=("192.0.2.1", 20_000), remote_rtcp=("192.0.2.1", 20_001)
    )


def accept(*lines: str, local: LocalMedia = US, offered: tuple[Codec, ...] | None = None) -> Agreement | None:
    ours = make_offer(local) if offered is None else make_offer(local, offered)
    return accept_answer(ours, offer(*lines))


def test_an_answer_chooses_codec_and_packet_time() -> None:
    accepted = accept("m=audio 1 RTP/AVP 8 101", "a=rtpmap:101 telephone-event/8000", "a=ptime:40", "a=rtcp-mux")
    assert accepted is not None
    assert (accepted.codec, accepted.ptime_ms, accepted.dtmf_payload_type) == ("PCMA", 40, 101)
    assert not accepted.mux


def test_an_answer_may_use_its_own_payload_numbers() -> None:
    """§6.1: "the payload type numbers … in the answer" are those the answerer wants to receive."""
    accepted = accept("m=audio 1 RTP/AVP 118", "a=rtpmap:118 L16/8000")
    assert accepted is not None
    assert (accepted.codec, accepted.payload_type) == ("L16", 118)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["m=audio 0 RTP/AVP 0"],
        ["m=audio 1 RTP/AVP 9"],
        ["m=image 1 udptl t38"],
        ["m=audio 1 RTP/AVP 8"],
        ["m=image 0 udptl t38", "m=audio 1 RTP/AVP 0"],
    ],
)
def test_an_answer_that_refuses_or_invents(lines: list[str]) -> None:
    """§6: the answer's m-lines follow the offer's; a format that was not offered is not agreed."""
    assert accept(*lines, offered=(Codec(0, "PCMU", 8000),)) is None


@pytest.mark.parametrize(
    ("ours", "theirs", "sends", "receives"),
    [
        ("sendrecv", "sendrecv", True, True),
        ("sendrecv", "recvonly", True, False),
        ("sendonly", "recvonly", True, False),
        ("sendonly", "sendrecv", True, False),
        ("recvonly", "sendonly", False, True),
        ("inactive", "inactive", False, False),
    ],
)
def test_directions_of_an_answer(ours: Direction, theirs: Direction, sends: bool, receives: bool) -> None:
    accepted = accept("m=audio 1 RTP/AVP 0", f"a={theirs}", local=replace(US, direction=ours))
    assert accepted is not None
    assert (accepted.sends, accepted.receives) == (sends, receives)


def test_a_later_offer_keeps_the_payload_numbers() -> None:
    """§8.3.2: "the mapping from a particular dynamic payload type number to a particular codec … MUST NOT change"."""
    agreement = agree("m=audio 1 RTP/AVP 97 96", "a=rtpmap:97 L16/8000", "a=rtpmap:96 telephone-event/8000")
    later = parse(make_offer(replace(US, version=2), agreement.codecs, ptime_ms=agreement.ptime_ms))
    assert [(codec.payload_type, codec.name) for codec in later.media[0].codecs] == [
        (97, "L16"),
        (96, "telephone-event"),
    ]
