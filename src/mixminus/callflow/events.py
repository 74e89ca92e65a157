"""What the switch reports when a command has finished."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Done:
    """The command was carried out."""


@dataclass(frozen=True, slots=True)
class Document:
    """A page arrived. `url` is where it came from at last (after HTTP redirects): relative URLs in it start there."""

    url: str
    body: bytes


class FetchProblem(Enum):
    """Why a page did not arrive."""

    INVALID_URL = "the URL is not an absolute http or https URL"
    UNREACHABLE = "the application could not be reached"
    TIMEOUT = "the application did not answer in time"
    STATUS = "the application did not answer with a 2xx status"
    TOO_LARGE = "the page is larger than 100 kB"


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """A page did not arrive; `detail` says more for the log."""

    problem: FetchProblem
    detail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Digits:
    """Digits were collected, without the key that finished them; `finished` tells whether that key was pressed."""

    digits: str
    finished: bool = False


@dataclass(frozen=True, slots=True)
class PromptFailed:
    """Nothing of what was to be played could be had; the flow goes on."""

    detail: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class LeftRoom:
    """The call is out of the room again."""

    room_uuid: str
    member_id: str


@dataclass(frozen=True, slots=True)
class RoomRefused:
    """The call did not get into the room (it is full, or has just ended)."""

    why: str


Event = Done | Document | FetchFailed | Digits | PromptFailed | LeftRoom | RoomRefused
