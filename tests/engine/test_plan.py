"""Plans as words."""

from __future__ import annotations

import numpy as np

from mixminus.engine import plan


def test_listeners_with_the_same_mix_stand_together_under_one_leader() -> None:
    """Design: 'A listener's identical mix is encoded once and reused'."""
    words = plan.encode({5: [(1, 1.0), (2, 0.5)], 6: [(1, 1.0)], 7: [(2, 0.5), (1, 1.0)], 8: []})
    assert words[:2].tolist() == [4, 5]
    rows = words[2:18].reshape(4, 4).tolist()
    assert rows == [[8, 0, 0, 0], [6, 1, 0, 1], [5, 2, 1, 2], [7, 2, 3, 2]]
    assert words[18:23].tolist() == [1, 1, 2, 1, 2]
    assert words[23:].view(np.float32).tolist() == [1, 1, 0.5, 1, 0.5]


def test_a_room_of_nobody_has_an_empty_plan() -> None:
    """A room may have no listeners."""
    assert plan.encode({}).tolist() == [0, 0]
