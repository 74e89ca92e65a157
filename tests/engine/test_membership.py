"""What the facade knows of a room."""

from __future__ import annotations

from mixminus.engine.media import Heard
from mixminus.engine.membership import RoomFacts


def test_a_plan_is_sent_when_listeners_or_pairs_have_changed() -> None:
    """A plan costs more than a look at whether it differs."""
    facts = RoomFacts(8000, {1, 2}, (Heard(1, 2),))
    assert [facts.has_changed(), facts.has_changed()] == [True, False]
    facts.listeners.add(3)
    assert facts.has_changed()
    facts.heard = (Heard(1, 2, 0.5),)
    assert facts.has_changed()


def test_who_leaves_is_forgotten_on_both_sides() -> None:
    """A row that is taken again must not be named by an old pair."""
    facts = RoomFacts(8000, {1, 2, 3}, (Heard(1, 2), Heard(2, 1), Heard(1, 3)))
    facts.forget(2)
    assert facts.listeners == {1, 3}
    assert facts.heard == (Heard(1, 3),)
    assert facts.names(3)
    assert not facts.names(2)


def test_every_listener_has_a_row_and_nobody_hears_himself() -> None:
    """Rooms: 'nobody hears himself'; a port that hears nobody is sent silence."""
    facts = RoomFacts(8000, {1, 2}, (Heard(1, 1), Heard(1, 2), Heard(1, 9), Heard(7, 1)))
    hearing = facts.hearing(lambda listener: 10 * listener, {1: 10, 2: 20}.get)
    assert hearing == {10: [(20, 1.0)], 20: []}
