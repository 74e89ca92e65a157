"""Requests over the network: sent, repeated, redirected and given up, always within their limits."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from yarl import URL

from ..callflow.events import FetchFailed, FetchProblem
from .account import Account
from .fragments import Patience, Trouble
from .outgoing import Outgoing, outgoing
from .signatures import Params
from .targets import Target, relative_to, target_of

REDIRECTS_MAX = 5
"""What browsers need for a login is more; an application that answers calls needs one or two."""

KEEP_METHOD = (301, 302, 307, 308)
"""RFC 9110 15.4: a client MAY turn POST into GET on 301 and 302; without its form a call's request says nothing."""

SEE_OTHER = 303


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx response: where it came from at last (without our fields in the query), its media type and its body."""

    url: str
    content_type: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """No usable response; `trouble` says what a retry policy calls it."""

    problem: FetchProblem
    detail: str
    trouble: Trouble | None = None

    def event(self) -> FetchFailed:
        """Return it as the call flow knows it."""
        return FetchFailed(self.problem, self.detail)


@dataclass(frozen=True, slots=True)
class _Redirected:
    status: int
    location: str


def fresh_nonce() -> str:
    """Return 20 random decimal digits."""
    return f"{secrets.randbelow(10**20):020d}"


class Exchange:
    """Asks customers' applications, in the name of one account."""

    def __init__(
        self, session: aiohttp.ClientSession, account: Account, nonce: Callable[[], str] = fresh_nonce
    ) -> None:
        self._session = session
        self._account = account
        self._nonce = nonce

    async def ask(self, method: str, url: str, params: Params, *, within_s: float, body_max: int) -> Answer | Failed:
        """Send a request and return the answer, or why there is none, after `within_s` at the latest.

        `method` is GET or POST; the URL's fragment says how patient to be. Never raises for what the far end does.
        """
        target = target_of(url)
        if target is None:
            return Failed(FetchProblem.INVALID_URL, f"{url[:200]!r} is not an absolute http or https URL")
        limit_s = min(within_s, target.patience.total_s)
        try:
            async with asyncio.timeout(limit_s):
                return await self._attempts(method, target, params, body_max)
        except TimeoutError:
            return Failed(FetchProblem.TIMEOUT, f"no answer from {target.url} within {limit_s:g} s", Trouble.RESPONSE)

    async def _attempts(self, method: str, target: Target, params: Params, body_max: int) -> Answer | Failed:
        outcome = await self._hops(method, target, params, body_max)
        for _ in range(target.patience.retries):
            if isinstance(outcome, Answer) or outcome.trouble not in target.patience.retried:
                break
            outcome = await self._hops(method, target, params, body_max)
        return outcome

    async def _hops(self, method: str, target: Target, params: Params, body_max: int) -> Answer | Failed:
        for _ in range(1 + REDIRECTS_MAX):
            request = outgoing(method, target, params, self._nonce(), self._account.auth_token)
            outcome = await self._send(request, target, body_max)
            if not isinstance(outcome, _Redirected):
                return outcome
            here, found = target.url, relative_to(target, outcome.location)
            if found is None:
                return Failed(FetchProblem.STATUS, f"{here} redirects to {outcome.location[:200]!r}")
            target = found
            method = "GET" if outcome.status == SEE_OTHER else method
        return Failed(FetchProblem.STATUS, f"{target.url}: more than {REDIRECTS_MAX} redirects")

    async def _send(self, request: Outgoing, target: Target, body_max: int) -> Answer | Failed | _Redirected:
        try:
            async with self._session.request(
                request.method,
                URL(request.url, encoded=True),
                data=request.body,
                headers=request.headers,
                allow_redirects=False,
                timeout=_timeout(target.patience),
            ) as response:
                return await _read(response, target.url, body_max)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return _failure(error, target.url)


def _timeout(patience: Patience) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=patience.response_s, connect=patience.connect_s)


async def _read(response: aiohttp.ClientResponse, url: str, body_max: int) -> Answer | Failed | _Redirected:
    status = response.status
    if status == SEE_OTHER or status in KEEP_METHOD:
        return _Redirected(status, response.headers.get("Location", ""))
    if not 200 <= status < 300:
        return Failed(FetchProblem.STATUS, f"{url} answered {status}", _trouble(status))
    body = await _body(response, body_max)
    if body is None:
        return Failed(FetchProblem.TOO_LARGE, f"{url} answered more than {body_max // 1000} kB")
    return Answer(url, response.content_type, body)


async def _body(response: aiohttp.ClientResponse, body_max: int) -> bytes | None:
    """Return the whole (unpacked) body, or None as soon as it is known to be larger than `body_max` bytes."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > body_max:
            # Otherwise the connection would be read to the end before it is used again.
            response.close()
            return None
    return bytes(body)


def _trouble(status: int) -> Trouble | None:
    if 400 <= status < 500:
        return Trouble.CLIENT_ERROR
    return Trouble.SERVER_ERROR if status >= 500 else None


def _failure(error: Exception, url: str) -> Failed:
    match error:
        case aiohttp.ConnectionTimeoutError():
            return Failed(FetchProblem.TIMEOUT, f"{url}: no connection in time", Trouble.CONNECTION)
        case TimeoutError():
            return Failed(FetchProblem.TIMEOUT, f"{url}: no answer in time", Trouble.RESPONSE)
        case aiohttp.InvalidURL():
            return Failed(FetchProblem.INVALID_URL, f"{url}: {error}")
        case aiohttp.ClientPayloadError():
            # Plivo: no retry on a partial response.
            return Failed(FetchProblem.UNREACHABLE, f"{url}: the answer broke off: {error}")
        case aiohttp.ClientResponseError():
            return Failed(FetchProblem.UNREACHABLE, f"{url}: not an HTTP answer: {error.message[:200]}")
        case _:
            return Failed(FetchProblem.UNREACHABLE, f"{url}: {error}", Trouble.CONNECTION)
