"""A real server for tests: `mixminus serve` in a process of its own, on free ports of loopback.

with ServerProcess(tmp_path) as server:
    app_id = await server.create_application(answer_url=application.url("/answer"))
    await phone.call(server.uri(app_id))
"""

from __future__ import annotations

import os
import queue
import re
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp

AUTH_ID = "MAMIXMINUSTESTING000"
AUTH_TOKEN = "a-token-for-tests-only"
READY = re.compile(r"ready http=(\S+) sip=(\S+)")

READY_S = 300.0
"""The first start on a machine compiles the media engine: 15 s, or minutes on a busy machine."""
STOP_S = 15.0


class ServerProcess:
    """Starts the server, waits until it is ready, and stops it with SIGTERM.

    `options` are appended to those for free ports; with `core` the process is pinned to that processor core; `on_line`
    is told every line the server prints, in a thread of its own.
    """

    def __init__(
        self,
        data: Path,
        options: Sequence[str] = (),
        *,
        core: int | None = None,
        auth_token: str = AUTH_TOKEN,
        on_line: Callable[[str], None] | None = None,
    ) -> None:
        self.data = data
        self.auth_id = AUTH_ID
        self.auth_token = auth_token
        self.lines: list[str] = []
        self.http = ""
        self.sip = ""
        self._options = options
        self._core = core
        self._on_line = on_line
        self._printed: queue.Queue[str | None] = queue.Queue()
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> Self:
        """Start and wait until the server can take calls. Raises RuntimeError with what it printed otherwise."""
        self._process = subprocess.Popen(
            serve_command(self.data, ["--auth-token", self.auth_token, *self._options]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "MIXMINUS_KERNELS"},
            preexec_fn=self._pin if self._core is not None else None,
        )
        threading.Thread(target=self._read, daemon=True).start()
        ready = self.wait_line(READY, READY_S)
        self.http, self.sip = f"http://{ready[1]}", ready[2]
        return self

    def stop(self, timeout_s: float = STOP_S) -> int:
        """Send SIGTERM and return the exit status."""
        if self._process is None:
            return 0
        self._process.terminate()
        try:
            return self._process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise

    def wait_line(self, pattern: re.Pattern[str], timeout_s: float) -> re.Match[str]:
        """Return the match of the next line printed that fits; raises RuntimeError when the server ends first."""
        while True:
            try:
                line = self._printed.get(timeout=timeout_s)
            except queue.Empty:
                raise TimeoutError(
                    f"no line {pattern.pattern!r} within {timeout_s} s:\n" + "\n".join(self.lines)
                ) from None
            if line is None:
                raise RuntimeError("the server ended:\n" + "\n".join(self.lines))
            if (found := pattern.fullmatch(line)) is not None:
                return found

    def uri(self, user: str, transport: str = "udp") -> str:
        """Return the SIP URI of an application or a number."""
        return f"sip:{user}@{self.sip}" + (";transport=tcp" if transport == "tcp" else "")

    @property
    def pid(self) -> int:
        """Return the process id."""
        assert self._process is not None
        return self._process.pid

    async def create_application(self, **fields: object) -> str:
        """Create an application by REST (answer_url=...) and return its app_id."""
        created = await self.request("POST", "Application/", {"app_name": "testing", **fields})
        return str(created["app_id"])

    async def assign_number(self, number: str, app_id: str) -> None:
        """Let an application answer for a number, by REST."""
        await self.request("POST", f"Number/{number}/", {"app_id": app_id})

    async def request(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Make a REST request below /v1/Account/{auth_id}/ and return its JSON; raises RuntimeError on 4xx and 5xx."""
        url = f"{self.http}/v1/Account/{self.auth_id}/{path}"
        login = b64encode(f"{self.auth_id}:{self.auth_token}".encode()).decode()
        headers = {"Authorization": f"Basic {login}"}
        async with aiohttp.request(method, url, json=body, headers=headers) as response:
            answer: dict[str, Any] = await response.json() if response.status != 204 else {}
            if response.status >= 400:
                raise RuntimeError(f"{method} {url}: {response.status} {answer}")
            return answer

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self.stop()

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))
            self._printed.put(self.lines[-1])
            if self._on_line is not None:
                self._on_line(self.lines[-1])
        self._printed.put(None)

    def _pin(self) -> None:
        assert self._core is not None
        os.sched_setaffinity(0, {self._core})


def serve_command(data: Path, options: Sequence[str] = ()) -> list[str]:
    """Return the command line of a server on free ports of loopback; later options win."""
    free = ["--http", "127.0.0.1:0", "--sip", "127.0.0.1:0", "--rtp-ports", "0-0"]
    account = ["--auth-id", AUTH_ID, "--auth-token", AUTH_TOKEN]
    return [sys.executable, "-m", "mixminus", "serve", "--data", str(data), *free, *account, *options]
