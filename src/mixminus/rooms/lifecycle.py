"""How a room changes: step(room, command) -> the new room and what happened."""

from __future__ import annotations

from dataclasses import replace

from .messages import (
    Command,
    Ended,
    EndReason,
    Event,
    Join,
    Joined,
    Leave,
    Left,
    Refused,
    Started,
    StartPlayback,
    StopPlayback,
    TimeUp,
)
from .model import Participant, ParticipantId, Room

Step = tuple[Room, tuple[Event, ...]]


def step(room: Room, command: Command) -> Step:
    """Apply one command to a room. Anything asked of a room that has ended changes nothing; a join is refused."""
    match command:
        case Join(participant):
            return _join(room, participant)
        case Leave(participant_id):
            return _leave(room, participant_id)
        case TimeUp():
            return (room, ()) if room.ended else _end(room, EndReason.TIME_LIMIT)
        case StartPlayback(playback):
            return (room if room.ended else replace(room, playbacks=(*room.playbacks, playback))), ()
        case StopPlayback(playback_id):
            return replace(room, playbacks=tuple(p for p in room.playbacks if p.id != playback_id)), ()


def _join(room: Room, newcomer: Participant) -> Step:
    if room.ended:
        return room, (Refused(newcomer.id, "the room has ended"),)
    if len(room.participants) >= room.capacity:
        return room, (Refused(newcomer.id, f"the room is full: it has {room.capacity} members"),)
    participants = (*room.participants, newcomer)
    joined = replace(room, participants=participants, had_company=room.had_company or len(participants) > 1)
    events: tuple[Event, ...] = (Joined(newcomer.id, first=len(participants) == 1),)
    if not room.started and newcomer.starts_room:
        return replace(joined, started=True), (*events, Started())
    return joined, events


def _leave(room: Room, leaver_id: ParticipantId) -> Step:
    leaver = room.find(leaver_id)
    if leaver is None:
        return room, ()
    remaining = tuple(p for p in room.participants if p is not leaver)
    left: tuple[Event, ...] = (Left(leaver_id, last=not remaining),)
    room = replace(room, participants=remaining)
    reason = _end_reason(room, leaver)
    if reason is None:
        return room, left
    ended, events = _end(room, reason)
    return ended, left + events


def _end_reason(room: Room, leaver: Participant) -> EndReason | None:
    if not room.participants:
        return EndReason.EMPTY
    if leaver.ends_room:
        return EndReason.ENDED_BY_EXIT
    alone = len(room.participants) == 1 and room.had_company
    if alone and not room.participants[0].stays_alone:
        return EndReason.LEFT_ALONE
    return None


def _end(room: Room, reason: EndReason) -> Step:
    """Let everybody out, then end."""
    last = len(room.participants) - 1
    left = tuple(Left(p.id, last=i == last) for i, p in enumerate(room.participants))
    return replace(room, participants=(), playbacks=(), taps=(), ended=True), (*left, Ended(reason))
