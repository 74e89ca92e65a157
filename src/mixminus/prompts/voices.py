"""Plivo's voices and languages, as espeak-ng's.

Source: Plivo's page on audio output, Amazon's list of Polly voices, and espeak-ng 1.52's own files. The names are those
that `espeak_SetVoiceByName` finds: it knows "en-us" and "fr", but neither "en-gb" nor "fr-fr".
"""

from __future__ import annotations

from dataclasses import dataclass

FALLBACK = "en-us"

WOMAN_VARIANT = "+f2"
"""The variant a recogniser understood best over a telephone band; a man's voice needs none."""

LANGUAGES = {
    "en-us": "en-us",
    "en-gb": "en",
    "en-au": "en",
    "en-in": "en",
    "es-us": "es-419",
    "es-mx": "es-419",
    "pt-br": "pt-br",
    "fr-be": "fr-be",
    "fr-ch": "fr-ch",
    "no": "nb",
    "arb": "ar",
    "zh": "cmn",
    "iw": "he",
}
"""Where the voice is not called like the language."""

_CODES = (
    "af ar bg bn bs ca cmn cs cy da de el en es et eu fa fi fr ga gu he hi hr hu hy id is it ja ka kk kn ko lt lv mk "
    "ml mr ms mt nb ne nl pa pl pt ro ru sk sl sq sr sv sw ta te th tr uk ur uz vi yue"
)

PLAIN_LANGUAGES = frozenset(_CODES.split())
"""Languages whose voice is called like them."""

POLLY = {
    "en-US": ("Joanna Kendra Kimberly Salli Ivy Danielle Ruth", "Joey Justin Matthew Kevin Stephen Gregory"),
    "en-GB": ("Amy Emma", "Brian Arthur"),
    "en-AU": ("Nicole Olivia", "Russell"),
    "en-IN": ("Raveena Kajal", ""),
    "hi-IN": ("Aditi", ""),
    "fr-FR": ("Celine Lea", "Mathieu Remi"),
    "fr-CA": ("Chantal Gabrielle", "Liam"),
    "de-DE": ("Marlene Vicki", "Hans Daniel"),
    "it-IT": ("Carla Bianca", "Giorgio Adriano"),
    "es-ES": ("Conchita Lucia", "Enrique Sergio"),
    "es-MX": ("Mia", "Andres"),
    "es-US": ("Lupe Penelope", "Miguel Pedro"),
    "pt-BR": ("Camila Vitoria", "Ricardo Thiago"),
    "pt-PT": ("Ines", "Cristiano"),
    "nl-NL": ("Lotte Laura", "Ruben"),
    "da-DK": ("Naja Sofie", "Mads"),
    "sv-SE": ("Astrid Elin", ""),
    "nb-NO": ("Liv Ida", ""),
    "pl-PL": ("Ewa Maja Ola", "Jacek Jan"),
    "ru-RU": ("Tatyana", "Maxim"),
    "tr-TR": ("Filiz", ""),
    "ro-RO": ("Carmen", ""),
    "is-IS": ("Dora", "Karl"),
    "ja-JP": ("Mizuki", "Takumi"),
    "ko-KR": ("Seoyeon", ""),
    "cmn-CN": ("Zhiyu", ""),
    "arb": ("Zeina", ""),
    "cy-GB": ("Gwyneth", ""),
}
"""Names of Polly's women and men by language."""

POLLY_NAMES = {
    name.lower(): (language, woman)
    for language, (women, men) in POLLY.items()
    for names, woman in ((women, True), (men, False))
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of espeak-ng; `warning` is empty, or says what had to be replaced."""

    name: str
    warning: str = ""


def voice_for(voice: str, language: str) -> Voice:
    """Return the voice that speaks as `voice` (MAN, WOMAN, Polly.<Name>) in `language` (a tag like en-US).

    A Polly voice has its own language. What is unknown is replaced, with a warning.
    """
    spoken, woman, warning = language, voice.upper() != "MAN", ""
    if voice.lower().startswith("polly."):
        known = POLLY_NAMES.get(voice[len("polly.") :].partition("-")[0].lower())
        spoken, woman = known or (language, True)
        warning = "" if known else f"there is no voice {voice[:40]!r}"
    name = espeak_language(spoken)
    if name is None:
        name, warning = FALLBACK, f"there is no voice for the language {spoken[:20]!r}"
    return Voice(name + (WOMAN_VARIANT if woman else ""), warning)


def espeak_language(tag: str) -> str | None:
    """Return espeak-ng's name for a language tag, or None when it does not speak it."""
    lowered = tag.strip().lower().replace("_", "-")
    language = lowered.partition("-")[0]
    if lowered in LANGUAGES or language in LANGUAGES:
        return LANGUAGES.get(lowered) or LANGUAGES[language]
    return language if language in PLAIN_LANGUAGES else None
