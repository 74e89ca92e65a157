from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.prompts.ssml import rewrite


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("Hello", "Hello"),
        ("Tom &amp; Jerry", "Tom &amp; Jerry"),
        ('a <break time="2s"/> b', 'a <break time="2000ms"/> b'),
        ('<break time="1.5s"/>', '<break time="1500ms"/>'),
        ('<break time="99999s"/>', '<break time="10000ms"/>'),
        ('<break strength="weak"/>', '<break strength="weak"/>'),
        ('<break strength="odd"/>', "<break/>"),
        ('<emphasis level="strong">a</emphasis>', '<emphasis level="strong">a</emphasis>'),
        ('<emphasis level="odd">a</emphasis>', "a"),
        ('<prosody rate="50%" pitch="+10%">a</prosody>', '<prosody rate="50%" pitch="+10%">a</prosody>'),
        ('<prosody volume="-6dB">a</prosody>', '<prosody volume="50">a</prosody>'),
        ('<prosody volume="loud" contour="x">a</prosody>', '<prosody volume="loud">a</prosody>'),
        ('<prosody rate="1e9">a</prosody>', "a"),
        ('<say-as interpret-as="digits">12</say-as>', '<say-as interpret-as="tts:digits">12</say-as>'),
        ('<say-as interpret-as="spell-out">ab</say-as>', '<say-as interpret-as="characters">ab</say-as>'),
        ('<say-as interpret-as="date" format="mdy">1/2/2024</say-as>', "1/2/2024"),
        ('<sub alias="World &amp; Web">W3C</sub>', "World &amp; Web"),
        ("<sub>W3C</sub>", "W3C"),
        ('<lang xml:lang="fr-FR">bonjour</lang>', '<voice name="fr+f2">bonjour</voice>'),
        ('<lang xml:lang="tlh">nuqneH</lang>', "nuqneH"),
        ("<p>a</p><s>b</s>", "<p>a</p><s>b</s>"),
        ('<phoneme alphabet="ipa" ph="x">pecan</phoneme>', "pecan"),
        ('<w role="amazon:VB">read</w>', "read"),
        ("<cont>a <p>b</p></cont> c", "a <p>b</p> c"),
        ('<amazon:effect name="whispered">psst</amazon:effect>', "psst"),
        ("<speak>a</speak>", "a"),
        ('<audio src="file:///etc/passwd">a</audio>', "a"),
        ('<voice name="../../x">a</voice>', "a"),
        ("<!-- no -->a", "a"),
    ],
)
def test_elements(text: str, spoken: str) -> None:
    """text + SSML: break cont emphasis lang p phoneme prosody s say-as sub w"""
    assert rewrite(text, "+f2") == f"<speak>{spoken}</speak>"


@pytest.mark.parametrize("text", ["a < b & c", "<p>open", "</p>", "<x:y>a</x:y>", "<p>" * 40 + "</p>" * 40])
def test_what_is_no_ssml_is_spoken_as_it_stands(text: str) -> None:
    assert fromstring(rewrite(text, "")).text == text


def test_entities_are_not_expanded() -> None:
    """No DOCTYPE."""
    text = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    assert fromstring(rewrite(text, "")).text == text


def test_phonemes_of_espeak_are_stripped() -> None:
    """`[[...]]` in customer text is read as espeak phonemes: strip it"""
    assert rewrite("a [[h@l@U]] b", "") == "<speak>a  b</speak>"


@given(st.text(max_size=60) | st.text("<>/&[]!ps \"'=ab;#", max_size=60))
def test_any_text_becomes_a_document(text: str) -> None:
    assert fromstring(rewrite(text, "+f2")).tag == "speak"
