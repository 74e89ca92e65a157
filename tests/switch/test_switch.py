"""Which calls are taken, and how all of them end."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network
from typing import cast

import pytest

from mixminus.hangup import Cause, Source
from mixminus.sip import events as sip
from mixminus.sip.flow import Flow
from mixminus.sip.session import Session
from mixminus.switch.admission import Admission

from .clock import run
from .world import VIDEO_ONLY, World

CONFERENCE = {"http://app/answer": "<Conference>r</Conference>"}


def test_a_number_that_nobody_answers_for_is_not_found() -> None:
    """'without one: 404'"""

    async def story() -> None:
        world = World(CONFERENCE)
        world.application = None
        assert world.call().done == [("reject", 404)]

    run(story())


def test_no_common_codec_is_not_acceptable() -> None:
    """'488 for no common codec'"""

    async def story() -> None:
        world = World(CONFERENCE)
        session = world.call(sdp=VIDEO_ONLY)
        world.switch.on_media()
        assert session.done == [("reject", 488)]
        assert not world.sockets.open_now
        assert not world.fetched

    run(story())


def test_a_body_that_is_no_sdp_is_not_acceptable() -> None:
    async def story() -> None:
        world = World(CONFERENCE)
        assert world.call(sdp=b"nonsense").done == [("reject", 488)]

    run(story())


@pytest.mark.parametrize("world", [{"ports": 1}, {"max_calls": 1}])
def test_full_means_try_again_later(world: dict[str, int]) -> None:
    """Used-up ports and calls: 'clean 503/500 with Retry-After'"""

    async def story() -> None:
        full = World(CONFERENCE, **world)
        full.call(caller="ann")
        await full.settle()
        assert full.call(caller="ben").done == [("reject", 503)]

    run(story())


def test_drain_lets_calls_end_by_themselves() -> None:
    """'calls in progress end cleanly (BYE) after --drain-s'"""

    async def story() -> None:
        world = World(CONFERENCE)
        ann, ben = world.call(caller="ann"), world.call(caller="ben")
        await world.settle()
        draining = asyncio.ensure_future(world.switch.drain(60))
        await asyncio.sleep(30)
        world.hang_up(ann)
        await asyncio.sleep(29)
        assert world.switch.calls == 1
        await draining
        assert ben.steps[-1] == "hang_up"
        assert {(e.cause, e.source) for e in world.ended()} == {
            (Cause.NORMAL_HANGUP, Source.CALLER),
            (Cause.NORMAL_HANGUP, Source.PLATFORM),
        }

    run(story())


def test_drain_is_over_with_the_last_call() -> None:
    async def story() -> None:
        world = World(CONFERENCE)
        loop = asyncio.get_running_loop()
        began = loop.time()
        await world.switch.drain(60)
        assert loop.time() == began

    run(story())


def test_offers_for_a_call_that_is_over_are_refused() -> None:
    async def story() -> None:
        world = World(CONFERENCE)
        session = world.call()
        await world.settle()
        world.hang_up(session)
        await world.settle()
        world.switch.on_signal(sip.OfferReceived(cast(Session, session), b""))
        assert session.done[-1] == ("answer_offer", None)

    run(story())


def test_strangers_are_refused_and_counted() -> None:
    """'Calls are accepted from loopback and from peers named by --trusted-peers; others get 403 and count.'"""

    async def story() -> None:
        admission = Admission((ip_network("192.0.2.0/24"),))
        request = World(CONFERENCE).call().request
        for peer in ("127.0.0.1", "::1", "192.0.2.7"):
            assert admission.admit(request, Flow("udp", (peer, 5060))) is None
        refusal = admission.admit(request, Flow("udp", ("198.51.100.1", 5060)))
        assert refusal is not None
        assert refusal.status == 403
        assert admission.refused == 1

    run(story())
