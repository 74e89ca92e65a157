"""The tables against RFC 3261 §17 and RFC 6026, without messages."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.sip.transaction import (
    AT_ONCE_ON_RELIABLE,
    CLIENT_INVITE,
    CLIENT_OTHER,
    NOT_ON_RELIABLE,
    RUNS_IN,
    SERVER_INVITE,
    SERVER_OTHER,
    Do,
    Input,
    Machine,
    State,
    Stimulus,
    Table,
    Timer,
    over_reliable,
)

TABLES = {
    "client INVITE": CLIENT_INVITE,
    "client other": CLIENT_OTHER,
    "server INVITE": SERVER_INVITE,
    "server other": SERVER_OTHER,
}
RELIABLE = {name: over_reliable(table) for name, table in TABLES.items()}


def sends(machine: Machine, until: float) -> list[float]:
    """Let the timers go off and return when something was sent."""
    times = []
    while (at := machine.next_timeout()) is not None and at <= until:
        times += [at for action in machine.handle_timeout(at) if action is Do.SEND]
    return times


def started(table: Table, *given: Input) -> Machine:
    machine = Machine(table)
    machine.begin(0)
    for stimulus in given:
        machine.handle(stimulus, 0)
    return machine


def test_invite_is_sent_again_with_doubling_waits() -> None:
    """§17.1.1.2: "the request is retransmitted with intervals that double after each transmission"."""
    machine = started(CLIENT_INVITE)
    assert sends(machine, 31.9) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]


def test_timer_b_ends_an_unanswered_invite() -> None:
    """§17.1.1.2: after 64*T1 "the client transaction SHOULD inform the TU that a timeout has occurred"."""
    machine = started(CLIENT_INVITE)
    sends(machine, 31.9)
    assert machine.handle_timeout(32.0) == (Do.TIMED_OUT,)
    assert machine.state is State.TERMINATED


def test_a_provisional_response_stops_invites() -> None:
    """§17.1.1.2: "the client transaction SHOULD NOT retransmit the request any longer" in Proceeding."""
    machine = started(CLIENT_INVITE, Stimulus.RECEIVE_1XX)
    assert machine.next_timeout() is None


def test_requests_are_sent_again_up_to_t2() -> None:
    """§17.1.2.2: "this results in intervals of 500 ms, 1 s, 2 s, 4 s, 4 s, 4 s, etc."; F ends it at 64*T1."""
    machine = started(CLIENT_OTHER)
    assert sends(machine, 31.9) == [0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert machine.handle_timeout(32.0) == (Do.TIMED_OUT,)


def test_requests_in_proceeding_are_sent_every_t2() -> None:
    """§17.1.2.2: "If Timer E fires while in the Proceeding state ... Timer E MUST be reset with a value of T2"."""
    machine = started(CLIENT_OTHER)
    machine.handle(Stimulus.RECEIVE_1XX, 0.1)
    assert sends(machine, 14) == [0.5, 4.5, 8.5, 12.5]


def test_failures_are_sent_again_until_the_ack() -> None:
    """§17.2.1: timer G starts at T1 and becomes MIN(2*T1, T2)."""
    machine = started(SERVER_INVITE, Stimulus.SEND_FAILURE)
    assert sends(machine, 12) == [0.5, 1.5, 3.5, 7.5, 11.5]
    machine.handle(Stimulus.ACK, 12)
    assert (machine.state, sends(machine, 16.9)) == (State.CONFIRMED, [])
    machine.handle_timeout(17)
    assert machine.state is State.TERMINATED


def test_timer_h_ends_a_failure_without_ack() -> None:
    """§17.2.1: timer H fires 64*T1 after Completed was entered."""
    machine = started(SERVER_INVITE, Stimulus.SEND_FAILURE)
    sends(machine, 32)
    assert machine.state is State.TERMINATED


def test_accepted_absorbs_for_64_t1() -> None:
    """RFC 6026 §7.1: timer L runs for 64*T1, and ACKs are passed to the TU."""
    machine = started(SERVER_INVITE, Stimulus.SEND_2XX)
    assert machine.handle(Stimulus.ACK, 1) == (Do.PASS,)
    assert machine.deadlines == {Timer.L: 32.0}


def test_every_2xx_is_passed_up() -> None:
    """RFC 6026 §7.2: in Accepted each 2xx is passed to the TU; timer M is 64*T1."""
    machine = started(CLIENT_INVITE, Stimulus.RECEIVE_2XX)
    assert machine.handle(Stimulus.RECEIVE_2XX, 1) == (Do.PASS,)
    assert machine.deadlines == {Timer.M: 32.0}


def test_each_repeated_failure_is_acknowledged_again() -> None:
    """§17.1.1.2: retransmissions in Completed "MUST cause the ACK to be re-passed to the transport layer"."""
    machine = started(CLIENT_INVITE, Stimulus.RECEIVE_FAILURE)
    assert machine.handle(Stimulus.RECEIVE_FAILURE, 1) == (Do.SEND_ACK,)
    assert machine.deadlines == {Timer.D: 32.0}


def test_cancel_is_held_until_a_provisional_response() -> None:
    """§9.1: "If no provisional response has been received, the CANCEL request MUST NOT be sent"."""
    machine = started(CLIENT_INVITE)
    assert machine.handle(Stimulus.CANCEL, 0) == ()
    assert machine.handle(Stimulus.RECEIVE_1XX, 1) == (Do.SEND_CANCEL, Do.PASS)


def test_a_cancelled_invite_does_not_wait_for_ever() -> None:
    """§9.1: without one for 64*T1 "the client SHOULD then consider the original transaction cancelled"."""
    machine = started(CLIENT_INVITE, Stimulus.RECEIVE_1XX, Stimulus.CANCEL)
    machine.handle(Stimulus.RECEIVE_1XX, 5)
    assert machine.handle_timeout(32) == (Do.TIMED_OUT,)


def test_a_request_that_is_being_served_is_not_answered_again() -> None:
    """§17.2.2: in Trying "any further request retransmissions are discarded"."""
    machine = started(SERVER_OTHER)
    assert machine.handle(Stimulus.REQUEST, 0) == ()
    machine.handle(Stimulus.SEND_2XX, 0)
    assert machine.handle(Stimulus.REQUEST, 31) == (Do.SEND,)
    machine.handle_timeout(32)
    assert machine.state is State.TERMINATED


@pytest.mark.parametrize("name", TABLES)
def test_reliable_transports_repeat_nothing(name: str) -> None:
    """§17.1.1.2, §17.1.2.2, §17.2.1: A, E, G only on unreliable transports; table 4: D, I, J, K are 0 s."""
    for row in [RELIABLE[name].start, *RELIABLE[name].rows.values()]:
        assert not NOT_ON_RELIABLE & row.timers.keys()
        assert all(wait.first_s == 0 for timer, wait in row.timers.items() if timer in AT_ONCE_ON_RELIABLE)


@pytest.mark.parametrize("name", TABLES)
def test_every_timer_that_is_set_runs_in_the_state_and_means_something(name: str) -> None:
    for row in [TABLES[name].start, *TABLES[name].rows.values()]:
        for timer in row.timers:
            assert row.state in RUNS_IN[timer]
            assert (row.state, timer) in TABLES[name].rows


@pytest.mark.parametrize("name", TABLES)
def test_every_state_has_a_way_out(name: str) -> None:
    rows = TABLES[name].rows
    for state in {state for state, _ in rows}:
        reached = {state}
        while more := {row.state for (start, _), row in rows.items() if start in reached} - reached:
            reached |= more
        assert State.TERMINATED in reached


@settings(max_examples=300)
@given(st.sampled_from(sorted(TABLES)), st.booleans(), st.lists(st.sampled_from(list(Stimulus)), max_size=12))
def test_no_input_is_an_error_and_final_states_end_by_time(name: str, reliable: bool, given_: list[Stimulus]) -> None:
    machine = started((RELIABLE if reliable else TABLES)[name], *given_)
    if machine.state in (State.ACCEPTED, State.COMPLETED, State.CONFIRMED):
        sends(machine, 64)
        assert machine.next_timeout() is None
        assert machine.handle(Stimulus.REQUEST, 64) == ()
