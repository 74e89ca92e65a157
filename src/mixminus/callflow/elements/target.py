"""Where an element sends the call: a page to fetch, and what happens if it cannot be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..commands import Fetch, HangUp, Inform, Page, Params
from .base import Flow, Here


@dataclass(frozen=True, slots=True)
class Target:
    """A URL and a method as they were written; `fault` is how a call ends that has to go there and cannot."""

    url: str
    method: str
    page: Page
    fault: HangUp | None = None

    def fetch(self, here: Here, params: Params = (), *, sensitive: bool = False) -> Fetch | HangUp:
        """Return the request for the page, or the end of the call if there can be none."""
        if self.fault is not None:
            return self.fault
        return Fetch(here.resolve(self.url), self.method, self.page, params, sensitive=sensitive)


@dataclass(frozen=True, slots=True)
class Action:
    """What `action`, `method` and `redirect` say: where an element's result goes, and whether the answer is run."""

    target: Target | None = None
    redirect: bool = True

    def run(self, here: Here, params: Params, *, sensitive: bool = False) -> Flow:
        """Deliver the result. "Action errors fail the call only with redirect=true" (Plivo hangup causes)."""
        if self.target is None:
            return None
        fetch = self.target.fetch(here, params, sensitive=sensitive)
        if self.redirect:
            return fetch
        if isinstance(fetch, Fetch):
            yield Inform(fetch.url, fetch.method, params, sensitive=sensitive)
        return None


NO_ACTION: Final = Action()
"""The element names no action: the flow goes on behind it."""
