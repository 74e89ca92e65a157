"""HTTP Basic authentication with the account's auth_id and auth_token."""

from __future__ import annotations

import base64
import hmac

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from .answers import error
from .ports import Credentials

PROTECTED = "/v1/"


class Authentication:
    """ASGI middleware: everything below /v1/ needs the account's credentials, else 401."""

    def __init__(self, app: ASGIApp, credentials: Credentials) -> None:
        self._app = app
        self._expected = f"{credentials.auth_id}:{credentials.auth_token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or not scope["path"].startswith(PROTECTED) or self._admits(Headers(scope=scope)):
            await self._app(scope, receive, send)
            return
        refusal = error(401, "invalid auth_id or auth_token", {"WWW-Authenticate": 'Basic realm="mixminus"'})
        await refusal(scope, receive, send)

    def _admits(self, headers: Headers) -> bool:
        scheme, _, encoded = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = base64.b64decode(encoded.strip(), validate=True)
        except ValueError:
            return False
        # Takes as long for a nearly right token as for a wrong one, so time tells nothing about it.
        return hmac.compare_digest(given, self._expected)
