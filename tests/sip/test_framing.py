"""Messages out of a stream (RFC 3261 §18.3, RFC 5626 §4.4.1)."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.sip.framing import StreamFramer
from mixminus.sip.message import MAX_MESSAGE_BYTES, MalformedMessage

from .test_message import INVITE

BYE = (
    b"BYE sip:alice@pc33.atlanta.com SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.4;branch=z9hG4bKnashds10\r\n"
    b"From: <sip:b@h>;tag=a\r\nTo: <sip:a@h>;tag=b\r\nCall-ID: 1\r\nCSeq: 231 BYE\r\nl : 0\r\n\r\n"
)


def test_pipelined_messages() -> None:
    """§18.3: "The Content-Length header field value is used to locate the end of each SIP message in a stream"."""
    assert StreamFramer().feed(INVITE + BYE + INVITE + BYE[:10]) == [INVITE, BYE, INVITE]


def test_byte_by_byte() -> None:
    framer = StreamFramer()
    found = [message for byte in b"\r\n\r\n" + INVITE + BYE for message in framer.feed(bytes([byte]))]
    assert found == [b"", INVITE, BYE]


@given(st.lists(st.sampled_from([INVITE, BYE, b"\r\n\r\n"]), max_size=6), st.integers(0, 2**32))
def test_how_the_bytes_arrive_makes_no_difference(messages: list[bytes], seed: int) -> None:
    choose, stream, framer = random.Random(seed), b"".join(messages), StreamFramer()
    found: list[bytes] = []
    while stream:
        length = choose.randint(1, 300)
        found += framer.feed(stream[:length])
        stream = stream[length:]
    assert found == [message.strip(b"\r\n") and message for message in messages]


def test_a_ping_is_reported_and_a_pong_swallowed() -> None:
    """RFC 5626 §4.4.1: "a double CRLF … ping", "a single CRLF … pong"."""
    framer = StreamFramer()
    assert framer.feed(b"\r\n\r\n") == [b""]
    assert framer.feed(b"\r\n") == []
    assert framer.feed(BYE) == [BYE]
    assert framer.feed(b"\n\r\r" + BYE) == [BYE]


def test_a_folded_length() -> None:
    message = BYE.replace(b"l : 0", b"CONTENT-LENGTH:\r\n 0 ")
    assert StreamFramer().feed(message) == [message]


@pytest.mark.parametrize("length", [b"X: 0", b"l: x", b"l:", b"l: -1", b"Xl: 0", b"l: 9999999999"])
def test_without_a_length_the_stream_is_lost(length: bytes) -> None:
    """§20.14: "If a stream-based protocol … is used as transport, then the header field MUST be used"."""
    with pytest.raises(MalformedMessage) as caught:
        StreamFramer().feed(BYE.replace(b"l : 0", length))
    assert caught.value.status == 400
    assert caught.value.request is not None


def test_too_large_a_message_can_be_refused_by_its_headers() -> None:
    with pytest.raises(MalformedMessage) as caught:
        StreamFramer().feed(BYE.replace(b"l : 0", b"l: 65535"))
    assert caught.value.status == 513
    assert caught.value.request is not None
    assert caught.value.request.method == "BYE"


def test_headers_without_an_end_are_given_up() -> None:
    framer = StreamFramer()
    assert framer.feed(b"x" * MAX_MESSAGE_BYTES) == []
    with pytest.raises(MalformedMessage) as caught:
        framer.feed(b"x")
    assert (caught.value.status, caught.value.request) == (513, None)


def test_a_large_body_is_not_searched_again_with_every_byte() -> None:
    framer = StreamFramer()
    message = BYE.replace(b"l : 0", b"l: 60000") + b"x" * 60_000
    found = [whole for start in range(0, len(message), 7) for whole in framer.feed(message[start : start + 7])]
    assert found == [message]


def test_a_begun_message_is_partial() -> None:
    framer = StreamFramer()
    framer.feed(BYE + BYE[:40])
    assert framer.is_partial
    framer.feed(BYE[40:])
    assert not framer.is_partial
