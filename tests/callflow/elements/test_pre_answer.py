from __future__ import annotations

import pytest

from mixminus.callflow.commands import Answer, CollectDigits, Fetch, OpenEarlyMedia, Page, SendDigits, Wait
from mixminus.callflow.events import Digits, Done
from mixminus.errors import InvalidDocument

from ..playbook import ANSWER, END, audio, page, parsed, play, speech, warnings


def test_media_is_heard_before_the_call_is_answered() -> None:
    """ "The <PreAnswer> element plays audio to the caller before the call is answered." """
    xml = '<PreAnswer><Wait length="2"/><Play>ring.mp3</Play></PreAnswer><Speak>Hello</Speak>'
    play(
        ANSWER,
        page(xml),
        OpenEarlyMedia(),
        Done(),
        Wait(2.0),
        Done(),
        audio("http://app/ring.mp3"),
        Done(),
        Answer(),
        Done(),
        speech("Hello"),
        Done(),
        END,
    )


def test_an_answered_call_just_hears_it() -> None:
    xml = "<Speak>one</Speak><PreAnswer><Speak>two</Speak></PreAnswer>"
    play(ANSWER, page(xml), Answer(), Done(), speech("one"), Done(), speech("two"), Done(), END)


def test_what_the_sdk_nests_in_it() -> None:
    """plivo-python: PreAnswer nests Speak, Play, Wait, GetDigits, Redirect, Message and DTMF."""
    xml = (
        "<PreAnswer><GetDigits/><DTMF>1</DTMF><Message>x</Message><Redirect>/r</Redirect><Speak>no</Speak></PreAnswer>"
    )
    play(
        ANSWER,
        page(xml),
        OpenEarlyMedia(),
        Done(),
        CollectDigits((), 5.0, 2.0, "#", 99),
        Digits(""),
        SendDigits("1"),
        Done(),
        Fetch("http://app/r", "POST", Page.REDIRECT),
        page(""),
        END,
    )
    assert warnings(xml) == ["line 1: <Message>: is not supported yet; it is ignored"]


@pytest.mark.parametrize("name", ["Conference", "Dial", "Hangup", "PreAnswer", "Record"])
def test_what_may_not_stand_in_it(name: str) -> None:
    """ "Only Speak, Play, and Wait elements are allowed" """
    with pytest.raises(InvalidDocument, match=f"line 2: <{name}>: may not stand in this <PreAnswer>"):
        parsed(f"<PreAnswer>\n<{name}/></PreAnswer>")
