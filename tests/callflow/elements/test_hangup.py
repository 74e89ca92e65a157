from __future__ import annotations

import pytest

from mixminus.callflow.commands import Answer, HangUp, OpenEarlyMedia, ScheduleHangUp
from mixminus.callflow.events import Done
from mixminus.errors import InvalidDocument
from mixminus.hangup import Cause, Source

from ..playbook import ANSWER, END, audio, page, parsed, play, speech


@pytest.mark.parametrize(
    ("xml", "cause"),
    [
        ('<Hangup reason="rejected"/>', Cause.REJECTED),
        ('<Hangup reason="Busy"/>', Cause.BUSY_LINE),
        # "When the Hangup XML element is the first element in an Answer XML element, the call is hung up with reason
        # rejected by default if the reason attribute is not specified."
        ("<Hangup/>", Cause.REJECTED),
    ],
)
def test_a_call_that_is_not_answered_is_refused(xml: str, cause: Cause) -> None:
    play(ANSWER, page(xml), HangUp(cause, Source.ANSWER_XML))


def test_an_answered_call_ends_normally() -> None:
    """ "When Hangup XML is not the first element or if the call is already answered, the call is hung up with reason
    Normal Hangup if the reason attribute is not specified." """
    normal = HangUp(Cause.NORMAL_HANGUP, Source.ANSWER_XML)
    play(ANSWER, page("<Speak>Bye</Speak><Hangup/>"), Answer(), Done(), speech("Bye"), Done(), normal)
    play(ANSWER, page("<PreAnswer/><Hangup/>"), OpenEarlyMedia(), Done(), normal)


def test_a_reason_comes_too_late_for_an_answered_call() -> None:
    normal = HangUp(Cause.NORMAL_HANGUP, Source.ANSWER_XML)
    play(ANSWER, page("<Speak>Bye</Speak><Hangup reason='busy'/>"), Answer(), Done(), speech("Bye"), Done(), normal)


def test_a_refusal_after_early_media() -> None:
    busy = HangUp(Cause.BUSY_LINE, Source.ANSWER_XML)
    play(ANSWER, page("<PreAnswer/><Hangup reason='busy'/>"), OpenEarlyMedia(), Done(), busy)


def test_a_scheduled_one_lets_the_flow_go_on() -> None:
    """ "This schedules a hangup while continuing to execute subsequent elements." """
    xml = '<Hangup schedule="60" reason="busy"/><Play loop="0">http://a/b.mp3</Play>'
    play(
        ANSWER,
        page(xml),
        ScheduleHangUp(60.0),
        Done(),
        Answer(),
        Done(),
        audio("http://a/b.mp3", 0),
    )


def test_a_scheduled_one_with_nothing_after_it() -> None:
    """ "Should be followed by an element such as Speak; if not, the call will be hung up immediately." """
    play(ANSWER, page('<Hangup schedule="60"/>'), ScheduleHangUp(60.0), Done(), END)


@pytest.mark.parametrize("attributes", ['reason="tired"', 'schedule="-1"', 'schedule="soon"'])
def test_what_is_not_a_hangup(attributes: str) -> None:
    """ "Allowed values: rejected, busy" """
    with pytest.raises(InvalidDocument, match=f"line 1: <Hangup> {attributes.split('=')[0]}: "):
        parsed(f"<Hangup {attributes}/>")
