"""Who hears whom.

The whole policy is verdict(): the first line that objects decides. To change what a coach hears, or who hears a coach,
change a line here and its row in tests/rooms/test_hearing.py.
"""

from __future__ import annotations

from enum import Enum

from .model import Listener, Participant, Playback, Presence, Purpose, Role, Room, Source, Tap

Hearing = dict[str, frozenset[str]]
"""Listener id -> ids of the sources it hears."""

HEARS_COACHES = frozenset({Role.AGENT, Role.AI_AGENT, Role.SUPERVISOR})


class Verdict(Enum):
    """Whether a listener hears a source; the value is the reason in words."""

    HEARS = "hears"
    SELF = "nobody hears himself"
    NOT_FOR_YOU = "this playback is for someone else"
    NOT_WAITING = "wait music is for those who wait"
    NOT_ON_HOLD = "hold music is for those on hold"
    LISTENER_WAITING = "the listener waits for the room to start"
    LISTENER_ON_HOLD = "the listener is on hold"
    LISTENER_DEAF = "the listener is deaf"
    SOURCE_WAITING = "the source waits for the room to start"
    SOURCE_ON_HOLD = "the source is on hold"
    SOURCE_MUTED = "the source is muted"
    COACH_IS_PRIVATE = "a coach is heard by agents only"


def verdict(room: Room, listener: Listener, source: Source) -> Verdict:
    """Say whether `listener` hears `source` and, if not, why not."""
    if isinstance(listener, Tap):
        return _is_tapped(room, listener, source)
    if isinstance(source, Playback):
        return _hears_playback(room, listener, source)
    return _hears_participant(room, listener, source)


def hearing(room: Room) -> Hearing:
    """Map every listener to the sources it hears."""
    return {
        listener.id: frozenset(s.id for s in room.sources if verdict(room, listener, s) is Verdict.HEARS)
        for listener in room.listeners
    }


def _hears_playback(room: Room, listener: Participant, playback: Playback) -> Verdict:
    if playback.audience not in (None, listener.id):
        return Verdict.NOT_FOR_YOU
    presence = room.presence(listener)
    match playback.purpose:
        case Purpose.WAIT_MUSIC:
            return Verdict.HEARS if presence is Presence.WAITING else Verdict.NOT_WAITING
        case Purpose.HOLD_MUSIC:
            return Verdict.HEARS if presence is Presence.ON_HOLD else Verdict.NOT_ON_HOLD
        case Purpose.ROOM_SOUND:
            return Verdict.LISTENER_ON_HOLD if presence is Presence.ON_HOLD else Verdict.HEARS


def _hears_participant(room: Room, listener: Participant, speaker: Participant) -> Verdict:
    if listener.id == speaker.id:
        return Verdict.SELF
    match room.presence(listener):
        case Presence.WAITING:
            return Verdict.LISTENER_WAITING
        case Presence.ON_HOLD:
            return Verdict.LISTENER_ON_HOLD
        case Presence.ACTIVE:
            pass
    if listener.deaf:
        return Verdict.LISTENER_DEAF
    if (objection := _cannot_speak(room, speaker)) is not None:
        return objection
    if speaker.coaching and listener.role not in HEARS_COACHES:
        return Verdict.COACH_IS_PRIVATE
    return Verdict.HEARS


def _is_tapped(room: Room, tap: Tap, source: Source) -> Verdict:
    if isinstance(source, Playback):
        return Verdict.HEARS if tap.of is None and source.audience is None else Verdict.NOT_FOR_YOU
    if tap.of not in (None, source.id):
        return Verdict.NOT_FOR_YOU
    if (objection := _cannot_speak(room, source)) is not None:
        return objection
    if source.coaching and not tap.hears_coach:
        return Verdict.COACH_IS_PRIVATE
    return Verdict.HEARS


def _cannot_speak(room: Room, speaker: Participant) -> Verdict | None:
    match room.presence(speaker):
        case Presence.WAITING:
            return Verdict.SOURCE_WAITING
        case Presence.ON_HOLD:
            return Verdict.SOURCE_ON_HOLD
        case Presence.ACTIVE:
            return Verdict.SOURCE_MUTED if speaker.muted else None
