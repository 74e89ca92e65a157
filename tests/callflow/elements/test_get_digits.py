from __future__ import annotations

from dataclasses import replace

import pytest

from mixminus.callflow.commands import (
    Answer,
    Audio,
    Beep,
    CollectDigits,
    Fetch,
    HangUp,
    Inform,
    Page,
    Pause,
    Repeated,
    Speech,
)
from mixminus.callflow.events import Digits, Done
from mixminus.errors import InvalidDocument
from mixminus.hangup import Cause, Source

from ..playbook import ANSWER, END, audio, page, parsed, play, problem_of, speech, warnings

COLLECT = CollectDigits((), 5.0, 2.0, "#", 99)


def test_digits_go_to_the_action_whose_page_takes_over() -> None:
    """ "Once the caller finishes entering the digits, the API submits the data to the provided action URL" """
    xml = '<GetDigits action="/menu"/><Speak>never</Speak>'
    fetch = Fetch("http://app/menu", "POST", Page.ACTION, (("Digits", "12"),))
    play(ANSWER, page(xml), Answer(), Done(), COLLECT, Digits("12"), fetch, page(""), END)


def test_all_attributes() -> None:
    xml = """<GetDigits action="https://b/m" method="GET" timeout="7" digitTimeout="3" finishOnKey="*" numDigits="4"
        retries="2" playBeep="true" validDigits="123" invalidDigitsSound="/no.mp3" log="false">
        <Speak voice="MAN">Press</Speak><Play loop="2">one.wav</Play><Wait length="3"/></GetDigits>"""
    prompts = (
        Repeated(Speech("Press", "MAN")),
        Repeated(Audio("http://app/one.wav"), 2),
        Repeated(Pause(3.0)),
        # "Plays a beep when all Speak and Play elements finish executing."
        Repeated(Beep(1)),
    )
    collect = CollectDigits(prompts, 7.0, 3.0, "*", 4, sensitive=True)
    play(
        ANSWER,
        page(xml),
        Answer(),
        Done(),
        collect,
        # "URL of the sound file to be played when the user enters an invalid digit."
        Digits("19"),
        audio("http://app/no.mp3"),
        Done(),
        collect,
        Digits("12", finished=True),
        Fetch("https://b/m", "GET", Page.ACTION, (("Digits", "12"),), sensitive=True),
    )


def test_without_digits_the_flow_goes_on_after_all_retries() -> None:
    """ "After retries attempts with no input, execution falls through to the next element in your document." """
    xml = '<GetDigits action="/m" retries="3"/><Speak>Bye</Speak>'
    tries = (COLLECT, Digits(""), COLLECT, Digits("", finished=True), COLLECT, Digits(""))
    play(ANSWER, page(xml), Answer(), Done(), *tries, speech("Bye"), Done(), END)


def test_invalid_digits_use_up_a_try() -> None:
    """ "validDigits: Specifies the set of digits the user is allowed enter." """
    xml = '<GetDigits action="/m" validDigits="1" retries="2"/>'
    play(ANSWER, page(xml), Answer(), Done(), COLLECT, Digits("2"), COLLECT, Digits("A"), END)


def test_redirect_false_informs_and_goes_on() -> None:
    """ "If false, request the URL and continue to next element." """
    xml = '<GetDigits action="/m" redirect="false"/><Speak>Next</Speak>'
    inform = Inform("http://app/m", "POST", (("Digits", "5"),))
    play(ANSWER, page(xml), Answer(), Done(), COLLECT, Digits("5"), inform, Done(), speech("Next"), Done(), END)


def test_without_an_action_the_flow_goes_on() -> None:
    """ "action | URL | none | where the digits are posted" """
    play(
        ANSWER, page("<GetDigits/><Speak>On</Speak>"), Answer(), Done(), COLLECT, Digits("1"), speech("On"), Done(), END
    )


@pytest.mark.parametrize(
    ("attributes", "cause", "problem"),
    [
        ('action="ftp://b"', Cause.INVALID_ACTION_URL, 'action: "ftp://b" is not an http or https URL'),
        ('action="/m" method="PATCH"', Cause.INVALID_ACTION_METHOD, 'method: "PATCH" is not GET or POST'),
    ],
)
def test_an_action_that_cannot_be(attributes: str, cause: Cause, problem: str) -> None:
    """7022 and 7032; "action errors fail the call only with redirect=true"."""
    xml = f"<GetDigits {attributes}/>"
    flow = play(ANSWER, page(xml), Answer(), Done(), COLLECT, Digits("1"), HangUp(cause, Source.ERROR))
    assert problem_of(flow) == f"line 1: <GetDigits> {problem}"
    kept = f'<GetDigits {attributes} redirect="false"/>'
    play(ANSWER, page(kept), Answer(), Done(), COLLECT, Digits("1"), END)
    assert warnings(kept) == [f"line 1: <GetDigits> {problem}"]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        # "Allowed values: One and only one of 0-9, *, #, <empty string>, none. Defaults to #."
        ('finishOnKey=""', replace(COLLECT, finish_on="")),
        ('finishOnKey="None"', replace(COLLECT, finish_on="")),
        ('finishOnKey="0"', replace(COLLECT, finish_on="0")),
        ('numDigits="120"', replace(COLLECT, max_digits=99)),
        ('NumDigits="1" validDigits="" timeout=""', replace(COLLECT, max_digits=1)),
    ],
)
def test_keys_and_numbers(attributes: str, expected: CollectDigits) -> None:
    play(ANSWER, page(f"<GetDigits {attributes}/>"), Answer(), Done(), expected)


@pytest.mark.parametrize(
    "attributes",
    [
        'timeout="0"',
        'digitTimeout="-1"',
        'finishOnKey="12"',
        'finishOnKey="x"',
        'numDigits="0"',
        'retries="0"',
        'redirect="maybe"',
        'playBeep="beep"',
        'invalidDigitsSound="ftp://a"',
        'log="no way"',
    ],
)
def test_what_is_out_of_range(attributes: str) -> None:
    """ "Allowed values: any positive integer" (timeout, digitTimeout), "integer >= 1" (numDigits, retries)."""
    with pytest.raises(InvalidDocument, match=f"line 1: <GetDigits> {attributes.split('=')[0]}: "):
        parsed(f"<GetDigits {attributes}/>")


@pytest.mark.parametrize("name", ["Redirect", "Conference", "Dial", "GetDigits"])
def test_what_may_not_stand_in_it(name: str) -> None:
    """ "You can nest Speak and Play elements within the GetDigits element." The SDK nests Wait too."""
    with pytest.raises(InvalidDocument, match=f"<{name}>: may not stand in this <GetDigits>"):
        parsed(f"<GetDigits><{name}/></GetDigits>")
