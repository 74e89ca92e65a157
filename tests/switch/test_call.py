"""A call runs its flow on a virtual clock; each test quotes what it checks."""

from __future__ import annotations

import asyncio
from typing import cast

import numpy as np

from mixminus.callflow.events import FetchFailed, FetchProblem
from mixminus.engine.events import BeepHeard, Digit, DigitsSent, MediaTimeout, SpeechStarted, SpeechStopped
from mixminus.hangup import Cause, Source
from mixminus.sip import events as sip
from mixminus.sip.session import Session
from mixminus.switch.ports import ActionInformed

from .clock import run
from .world import OFFER, ON_HOLD, World


def test_a_call_is_asked_about_answered_and_ended() -> None:
    """'the server requests answer_url ..., parses the XML, answers, and runs it'"""

    async def story() -> None:
        world = World({"http://app/answer": "<Speak>Hi</Speak>"})
        session = world.call("+15551230000", "+4930123")
        await world.settle()
        assert session.steps == ["progress", "accept"]
        assert world.fetched == [("http://app/answer", "POST", {}, "ringing")]
        assert await world.finish_playing() == [1]
        assert session.steps[-1] == "hang_up"
        (ended,) = world.ended()
        assert (ended.cause, ended.source, ended.call.status) == (Cause.END_OF_XML, Source.PLATFORM, "completed")
        assert (ended.call.from_number, ended.call.to_number) == ("4930123", "15551230000")
        assert ended.call.sip_headers is not None
        assert ended.call.sip_headers["X-PH-Ticket"] == "42"
        assert ended.answered is not None
        assert world.switch.calls == 0
        world.switch.on_media()
        assert not world.sockets.open_now

    run(story())


def test_prompts_are_heard_by_the_caller_only_while_they_play() -> None:
    async def story() -> None:
        world = World({"http://app/answer": "<Play>http://x/a.wav</Play><Wait length='1'/>"})
        world.files["http://x/a.wav"] = np.arange(5, dtype=np.int16)
        world.call()
        await world.settle()
        assert world.engine.heard_by(world.port_of(0)) == set(world.engine.players)

    run(story())


def test_a_prompt_that_fails_is_left_out() -> None:
    async def story() -> None:
        world = World({"http://app/answer": "<Play>http://x/none.wav</Play><Speak>after</Speak>"})
        world.call()
        await world.settle()
        ((_, samples, _),) = world.engine.players.values()
        assert len(samples) == len("after")

    run(story())


def test_the_caller_hangs_up_while_a_prompt_plays() -> None:
    async def story() -> None:
        world = World({"http://app/answer": "<Play loop='0'>http://x/a.wav</Play>"})
        world.files["http://x/a.wav"] = np.ones(5, np.int16)
        session = world.call()
        await world.settle()
        world.hang_up(session)
        await world.settle()
        (ended,) = world.ended()
        assert (ended.cause, ended.source) == (Cause.NORMAL_HANGUP, Source.CALLER)
        assert world.engine.players == {}

    run(story())


def test_cancel_before_the_page_arrives() -> None:
    """'1000 Canceled'; an unanswered call's status is cancel."""

    async def story() -> None:
        world = World({"http://app/answer": "<Speak>Hi</Speak>"})
        session = world.call()
        world.switch.on_signal(sip.Cancelled(cast(Session, session)))
        await world.settle()
        (ended,) = world.ended()
        assert (ended.cause, ended.call.status, ended.answered) == (Cause.CANCELED, "cancel", None)

    run(story())


def test_an_unreachable_application_ends_the_call_with_its_cause() -> None:
    """'7011 Error Reaching Answer URL'; 'the caller never hangs in silence'"""

    async def story() -> None:
        world = World({"http://app/answer": FetchFailed(FetchProblem.TIMEOUT)})
        session = world.call()
        await world.settle()
        assert session.done[-1] == ("reject", 500)
        (ended,) = world.ended()
        assert (ended.cause, ended.call.status) == (Cause.ANSWER_URL_UNREACHABLE, "failed")

    run(story())


def test_a_late_offer_is_answered_by_the_ack() -> None:
    """'late offer': an INVITE without SDP gets our offer in the 200, and the ACK brings the answer."""

    async def story() -> None:
        world = World({"http://app/answer": "<Speak>Hi</Speak>"})
        session = world.call(sdp=b"")
        await world.settle()
        assert session.steps == ["progress", "accept"]
        assert b"m=audio" in session.done[-1][1]
        assert not world.engine.players
        world.switch.on_signal(sip.Acknowledged(cast(Session, session), OFFER))
        await world.settle()
        assert world.engine.players
        assert world.engine.media[world.port_of(0)].remote_rtp == ("127.0.0.1", 40000)

    run(story())


def test_an_unusable_answer_to_a_late_offer_ends_the_call() -> None:
    async def story() -> None:
        world = World({"http://app/answer": "<Speak>Hi</Speak>"})
        session = world.call(sdp=b"")
        await world.settle()
        world.switch.on_signal(sip.Acknowledged(cast(Session, session), b""))
        await world.settle()
        assert world.ended()[0].cause is Cause.NETWORK_ERROR

    run(story())


def test_hold_by_the_peer_is_honoured_and_is_no_loss_of_media() -> None:
    """'hold by the peer: sendonly/inactive is honoured, the room goes on'"""

    async def story() -> None:
        world = World({"http://app/answer": "<Conference>r</Conference>"})
        session = world.call()
        await world.settle()
        port = world.port_of(0)
        world.switch.on_signal(sip.OfferReceived(cast(Session, session), ON_HOLD))
        assert session.steps[-1] == "answer_offer"
        assert b"a=recvonly" in session.done[-1][1]
        assert not world.engine.media[port].sends
        world.media(MediaTimeout(port))
        await world.settle()
        assert not world.ended()

    run(story())


def test_lost_media_ends_the_call() -> None:
    """'6020 Media Timeout'"""

    async def story() -> None:
        world = World({"http://app/answer": "<Conference>r</Conference>"})
        world.call()
        await world.settle()
        world.media(MediaTimeout(world.port_of(0)))
        await world.settle()
        assert world.ended()[0].cause is Cause.MEDIA_TIMEOUT

    run(story())


def test_a_reinvite_without_an_offer_gets_one() -> None:
    async def story() -> None:
        world = World({"http://app/answer": "<Conference>r</Conference>"})
        session = world.call()
        await world.settle()
        world.switch.on_signal(sip.OfferRequested(cast(Session, session)))
        assert session.steps[-1] == "provide_offer"
        moved = OFFER.replace(b"40000", b"40010")
        world.switch.on_signal(sip.Acknowledged(cast(Session, session), moved))
        assert world.engine.media[world.port_of(0)].remote_rtp == ("127.0.0.1", 40010)

    run(story())


DIGITS_PAGE = (
    "<GetDigits action='http://app/menu' timeout='5' numDigits='3' finishOnKey='#'><Speak>Press</Speak></GetDigits>"
)


def pressing(*keys: str, expect: str) -> None:
    async def story() -> None:
        world = World({"http://app/answer": DIGITS_PAGE, "http://app/menu": ""})
        world.call()
        await world.settle()
        for key in keys:
            world.media(Digit(world.port_of(0), key))
            await world.settle()
        assert world.fetched[-1][0] == "http://app/menu"
        assert world.fetched[-1][2]["Digits"] == expect

    run(story())


def test_digits_are_collected_up_to_their_number() -> None:
    """'numDigits'"""
    pressing("1", "2", "3", expect="123")


def test_digits_are_finished_by_the_key() -> None:
    """'finishOnKey'"""
    pressing("4", "#", expect="4")


def test_the_first_digit_stops_the_prompt() -> None:
    async def story() -> None:
        world = World({"http://app/answer": DIGITS_PAGE})
        world.call()
        await world.settle()
        assert world.engine.players
        world.media(Digit(world.port_of(0), "1"))
        await world.settle()
        assert not world.engine.players

    run(story())


def test_digits_by_info_count_as_well() -> None:
    """'RFC 4733 in and out plus INFO'"""

    async def story() -> None:
        world = World({"http://app/answer": DIGITS_PAGE, "http://app/menu": ""})
        session = world.call()
        await world.settle()
        for signal in "59#":
            body = f"Signal={signal}\r\nDuration=160\r\n".encode()
            world.switch.on_signal(sip.InfoReceived(cast(Session, session), "application/dtmf-relay", body))
            await world.settle()
        assert world.fetched[-1][2]["Digits"] == "59"

    run(story())


async def waited_s(world: World, xml: str) -> float:
    loop = asyncio.get_running_loop()
    world.answers["http://app/answer"] = xml
    world.call()
    await world.settle()
    began = loop.time()
    while not world.ended():  # noqa: ASYNC110  (the clock is virtual)
        await asyncio.sleep(0.1)
    return round(loop.time() - began, 1)


def test_wait_takes_its_length() -> None:
    """'length (1 s)'"""
    assert run(waited_s(World({}), "<Wait length='7'/>")) == 7.0


def test_wait_for_silence_ends_early() -> None:
    """'silence, minSilence'"""
    assert run(waited_s(World({}), "<Wait length='20' silence='true' minSilence='3000'/>")) == 3.0


def test_wait_for_silence_does_not_end_while_the_caller_speaks() -> None:
    async def story() -> None:
        world = World({"http://app/answer": "<Wait length='20' silence='true' minSilence='3000'/>"})
        world.call()
        await world.settle()
        world.media(SpeechStarted(world.port_of(0)))
        await asyncio.sleep(10)
        assert not world.ended()
        world.media(SpeechStopped(world.port_of(0)))
        await asyncio.sleep(2.1)
        assert not world.ended()
        await asyncio.sleep(0.2)
        assert world.ended()

    run(story())


def test_wait_for_a_beep_ends_with_it() -> None:
    """'beep (true or duration=300,...)'"""

    async def story() -> None:
        world = World({"http://app/answer": "<Wait length='20' beep='true'/>"})
        world.call()
        await world.settle()
        port = world.port_of(0)
        assert world.engine.watched[port]
        world.media(BeepHeard(port))
        await world.settle()
        assert world.engine.watched[port] is None
        assert world.ended()

    run(story())


def test_digits_are_sent_with_their_pauses() -> None:
    """'DTMF ... 0-9*#wW'"""

    async def story() -> None:
        world = World({"http://app/answer": "<DTMF async='false'>12w3</DTMF>"})
        world.call()
        await world.settle()
        assert world.engine.sent_digits == ["12"]
        world.media(DigitsSent(world.port_of(0)))
        await asyncio.sleep(0.6)
        assert world.engine.sent_digits == ["12", "3"]
        assert not world.ended()
        world.media(DigitsSent(world.port_of(0)))
        await world.settle()
        assert world.ended()

    run(story())


def test_a_scheduled_hangup_ends_whatever_goes_on() -> None:
    """'schedule (sec; following elements keep running)' and '6000 Scheduled Hangup'"""

    async def story() -> None:
        world = World({"http://app/answer": "<Hangup schedule='30'/><Wait length='100'/>"})
        assert await waited_s(world, "<Hangup schedule='30'/><Wait length='100'/>") == 30.0
        assert world.ended()[0].cause is Cause.SCHEDULED_HANGUP

    run(story())


def test_rejecting_before_the_answer() -> None:
    """'rejected before answer -> 3020, busy -> 3010 source Answer XML'"""

    async def story() -> None:
        world = World({"http://app/answer": "<Hangup reason='busy'/>"})
        session = world.call()
        await world.settle()
        assert session.done[-1] == ("reject", 486)
        (ended,) = world.ended()
        assert (ended.cause, ended.source, ended.call.status) == (Cause.BUSY_LINE, Source.ANSWER_XML, "busy")

    run(story())


def test_early_media_comes_before_the_answer() -> None:
    """'PreAnswer' plays without answering: 183 with the SDP that the 200 repeats."""

    async def story() -> None:
        world = World({"http://app/answer": "<PreAnswer><Speak>Wait</Speak></PreAnswer><Speak>Hi</Speak>"})
        session = world.call()
        await world.settle()
        assert session.steps == ["progress", "progress"]
        early = session.done[-1]
        assert early[:2] == ("progress", 183)
        await world.finish_playing()
        assert session.done[-1] == ("accept", early[2])

    run(story())


def test_an_action_is_told_of_a_caller_who_hung_up_in_the_room() -> None:
    """'action: URL called when member leaves'"""

    async def story() -> None:
        world = World({"http://app/answer": "<Conference action='http://app/left'>r</Conference>"})
        session = world.call()
        await world.settle()
        world.hang_up(session)
        await world.settle()
        told = next(notice for notice in world.notices if isinstance(notice, ActionInformed))
        assert told.url == "http://app/left"
        assert told.call.status == "completed"
        assert dict(told.inform.params)["ConferenceName"] == "r"
        assert len(world.fetched) == 1

    run(story())


def test_a_bug_ends_one_call_only() -> None:
    """'bugs end one call, never the server'"""

    async def story() -> None:
        world = World({"http://app/answer": "<Conference>r</Conference>"})
        world.call(caller="ann")
        await world.settle()
        world.files = cast(dict[str, np.ndarray[tuple[int], np.dtype[np.int16]]], None)
        world.answers["http://app/answer"] = "<Play>http://x/a.wav</Play>"
        world.call(caller="ben")
        await world.settle()
        assert [ended.cause for ended in world.ended()] == [Cause.INTERNAL_ERROR]
        assert world.switch.calls == 1

    run(story())
