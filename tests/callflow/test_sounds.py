from __future__ import annotations

import pytest

from mixminus.callflow.commands import Audio, Pause, Repeated, Speech
from mixminus.callflow.sounds import parse_sound
from mixminus.errors import InvalidDocument

URL = "https://app/wait.xml"


def test_play_speak_and_wait() -> None:
    """ "The URL must return XML with Play, Speak, or Wait elements." """
    body = b"<Response><Play loop='0'>hold.mp3</Play><Speak>Soon</Speak><Wait length='2'/></Response>"
    assert parse_sound(URL, body) == (
        Repeated(Audio("https://app/hold.mp3"), 0),
        Repeated(Speech("Soon")),
        Repeated(Pause(2.0)),
    )


def test_nothing_to_hear() -> None:
    assert parse_sound(URL, b"<Response/>") == ()


@pytest.mark.parametrize("name", ["Redirect", "Hangup", "Conference", "GetDigits", "Dial", "DTMF"])
def test_anything_else(name: str) -> None:
    with pytest.raises(InvalidDocument, match=f"line 2: <{name}>: may not stand in this <Response>"):
        parse_sound(URL, f"<Response>\n<{name}/></Response>".encode())


@pytest.mark.parametrize("body", [b"", b"ID3\x04\x00", b"<Response>"])
def test_what_is_not_xml(body: bytes) -> None:
    with pytest.raises(InvalidDocument):
        parse_sound(URL, body)
