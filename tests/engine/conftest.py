"""What the tests of the engine share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.desk import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    """Give an engine that is turned by hand."""
    desk = Desk()
    yield desk
    desk.close()
