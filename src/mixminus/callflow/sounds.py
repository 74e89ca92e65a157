"""What a waitSound, enterSound or exitSound page lets be heard."""

from __future__ import annotations

from typing import Final

from .commands import Repeated
from .document import parse
from .elements.base import Here, prompts

IN_SOUND: Final = frozenset(("Play", "Speak", "Wait"))


def parse_sound(url: str, body: bytes) -> tuple[Repeated, ...]:
    """Return the prompts of a page that came from `url`; raise InvalidDocument.

    "The URL must return XML with Play, Speak, or Wait elements."
    """
    return prompts(parse(body, IN_SOUND).elements, Here(url))
