"""<Speak>: text to speech."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from .. import commands
from .attributes import Attributes
from .base import Element, Flow, Here, PromptElement

MAX_LOOP: Final = 1_000_000
"""More repetitions than fit into any call; a limit only so that the number stays a small one."""
_PHONEMES: Final = re.compile(r"\[\[[^\[\]]*\]\]|\[{2,}")
_CONT: Final = re.compile(r"</?cont\b[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Speak(PromptElement):
    """Speak text, which is XML content and may hold SSML."""

    holds_markup: ClassVar[bool] = True

    text: str
    voice: str = "WOMAN"
    language: str = "en-US"
    loop: int = 1

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        return cls(
            text=_speakable(attributes.inner_xml),
            voice=attributes.string("voice", "WOMAN"),
            language=attributes.string("language", "en-US"),
            loop=attributes.integer("loop", 1, 0, MAX_LOOP),
        )

    def prompt(self, here: Here) -> commands.Repeated:
        return commands.Repeated(commands.Speech(self.text, self.voice, self.language), self.loop)

    def run(self, here: Here) -> Flow:
        yield commands.Play((self.prompt(here),))
        return None


def _speakable(markup: str) -> str:
    """Take out what is not to be spoken: `cont`, as the SDK does, and `[[...]]`, in which espeak takes phonemes."""
    return _PHONEMES.sub(" ", _CONT.sub(" ", markup)).strip()
