"""A foreign SIP stack calls: SIPp (Debian: sip-tester), its scenarios beside this file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from mixminus.testing.application import Received

from .conftest import Stage
from .pages import play, response, stay

SCENARIOS = Path(__file__).parent / "scenarios"
CALLER = "sipp"
TALK = response(stay())

INVITE_REPEATED_AFTER_S = 0.8
"""How slow a page is during which SIPp repeats its INVITE (Timer A: 0.5 s)."""


async def run_sipp(
    stage: Stage, folder: Path, scenario: str, calls: int, *options: str, within_s: float = 30.0
) -> None:
    """Run a scenario `calls` times; fail with what SIPp says went wrong."""
    errors = folder / "errors.txt"
    command = ["sipp", "-sf", str(SCENARIOS / f"{scenario}.xml"), "-s", stage.app_id, stage.server.sip]
    command += ["-i", "127.0.0.1", "-m", str(calls), "-nostdin", "-trace_err", "-error_file", str(errors), *options]
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(*command, stdout=quiet, stderr=quiet, cwd=folder)
    try:
        status = await asyncio.wait_for(process.wait(), within_s)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert status == 0, errors.read_text() if errors.exists() else f"sipp ended with {status}"


def of_event(stage: Stage, event: str) -> list[Received]:
    return [request for request in stage.inbox.requests if request["Event"] == event]


async def hangups(stage: Stage, count: int) -> set[str]:
    """Wait for that many hangup notices and return their causes."""
    try:
        await stage.inbox.wait(lambda _: len(of_event(stage, "Hangup")) >= count, timeout_s=20)
    except TimeoutError:
        pytest.fail(f"{len(of_event(stage, 'Hangup'))} calls ended, of {len(of_event(stage, 'StartApp'))}")
    return {request["HangupCauseName"] for request in of_event(stage, "Hangup")}


@pytest.mark.parametrize("transport", ["u1", "t1"], ids=["udp", "tcp"])
async def test_a_basic_call(stage: Stage, tmp_path: Path, transport: str) -> None:
    """RFC 3261 §13 and §15."""
    stage.scripts[CALLER] = TALK
    await run_sipp(stage, tmp_path, "basic_call", 5, "-t", transport, "-r", "5")
    assert await hangups(stage, 5) == {"Normal Hangup"}


async def test_a_retransmitted_invite_is_one_call(stage: Stage, tmp_path: Path) -> None:
    """RFC 3261 §17.2.1: "If a retransmitted request is received ... the most recent provisional response ... MUST be
    passed to the transport layer", and nothing else happens."""

    async def slow(_: Received) -> str:
        await asyncio.sleep(INVITE_REPEATED_AFTER_S)
        return TALK

    stage.web.pages["/answer"] = slow
    messages = tmp_path / "messages.txt"
    await run_sipp(stage, tmp_path, "retransmitted_invite", 3, "-trace_msg", "-message_file", str(messages))
    assert messages.read_text().count("INVITE sip:") >= 6
    await hangups(stage, 3)
    assert len(of_event(stage, "StartApp")) == 3


async def test_cancel(stage: Stage, tmp_path: Path) -> None:
    """RFC 3261 §9.2: the UAS "SHOULD immediately respond to the original request with a 487"."""

    async def never(_: Received) -> str:
        await asyncio.Event().wait()
        return ""

    stage.web.pages["/answer"] = never
    await run_sipp(stage, tmp_path, "cancel", 3)
    assert await hangups(stage, 3) == {"Canceled"}


@pytest.mark.parametrize("transport", ["u1", "t1"], ids=["udp", "tcp"])
async def test_hold_and_resume(stage: Stage, tmp_path: Path, transport: str) -> None:
    """RFC 3264 §6.1 and §8.4: sendonly is answered recvonly, inactive inactive."""
    stage.scripts[CALLER] = TALK
    await run_sipp(stage, tmp_path, "hold_and_resume", 3, "-t", transport)
    assert await hangups(stage, 3) == {"Normal Hangup"}


@pytest.mark.parametrize("transport", ["u1", "t1"], ids=["udp", "tcp"])
async def test_the_server_hangs_up(stage: Stage, tmp_path: Path, transport: str) -> None:
    """RFC 3261 §15.1.1: BYE by the callee."""
    stage.scripts[CALLER] = response(play(stage.tone_url(1025, 0.3)))
    await run_sipp(stage, tmp_path, "server_hangs_up", 3, "-t", transport)
    assert await hangups(stage, 3) == {"End Of XML Instructions"}


async def test_one_lost_message_in_ten(stage: Stage, tmp_path: Path) -> None:
    """Issue: "10 % packet loss on signalling (200 of 200 calls complete)"."""
    stage.scripts[CALLER] = TALK
    await run_sipp(stage, tmp_path, "basic_call", 200, "-r", "40", "-lost", "10", within_s=90)
    await hangups(stage, 200)
    assert len(of_event(stage, "StartApp")) == 200
