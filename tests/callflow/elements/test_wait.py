from __future__ import annotations

import pytest

from mixminus.callflow.commands import Answer, BeepPattern, Wait
from mixminus.callflow.events import Done
from mixminus.errors import InvalidDocument

from ..playbook import ANSWER, END, page, parsed, play, speech


def test_a_wait_that_comes_first_delays_the_answer() -> None:
    """ "If <Wait> is the first element in a XML document, Plivo will wait the specified number of seconds before
    picking up the call." """
    xml = '<Wait length="3"/><Speak>Hi</Speak><Wait/>'
    play(ANSWER, page(xml), Wait(3.0), Done(), Answer(), Done(), speech("Hi"), Done(), Wait(1.0), Done(), END)


def test_a_wait_that_listens_answers_first() -> None:
    play(ANSWER, page('<Wait length="9" beep="true"/>'), Answer(), Done(), Wait(9.0, beep=BeepPattern()), Done(), END)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        # "If silence is set to true, if no voice or sound is detected for minSilence milliseconds, Plivo will end the
        # wait and continue to the next element"
        ('length="10" silence="true" minSilence="3000"', Wait(10.0, 3000)),
        # "minSilence [...] Only used when silence is set to true. [...] Defaults to 2,000."
        ('length="10" silence="TRUE"', Wait(10.0, 2000)),
        ('length="10" silence="false" minSilence="500"', Wait(10.0)),
        # "beep [...] Only used when silence and minSilence are false."
        ('silence="true" beep="true"', Wait(1.0, 2000)),
        ('minSilence="500" beep="true"', Wait(1.0)),
        ('beep="false"', Wait(1.0)),
        ('beep="duration=400, inter_silence=50,intra_silence=500,threshold=256"', Wait(1.0, beep=BeepPattern(400))),
        ('beep="threshold=256"', Wait(1.0, beep=BeepPattern(300))),
    ],
)
def test_what_a_wait_listens_for(attributes: str, expected: Wait) -> None:
    listens = expected != Wait(expected.length_s)
    answer = (Answer(), Done()) if listens else ()
    play(ANSWER, page(f"<Wait {attributes}/>"), *answer, expected, Done(), END)


@pytest.mark.parametrize(
    "attributes", ['length="0"', 'length="1.5"', 'minSilence="x"', 'beep="loud"', 'beep="duration=x"']
)
def test_what_cannot_be_waited_for(attributes: str) -> None:
    """ "Allowed values: integer greater than 0" """
    with pytest.raises(InvalidDocument, match=f"line 1: <Wait> {attributes.split('=')[0]}: "):
        parsed(f"<Wait {attributes}/>")
