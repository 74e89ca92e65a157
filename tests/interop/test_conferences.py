"""Conferences as phones hear them: tones said, tones measured. Quoted: the issue and Plivo's reference."""

from __future__ import annotations

import asyncio

from mixminus.testing.phone import Phone
from mixminus.testing.tones import WhoHearsWhom, level_dbfs, who_hears_whom

from .conftest import Stage
from .pages import conference, element, play, response, text

ADA, BOB, EVE = 425, 825, 1275
MUSIC, ACTION = 1725, 2225
BEEP = 700


async def measure(*phones: Phone, seconds: float = 1.0) -> WhoHearsWhom:
    """Listen on all phones at the same time and say who hears whom."""
    heard = await asyncio.gather(*(phone.listen(seconds) for phone in phones))
    names = [phone.name for phone in phones]
    tones = {phone.name: phone.tone_hz for phone in phones if phone.tone_hz is not None}
    return who_hears_whom(dict(zip(names, heard, strict=True)), tones)


async def test_two_hear_each_other_and_not_themselves(stage: Stage) -> None:
    """Issue: two calls "in one conference hear each other's tone and not their own"."""
    ada = await stage.phone_in("ada", conference(stage.room), ADA)
    bob = await stage.phone_in("bob", conference(stage.room), BOB)
    await asyncio.gather(ada.hears(BOB), bob.hears(ADA))
    assert (await measure(ada, bob)).pairs == {("ada", "bob"), ("bob", "ada")}


async def test_a_third_muted_hears_both_and_is_heard_by_nobody(stage: Stage) -> None:
    """Issue: "a third, muted, hears both and is heard by nobody"."""
    ada = await stage.phone_in("ada", conference(stage.room), ADA)
    bob = await stage.phone_in("bob", conference(stage.room), BOB)
    eve = await stage.phone_in("eve", conference(stage.room, muted=True), EVE)
    await eve.hears(ADA, BOB)
    assert (await measure(ada, bob, eve)).pairs == {("ada", "bob"), ("bob", "ada"), ("eve", "ada"), ("eve", "bob")}


async def test_rooms_do_not_hear_each_other(stage: Stage) -> None:
    phones = [
        await stage.phone_in(name, conference(f"{stage.room}-{room}"), tone)
        for name, room, tone in (("ada", 1, ADA), ("bob", 1, BOB), ("eve", 2, EVE), ("dan", 2, MUSIC))
    ]
    await asyncio.gather(phones[0].hears(BOB), phones[2].hears(MUSIC))
    table = await measure(*phones)
    assert table.pairs == {("ada", "bob"), ("bob", "ada"), ("eve", "dan"), ("dan", "eve")}


async def test_wait_sound_until_the_moderator_comes(stage: Stage) -> None:
    """Issue: `startConferenceOnEnter="false"` "hears waitSound until the moderator comes"."""
    wait = stage.page_url("/wait", response(play(stage.tone_url(MUSIC), loop=0)))
    waits = conference(stage.room, startConferenceOnEnter=False, waitSound=wait)
    ada = await stage.phone_in("ada", waits, ADA)
    eve = await stage.phone_in("eve", waits, EVE)
    await asyncio.gather(ada.hears(MUSIC), eve.hears(MUSIC))
    assert not (await measure(ada, eve)).pairs
    bob = await stage.phone_in("bob", conference(stage.room), BOB)
    await asyncio.gather(ada.hears(BOB, EVE), bob.hears(ADA, EVE))
    await ada.hears_no(MUSIC)
    asked = await stage.inbox.wait_path("/wait")
    assert (asked.method, asked["ConferenceName"], asked["Event"]) == ("POST", stage.room, "ConferenceRemoteSounds")


async def test_who_is_alone_hears_the_wait_sound(stage: Stage) -> None:
    """Reference §2.4: a conference "plays waitSound while alone even when startConferenceOnEnter is true"."""
    wait = stage.page_url("/wait", response(play(stage.tone_url(MUSIC), loop=0)))
    ada = await stage.phone_in("ada", conference(stage.room, waitSound=wait), ADA)
    await ada.hears(MUSIC)


async def test_the_end_of_one_ends_all_and_their_action_pages_run(stage: Stage) -> None:
    """Issue: "`endConferenceOnExit` ends everybody, whose `action` pages then run"."""
    action = stage.page_url("/action", response(play(stage.tone_url(ACTION))))
    member = conference(stage.room, action=action)
    ada = await stage.phone_in("ada", member, ADA)
    eve = await stage.phone_in("eve", member, EVE)
    bob = await stage.phone_in("bob", conference(stage.room, endConferenceOnExit=True), BOB)
    await asyncio.gather(ada.hears(BOB, EVE), eve.hears(ADA, BOB))
    await bob.hang_up()
    await asyncio.gather(ada.hears(ACTION), eve.hears(ACTION))
    await asyncio.gather(ada.hears_no(EVE), eve.hears_no(ADA))
    asked = await stage.inbox.wait_path("/action")
    assert asked["ConferenceName"] == stage.room
    assert asked["ConferenceUUID"]
    assert asked["ConferenceMemberID"]


async def test_star_leaves_and_the_room_goes_on(stage: Stage) -> None:
    """Reference §2.3 hangupOnStar: "`*` leaves the conference (next element/action)"."""
    leaves = response(element("Conference", text(stage.room), hangupOnStar=True), play(stage.tone_url(ACTION)))
    ada = await stage.phone_in("ada", leaves, ADA)
    bob = await stage.phone_in("bob", conference(stage.room), BOB)
    eve = await stage.phone_in("eve", conference(stage.room), EVE)
    await ada.hears(BOB, EVE)
    bob.press("*")
    ada.press("*")
    await ada.hears(ACTION)
    await bob.hears_no(ADA)
    assert (await measure(bob, eve)).pairs == {("bob", "eve"), ("eve", "bob")}


async def test_a_full_conference_lets_nobody_in(stage: Stage) -> None:
    """Reference §2.3 maxMembers: "entry refused when full", and the call goes on with the next element."""
    page = response(element("Conference", text(stage.room), maxMembers=2), play(stage.tone_url(ACTION)))
    ada = await stage.phone_in("ada", page, ADA)
    bob = await stage.phone_in("bob", page, BOB)
    await ada.hears(BOB)
    eve = await stage.phone_in("eve", page, EVE)
    await eve.hears(ACTION)
    assert (await measure(ada, bob, eve)).pairs == {("ada", "bob"), ("bob", "ada")}


async def test_the_last_one_does_not_stay_alone(stage: Stage) -> None:
    """Reference §2.4: "`stayAlone=false` kicks the last remaining member only after the room has had ≥2 members"."""
    action = stage.page_url("/action", response(play(stage.tone_url(ACTION))))
    ada = await stage.phone_in("ada", conference(stage.room, stayAlone=False, action=action), ADA)
    bob = await stage.phone_in("bob", conference(stage.room), BOB)
    await asyncio.gather(ada.hears(BOB), bob.hears(ADA))
    await bob.hang_up()
    await ada.hears(ACTION)


async def test_the_time_limit_ends_the_conference(stage: Stage) -> None:
    """Reference §2.3 timeLimit: "kicks everyone"."""
    page = conference(stage.room, timeLimit=2)
    phones = [await stage.phone_in(name, page) for name in ("ada", "bob")]
    ends = await asyncio.gather(*(phone.ended() for phone in phones))
    assert all(end.by_peer for end in ends)
    for phone in phones:
        assert (await stage.hangup_of(phone.name))["HangupCauseName"] == "End Of XML Instructions"


async def test_beeps_tell_who_comes_and_goes(stage: Stage) -> None:
    """Reference §2.4: "Beeps: 700 Hz 300 ms, 200 ms gap, beep:2 = twice", "Enter beep audible to whole room"."""
    ada = await stage.phone_in("ada", conference(stage.room))
    bob = await stage.phone_in("bob", conference(stage.room, enterSound="beep:1", exitSound="beep:2"))
    await ada.hears(BEEP)
    await ada.hears_silence()
    await bob.hang_up()
    await ada.hears(BEEP)
    await ada.hears_silence()
    await ada.hears(BEEP)


async def test_a_sound_of_the_customer_tells_who_comes(stage: Stage) -> None:
    """Reference §2.3 enterSound: "beep:1, beep:2, URL"."""
    sound = stage.page_url("/enter", response(play(stage.tone_url(MUSIC, seconds=2.0))))
    ada = await stage.phone_in("ada", conference(stage.room))
    await stage.phone_in("bob", conference(stage.room, enterSound=sound))
    await ada.hears(MUSIC)
    await ada.hears_silence()


async def test_the_callback_url_hears_who_comes_and_goes(stage: Stage) -> None:
    """Reference §3.7: `enter` with ConferenceFirstMember, `exit` with ConferenceLastMember; "applications test ===
    'true'"."""
    page = conference(stage.room, callbackUrl=stage.page_url("/callback", response()))
    ada = await stage.phone_in("ada", page)
    first = await stage.inbox.wait(lambda request: request["ConferenceFirstMember"] == "true")
    bob = await stage.phone_in("bob", page)
    second = await stage.inbox.wait(lambda request: request["ConferenceFirstMember"] == "false")
    assert [(entered["ConferenceAction"], entered["Event"], entered["From"]) for entered in (first, second)] == [
        ("enter", "ConferenceEnter", "ada"),
        ("enter", "ConferenceEnter", "bob"),
    ]
    await ada.hang_up()
    gone = await stage.inbox.wait(lambda request: request["ConferenceLastMember"] == "false")
    await bob.hang_up()
    last = await stage.inbox.wait(lambda request: request["ConferenceLastMember"] == "true")
    assert [(left["ConferenceAction"], left["Event"]) for left in (gone, last)] == [("exit", "ConferenceExit")] * 2
    assert gone["ConferenceMemberID"] == first["ConferenceMemberID"]
    assert {request["ConferenceUUID"] for request in (first, second, gone, last)} == {first["ConferenceUUID"]}


async def test_a_peer_on_hold_is_left_out_and_the_room_goes_on(stage: Stage) -> None:
    """Issue: "hold by the peer: sendonly/inactive is honoured, the room goes on"."""
    ada, bob, eve = [
        await stage.phone_in(name, conference(stage.room), tone)
        for name, tone in (("ada", ADA), ("bob", BOB), ("eve", EVE))
    ]
    await asyncio.gather(ada.hears(BOB, EVE), bob.hears(ADA, EVE))
    await bob.hold("inactive")
    await ada.hears_no(BOB)
    packets = bob.ear.packets
    assert (await measure(ada, eve)).pairs == {("ada", "eve"), ("eve", "ada")}
    assert bob.ear.packets == packets, "nothing is sent to a phone that said inactive"
    await bob.resume()
    await asyncio.gather(ada.hears(BOB, EVE), bob.hears(ADA, EVE))


async def test_tones_do_not_lose_their_level(stage: Stage) -> None:
    """Design §3: nothing wraps or is limited that is below full scale; PCMA and PCMU meet in one room."""
    ada = await stage.phone_in("ada", conference(stage.room), ADA)
    stage.scripts["bob"] = conference(stage.room)
    bob = stage.line.phone("bob", codecs=("PCMA",))
    bob.say_tone(BOB)
    await bob.call(stage.uri)
    await asyncio.gather(ada.hears(BOB), bob.hears(ADA))
    for phone, tone in ((ada, BOB), (bob, ADA)):
        assert abs(level_dbfs(await phone.listen(1.0), tone) + 12) < 1.0


async def test_leaving_while_others_join_harms_nobody(stage: Stage) -> None:
    ada = await stage.phone_in("ada", conference(stage.room), ADA)
    bob = stage.phone("bob", conference(stage.room), BOB)
    eve = await stage.phone_in("eve", conference(stage.room), EVE)
    await asyncio.gather(eve.hang_up(), bob.call(stage.uri))
    await asyncio.gather(ada.hears(BOB), bob.hears(ADA))
    await ada.hears_no(EVE)
