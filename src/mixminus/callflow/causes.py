"""Which hangup cause a page that cannot be run has (Plivo's hangup causes 7011 to 8014)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..hangup import Cause
from .commands import Page
from .events import FetchProblem

UNREACHABLE: Final[Mapping[Page, Cause]] = {
    Page.ANSWER: Cause.ANSWER_URL_UNREACHABLE,
    Page.FALLBACK: Cause.ANSWER_URL_UNREACHABLE,
    Page.ACTION: Cause.ACTION_URL_UNREACHABLE,
    Page.TRANSFER: Cause.TRANSFER_URL_UNREACHABLE,
    Page.REDIRECT: Cause.REDIRECT_URL_UNREACHABLE,
}
INVALID_URL: Final[Mapping[Page, Cause]] = {
    # Plivo has no 7021: an answer URL that is none counts as one that cannot be reached.
    Page.ANSWER: Cause.ANSWER_URL_UNREACHABLE,
    Page.FALLBACK: Cause.ANSWER_URL_UNREACHABLE,
    Page.ACTION: Cause.INVALID_ACTION_URL,
    Page.TRANSFER: Cause.INVALID_TRANSFER_URL,
    Page.REDIRECT: Cause.INVALID_REDIRECT_URL,
}
INVALID_METHOD: Final[Mapping[Page, Cause]] = {
    Page.ANSWER: Cause.ANSWER_URL_UNREACHABLE,
    Page.FALLBACK: Cause.ANSWER_URL_UNREACHABLE,
    Page.ACTION: Cause.INVALID_ACTION_METHOD,
    Page.TRANSFER: Cause.INVALID_TRANSFER_METHOD,
    Page.REDIRECT: Cause.INVALID_REDIRECT_METHOD,
}
INVALID_XML: Final[Mapping[Page, Cause]] = {
    Page.ANSWER: Cause.INVALID_ANSWER_XML,
    Page.FALLBACK: Cause.INVALID_ANSWER_XML,
    Page.ACTION: Cause.INVALID_ACTION_XML,
    Page.TRANSFER: Cause.INVALID_TRANSFER_XML,
    Page.REDIRECT: Cause.INVALID_REDIRECT_XML,
}


def of_failure(page: Page, problem: FetchProblem) -> Cause:
    """Return the cause of a call that ends because `page` did not arrive."""
    match problem:
        case FetchProblem.INVALID_URL:
            return INVALID_URL[page]
        case FetchProblem.TOO_LARGE:
            # It did arrive, with a 2xx status: what is wrong is the document.
            return INVALID_XML[page]
        case FetchProblem.UNREACHABLE | FetchProblem.TIMEOUT | FetchProblem.STATUS:
            return UNREACHABLE[page]
