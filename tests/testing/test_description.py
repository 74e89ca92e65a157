"""The SDP of virtual phones."""

from __future__ import annotations

import pytest

from mixminus.testing.description import Audio


def test_an_offer_is_read_back() -> None:
    offer = Audio.of_phone("127.0.0.1", 4000, ("PCMA", "L16"))
    assert Audio.parse(offer.render()) == offer
    assert list(offer.codecs) == [8, 96]


def test_no_events_no_event_line() -> None:
    offer = Audio.of_phone("::1", 4000, ("PCMU",), telephone_events=False)
    assert b"telephone-event" not in offer.render()
    assert Audio.parse(offer.render()).event_type is None


def test_a_static_type_needs_no_rtpmap() -> None:
    """RFC 3551 §6: payload type 0 is PCMU."""
    answer = Audio.parse(b"v=0\r\nc=IN IP4 10.0.0.1\r\nm=audio 4002 RTP/AVP 0\r\na=recvonly\r\n")
    assert (answer.host, answer.port, answer.codecs, answer.direction) == ("10.0.0.1", 4002, {0: "PCMU"}, "recvonly")


def test_sdp_without_audio_is_an_error() -> None:
    with pytest.raises(ValueError, match="no audio stream"):
        Audio.parse(b"v=0\r\nm=video 4002 RTP/AVP 31\r\n")
