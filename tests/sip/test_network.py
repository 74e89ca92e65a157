"""Stories between two endpoints over a network that loses, repeats and reorders."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.sip.events import IncomingCall
from mixminus.sip.session import Session
from mixminus.sip.uri import Uri
from mixminus.sip.usage import SessionState

from .network import ANSWER, HOLD, OFFER, Conditions, Network, Node, accept_calls, outline


def pair(conditions: Conditions | None = None, seed: int = 1, transport: str = "udp") -> tuple[Network, Node, Node]:
    network = Network(conditions, seed, transport)
    caller, called = network.node("192.0.2.1"), network.node("192.0.2.2")
    accept_calls(caller)
    accept_calls(called)
    return network, caller, called


def is_empty(node: Node) -> bool:
    endpoint = node.endpoint
    return (endpoint.sessions, endpoint.transactions, endpoint.next_timeout()) == (0, 0, None)


@pytest.mark.parametrize("transport", ["udp", "tcp"])
def test_a_call_with_everything(transport: str) -> None:
    network, caller, called = pair(transport=transport)
    session = network.call(caller, called)
    network.run(1)
    assert caller.said() == ["INVITE", "ACK"]
    assert called.said() == ["100 INVITE", "180 INVITE", "200 INVITE"]
    session.reinvite(HOLD, network.now)
    network.run(1)
    incoming = next(event.session for event in called.seen if isinstance(event, IncomingCall))
    incoming.update(OFFER, network.now)
    network.run(1)
    session.info("application/dtmf-relay", b"Signal=1", network.now)
    session.refer(Uri.parse("sip:somebody@192.0.2.3"), network.now)
    network.run(1)
    incoming.hang_up(network.now)
    network.run(40)
    assert "603 REFER" in called.said()
    assert caller.kinds() == ["Progressed", "Answered", "ReinviteDone", "OfferReceived", "Ended"]
    assert called.kinds() == [
        *("IncomingCall", "Acknowledged", "OfferReceived", "ReinviteDone", "InfoReceived", "Ended"),
    ]
    assert is_empty(caller)
    assert is_empty(called)


@pytest.mark.parametrize("seed", range(3))
def test_200_of_200_calls_complete_with_a_tenth_lost(seed: int) -> None:
    network, caller, called = pair(Conditions(loss=0.1, repeats=0.05, jitter_s=0.05), seed)
    sessions: list[Session] = []
    for _ in range(200):
        sessions.append(network.call(caller, called))
        network.run(0.05)
    network.run(20)
    assert [session.state for session in sessions] == [SessionState.CONFIRMED] * 200
    assert called.kinds().count("IncomingCall") == called.kinds().count("Acknowledged") == 200
    for session in sessions:
        session.hang_up(network.now)
    network.run(70)
    assert caller.kinds().count("Ended") == called.kinds().count("Ended") == 200
    assert is_empty(caller)
    assert is_empty(called)


@pytest.mark.parametrize("ringing_s", [0.0, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.04, 0.1])
@pytest.mark.parametrize("answer_s", [0.0, 0.01, 0.02, 0.05])
def test_cancel_at_every_moment(ringing_s: float, answer_s: float) -> None:
    """§9: whatever crosses whatever, both sides agree in the end that there is no call."""
    network, caller, called = pair()
    called.react = None
    session = network.call(caller, called)
    network.run(answer_s)
    for event in called.seen:
        if isinstance(event, IncomingCall):
            event.session.accept(ANSWER, network.now)
    network.run(ringing_s)
    session.hang_up(network.now)
    network.run(700)
    assert caller.kinds()[-1] == called.kinds()[-1] == "Ended"
    network.run(40)
    assert is_empty(caller)
    assert is_empty(called)


@pytest.mark.parametrize("seed", range(8))
def test_both_re_invite_at_once(seed: int) -> None:
    """§14.1: both get 491, wait for different random times, and both succeed."""
    network, caller, called = pair(seed=seed)
    session = network.call(caller, called)
    network.run(1)
    incoming = next(event.session for event in called.seen if isinstance(event, IncomingCall))
    session.reinvite(HOLD, network.now)
    incoming.reinvite(ANSWER, network.now)
    network.run(20)
    assert {"491 INVITE"} <= set(caller.said()) & set(called.said())
    assert caller.kinds().count("ReinviteDone") == called.kinds().count("ReinviteDone") == 1
    assert session.state is incoming.state is SessionState.CONFIRMED


def test_both_hang_up_at_once() -> None:
    network, caller, called = pair()
    session = network.call(caller, called)
    network.run(1)
    incoming = next(event.session for event in called.seen if isinstance(event, IncomingCall))
    session.hang_up(network.now)
    incoming.hang_up(network.now)
    network.run(40)
    assert caller.kinds().count("Ended") == called.kinds().count("Ended") == 1
    assert {"481 BYE"} <= set(caller.said())
    assert is_empty(caller)
    assert is_empty(called)


def test_a_peer_that_vanishes_is_noticed_by_the_session_timer() -> None:
    network, caller, called = pair()
    network.call(caller, called)
    network.run(1)
    del network.nodes[caller.address]
    network.run(2000)
    assert called.kinds()[-1] == "Ended"
    assert is_empty(called)


def test_refreshes_keep_a_call_for_hours() -> None:
    network, caller, called = pair(Conditions(loss=0.1))
    session = network.call(caller, called)
    network.run(20_000)
    assert session.state is SessionState.CONFIRMED
    assert called.counts()["UPDATE"] >= 20


STEPS = st.lists(st.tuples(st.integers(0, 8), st.booleans(), st.sampled_from([0.0, 0.02, 0.6, 5.0])), max_size=10)


@settings(max_examples=100, deadline=None)
@given(STEPS, st.integers(0, 1000))
def test_whatever_is_done_every_call_can_be_ended_and_forgotten(
    steps: list[tuple[int, bool, float]], seed: int
) -> None:
    network, caller, called = pair(Conditions(loss=0.2, repeats=0.2, jitter_s=0.3), seed)
    random = Random(seed)
    if random.random() < 0.5:
        called.react = None
    ours = network.call(caller, called)
    for which, by_caller, wait_s in steps:
        network.run(wait_s)
        theirs = [event.session for event in called.seen if isinstance(event, IncomingCall)]
        act(which, ours if by_caller or not theirs else theirs[0], network.now)
    network.run(5)
    network.conditions = Conditions()
    for node in network.nodes.values():
        for session in list(node.endpoint._registry.live.values()):
            session.hang_up(network.now)
    network.run(700)
    assert is_empty(caller)
    assert is_empty(called)
    for node in network.nodes.values():
        assert node.kinds().count("Ended") <= 1


def act(which: int, session: Session, now: float) -> None:
    """Do one procedure, sensible or not."""
    match which:
        case 0:
            session.progress(183, ANSWER, reliable=True, now=now)
        case 1:
            session.accept(ANSWER, now)
        case 2:
            session.reinvite(HOLD, now)
        case 3:
            session.update(OFFER, now)
        case 4:
            session.info("text/plain", b"x", now)
        case 5:
            session.answer_offer(None, now)
        case 6:
            session.provide_offer(OFFER, now)
        case 7:
            session.cancel(now)
        case _:
            session.bye(now=now)


def test_the_network_itself_is_reproducible() -> None:
    stories = []
    for _ in range(2):
        network, caller, called = pair(Conditions(loss=0.3, repeats=0.3, jitter_s=0.5), seed=5)
        network.call(caller, called)
        network.run(60)
        stories.append([outline(message) for node in network.nodes.values() for message in node.sent])
    assert stories[0] == stories[1]
