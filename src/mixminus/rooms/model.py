"""Rooms and who and what is in them. Plain facts: no behaviour, no clock, no I/O."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NewType

ParticipantId = NewType("ParticipantId", str)
PlaybackId = NewType("PlaybackId", str)
TapId = NewType("TapId", str)


class Role(Enum):
    """What a participant is in the room for. A `<Conference>` has only members."""

    MEMBER = "member"
    CUSTOMER = "customer"
    AGENT = "agent"
    SUPERVISOR = "supervisor"
    AI_AGENT = "ai-agent"


class Presence(Enum):
    """Whether a participant takes part in the conversation; derived by `Room.presence`, never stored."""

    WAITING = "waiting"
    ACTIVE = "active"
    ON_HOLD = "on hold"


@dataclass(frozen=True, slots=True)
class Participant:
    """A call in a room."""

    id: ParticipantId
    role: Role = Role.MEMBER
    muted: bool = False
    deaf: bool = False
    on_hold: bool = False
    coaching: bool = False
    starts_room: bool = True
    ends_room: bool = False
    stays_alone: bool = True


class Purpose(Enum):
    """What a playback is for; decides who hears it."""

    ROOM_SOUND = "a sound of the room"
    WAIT_MUSIC = "wait music"
    HOLD_MUSIC = "hold music"


@dataclass(frozen=True, slots=True)
class Playback:
    """A prompt or music that is playing. Without `audience` the whole room is meant."""

    id: PlaybackId
    purpose: Purpose
    audience: ParticipantId | None = None


@dataclass(frozen=True, slots=True)
class Tap:
    """Something that listens and never speaks: a recording or a stream, of the room or of one participant."""

    id: TapId
    of: ParticipantId | None = None
    hears_coach: bool = True


Source = Participant | Playback
Listener = Participant | Tap


@dataclass(frozen=True, slots=True)
class Room:
    """What a `<Conference>` names. `started`, `had_company` and `ended` are things that have happened and stay so."""

    name: str
    capacity: int
    started: bool = False
    had_company: bool = False
    ended: bool = False
    participants: tuple[Participant, ...] = ()
    playbacks: tuple[Playback, ...] = ()
    taps: tuple[Tap, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """Return everything that can be heard."""
        return self.participants + self.playbacks

    @property
    def listeners(self) -> tuple[Listener, ...]:
        """Return everything that can hear."""
        return self.participants + self.taps

    def presence(self, participant: Participant) -> Presence:
        """Say how a participant takes part.

        A member who is alone waits like one whose conference has not started: he hears the wait sound.
        """
        if participant.on_hold:
            return Presence.ON_HOLD
        if not self.started or len(self.participants) < 2:
            return Presence.WAITING
        return Presence.ACTIVE

    def find(self, participant: ParticipantId) -> Participant | None:
        """Return the participant with that id."""
        return next((p for p in self.participants if p.id == participant), None)
