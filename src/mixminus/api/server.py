"""Runs the API in the running event loop, on a socket that is already bound."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from ..errors import BadSettings

BACKLOG = 1024
MAX_CONNECTIONS = 1000
"""Each may hold a body of 100 kB; more are answered 503."""
STOP_TIMEOUT_S = 3
"""Requests take milliseconds; only a client that is slow to read is cut off."""


def listen(host: str, port: int) -> socket.socket:
    """Bind a TCP socket; port 0 picks a free one. Raises BadSettings that says what to do."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # A restarted server must not wait for connections of the one before to be forgotten.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(BACKLOG)
    except OSError as problem:
        bound.close()
        reason = problem.strerror or str(problem)
        place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        raise BadSettings(f"Cannot listen for HTTP on {place} ({reason}): name another with --http.") from None
    bound.setblocking(False)
    return bound


class ApiServer:
    """An HTTP server for one ASGI application. It handles no signals and logs no requests."""

    def __init__(self, app: ASGIApp, bound: socket.socket) -> None:
        self._bound = bound
        config = uvicorn.Config(
            app,
            http="httptools",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=BACKLOG,
            limit_concurrency=MAX_CONNECTIONS,
            timeout_graceful_shutdown=STOP_TIMEOUT_S,
        )
        self._server = _Server(config)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when connections are accepted."""
        self._task = asyncio.create_task(self._server.serve([self._bound]), name="api server")
        accepting = asyncio.create_task(self._server.accepting.wait())
        await asyncio.wait([self._task, accepting], return_when=asyncio.FIRST_COMPLETED)
        accepting.cancel()
        if self._task.done():
            self._task.result()

    async def stop(self) -> None:
        """Finish the requests in progress and close the socket."""
        self._server.should_exit = True
        if self._task is not None:
            await self._task


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.accepting.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # The command line owns the signals: it drains the calls before it stops this server.
        yield
