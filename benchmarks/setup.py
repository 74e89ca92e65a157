"""Cost of calls: python -m benchmarks.setup [--calls N] [--rate R] [--participants P]

A whole server on one core; phones and the customer's web application on the other. CPU: N calls, R a second, each
fetches its page, joins a conference of 3, stays a second and hangs up; counted is the CPU time of the server's process
less what it takes when idle. Memory: P participants in conferences of 3 at the same time; counted is the growth of the
process, after as many calls as warm-up.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import tempfile
import time
from pathlib import Path

from mixminus.testing.application import Received, WebApplication
from mixminus.testing.line import PhoneLine
from mixminus.testing.phone import Phone
from mixminus.testing.server import ServerProcess

from .media_process import ENGINE_CORE, LOAD_CORE, medians

STAY_S = 1.0
IDLE_S = 3.0
ROOM_SIZE = 3
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


def conference(request: Received) -> str:
    """Answer: callers number 3n to 3n + 2 meet in one room."""
    room = int(request["From"].removeprefix("caller")) // ROOM_SIZE
    return f"<Response><Conference>room-{room}</Conference></Response>"


class Load:
    """Calls that come at a steady rate."""

    def __init__(self, server: ServerProcess, line: PhoneLine, uri: str) -> None:
        self._server = server
        self._line = line
        self._uri = uri
        self._next = 0
        self.setup_ms: list[float] = []

    async def calls(self, count: int, rate: float) -> None:
        """Make calls that stay for a second."""
        async with asyncio.TaskGroup() as group:
            start = time.monotonic()
            for number in range(count):
                await asyncio.sleep(start + number / rate - time.monotonic())
                group.create_task(self._call_and_leave())

    async def participants(self, count: int, rate: float) -> list[Phone]:
        """Make calls that stay; return their phones."""
        start = time.monotonic()
        phones = []
        for number in range(count):
            await asyncio.sleep(start + number / rate - time.monotonic())
            phones.append(await self._call())
        return phones

    async def leave(self, phone: Phone) -> None:
        """Hang up and throw the phone away."""
        await phone.hang_up()
        self._line.unplug(phone)

    async def _call_and_leave(self) -> None:
        phone = await self._call()
        await asyncio.sleep(STAY_S)
        await self.leave(phone)

    async def _call(self) -> Phone:
        phone = self._line.phone(f"caller{self._next}")
        self._next += 1
        began = time.monotonic()
        await phone.call(self._uri)
        self.setup_ms.append(1000 * (time.monotonic() - began))
        return phone


def cpu_s(pid: int) -> float:
    """Return the CPU time a process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def memory_mb(pid: int) -> float:
    """Return the resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES / 1e6


async def measure_cpu(load: Load, pid: int, count: int, rate: float) -> float:
    """Return the CPU milliseconds of one call."""
    before = cpu_s(pid)
    await asyncio.sleep(IDLE_S)
    idle = (cpu_s(pid) - before) / IDLE_S
    began, before = time.monotonic(), cpu_s(pid)
    await load.calls(count, rate)
    used = cpu_s(pid) - before - idle * (time.monotonic() - began)
    return 1000 * used / count


async def measure_memory(load: Load, pid: int, count: int, rate: float) -> float:
    """Return the megabytes of one participant."""
    before = memory_mb(pid)
    phones = await load.participants(count, rate)
    grown = memory_mb(pid) - before
    await asyncio.gather(*(load.leave(phone) for phone in phones))
    return grown / count


async def run(calls: int, rate: float, participants: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with WebApplication({"/answer": conference}) as web, PhoneLine() as line:
            server = ServerProcess(Path(folder), ["--log-level", "warning"], core=ENGINE_CORE)
            await asyncio.to_thread(server.start)
            app_id = await server.create_application(answer_url=web.url("/answer"))
            load = Load(server, line, server.uri(app_id))
            await load.calls(calls // 4, rate)
            load.setup_ms.clear()
            cost = await measure_cpu(load, server.pid, calls, rate)
            p50, p99, largest = medians(load.setup_ms)
            print(f"CPU: {cost:.2f} ms for each call set up, joined, {STAY_S:.0f} s of media, torn down")
            print(f"     {calls} calls, {rate:.0f} a second (PJSIP 0.7, Asterisk 1.6, FreeSWITCH 3.2, without any XML)")
            print(f"     INVITE to 200: p50 {p50:.1f} ms, p99 {p99:.1f} ms, max {largest:.1f} ms")
            memory = await measure_memory(load, server.pid, participants, rate)
            print(f"Memory: {memory:.3f} MB for each of {participants} participants (Asterisk 0.25, PJSIP 0.22)")
            await asyncio.to_thread(server.stop)


def main() -> None:
    """Read the options and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--rate", type=float, default=50.0, help="calls a second")
    parser.add_argument("--participants", type=int, default=600)
    options = parser.parse_args()
    os.sched_setaffinity(0, {LOAD_CORE})
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(run(options.calls, options.rate, options.participants))


if __name__ == "__main__":
    main()
