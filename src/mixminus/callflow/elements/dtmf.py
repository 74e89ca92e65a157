"""<DTMF>: send digits to the caller."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Self

from .. import commands
from .attributes import Attributes
from .base import Element, Flow, Here

MAX_DIGITS: Final = 512
"""Nearly two minutes of tones; no menu takes more, and a page of 100 kB would send for hours."""
_DIGITS: Final = re.compile(r"[0-9*#wW]+")


@dataclass(frozen=True, slots=True)
class Dtmf(Element):
    """Send digits; `w` is a pause of 0.5 s, `W` one of 1 s. The flow goes on meanwhile if `asynchronous`."""

    digits: str
    asynchronous: bool = True

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        if not _DIGITS.fullmatch(attributes.text):
            attributes.invalid("", "digits are 0-9, *, #, w (0.5 s) and W (1 s)")
        if len(attributes.text) > MAX_DIGITS:
            attributes.invalid("", f"there are more than {MAX_DIGITS} digits")
        return cls(attributes.text, attributes.boolean("async", default=True))

    def run(self, here: Here) -> Flow:
        yield commands.SendDigits(self.digits, self.asynchronous)
        return None
