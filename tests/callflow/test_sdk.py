"""What Plivo's own SDK writes can be read here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from plivo import plivoxml

from mixminus.callflow.commands import BeepPattern, ConferenceSettings, Page
from mixminus.callflow.document import Parsed, parse
from mixminus.callflow.elements.base import Element
from mixminus.callflow.elements.conference import Conference
from mixminus.callflow.elements.dtmf import Dtmf
from mixminus.callflow.elements.get_digits import GetDigits
from mixminus.callflow.elements.hangup import Hangup
from mixminus.callflow.elements.play import Play
from mixminus.callflow.elements.pre_answer import PreAnswer
from mixminus.callflow.elements.redirect import Redirect
from mixminus.callflow.elements.speak import Speak
from mixminus.callflow.elements.target import Action, Target
from mixminus.callflow.elements.wait import Wait


def read(*elements: Any) -> Parsed:
    response = plivoxml.ResponseElement()
    for element in elements:
        response.add(element)
    return parse(response.to_string().encode())


def action(url: str, method: str = "POST", redirect: bool = True) -> Action:
    return Action(Target(url, method, Page.ACTION), redirect)


def everything() -> Any:
    return plivoxml.ConferenceElement(
        "room",
        muted=True,
        enter_sound="beep:1",
        exit_sound="beep:2",
        start_conference_on_enter=True,
        end_conference_on_exit=False,
        stay_alone=False,
        wait_sound="https://a/w",
        max_members=5,
        record=True,
        record_file_format="wav",
        record_when_alone=True,
        time_limit=60,
        hangup_on_star=True,
        action="https://a/a",
        method="GET",
        callback_url="https://a/c",
        callback_method="GET",
        digits_match="1,2",
        floor_event=True,
        redirect=True,
        relay_dtmf=True,
        send_digits="1",
        transcription_type="auto",
        transcription_url="https://a/t",
        transcription_method="GET",
    )


EVERYTHING = Conference(
    ConferenceSettings(
        "room",
        muted=True,
        starts=True,
        ends=False,
        stay_alone=False,
        max_members=5,
        time_limit_s=60,
        hangup_on_star=True,
        enter_sound="beep:1",
        exit_sound="beep:2",
        wait_sound="https://a/w",
        callback_url="https://a/c",
        callback_method="GET",
    ),
    action("https://a/a", "GET"),
)


def menu() -> Any:
    element = plivoxml.GetDigitsElement(
        action="https://a/m",
        method="GET",
        timeout=7,
        digit_timeout=3,
        finish_on_key="*",
        num_digits=4,
        retries=2,
        redirect=False,
        play_beep=True,
        valid_digits="123",
        invalid_digits_sound="https://a/no.mp3",
        log=False,
    )
    return (
        element.add_speak("Press", voice="MAN", language="en-GB", loop=2).add_play("https://a/p.mp3").add_wait(length=1)
    )


MENU = GetDigits(
    action("https://a/m", "GET", redirect=False),
    (Speak("Press", "MAN", "en-GB", 2), Play("https://a/p.mp3"), Wait(1)),
    7, 3, "*", 4, 2, True, "123", "https://a/no.mp3", False,
)  # fmt: skip


def early() -> Any:
    return (
        plivoxml.PreAnswerElement()
        .add_speak("a")
        .add_play("https://a/b")
        .add_wait(length=2)
        .add_dtmf("12", async_=False)
    )


EARLY = PreAnswer((Speak("a"), Play("https://a/b"), Wait(2), Dtmf("12", False)))


def ssml() -> Any:
    return (
        plivoxml.SpeakElement("Hi ", voice="Polly.Amy", language="en-GB", loop=0)
        .add_break(strength="strong", time="1s")
        .add_emphasis("much", level="strong")
        .add_say_as("12", interpret_as="digits")
    )


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: plivoxml.ConferenceElement("my room"), Conference(ConferenceSettings("my room"))),
        (everything, EVERYTHING),
        (menu, MENU),
        (lambda: plivoxml.GetDigitsElement(), GetDigits()),
        (early, EARLY),
        (lambda: plivoxml.PlayElement("https://a/b", loop=0), Play("https://a/b", 0)),
        (lambda: plivoxml.SpeakElement("a < b & c"), Speak("a &lt; b &amp; c")),
        (lambda: plivoxml.WaitElement(length=10, silence=True, min_silence=3000), Wait(10, 3000)),
        (lambda: plivoxml.WaitElement(length=5, beep=True), Wait(5, beep=BeepPattern())),
        (lambda: plivoxml.HangupElement(reason="busy"), Hangup("busy")),
        (lambda: plivoxml.HangupElement(schedule=60), Hangup(schedule_s=60)),
        (lambda: plivoxml.DTMFElement("1w2W#", async_=False), Dtmf("1w2W#", False)),
        (
            lambda: plivoxml.RedirectElement("https://a/r?b=1&c=2", method="GET"),
            Redirect(Target("https://a/r?b=1&c=2", "GET", Page.REDIRECT)),
        ),
    ],
)
def test_an_element(make: Callable[[], Any], expected: Element) -> None:
    assert read(make()).elements == (expected,)


def test_ssml() -> None:
    (speak,) = read(ssml()).elements
    assert isinstance(speak, Speak)
    assert (speak.voice, speak.language, speak.loop) == ("Polly.Amy", "en-GB", 0)
    assert '<break strength="strong" time="1s"></break>' in speak.text
    assert '<emphasis level="strong">much</emphasis>' in speak.text
    assert '<say-as interpret-as="digits">12</say-as>' in speak.text


def test_what_is_remarked_about_all_that_the_sdk_can_write() -> None:
    assert [remark.problem for remark in read(everything(), menu(), early(), ssml()).warnings] == [
        "not supported yet and ignored: record, recordFileFormat, recordWhenAlone, digitsMatch, floorEvent, "
        "sendDigits, transcriptionType, transcriptionUrl, transcriptionMethod"
    ]


def test_elements_that_are_still_to_come() -> None:
    dial = plivoxml.DialElement().add(plivoxml.NumberElement("14155551234"))
    page = read(dial, plivoxml.RecordElement(), plivoxml.GetInputElement(), plivoxml.StreamElement("wss://a/b"))
    assert page.elements == ()
    assert [remark.element for remark in page.warnings] == ["Dial", "Record", "GetInput", "Stream"]
