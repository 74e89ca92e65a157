"""A resource: one path with its methods."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

Endpoint = Callable[[Request], Awaitable[Response]]


class Resource:
    """An ASGI application that picks the endpoint for a request's method, and answers 405 for others."""

    def __init__(self, endpoints: Mapping[str, Endpoint]) -> None:
        self._endpoints = endpoints

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        endpoint = self._endpoints.get("GET" if request.method == "HEAD" else request.method)
        if endpoint is None:
            raise HTTPException(405, "method not allowed", {"Allow": ", ".join(self._endpoints)})
        response = await endpoint(request)
        await response(scope, receive, send)


def routes(path: str, **endpoints: Endpoint) -> list[BaseRoute]:
    """Return the routes of a path that ends in `/`, which is served without it too; keywords are HTTP methods."""
    resource = Resource(endpoints)
    return [Route(path, resource), Route(path.removesuffix("/"), resource)]
