"""A real softphone calls in: baresip (Debian: baresip-core), whose microphone is a file with a tone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from mixminus.testing.tones import tone
from mixminus.testing.wav import as_wav

from .conftest import Stage
from .pages import conference

ADA, BARESIP = 425, 825

CONFIG = """\
poll_method epoll
sip_listen 127.0.0.1:0
audio_source aufile,{folder}/says.wav
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module_app account.so
module_app menu.so
"""


@asynccontextmanager
async def baresip(folder: Path, uri: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Let baresip call; it hangs up at the end of the block."""
    (folder / "config").write_text(CONFIG.format(folder=folder))
    (folder / "accounts").write_text("<sip:baresip@127.0.0.1>;regint=0\n")
    (folder / "says.wav").write_bytes(as_wav(tone(BARESIP, 60_000)))
    quiet = asyncio.subprocess.DEVNULL
    command = ("baresip", "-4", "-f", str(folder), "-e", f"/dial {uri}")
    process = await asyncio.create_subprocess_exec(*command, stdin=quiet, stdout=quiet, stderr=quiet)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def test_a_softphone_is_heard_in_a_conference(stage: Stage, tmp_path: Path) -> None:
    """Issue: "Two SIPp or softphone calls in one conference hear each other's tone"."""
    ada = await stage.phone_in("ada", conference(stage.room), ADA)
    stage.scripts["baresip"] = conference(stage.room)
    async with baresip(tmp_path, stage.uri):
        await ada.hears(BARESIP, timeout_s=20)
    await ada.hears_no(BARESIP)
    assert (await stage.hangup_of("baresip"))["HangupSource"] == "Caller"
