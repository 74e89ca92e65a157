"""Alarms: in order, forgotten when cancelled, compact."""

from __future__ import annotations

import gc
import weakref
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.sip.agenda import SPARSE_MIN, Agenda


@settings(max_examples=100)
@given(st.lists(st.tuples(st.floats(0, 100), st.booleans()), max_size=50))
def test_alarms_go_off_in_order_unless_cancelled(wanted: list[tuple[float, bool]]) -> None:
    agenda = Agenda()
    heard: list[float] = []
    for at, is_cancelled in wanted:
        alarm = agenda.at(at, lambda now, at=at: heard.append(at))  # type: ignore[misc]  # mypy: defaults in lambdas
        if is_cancelled:
            alarm.cancel()
    agenda.handle_timeout(100)
    assert heard == sorted(at for at, is_cancelled in wanted if not is_cancelled)
    assert agenda.next_timeout() is None


def test_an_alarm_may_set_another_that_is_due_at_once() -> None:
    agenda = Agenda()
    heard: list[str] = []

    def first(now: float) -> None:
        heard.append("first")
        agenda.at(now, lambda now: heard.append("second"))

    agenda.at(1, first)
    agenda.handle_timeout(1)
    assert heard == ["first", "second"]


def test_a_cancelled_alarm_holds_nothing() -> None:
    class Call:
        def end(self, now: float) -> None: ...

    agenda, call = Agenda(), Call()
    agenda.at(1800, call.end).cancel()
    gone = weakref.ref(call)
    del call
    gc.collect()
    assert gone() is None


def test_cancelled_alarms_do_not_pile_up() -> None:
    agenda = Agenda()
    for at in range(10 * SPARSE_MIN):
        agenda.at(at, partial(print)).cancel()
    assert len(agenda) == 0
    assert len(agenda._heap) <= 2 * SPARSE_MIN
