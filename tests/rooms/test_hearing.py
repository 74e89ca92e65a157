"""Every row quotes the sentence it checks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixminus.rooms.hearing import Verdict, hearing, verdict
from mixminus.rooms.model import (
    Listener,
    Participant,
    ParticipantId,
    Playback,
    PlaybackId,
    Purpose,
    Role,
    Room,
    Source,
    Tap,
    TapId,
)

customer = Participant(ParticipantId("customer"), Role.CUSTOMER)
agent = Participant(ParticipantId("agent"), Role.AGENT)
coach = Participant(ParticipantId("coach"), Role.SUPERVISOR, coaching=True)
second = Participant(ParticipantId("second"), Role.SUPERVISOR)
robot = Participant(ParticipantId("robot"), Role.AI_AGENT)
muted = Participant(ParticipantId("muted"), Role.CUSTOMER, muted=True)
deaf = Participant(ParticipantId("deaf"), Role.AGENT, deaf=True)
held = Participant(ParticipantId("held"), Role.CUSTOMER, on_hold=True)
beep = Playback(PlaybackId("beep"), Purpose.ROOM_SOUND)
wait_music = Playback(PlaybackId("wait"), Purpose.WAIT_MUSIC, customer.id)
hold_music = Playback(PlaybackId("hold"), Purpose.HOLD_MUSIC, held.id)
recording = Tap(TapId("recording"), hears_coach=False)
everything = Tap(TapId("everything"))
agents_track = Tap(TapId("track"), of=agent.id)

EVERYBODY = (customer, agent, coach, second, robot, muted, deaf, held)
STARTED = Room("support", 10, started=True, participants=EVERYBODY)
NOT_STARTED = Room("support", 10, participants=EVERYBODY)

ROWS: list[tuple[str, Room, Listener, Source, Verdict]] = [
    ("nobody hears himself", STARTED, agent, agent, Verdict.SELF),
    ("a participant hears another", STARTED, agent, customer, Verdict.HEARS),
    ("Join muted (can still hear others)", STARTED, muted, agent, Verdict.HEARS),
    ("a muted participant is not heard", STARTED, agent, muted, Verdict.SOURCE_MUTED),
    ("deaf hears nobody", STARTED, deaf, customer, Verdict.LISTENER_DEAF),
    ("a deaf participant is heard", STARTED, customer, deaf, Verdict.HEARS),
    ("on hold = neither hears ...", STARTED, held, agent, Verdict.LISTENER_ON_HOLD),
    ("... nor is heard", STARTED, agent, held, Verdict.SOURCE_ON_HOLD),
    ("hears the hold music", STARTED, held, hold_music, Verdict.HEARS),
    ("hold music is a playback with one listener", STARTED, agent, hold_music, Verdict.NOT_FOR_YOU),
    ("waiting = hears the wait music", NOT_STARTED, customer, wait_music, Verdict.HEARS),
    ("waiting = nobody else", NOT_STARTED, customer, agent, Verdict.LISTENER_WAITING),
    ("who waits is not heard", NOT_STARTED, everything, agent, Verdict.SOURCE_WAITING),
    ("wait music ends when the room starts", STARTED, customer, wait_music, Verdict.NOT_WAITING),
    ("Enter beep audible to whole room", STARTED, agent, beep, Verdict.HEARS),
    ("Enter beep audible to whole room, waiting too", NOT_STARTED, customer, beep, Verdict.HEARS),
    ("held participants do not hear the room", STARTED, held, beep, Verdict.LISTENER_ON_HOLD),
    ("a coach hears everybody", STARTED, coach, customer, Verdict.HEARS),
    ("only agents hear him", STARTED, agent, coach, Verdict.HEARS),
    ("customers cannot", STARTED, customer, coach, Verdict.COACH_IS_PRIVATE),
    ("ai-agents count as agents", STARTED, robot, coach, Verdict.HEARS),
    ("other supervisors hear him", STARTED, second, coach, Verdict.HEARS),
    ("without coach mode everybody hears him", STARTED, customer, second, Verdict.HEARS),
    ("a recording hears participants", STARTED, recording, agent, Verdict.HEARS),
    ("a recording without the coach's voice", STARTED, recording, coach, Verdict.COACH_IS_PRIVATE),
    ("a recording with the coach's voice", STARTED, everything, coach, Verdict.HEARS),
    ("a track is of one participant", STARTED, agents_track, agent, Verdict.HEARS),
    ("a track is of one participant only", STARTED, agents_track, customer, Verdict.NOT_FOR_YOU),
    ("a track is of one participant, without the room's sounds", STARTED, agents_track, beep, Verdict.NOT_FOR_YOU),
    ("a recording hears the room's sounds", STARTED, recording, beep, Verdict.HEARS),
    ("hold music is not in the recording", STARTED, recording, hold_music, Verdict.NOT_FOR_YOU),
]


@pytest.mark.parametrize(("sentence", "room", "listener", "source", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_verdict(sentence: str, room: Room, listener: Listener, source: Source, expected: Verdict) -> None:
    assert verdict(room, listener, source) is expected


def test_hold_music_is_for_those_on_hold() -> None:
    back = Participant(held.id, Role.CUSTOMER)
    room = Room("r", 10, started=True, participants=(agent, back), playbacks=(hold_music,))
    assert verdict(room, back, hold_music) is Verdict.NOT_ON_HOLD


def test_a_member_alone_waits() -> None:
    """'Conference with only one member ... plays waitSound while alone even when startConferenceOnEnter is true.'"""
    room = Room("r", 20, started=True, participants=(customer,), playbacks=(wait_music,))
    assert hearing(room) == {"customer": {"wait"}}


def test_a_coached_and_recorded_call() -> None:
    room = Room("support", 10, started=True, participants=(customer, agent, coach), taps=(recording,))
    assert hearing(room) == {
        "customer": {"agent"},
        "agent": {"customer", "coach"},
        "coach": {"customer", "agent"},
        "recording": {"customer", "agent"},
    }


people = st.lists(
    st.builds(
        Participant,
        st.sampled_from("abcdef").map(ParticipantId),
        st.sampled_from(Role),
        muted=st.booleans(),
        deaf=st.booleans(),
        on_hold=st.booleans(),
        coaching=st.booleans(),
    ),
    unique_by=lambda p: p.id,
    max_size=6,
).map(tuple)
rooms = st.builds(Room, st.just("r"), st.just(10), started=st.booleans(), participants=people)


@given(rooms)
def test_nobody_hears_himself(room: Room) -> None:
    assert all(listener not in heard for listener, heard in hearing(room).items())


@given(rooms)
def test_no_customer_or_plain_member_ever_hears_a_coach(room: Room) -> None:
    coaches = {p.id for p in room.participants if p.coaching}
    for p in room.participants:
        if p.role in (Role.CUSTOMER, Role.MEMBER):
            assert not hearing(room)[p.id] & coaches


@given(rooms)
def test_hearing_never_depends_on_join_order(room: Room) -> None:
    shuffled = Room(room.name, room.capacity, room.started, participants=tuple(reversed(room.participants)))
    assert hearing(shuffled) == hearing(room)


@given(rooms, st.data())
def test_muting_changes_nobody_elses_audibility(room: Room, data: st.DataObject) -> None:
    if not room.participants:
        return
    quiet = data.draw(st.sampled_from(room.participants))
    after = tuple(
        Participant(p.id, p.role, True, p.deaf, p.on_hold, p.coaching) if p is quiet else p for p in room.participants
    )
    changed = hearing(Room(room.name, room.capacity, room.started, participants=after))
    assert changed == {listener: heard - {quiet.id} for listener, heard in hearing(room).items()}
