"""No page, however broken, raises anything but InvalidDocument, also while it is run."""

from __future__ import annotations

from contextlib import suppress

from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.callflow.commands import CollectDigits, Fetch, HangUp, JoinRoom, Page
from mixminus.callflow.document import parse
from mixminus.callflow.events import Digits, Document, Done, Event, LeftRoom
from mixminus.callflow.interpreter import Interpreter
from mixminus.callflow.sounds import parse_sound
from mixminus.errors import InvalidDocument

EXAMPLES = 300

VALID = [
    b"<Response/>",
    b'<?xml version="1.0" encoding="UTF-8"?>'
    b'<Response><Speak voice="MAN">Hi <break time="1s"/> [[x]]</Speak></Response>',
    b'<Response><Play loop="0">https://a/b.mp3</Play><Wait length="3" silence="true" minSilence="500"/></Response>',
    b'<Response><GetDigits action="/m" method="GET" timeout="5" finishOnKey="#" retries="2" validDigits="12">'
    b"<Speak>Press</Speak><Play>a.wav</Play><Wait/></GetDigits><Redirect>/again</Redirect></Response>",
    b'<Response><PreAnswer><Speak>Wait</Speak></PreAnswer><DTMF async="false">12wW</DTMF>'
    b'<Hangup schedule="9"/></Response>',
    b'<Response><Conference muted="true" enterSound="beep:1" waitSound="https://a/w" maxMembers="5" timeLimit="60" '
    b'action="/left" redirect="false">room</Conference><Hangup reason="busy"/></Response>',
    b'<!DOCTYPE Response [<!ENTITY a "b">]><Response>&a;</Response>',
]
PIECES = [
    b"<",
    b">",
    b"/",
    b'"',
    b"=",
    b"&",
    b"&#91;",
    b"<Speak>",
    b"</Speak>",
    b"<Foo>",
    b"\x00",
    b"\xff",
    b"-1",
    b"http://[",
]


@st.composite
def pages(draw: st.DrawFn) -> bytes:
    """Take valid pages apart and put them together wrongly."""
    body = bytearray(draw(st.sampled_from(VALID)))
    for _ in range(draw(st.integers(0, 6))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 12)))
        body[start:end] = draw(st.one_of(st.sampled_from(PIECES), st.binary(max_size=6)))
    return bytes(body)


def fault_of(body: bytes) -> InvalidDocument | None:
    """Return why a page cannot be run."""
    try:
        parse(body)
    except InvalidDocument as error:
        return error
    return None


@given(st.one_of(pages(), st.binary(max_size=200)))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_any_bytes_are_a_page_or_invalid(body: bytes) -> None:
    for read in (parse, lambda page: parse_sound("http://a/b", page)):
        with suppress(InvalidDocument):
            read(body)


@given(
    st.lists(st.sampled_from(["loop", "length", "timeout", "action", "method", "reason", "beep", "waitSound", "log"])),
    st.text(st.characters(codec="utf-8", exclude_characters='<&"', min_codepoint=32), max_size=12),
    st.sampled_from(["Speak", "Play", "Wait", "GetDigits", "Redirect", "Hangup", "PreAnswer", "DTMF", "Conference"]),
)
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_any_attribute_value_is_read_or_named(names: list[str], value: str, element: str) -> None:
    attributes = " ".join(f'{name}="{value}"' for name in sorted(set(names)))
    fault = fault_of(f"<Response><{element} {attributes}>{value}</{element}></Response>".encode())
    assert fault is None or fault.problem.startswith("not XML") or fault.element == element


@given(st.lists(pages(), min_size=1, max_size=4))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_a_flow_takes_any_pages(bodies: list[bytes]) -> None:
    flow = Interpreter(Fetch("http://a/b", "POST", Page.ANSWER), Fetch("http://a/c", "POST", Page.FALLBACK))
    command = flow.start()
    for step in range(200):
        if isinstance(command, HangUp):
            return
        event: Event = Done()
        if isinstance(command, Fetch):
            event = Document(command.url, bodies[step % len(bodies)])
        elif isinstance(command, CollectDigits):
            event = Digits("1" * (step % 3))
        elif isinstance(command, JoinRoom):
            event = LeftRoom("u", "m")
        command = flow.receive(event)
