"""The server as its operator meets it: starting, stopping, restarting, mistakes."""

from __future__ import annotations

import asyncio
import re
import socket
import subprocess
from pathlib import Path

import aiohttp
import pytest

from mixminus.testing.application import WebApplication
from mixminus.testing.line import PhoneLine
from mixminus.testing.phone import CallRefused, Phone
from mixminus.testing.server import ServerProcess, serve_command

from .pages import response, stay

TALK = response(stay())


async def calling(server: ServerProcess, web: WebApplication, phone: Phone) -> str:
    """Create an application and let a phone call it."""
    app_id = await server.create_application(answer_url=web.url("/answer"))
    await phone.call(server.uri(app_id))
    return app_id


async def call_again_and_again(line: PhoneLine, uri: str) -> None:
    """Call until a call is refused: those that come before the signal are still taken."""
    while True:
        bob = line.phone("bob")
        await bob.call(uri)
        await bob.hang_up()


def refusal(data: Path, *options: str) -> str:
    """Start a server that cannot start and return what it says; it has to end with status 2."""
    ended = subprocess.run(serve_command(data, options), capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2, ended
    return ended.stderr.strip()


async def test_applications_survive_a_restart(tmp_path: Path, line: PhoneLine) -> None:
    """Issue: "Kept in SQLite in the data folder ..., surviving a restart"."""
    async with WebApplication({"/answer": TALK}) as web:
        with ServerProcess(tmp_path / "data") as server:
            app_id = await server.create_application(answer_url=web.url("/answer"), app_name="kept")
            await server.assign_number("4930123456", app_id)
        with ServerProcess(tmp_path / "data") as server:
            assert (await server.request("GET", f"Application/{app_id}/"))["app_name"] == "kept"
            await line.phone("ada").call(server.uri("4930123456"))
            await line.hang_up_all()


async def test_sigterm_ends_calls_cleanly(tmp_path: Path, line: PhoneLine) -> None:
    """Issue: "SIGTERM: ... calls in progress end cleanly (BYE) after `--drain-s` (default 0 = at once), exit 0"."""
    async with WebApplication({"/answer": TALK}) as web:
        server = ServerProcess(tmp_path / "data").start()
        ada = line.phone("ada")
        await calling(server, web, ada)
        assert await asyncio.to_thread(server.stop) == 0
        assert (await ada.ended()).by_peer


async def test_a_draining_server_takes_no_new_calls(tmp_path: Path, line: PhoneLine) -> None:
    """Issue: "SIGTERM: new calls get 503 with Retry-After"."""
    async with WebApplication({"/answer": TALK}) as web:
        server = ServerProcess(tmp_path / "data", ["--drain-s", "30"]).start()
        ada = line.phone("ada")
        app_id = await calling(server, web, ada)
        stopping = asyncio.create_task(asyncio.to_thread(server.stop))
        with pytest.raises(CallRefused, match="refused with 503"):
            await call_again_and_again(line, server.uri(app_id))
        assert not ada.is_over
        await ada.hang_up()
        assert await stopping == 0


def test_a_wrong_option_is_said_in_one_sentence(tmp_path: Path) -> None:
    """Issue: "A wrong option or a taken port: one sentence that says what to do, exit 2"."""
    assert "--nonsense" in refusal(tmp_path, "--nonsense", "1")
    said = refusal(tmp_path, "--sip", "nonsense")
    assert len(said.splitlines()) == 1
    assert "--sip" in said


@pytest.mark.parametrize(("option", "kind"), [("--sip", socket.SOCK_DGRAM), ("--http", socket.SOCK_STREAM)])
def test_a_taken_port_is_said_in_one_sentence(tmp_path: Path, option: str, kind: socket.SocketKind) -> None:
    """Issue: as above."""
    with socket.socket(socket.AF_INET, kind) as other:
        other.bind(("127.0.0.1", 0))
        if kind == socket.SOCK_STREAM:
            other.listen()
        port = other.getsockname()[1]
        said = refusal(tmp_path, option, f"127.0.0.1:{port}")
    assert len(said.splitlines()) == 1
    assert re.search(rf"\b{port}\b.*{option}\b", said)


async def test_it_says_that_it_is_well(server: ServerProcess) -> None:
    """Issue: "`GET /healthz` answers 200"."""
    async with aiohttp.request("GET", f"{server.http}/healthz") as response:
        assert response.status == 200


def test_options_are_answered(server: ServerProcess) -> None:
    """Issue: "OPTIONS answers 200"; RFC 3581: the answer comes to the port that asked."""
    host, port = server.sip.rsplit(":", 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        probe.settimeout(10)
        probe.sendto(options_request(server.sip), (host, int(port)))
        assert probe.recv(65_535).startswith(b"SIP/2.0 200 ")


def options_request(target: str) -> bytes:
    lines = [
        f"OPTIONS sip:{target} SIP/2.0",
        "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKprobe;rport",
        "From: <sip:probe@127.0.0.1>;tag=probe",
        f"To: <sip:{target}>",
        "Call-ID: probe",
        "CSeq: 1 OPTIONS",
        "Max-Forwards: 70",
        "Content-Length: 0",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()
