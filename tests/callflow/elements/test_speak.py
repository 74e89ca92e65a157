from __future__ import annotations

import pytest

from mixminus.callflow.commands import Answer, Play, Repeated, Speech
from mixminus.callflow.events import Done, PromptFailed

from ..playbook import ANSWER, END, page, parsed, play, speech


def test_text_is_spoken_and_white_space_around_it_is_not() -> None:
    """ "The <Speak> element converts text to speech and plays it to the caller." """
    play(ANSWER, page("<Speak>\n  Hello!\n</Speak>"), Answer(), Done(), speech("Hello!"), Done(), END)


def test_voice_language_and_endless_loop() -> None:
    """ "loop | integer | 1 | Number of times to repeat. 0 = infinite" """
    expected = Play((Repeated(Speech("Hi", "Polly.Joey", "en-GB"), 0),))
    play(
        ANSWER,
        page('<Speak voice="Polly.Joey" language="en-GB" loop="0">Hi</Speak>'),
        Answer(),
        Done(),
        expected,
        Done(),
        END,
    )


def test_a_failed_prompt_does_not_stop_the_flow() -> None:
    xml = "<Speak>one</Speak><Speak>two</Speak>"
    play(ANSWER, page(xml), Answer(), Done(), speech("one"), PromptFailed(), speech("two"), Done(), END)


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Tom &amp; Jerry &lt;3", "Tom &amp; Jerry &lt;3"),
        ("a <break time='1s'/>b", 'a <break time="1s"></break>b'),
        (
            "<emphasis level='moderate'>Go <s>Green</s></emphasis>",
            '<emphasis level="moderate">Go <s>Green</s></emphasis>',
        ),
        ("<lang xml:lang='fr-FR'>oui</lang>", '<lang xml:lang="fr-FR">oui</lang>'),
        ("<![CDATA[1 < 2]]>", "1 &lt; 2"),
        ("x <!-- not this -->y", "x y"),
        ("say<cont>this</cont>", "say this"),
        ("", ""),
    ],
)
def test_markup_is_kept_for_the_synthesiser(written: str, spoken: str) -> None:
    """ "SSML provides fine-grained control over pronunciation, pitch, rate, and pauses." """
    (element,) = parsed(f"<Speak>{written}</Speak>").elements
    assert element.text == spoken  # type: ignore[attr-defined]  # it is a Speak


@pytest.mark.parametrize("written", ["[[h@l'oU]]", "a [[[[b]] c", "[[ [[ ]] ]]", "<s>[[</s>x]]", "[" * 99])
def test_espeak_never_sees_its_phoneme_brackets(written: str) -> None:
    (element,) = parsed(f"<Speak>{written}</Speak>").elements
    assert "[[" not in element.text  # type: ignore[attr-defined]  # it is a Speak
