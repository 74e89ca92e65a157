"""What every element of a page is: a frozen value with a generator that yields commands."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self
from urllib.parse import urljoin

from ..commands import Command, Fetch, HangUp, Repeated
from ..events import Event

if TYPE_CHECKING:
    from .attributes import Attributes

Onward = Fetch | HangUp | None
"""How a call goes on after an element: with another page, not at all, or with the next element."""

Flow = Generator[Command, Event, Onward]
"""Yields commands, is sent the event that answers each, returns how the call goes on."""


@dataclass(frozen=True, slots=True)
class Here:
    """Where a flow stands when an element runs."""

    url: str
    answered: bool = False
    first: bool = False
    """Whether no element has run in this call yet."""

    def resolve(self, url: str) -> str:
        """Return a URL of the page as an absolute one; an empty one stays empty."""
        return urljoin(self.url, url) if url else ""


class Element(ABC):
    """An element that can be run."""

    __slots__ = ()

    nests: ClassVar[frozenset[str]] = frozenset()
    """The names of the elements that may be inside it."""
    holds_markup: ClassVar[bool] = False
    """Whether what is inside it is markup of another kind, kept as it is."""

    @classmethod
    @abstractmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        """Read an element; raise InvalidDocument."""

    @property
    def needs_answer(self) -> bool:
        """Return whether the call has to be answered before it runs."""
        return True

    @abstractmethod
    def run(self, here: Here) -> Flow:
        """Carry the element out."""


class PromptElement(Element):
    """An element that is something to listen to, also inside other elements."""

    __slots__ = ()

    @abstractmethod
    def prompt(self, here: Here) -> Repeated:
        """Return what is to be heard."""


def prompts(children: tuple[Element, ...], here: Here) -> tuple[Repeated, ...]:
    """Return what nested elements let hear, in order."""
    return tuple(child.prompt(here) for child in children if isinstance(child, PromptElement))
