"""Mutated SIP messages: the parser raises its declared error or nothing, and what it accepts can be answered."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.sip.framing import StreamFramer
from mixminus.sip.message import MalformedMessage, Message, Request, parse, respond

from ..sip.torture_messages import DISCARDED, FORGIVEN, REFUSED, VALID, VALID_RESPONSES

SEEDS = [*VALID.values(), *VALID_RESPONSES.values(), *FORGIVEN.values(), *DISCARDED.values()]
SEEDS += [data for data, _ in REFUSED.values()]

FRAGMENTS = [
    *(b"\r\n", b"\n", b"\r", b"\r\n\r\n", b"\r\n ", b"\x00", b"\xff", b'"', b"\\", b"<", b">", b",", b";", b"=", b":"),
    *(b"@", b"[", b"]", b"::", b"%", b"%00", b"/", b"?", b" ", b"\t", b"99999999999", b"-1", b"SIP/2.0", b"SIP/"),
    *(b"\xc2\xb2", b"\xe2\x80\xa8", b"v:", b"Via:", b"l: 70000\r\n", b"CSeq:", b"*", b"tag", b"\r\nTo: x\r\n"),
]
Mutation = tuple[int, int, bytes]
MUTATIONS = st.lists(
    st.tuples(st.integers(0, 4000), st.integers(0, 40), st.sampled_from(FRAGMENTS) | st.binary(max_size=6)),
    max_size=6,
)


def mutate(data: bytes, mutations: list[Mutation]) -> bytes:
    """Replace, for each mutation, `length` bytes at `place` by others."""
    for place, length, inserted in mutations:
        at = place % (len(data) + 1)
        data = data[:at] + inserted + data[at + length :]
    return data


def check_answerable(request: Request) -> None:
    response = respond(request, 400, to_tag="t")
    assert response.via == request.via
    assert response.encode().startswith(b"SIP/2.0 400 Bad Request\r\nVia: ")


@settings(max_examples=1500, deadline=None, derandomize=True)
@given(st.sampled_from(SEEDS), MUTATIONS)
def test_a_mutated_message(seed: bytes, mutations: list[Mutation]) -> None:
    try:
        message = parse(mutate(seed, mutations))
    except MalformedMessage as fault:
        if fault.request is not None:
            check_answerable(fault.request)
        return
    assert all([message.via, message.from_, message.to, message.cseq, message.call_id])
    assert message.contact is None or message.contact.uri.scheme
    again = parse(message.encode())
    assert (again.call_id, again.body) == (message.call_id, message.body)
    check_readable(message)


def check_readable(message: Message) -> None:
    """Check what others do with a message; its username leaves for a webhook, so it must be text."""
    if isinstance(message, Request):
        message.uri.username.encode()
        check_answerable(message)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=300))
def test_any_bytes(data: bytes) -> None:
    with contextlib.suppress(MalformedMessage):
        check_readable(parse(data))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.lists(st.sampled_from(SEEDS), max_size=4), MUTATIONS, st.integers(1, 700))
def test_a_mutated_stream(seeds: list[bytes], mutations: list[Mutation], step: int) -> None:
    stream, framer = mutate(b"".join(seeds), mutations), StreamFramer()
    framed = 0
    with contextlib.suppress(MalformedMessage):
        for start in range(0, len(stream), step):
            framed += sum(map(len, framer.feed(stream[start : start + step])))
    assert framed <= len(stream)
