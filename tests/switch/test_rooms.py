"""Conferences between fakes: who hears whom in the plan that the engine is handed, and what the application is told."""

from __future__ import annotations

import asyncio

import numpy as np

from mixminus.callflow.events import FetchFailed, FetchProblem
from mixminus.engine.events import Digit
from mixminus.hangup import Cause
from mixminus.switch.ports import MemberEntered, MemberLeft, Sound

from .clock import run
from .world import FakeSession, World

MUSIC = Sound("http://app/wait", np.arange(100, dtype=np.int16).tobytes(), True)


async def conference(world: World, attributes: str = "", caller: str = "ann", after: str = "") -> FakeSession:
    world.answers["http://app/answer"] = f"<Conference {attributes}>r</Conference>{after}"
    session = world.call(caller=caller)
    await world.settle()
    return session


def test_two_hear_each_other_and_a_muted_third_hears_both() -> None:
    """'Join muted (can still hear others)'"""

    async def story() -> None:
        world = World({})
        for caller, attributes in (("ann", ""), ("ben", ""), ("cat", 'muted="true"')):
            await conference(world, attributes, caller)
        ann, ben, cat = (world.port_of(n) for n in range(3))
        assert world.engine.heard_by(ann) == {ben}
        assert world.engine.heard_by(ben) == {ann}
        assert world.engine.heard_by(cat) == {ann, ben}

    run(story())


def test_who_waits_for_the_moderator_hears_the_wait_sound() -> None:
    """'Audio to play while waiting for conference to start'"""

    async def story() -> None:
        world = World({})
        world.sounds["http://app/wait"] = MUSIC
        await conference(world, 'startConferenceOnEnter="false" waitSound="http://app/wait"')
        ann = world.port_of(0)
        ((room, samples, loops),) = world.engine.players.values()
        assert (room, len(samples), loops) == (world.engine.ports[ann], 100, 0)
        assert world.engine.heard_by(ann) == set(world.engine.players)
        await conference(world, "", "ben")
        assert world.engine.heard_by(ann) == {world.port_of(1)}
        assert not world.engine.players

    run(story())


def test_a_wait_sound_that_fails_is_silence() -> None:
    """'when its URL fails: silence, a logged reason, never a dropped call'"""

    async def story() -> None:
        world = World({})
        world.sounds["http://app/wait"] = FetchFailed(FetchProblem.STATUS)
        await conference(world, 'waitSound="http://app/wait"')
        assert not world.engine.players
        assert world.switch.calls == 1

    run(story())


def test_a_wait_sound_of_xml_is_one_loop() -> None:
    """'The URL must return XML with Play, Speak, or Wait elements.'"""

    async def story() -> None:
        world = World({})
        xml = b"<Response><Speak>abc</Speak><Wait length='1'/><Play loop='2'>http://x/a.wav</Play></Response>"
        world.sounds["http://app/wait"] = Sound("http://app/wait", xml, False)
        world.files["http://x/a.wav"] = np.ones(10, np.int16)
        await conference(world, 'waitSound="http://app/wait"')
        ((_, samples, _),) = world.engine.players.values()
        assert len(samples) == 3 + 8000 + 20

    run(story())


def test_the_moderators_exit_ends_everybody_whose_action_pages_then_run() -> None:
    """'endConferenceOnExit ends everybody, whose action pages then run'"""

    async def story() -> None:
        world = World({"http://app/left": "<Speak>Bye</Speak>"})
        moderator = await conference(world, 'endConferenceOnExit="true"')
        await conference(world, 'action="http://app/left"', "ben")
        world.hang_up(moderator)
        await world.settle()
        assert world.fetched[-1][0] == "http://app/left"
        assert world.fetched[-1][2]["ConferenceMemberID"] == "2"
        assert [len(samples) for _, samples, _ in world.engine.players.values()] == [len("Bye")]
        await world.finish_playing()
        assert [ended.cause for ended in world.ended()] == [Cause.NORMAL_HANGUP, Cause.END_OF_XML]
        assert not world.engine.rooms

    run(story())


def test_hangup_on_star_goes_on_with_the_next_element() -> None:
    """'hangupOnStar leaves for the next element or action'"""

    async def story() -> None:
        world = World({})
        await conference(world, 'hangupOnStar="true"', after="<Speak>left</Speak>")
        port = world.port_of(0)
        world.media(Digit(port, "1"))
        await world.settle()
        assert not world.engine.players
        world.media(Digit(port, "*"))
        await world.settle()
        assert [len(samples) for _, samples, _ in world.engine.players.values()] == [4]

    run(story())


def test_the_star_key_does_nothing_without_the_attribute() -> None:
    async def story() -> None:
        world = World({})
        await conference(world)
        world.media(Digit(world.port_of(0), "*"))
        await world.settle()
        assert world.switch.calls == 1

    run(story())


def test_a_full_room_sends_the_next_caller_on() -> None:
    """'maxMembers 1-20; the next caller goes on with his next element'"""

    async def story() -> None:
        world = World({})
        await conference(world, 'maxMembers="1"')
        await conference(world, 'maxMembers="1"', "ben", after="<Speak>full</Speak>")
        assert [len(samples) for _, samples, _ in world.engine.players.values()] == [4]

    run(story())


def test_the_time_limit_ends_the_room() -> None:
    """'timeLimit: Max conference duration in seconds'"""

    async def story() -> None:
        world = World({})
        await conference(world, 'timeLimit="60"')
        await conference(world, "", "ben")
        await asyncio.sleep(59)
        assert world.switch.calls == 2
        await asyncio.sleep(2)
        assert world.switch.calls == 0

    run(story())


def test_stay_alone_false_ends_it_for_the_last() -> None:
    """'stayAlone="false" ends a conference that has had two and has one left'"""

    async def story() -> None:
        world = World({})
        await conference(world, 'stayAlone="false"')
        ben = await conference(world, "", "ben")
        assert world.switch.calls == 2
        world.hang_up(ben)
        await world.settle()
        assert world.switch.calls == 0

    run(story())


def test_callbacks_tell_of_every_coming_and_going() -> None:
    """'ConferenceAction enter, exit'; 'ConferenceFirstMember/ConferenceLastMember'"""

    async def story() -> None:
        world = World({})
        asks = 'callbackUrl="http://app/cb" callbackMethod="GET"'
        sessions = [await conference(world, asks, caller) for caller in ("ann", "ben")]
        for session in sessions:
            world.hang_up(session)
            await world.settle()
        told = [n for n in world.notices if isinstance(n, MemberEntered | MemberLeft)]
        flags = [n.first if isinstance(n, MemberEntered) else n.last for n in told]
        assert flags == [True, False, False, True]
        assert [n.member_id for n in told] == ["1", "2", "1", "2"]
        assert {(n.url, n.method, n.conference) for n in told} == {("http://app/cb", "GET", "r")}
        assert len({n.conference_uuid for n in told}) == 1

    run(story())


def test_enter_and_exit_sounds_are_heard_by_the_whole_room() -> None:
    """'Play beeps when participants join or leave'"""

    async def story() -> None:
        world = World({})
        await conference(world)
        ben = await conference(world, 'enterSound="beep:1" exitSound="beep:2"', "ben")
        (enter,) = world.engine.players
        assert enter in world.engine.heard_by(world.port_of(0)) & world.engine.heard_by(world.port_of(1))
        await world.finish_playing()
        assert world.engine.heard_by(world.port_of(0)) == {world.port_of(1)}
        world.hang_up(ben)
        await world.settle()
        (leave,) = world.engine.players
        assert world.engine.heard_by(world.port_of(0)) == {leave}

    run(story())


def test_a_room_of_the_same_name_later_is_another_conference() -> None:
    async def story() -> None:
        world = World({})
        for _ in range(2):
            session = await conference(world, 'callbackUrl="http://app/cb"')
            world.hang_up(session)
            await world.settle()
        assert len({n.conference_uuid for n in world.notices if isinstance(n, MemberEntered)}) == 2

    run(story())


def test_thousands_of_rooms_leave_nothing_behind() -> None:
    async def story() -> None:
        world = World({})
        for _ in range(200):
            session = await conference(world, 'enterSound="beep:1" waitSound="http://app/wait"')
            world.hang_up(session)
            await world.settle()
            world.switch.on_media()
        assert (world.engine.rooms, world.engine.ports, world.engine.players) == ({}, {}, {})
        assert not world.sockets.open_now

    run(story())
