"""<Play>: an audio file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from .. import commands
from .attributes import Attributes
from .base import Element, Flow, Here, PromptElement
from .speak import MAX_LOOP


@dataclass(frozen=True, slots=True)
class Play(PromptElement):
    """Play an mp3 or wav file `loop` times; 0 means until the call leaves the element."""

    url: str
    loop: int = 1

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        return cls(attributes.url_text(), attributes.integer("loop", 1, 0, MAX_LOOP))

    def prompt(self, here: Here) -> commands.Repeated:
        return commands.Repeated(commands.Audio(here.resolve(self.url)), self.loop)

    def run(self, here: Here) -> Flow:
        yield commands.Play((self.prompt(here),))
        return None
