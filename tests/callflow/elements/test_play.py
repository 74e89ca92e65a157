from __future__ import annotations

import pytest

from mixminus.callflow.commands import Answer
from mixminus.callflow.events import Done, PromptFailed
from mixminus.errors import InvalidDocument

from ..playbook import ANSWER, END, audio, page, parsed, play


def test_loop_zero_is_endless_and_a_relative_url_starts_at_the_page() -> None:
    """ "loop | integer | 1 | 0 loops until the call ends" """
    document = page('<Play loop="0">/a/ring.mp3</Play><Play>b.wav</Play>', "https://other/x/y.xml")
    play(
        ANSWER,
        document,
        Answer(),
        Done(),
        audio("https://other/a/ring.mp3", 0),
        Done(),
        audio("https://other/x/b.wav"),
        PromptFailed("404"),
        END,
    )


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ("\n<Play loop='-1'>http://a/b</Play>", 'line 2: <Play> loop: "-1" is not a whole number from 0 to 1000000'),
        ("<Play loop='two'>http://a/b</Play>", 'line 1: <Play> loop: "two" is not a whole number from 0 to 1000000'),
        ("<Play/>", "line 1: <Play>: there is no URL in it"),
        ("<Play>file:///etc/passwd</Play>", 'line 1: <Play>: "file:///etc/passwd" is not an http or https URL'),
        ("<Play>https://</Play>", 'line 1: <Play>: "https://" names no host'),
        ("<Play>https://[x</Play>", 'line 1: <Play>: "https://[x" is not a URL'),
    ],
)
def test_what_cannot_be_played(xml: str, problem: str) -> None:
    with pytest.raises(InvalidDocument) as raised:
        parsed(xml)
    assert str(raised.value) == problem
