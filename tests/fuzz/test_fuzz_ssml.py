"""SSML from anywhere: valid documents with pieces changed still become a document that the synthesiser can read."""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.prompts.ssml import ELEMENTS, rewrite

VALID = (
    '<p>a<break time="1s"/>b</p><prosody rate="10%" volume="-6dB">c</prosody>',
    '<say-as interpret-as="digits">12</say-as><sub alias="x &amp; y">z</sub><lang xml:lang="de-DE">d</lang>',
    '<amazon:effect name="whispered"><emphasis level="strong">e</emphasis></amazon:effect><w role="r">f</w>',
)
CHANGES = st.lists(st.tuples(st.integers(0, 110), st.integers(0, 4), st.text(max_size=3)), max_size=6)
KNOWN = {"speak", "voice", *ELEMENTS} - {"sub"}


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(VALID), CHANGES)
def test_any_text_becomes_a_document_of_known_elements(text: str, changes: list[tuple[int, int, str]]) -> None:
    for place, removed, put_in in changes:
        text = text[:place] + put_in + text[place + removed :]
    assert {element.tag for element in fromstring(rewrite(text, "+f2")).iter()} <= KNOWN
