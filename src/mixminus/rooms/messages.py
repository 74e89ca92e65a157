"""What can be asked of a room, and what can happen in one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from .model import Participant, ParticipantId, Playback, PlaybackId


@dataclass(frozen=True, slots=True)
class Join:
    """Let a participant in."""

    participant: Participant


@dataclass(frozen=True, slots=True)
class Leave:
    """Let a participant out; one who is not in is no error (he may have left with the room a moment ago)."""

    participant: ParticipantId


class EndReason(Enum):
    """Why a room ended."""

    EMPTY = "everybody left"
    ENDED_BY_EXIT = "a participant whose exit ends the room left"
    LEFT_ALONE = "one participant was left alone"
    TIME_LIMIT = "the time limit was reached"


@dataclass(frozen=True, slots=True)
class TimeUp:
    """End the room: its time limit is reached."""


@dataclass(frozen=True, slots=True)
class StartPlayback:
    """Add a playback to what can be heard."""

    playback: Playback


@dataclass(frozen=True, slots=True)
class StopPlayback:
    """Take a playback away; one that is not there any more is no error."""

    playback: PlaybackId


Command = Join | Leave | TimeUp | StartPlayback | StopPlayback


@dataclass(frozen=True, slots=True)
class Joined:
    """A participant is in."""

    participant: ParticipantId
    first: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """A participant was not let in."""

    participant: ParticipantId
    why: str


@dataclass(frozen=True, slots=True)
class Started:
    """The room has started: whoever waited takes part as soon as he has company."""


@dataclass(frozen=True, slots=True)
class Left:
    """A participant is out."""

    participant: ParticipantId
    last: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """The room is over; nobody is in it any more."""

    reason: EndReason


Event = Joined | Refused | Started | Left | Ended
