"""<Redirect>: go on with another page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from .attributes import Attributes
from .base import Element, Flow, Here
from .target import Target


@dataclass(frozen=True, slots=True)
class Redirect(Element):
    """Leave this page for another one; what comes after it is never run."""

    target: Target

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        return cls(attributes.destination())

    @property
    def needs_answer(self) -> bool:
        return False

    def run(self, here: Here) -> Flow:
        yield from ()
        return self.target.fetch(here)
