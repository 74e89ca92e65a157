"""Mutated session descriptions: the parser raises its declared error or nothing, and every answer fits its offer."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.sip.negotiation import LocalMedia, accept_answer, make_offer, negotiate
from mixminus.sip.sdp import SdpError, SessionDescription, parse

from ..sip.test_sdp import BROWSER, PHONE

US = LocalMedia("198.51.100.1", 10_000, 4711, 1)
OURS = make_offer(US)
SEEDS = [
    PHONE,
    BROWSER,
    OURS,
    PHONE + b"m=image 5000 udptl t38\r\na=T38FaxVersion:0\r\nm=video 0 RTP/AVP 31\r\n",
    PHONE.replace(b"IP4 192.0.2.1", b"IP6 2001:db8::1") + b"a=rtcp:5 IN IP6 ::\r\na=rtcp-mux\r\na=inactive\r\n",
]
FRAGMENTS = [
    *(b"\r\n", b"\n", b"\r", b"m=", b"m=audio 1 RTP/AVP 0\r\n", b"c=", b"c=IN IP4 0.0.0.0\r\n", b"a=", b"a=rtpmap:0"),
    *(b"a=ptime:", b"a=rtcp:", b"/", b":", b"=", b" ", b"\x00", b"\xff", b"99999999999", b"-1", b"0", b"\xc2\xb2"),
    *(b"\xe2\x80\xa8", b"\x85", b"\x0b", b"%25", b"::", b"255.255.255.255", b"telephone-event/8000", b"L16/8000"),
]
Mutation = tuple[int, int, bytes]
MUTATIONS = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 30), st.sampled_from(FRAGMENTS) | st.binary(max_size=6)),
    max_size=6,
)


def mutate(data: bytes, mutations: list[Mutation]) -> bytes:
    """Replace, for each mutation, `length` bytes at `place` by others."""
    for place, length, inserted in mutations:
        at = place % (len(data) + 1)
        data = data[:at] + inserted + data[at + length :]
    return data


def check_answer(offer: SessionDescription) -> None:
    agreement = negotiate(offer, US)
    if agreement is None:
        return
    answer = parse(agreement.answer)
    assert [(m.kind, m.protocol) for m in answer.media] == [(m.kind, m.protocol) for m in offer.media]
    assert [m.port for m in answer.media if m.port] == [US.port]
    assert 0 < agreement.remote_rtp[1] < 65_536
    assert 0 < agreement.remote_rtcp[1] < 65_536
    assert agreement.ptime_ms in (10, 20, 30, 40, 60)


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(st.sampled_from(SEEDS), MUTATIONS)
def test_a_mutated_description(seed: bytes, mutations: list[Mutation]) -> None:
    try:
        description = parse(mutate(seed, mutations))
    except SdpError:
        return
    check_answer(description)
    accept_answer(OURS, description)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    with contextlib.suppress(SdpError):
        check_answer(parse(b"v=0\nm=audio 1 RTP/AVP 0\n" + data))
