from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.prompts.voices import LANGUAGES, PLAIN_LANGUAGES, espeak_language, voice_for


@pytest.mark.parametrize(
    ("voice", "language", "name"),
    [
        ("WOMAN", "en-US", "en-us+f2"),
        ("MAN", "en-US", "en-us"),
        ("man", "en-GB", "en"),
        ("WOMAN", "de-DE", "de+f2"),
        ("WOMAN", "fr-CA", "fr+f2"),
        ("MAN", "es-ES", "es"),
        ("MAN", "es-US", "es-419"),
        ("MAN", "pt-BR", "pt-br"),
        ("MAN", "pt-PT", "pt"),
        ("WOMAN", "zh-CN", "cmn+f2"),
        ("Polly.Joanna", "", "en-us+f2"),
        ("Polly.Matthew-Neural", "de-DE", "en-us"),
        ("Polly.Hans", "en-US", "de"),
        ("polly.zeina", "en-US", "ar+f2"),
    ],
)
def test_voices_and_languages(voice: str, language: str, name: str) -> None:
    """`voice` (WOMAN; MAN, `Polly.*`), `language` (en-US; list in DOC:audio-output)"""
    chosen = voice_for(voice, language)
    assert (chosen.name, chosen.warning) == (name, "")


@pytest.mark.parametrize(
    ("voice", "language", "name"),
    [("WOMAN", "tlh", "en-us+f2"), ("Polly.Nobody", "de-DE", "de+f2"), ("MAN", "", "en-us")],
)
def test_what_is_unknown_is_replaced_with_a_warning(voice: str, language: str, name: str) -> None:
    chosen = voice_for(voice, language)
    assert chosen.name == name
    assert chosen.warning


@given(st.text(max_size=20), st.text(max_size=20))
def test_any_voice_becomes_one_of_the_table(voice: str, language: str) -> None:
    name = voice_for(voice, language).name.removesuffix("+f2")
    assert name in PLAIN_LANGUAGES | set(LANGUAGES.values())


def test_plivos_languages_are_all_spoken() -> None:
    """Plivo's page on audio output"""
    tags = "da-DK nl-NL en-AU en-GB en-US fr-FR fr-CA de-DE it-IT pl-PL pt-PT pt-BR ru-RU es-ES es-US sv-SE"
    assert all(espeak_language(tag) for tag in tags.split())
