"""Session descriptions (RFC 8866), as phones, trunks and browsers send them."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

import pytest

from mixminus.sip import sdp
from mixminus.sip.sdp import Attribute, Codec, MediaDescription, SdpError, parse

PHONE = (
    b"v=0\r\no=alice 2890844526 2890844527 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n"
    b"m=audio 49170 RTP/AVP 0 8 97 101\r\na=rtpmap:97 L16/8000/1\r\na=rtpmap:101 telephone-event/8000\r\n"
    b"a=fmtp:101 0-16\r\na=ptime:30\r\na=maxptime:60\r\na=sendrecv\r\n"
)
BROWSER = (
    b"v=0\r\no=- 46117317 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\na=ice-ufrag:F7gI\r\n"
    b"a=ice-pwd:x9cml/YzichV2+XlhiMu8g\r\na=fingerprint:sha-256 AB:CD\r\na=setup:actpass\r\n"
    b"m=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\nc=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
    b"a=candidate:1 1 udp 2113937151 192.0.2.5 54400 typ host\r\na=candidate:2 1 udp 1 192.0.2.6 54401 typ srflx\r\n"
    b"a=setup:active\r\na=mid:0\r\na=rtcp-mux\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
)


def media(*lines: str, session: str = "c=IN IP4 192.0.2.1") -> MediaDescription:
    """Parse a description of one media section and return that."""
    return parse("\r\n".join(["v=0", session, *lines, ""]).encode()).media[0]


def test_a_phone() -> None:
    description = parse(PHONE)
    audio = description.media[0]
    assert description.origin == "alice 2890844526 2890844527 IN IP4 192.0.2.1"
    assert (audio.kind, audio.address, audio.port, audio.protocol) == ("audio", "192.0.2.1", 49170, "RTP/AVP")
    assert audio.codecs == (
        Codec(0, "PCMU", 8000),
        Codec(8, "PCMA", 8000),
        Codec(97, "L16", 8000),
        Codec(101, "telephone-event", 8000, 1, "0-16"),
    )
    assert (audio.milliseconds("ptime"), audio.milliseconds("maxptime")) == (30, 60)


def test_what_is_for_encryption_is_carried_through() -> None:
    """RFC 8839 §5.4, RFC 8122 §5: session-level ICE and DTLS attributes hold for media that have none."""
    audio = parse(BROWSER).media[0]
    assert audio.get("ice-ufrag") == "F7gI"
    assert audio.get("fingerprint") == "sha-256 AB:CD"
    assert audio.all("setup") == ["active"]
    assert len(audio.all("candidate")) == 2
    assert audio.codecs[0] == Codec(111, "opus", 48_000, 2, "minptime=10;useinbandfec=1")
    assert audio.mux
    assert media("m=audio 1 RTP/SAVP 0", "a=crypto:1 X inline:Y").all("crypto") == ["1 X inline:Y"]


def test_static_payload_types_need_no_rtpmap() -> None:
    """RFC 3551 §6; an rtpmap that is there wins."""
    audio = media("m=audio 1 RTP/AVP 18 10 8 33 x", "a=rtpmap:8 pcma/8000")
    assert [codec.name for codec in audio.codecs] == ["G729", "L16", "pcma"]
    assert audio.codecs[1].rate == 44_100


@pytest.mark.parametrize(
    ("session", "own", "address"),
    [
        ("c=IN IP4 192.0.2.1", "", "192.0.2.1"),
        ("c=IN IP4 192.0.2.1", "c=IN IP4 192.0.2.9", "192.0.2.9"),
        ("c=IN IP4 224.2.36.42/127", "", "224.2.36.42"),
        ("c=IN IP6 2001:db8::1", "", "2001:db8::1"),
        ("c=IN", "", ""),
        ("s=-", "", ""),
    ],
)
def test_the_address_of_the_media_is_its_own_or_the_session_s(session: str, own: str, address: str) -> None:
    """RFC 8866 §5.7: "a single "c=" line at the session level … overridden by one in the media description"."""
    assert media("m=audio 1 RTP/AVP 0", own, session=session).address == address


@pytest.mark.parametrize(
    ("session", "own", "direction"),
    [
        ("s=-", "", "sendrecv"),
        ("a=sendonly", "", "sendonly"),
        ("a=sendonly", "a=inactive", "inactive"),
        ("a=inactive", "a=SENDRECV", "sendrecv"),
    ],
)
def test_the_direction_of_the_media_is_its_own_or_the_session_s(session: str, own: str, direction: str) -> None:
    """RFC 8866 §6.7: "If none of the attributes … is present, "sendrecv" SHOULD be assumed as the default"."""
    assert media("m=audio 1 RTP/AVP 0", own, session=session).direction == direction


@pytest.mark.parametrize(
    ("line", "rtcp"),
    [
        ("", ("192.0.2.1", 4001)),
        ("a=rtcp:53020", ("192.0.2.1", 53020)),
        ("a=rtcp:53020 IN IP4 126.16.64.4", ("126.16.64.4", 53020)),
        ("a=rtcp:53020 IN IP6 2001:db8::4", ("2001:db8::4", 53020)),
        ("a=rtcp:0", ("192.0.2.1", 4001)),
        ("a=rtcp:nonsense IN", ("192.0.2.1", 4001)),
    ],
)
def test_where_rtcp_goes(line: str, rtcp: tuple[str, int]) -> None:
    """RFC 3605 §2.1: the examples."""
    assert media("m=audio 4000 RTP/AVP 0", line).rtcp == rtcp


def test_the_last_port_has_no_next_one() -> None:
    assert media("m=audio 65535 RTP/AVP 0").rtcp[1] == 65_535


@pytest.mark.parametrize("line_break", ["\n", "\r", "\r\n", "\n\n"])
def test_any_line_break_will_do(line_break: str) -> None:
    """RFC 8866 §5: "parsers SHOULD be tolerant and also accept records terminated with a single newline"."""
    text = PHONE.decode().replace("\r\n", line_break)
    assert parse(text.encode()) == parse(PHONE)


def test_strange_lines_are_skipped() -> None:
    strange = PHONE.replace(b"s=-\r\n", b"x=y\r\nno equals\r\n=\r\nlong=line\r\nb=AS:64\r\ni=\xff\r\n")
    assert parse(strange).media[0].codecs == parse(PHONE).media[0].codecs
    assert media("m=audio 1 RTP/AVP 0 98 99 100", "a=rtpmap:98", "a=rtpmap:99 X/0", "a=rtpmap:100 /8000", "a=rtpmap:x",
                 "a=fmtp:x y", "a=ptime:fast").codecs == (Codec(0, "PCMU", 8000),)  # fmt: skip


def test_ports_may_come_with_a_count() -> None:
    """RFC 8866 §5.14: "m=<media> <port>/<number of ports> <proto> <fmt>"."""
    assert media("m=video 49170/2 RTP/AVP 31").port == 49170


def test_fax_and_other_media_have_no_codecs() -> None:
    assert media("m=image 5000 udptl t38").codecs == ()


@pytest.mark.parametrize(("line", "timing"), [("t=1 2", "1 2"), ("t=now", "0 0"), ("s=-", "0 0")])
def test_timing(line: str, timing: str) -> None:
    assert parse(f"v=0\r\n{line}\r\n".encode()).timing == timing


def test_no_media_is_a_description() -> None:
    """RFC 3264 §5: "an offer MAY contain zero media streams"."""
    assert parse(b"v=0\r\n").media == ()


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"\x00\xff" * 50, b"m=audio", b"m=audio x RTP/AVP 0", b"m=audio 65536 RTP/AVP 0",
     b"m=audio -1 RTP/AVP 0", b"m=audio " + b"9" * 5000 + b" RTP/AVP 0", b"m=audio 1", b"v=0\n" + b" " * 65_535,
     b"v=0\n" + b"m=audio 1 RTP/AVP 0\n" * (sdp.MAX_MEDIA + 1),
     b"m=audio 1 RTP/AVP 0\n" + b"a=x\n" * (sdp.MAX_ATTRIBUTES + 1),
     b"m=audio 1 RTP/AVP" + b" 0" * (sdp.MAX_FORMATS + 1)],
)  # fmt: skip
def test_what_is_no_description_is_an_error(body: bytes) -> None:
    with pytest.raises(SdpError):
        parse(body)


def test_the_limits_themselves_are_within() -> None:
    sections = b"m=audio 1 RTP/AVP" + b" 0" * sdp.MAX_FORMATS + b"\n" + b"a=x\n" * sdp.MAX_ATTRIBUTES
    assert len(parse(b"v=0\n" + sections * 60).media) == 60
    assert len(parse(b"v=0\n" + b"m=audio 1 RTP/AVP 0\n" * sdp.MAX_MEDIA).media) == sdp.MAX_MEDIA


def test_what_is_rendered_is_parsed_back() -> None:
    codecs = (Codec(0, "PCMU", 8000), Codec(111, "opus", 48_000, 2, "useinbandfec=1"))
    sections = [sdp.render_audio(4000, "RTP/AVP", codecs, 20, "sendonly", mux=True)]
    description = parse(sdp.render("2001:db8::1", 7, 3, sections, timing="1 2"))
    audio = description.media[0]
    assert description.origin == "- 7 3 IN IP6 2001:db8::1"
    assert description.timing == "1 2"
    assert (audio.codecs, audio.direction, audio.address, audio.mux) == (codecs, "sendonly", "2001:db8::1", True)
    assert Attribute("ptime", "20") in audio.attributes


HOSTILE: dict[str, Callable[[int], bytes]] = {
    "spaces": lambda n: b"v=0\r\nm=audio" + b" " * n + b"1 RTP/AVP 0",
    "lines": lambda n: b"v=0" + b"\r\n" * (n // 2),
    "attributes": lambda n: b"v=0" + (b"\nm=audio 1 RTP/AVP 0" + b"\na=x" * 150) * (n // 800),
    "inherited": lambda n: b"v=0" + b"\na=crypto:x" * 200 + b"\nm=audio 1 RTP/AVP 0" * (n // 1000),
    "formats": lambda n: b"v=0" + (b"\nm=audio 1 RTP/AVP" + b" 0" * 120) * (n // 1000),
    "rtpmaps": lambda n: b"v=0" + (b"\nm=audio 1 RTP/AVP 96" + b"\na=rtpmap:96 A/8000" * 50) * (n // 1200),
    "digits": lambda n: b"v=0\nm=audio " + b"1" * n + b" RTP/AVP 0",
}


def cpu_s(body: bytes) -> float:
    """Return the least processor time of several runs."""
    best = 1.0
    for _ in range(5):
        start = time.process_time()
        with contextlib.suppress(SdpError):
            parse(body)
        best = min(best, time.process_time() - start)
    return best


@pytest.mark.parametrize("kind", HOSTILE)
def test_the_time_to_parse_grows_no_faster_than_the_body(kind: str) -> None:
    assert cpu_s(HOSTILE[kind](60_000)) < 40 * cpu_s(HOSTILE[kind](6_000))
