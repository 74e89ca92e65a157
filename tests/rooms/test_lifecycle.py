"""When a room starts, refuses, empties and ends; each test quotes the sentence it checks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mixminus.rooms.lifecycle import step
from mixminus.rooms.messages import (
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
from mixminus.rooms.model import Participant, ParticipantId, Playback, PlaybackId, Presence, Purpose, Room

A, B, C = (ParticipantId(x) for x in "abc")
EMPTY = Room("room", 20)


def run(room: Room, *commands: Command) -> tuple[Room, list[Event]]:
    happened: list[Event] = []
    for command in commands:
        room, events = step(room, command)
        happened += events
    return room, happened


def member(who: ParticipantId, *, starts: bool = True, ends: bool = False, stays_alone: bool = True) -> Join:
    return Join(Participant(who, starts_room=starts, ends_room=ends, stays_alone=stays_alone))


def presences(room: Room) -> dict[str, Presence]:
    return {p.id: room.presence(p) for p in room.participants}


def test_a_waiting_room_starts_with_the_moderator() -> None:
    """'Create a "waiting room" where participants wait for the moderator.'"""
    room, happened = run(EMPTY, member(A, starts=False), member(B, starts=False))
    assert presences(room) == {A: Presence.WAITING, B: Presence.WAITING}
    assert happened == [Joined(A, first=True), Joined(B, first=False)]
    room, happened = run(room, member(C))
    assert set(presences(room).values()) == {Presence.ACTIVE}
    assert happened == [Joined(C, first=False), Started()]


def test_a_room_starts_only_once() -> None:
    _, happened = run(EMPTY, member(A), member(B))
    assert happened.count(Started()) == 1


def test_whoever_is_left_alone_waits_again() -> None:
    """'plays to members before start and while alone'"""
    room, _ = run(EMPTY, member(A), member(B), Leave(B))
    assert presences(room) == {A: Presence.WAITING}
    room, _ = run(room, member(C))
    assert presences(room) == {A: Presence.ACTIVE, C: Presence.ACTIVE}


def test_the_moderators_exit_ends_everybody() -> None:
    """'When they leave, everyone is disconnected.'"""
    room, happened = run(EMPTY, member(A, ends=True), member(B), member(C), Leave(A))
    assert happened[-4:] == [
        Left(A, last=False),
        Left(B, last=False),
        Left(C, last=True),
        Ended(EndReason.ENDED_BY_EXIT),
    ]
    assert room.ended
    assert room.participants == ()


def test_stay_alone_false_ends_a_room_that_has_had_two() -> None:
    """'stayAlone="false" ends a conference that has had two and has one left'"""
    _, happened = run(EMPTY, member(A, stays_alone=False), member(B), Leave(B))
    assert happened[-3:] == [Left(B, last=False), Left(A, last=True), Ended(EndReason.LEFT_ALONE)]


def test_stay_alone_false_does_not_evict_the_first_member() -> None:
    """'stayAlone=false must not evict a first member who is still waiting for company'"""
    room, happened = run(EMPTY, member(A, stays_alone=False))
    assert happened == [Joined(A, first=True), Started()]
    assert not room.ended


def test_stay_alone_default_keeps_the_room_open() -> None:
    room, _ = run(EMPTY, member(A), member(B), Leave(B))
    assert not room.ended


def test_an_empty_room_ends() -> None:
    room, happened = run(EMPTY, member(A), Leave(A))
    assert happened[-2:] == [Left(A, last=True), Ended(EndReason.EMPTY)]
    assert room.ended


def test_max_members_refuses_the_next() -> None:
    """'maxMembers ... Maximum participants (1-20)'; entry is refused when full."""
    room, happened = run(Room("room", 1), member(A), member(B))
    assert happened[-1] == Refused(B, "the room is full: it has 1 members")
    assert [p.id for p in room.participants] == [A]


def test_the_time_limit_lets_everybody_out() -> None:
    """'timeLimit ... Max conference duration in seconds'"""
    room, happened = run(EMPTY, member(A), member(B), TimeUp())
    assert happened[-3:] == [Left(A, last=False), Left(B, last=True), Ended(EndReason.TIME_LIMIT)]
    assert run(room, TimeUp()) == (room, [])


def test_a_room_that_has_ended_refuses_and_ignores() -> None:
    room, _ = run(EMPTY, member(A), Leave(A))
    beep = Playback(PlaybackId("beep"), Purpose.ROOM_SOUND)
    after, happened = run(room, member(B), Leave(A), StartPlayback(beep), StopPlayback(beep.id))
    assert (after, happened) == (room, [Refused(B, "the room has ended")])


def test_playbacks_come_and_go() -> None:
    beep = Playback(PlaybackId("beep"), Purpose.ROOM_SOUND)
    room, _ = run(EMPTY, member(A), StartPlayback(beep))
    assert room.playbacks == (beep,)
    room, _ = run(room, StopPlayback(beep.id), StopPlayback(beep.id))
    assert room.playbacks == ()


commands = st.lists(
    st.one_of(
        st.builds(
            member,
            st.sampled_from("abcd").map(ParticipantId),
            starts=st.booleans(),
            ends=st.booleans(),
            stays_alone=st.booleans(),
        ),
        st.builds(Leave, st.sampled_from("abcd").map(ParticipantId)),
        st.just(TimeUp()),
    ),
    max_size=20,
)


@given(commands)
def test_every_join_is_answered_by_exactly_one_exit_once_the_room_has_ended(sequence: list[Command]) -> None:
    newest = {c.participant.id: i for i, c in enumerate(sequence) if isinstance(c, Join)}
    unique = [c for i, c in enumerate(sequence) if not isinstance(c, Join) or newest[c.participant.id] == i]
    room, happened = run(EMPTY, *unique, TimeUp())
    joined = [e.participant for e in happened if isinstance(e, Joined)]
    left = [e.participant for e in happened if isinstance(e, Left)]
    assert sorted(joined) == sorted(left)
    assert sum(isinstance(e, Ended) for e in happened) == 1
    assert room.participants == ()
