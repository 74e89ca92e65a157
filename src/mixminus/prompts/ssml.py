"""Customers' text or SSML, rewritten into the part of SSML that espeak-ng understands.

Source: Plivo's list of SSML elements; what espeak-ng 1.52 does with each was measured. Elements it reads wrongly are
replaced by others or by their text; what is no valid SSML is spoken as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from .voices import espeak_language

DEPTH_MAX = 16
"""As deep as a page of XML may be."""

BREAK_MS_MAX = 10_000
"""Polly's longest break; a longer silence is a Wait."""

PHONEMES = re.compile(r"\[\[[^\]]*\]\]")
"""espeak-ng's notation for sounds, which no customer can mean."""

NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""XML 1.0, 2.2: characters that no document may hold."""

LANG = "{http://www.w3.org/XML/1998/namespace}lang"

SAY_AS = {
    "characters": "characters",
    "spell-out": "characters",
    "digits": "tts:digits",
    "telephone": "telephone",
}
"""espeak-ng's words; numbers, dates and times it reads best as plain text."""

LEVELS = ("strong", "moderate", "none", "reduced")
STRENGTHS = ("none", "x-weak", "weak", "medium", "strong", "x-strong")
PROSODY = {
    "rate": ("x-slow", "slow", "medium", "fast", "x-fast", "default"),
    "pitch": ("x-low", "low", "medium", "high", "x-high", "default"),
    "volume": ("silent", "x-soft", "soft", "medium", "loud", "x-loud", "default"),
}
PERCENT = re.compile(r"[+-]?\d{1,3}(\.\d{1,2})?%")
DECIBEL = re.compile(r"([+-]?\d{1,2}(?:\.\d{1,2})?)dB")
TIME = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)(ms|s)")


def rewrite(text: str, variant: str) -> str:
    """Return SSML for espeak-ng; `variant` is that of the voice, for passages in another language."""
    clean = PHONEMES.sub("", NOT_IN_XML.sub("", text))
    try:
        root = fromstring(f'<speak xmlns:amazon="amazon">{clean}</speak>', forbid_dtd=True)
        return f"<speak>{_inside(root, variant, DEPTH_MAX)}</speak>"
    except (ParseError, DefusedXmlException, _TooDeep):
        return f"<speak>{escape(clean)}</speak>"


class _TooDeep(Exception):  # noqa: N818  (it never leaves this file)
    """Elements inside elements beyond what anybody writes."""


def _inside(element: Element, variant: str, depth: int) -> str:
    if depth == 0:
        raise _TooDeep
    parts = [escape(element.text or "")]
    for child in element:
        parts.append(_rendered(child, _inside(child, variant, depth - 1), variant))
        parts.append(escape(child.tail or ""))
    return "".join(parts)


def _rendered(element: Element, inside: str, variant: str) -> str:
    if element.tag == "lang":
        return _lang(element, inside, variant)
    render = ELEMENTS.get(element.tag)
    return render(element, inside) if render else inside


def _break(element: Element, _inside: str) -> str:
    time = TIME.fullmatch(element.get("time", "").strip())
    if time:
        milliseconds = float(time[1]) * (1000 if time[2] == "s" else 1)
        return f'<break time="{min(round(milliseconds), BREAK_MS_MAX)}ms"/>'
    strength = element.get("strength", "medium")
    return f'<break strength="{strength}"/>' if strength in STRENGTHS else "<break/>"


def _emphasis(element: Element, inside: str) -> str:
    level = element.get("level", "moderate")
    return f'<emphasis level="{level}">{inside}</emphasis>' if level in LEVELS else inside


def _prosody(element: Element, inside: str) -> str:
    given = {name: _prosody_value(name, element.get(name, "").strip()) for name in PROSODY}
    attributes = "".join(f' {name}="{value}"' for name, value in given.items() if value)
    return f"<prosody{attributes}>{inside}</prosody>" if attributes else inside


def _prosody_value(name: str, value: str) -> str:
    decibel = DECIBEL.fullmatch(value)
    if name == "volume" and decibel:
        # espeak-ng counts volume in percent of the amplitude and reads the number of a dB value as such.
        return str(round(min(200.0, 100 * 10 ** (float(decibel[1]) / 20))))
    return value if value in PROSODY[name] or PERCENT.fullmatch(value) else ""


def _say_as(element: Element, inside: str) -> str:
    word = SAY_AS.get(element.get("interpret-as", ""))
    return f'<say-as interpret-as="{word}">{inside}</say-as>' if word else inside


def _sub(element: Element, inside: str) -> str:
    return escape(element.get("alias", "")) or inside


def _lang(element: Element, inside: str, variant: str) -> str:
    language = espeak_language(element.get(LANG, ""))
    return f'<voice name="{language}{variant}">{inside}</voice>' if language else inside


ELEMENTS: dict[str, Callable[[Element, str], str]] = {
    "break": _break,
    "emphasis": _emphasis,
    "p": lambda _, inside: f"<p>{inside}</p>",
    "prosody": _prosody,
    "s": lambda _, inside: f"<s>{inside}</s>",
    "say-as": _say_as,
    "sub": _sub,
}
"""What becomes of an element; of every other one (cont, phoneme, w, ...) only the text is left."""
