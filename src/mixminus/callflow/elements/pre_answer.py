"""<PreAnswer>: let the caller hear something before the call is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from ..commands import OpenEarlyMedia
from .attributes import Attributes
from .base import Element, Flow, Here


@dataclass(frozen=True, slots=True)
class PreAnswer(Element):
    """Run the elements inside in early media; in a call that is answered already they simply run."""

    nests: ClassVar[frozenset[str]] = frozenset(
        ("Speak", "Play", "Wait", "GetDigits", "Redirect", "Message", "DTMF"),
    )

    children: tuple[Element, ...] = ()

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        return cls(children)

    @property
    def needs_answer(self) -> bool:
        return False

    def run(self, here: Here) -> Flow:
        if not here.answered:
            yield OpenEarlyMedia()
        for child in self.children:
            onward = yield from child.run(here)
            if onward is not None:
                return onward
        return None
