from __future__ import annotations

import pytest

from mixminus.callflow import causes
from mixminus.callflow.commands import Page
from mixminus.callflow.events import FetchProblem

TABLE = {
    # Plivo's table: 7011-7014 Error Reaching Answer/Action/Transfer/Redirect URL, 7022-7024 Invalid Action/Transfer/
    # Redirect URL, 7032-7034 Invalid Method For ..., 8011-8014 Invalid Answer/Action/Transfer/Redirect XML.
    Page.ANSWER: (7011, 7011, 7011, 8011),
    Page.FALLBACK: (7011, 7011, 7011, 8011),
    Page.ACTION: (7012, 7022, 7032, 8012),
    Page.TRANSFER: (7013, 7023, 7033, 8013),
    Page.REDIRECT: (7014, 7024, 7034, 8014),
}


@pytest.mark.parametrize("page", Page)
def test_codes(page: Page) -> None:
    tables = (causes.UNREACHABLE, causes.INVALID_URL, causes.INVALID_METHOD, causes.INVALID_XML)
    assert tuple(table[page].code for table in tables) == TABLE[page]


@pytest.mark.parametrize("page", Page)
@pytest.mark.parametrize(
    ("problem", "column"),
    [
        (FetchProblem.UNREACHABLE, 0),
        (FetchProblem.TIMEOUT, 0),
        (FetchProblem.STATUS, 0),
        (FetchProblem.INVALID_URL, 1),
        (FetchProblem.TOO_LARGE, 3),
    ],
)
def test_a_page_that_does_not_arrive(page: Page, problem: FetchProblem, column: int) -> None:
    assert causes.of_failure(page, problem).code == TABLE[page][column]
