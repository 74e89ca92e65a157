"""<Wait>: wait in silence, or until there is silence or a beep."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from .. import commands
from .attributes import Attributes
from .base import Element, Flow, Here, PromptElement

MAX_LENGTH_S: Final = 86_400
"""A day: no call lasts longer (Plivo ends calls after 24 hours)."""
MAX_MS: Final = MAX_LENGTH_S * 1000
DEFAULT_SILENCE_MS: Final = 2000
_PARAMETER: Final = re.compile(r"\s*(\w+)\s*=\s*([0-9]{1,6})\s*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Wait(PromptElement):
    """Wait `length_s` seconds, or less: until `min_silence_ms` of silence, or until a beep."""

    length_s: int = 1
    min_silence_ms: int | None = None
    beep: commands.BeepPattern | None = None

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        length_s = attributes.integer("length", 1, 1, MAX_LENGTH_S)
        until_silence = attributes.boolean("silence", default=False)
        silence_ms = attributes.integer("minSilence", 0, 0, MAX_MS)
        beep = _beep(attributes)
        if until_silence:
            return cls(length_s, silence_ms or DEFAULT_SILENCE_MS)
        # "Only used when silence and minSilence are false."
        return cls(length_s, beep=None if silence_ms else beep)

    @property
    def needs_answer(self) -> bool:
        """Return False for a plain wait: "If <Wait> is the first element [...] wait [...] before picking up the call".

        One that listens needs somebody to listen to, so it does not delay the answer.
        """
        return self.min_silence_ms is not None or self.beep is not None

    def prompt(self, here: Here) -> commands.Repeated:
        return commands.Repeated(commands.Pause(float(self.length_s)))

    def run(self, here: Here) -> Flow:
        yield commands.Wait(float(self.length_s), self.min_silence_ms, self.beep)
        return None


def _beep(attributes: Attributes) -> commands.BeepPattern | None:
    """Read `beep`: a boolean, or "duration=300,inter_silence=50,...", of which our detector needs the duration only."""
    value = attributes.string("beep")
    if "=" not in value:
        return commands.BeepPattern() if attributes.boolean("beep", default=False) else None
    parameters: dict[str, int] = {}
    for item in value.split(","):
        if not (match := _PARAMETER.fullmatch(item)):
            attributes.invalid("beep", "is not true, false or a list like duration=300,threshold=256")
        parameters[match[1].lower()] = int(match[2])
    return commands.BeepPattern(parameters.get("duration") or commands.BeepPattern().duration_ms)
