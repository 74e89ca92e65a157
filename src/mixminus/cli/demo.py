"""`mixminus demo`: a real server and three virtual phones, and a table of who heard whom, measured from their audio."""

from __future__ import annotations

import asyncio
import secrets
import signal
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click

from ..testing.application import Received, WebApplication
from ..testing.line import PhoneLine
from ..testing.phone import CallRefused, Phone
from ..testing.server import READY, ServerProcess
from ..testing.tones import WhoHearsWhom, who_hears_whom

ADA, BOB, EVE = "ada", "bob", "eve"
TONES = {ADA: 425, BOB: 825, EVE: 1275}
MUTED = EVE
EXPECTED = frozenset({(ADA, BOB), (BOB, ADA), (EVE, ADA), (EVE, BOB)})

SETTLE_S = 5.0
"""How long the phones may take to hear each other before the measurement starts all the same."""
MEASURE_S = 2.0


class Story:
    """The customer's side of the demonstration: its pages, and a line on the terminal for each event."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self.web = WebApplication({"/answer": self._answer, "/events": self._room_event, "/hangup": self._hangup})

    def tell(self, sentence: str) -> None:
        """Print what happened and when."""
        click.echo(f"{time.monotonic() - self._began:7.2f} s  {sentence}")

    async def hears_of_end(self, name: str) -> None:
        """Wait until the application knows that a phone's call is over."""
        await self.web.inbox.wait(lambda request: request["Event"] == "Hangup" and request["From"] == name)

    def _answer(self, request: Received) -> str:
        caller = request["From"]
        self.tell(f"server      asks the application what to do with {caller}'s call: {request.method} {request.path}")
        muted = ' muted="true"' if caller == MUTED else ""
        self.tell(f"application answers <Conference{muted}>demo</Conference>")
        callback = self.web.url("/events")
        return f'<Response><Conference{muted} callbackUrl="{callback}">demo</Conference></Response>'

    def _room_event(self, request: Received) -> str:
        action = {"enter": "is in the conference", "exit": "has left the conference"}[request["ConferenceAction"]]
        self.tell(f"server      says that {request['From'] or 'member ' + request['ConferenceMemberID']} {action}")
        return ""

    def _hangup(self, request: Received) -> str:
        self.tell(f"server      says that {request['From']}'s call is over: {request['HangupCauseName']}")
        return ""


async def demo(keep: bool) -> int:
    """Hold the conference and return the exit status: 0 if everybody heard whom they should, and nobody else."""
    story = Story()
    with tempfile.TemporaryDirectory(prefix="mixminus-demo-") as folder:
        server = ServerProcess(Path(folder), auth_token=secrets.token_hex(20), on_line=_show_start)
        try:
            async with story.web, PhoneLine() as line:
                return await _run(story, server, line, keep)
        except RuntimeError as problem:
            click.echo(f"mixminus: {problem}", err=True)
            return 1
        finally:
            await asyncio.to_thread(server.stop)


async def _run(story: Story, server: ServerProcess, line: PhoneLine, keep: bool) -> int:
    story.tell("starting the server")
    await asyncio.to_thread(server.start)
    story.tell(f"server      takes calls at {server.sip} (UDP and TCP)")
    web = story.web
    app_id = await server.create_application(answer_url=web.url("/answer"), hangup_url=web.url("/hangup"))
    story.tell(f"server      has the application {app_id}")
    table = await _conference(story, line, server.uri(app_id))
    is_right = _show(table)
    _invite(server, app_id, keep)
    if keep:
        await _interrupted()
    return 0 if is_right else 1


async def _conference(story: Story, line: PhoneLine, uri: str) -> WhoHearsWhom:
    phones = [line.phone(name) for name in TONES]
    for phone in phones:
        phone.say_tone(TONES[phone.name])
        await _call(story, phone, uri)
    await _settle(story, phones)
    heard = await asyncio.gather(*(phone.listen(MEASURE_S) for phone in phones))
    for phone in phones:
        await phone.hang_up()
        story.tell(f"{phone.name:11} hangs up")
        await story.hears_of_end(phone.name)
    return who_hears_whom(dict(zip(TONES, heard, strict=True)), TONES)


async def _call(story: Story, phone: Phone, uri: str) -> None:
    story.tell(f"{phone.name:11} calls {uri}{' (to listen only)' if phone.name == MUTED else ''}")
    try:
        await phone.call(uri)
    except CallRefused as refusal:
        raise RuntimeError(f"{phone.name}'s call was {refusal}") from refusal
    story.tell(f"{phone.name:11} is through and says a tone of {TONES[phone.name]} Hz")


async def _settle(story: Story, phones: Sequence[Phone]) -> None:
    """Wait until everybody hears whom he should; who does not will be seen in the table."""
    waits = (
        phone.hears(*(TONES[s] for s in TONES if (phone.name, s) in EXPECTED), timeout_s=SETTLE_S) for phone in phones
    )
    await asyncio.gather(*waits, return_exceptions=True)
    story.tell(f"everybody   listens for {MEASURE_S:.0f} s")


def _show(table: WhoHearsWhom) -> bool:
    click.echo("\nWho heard whom, measured from the audio that arrived at each phone (level of each one's tone):\n")
    click.echo("\n".join(f"  {line}" for line in str(table).splitlines()))
    try:
        is_right = table.pairs == EXPECTED
    except ValueError:
        is_right = False
    click.echo(
        "\nRight: ada and bob talk, eve listens, nobody hears himself."
        if is_right
        else "\nWRONG: ada and bob should hear each other, eve both of them, and nobody eve or himself."
    )
    return is_right


def _invite(server: ServerProcess, app_id: str, keep: bool) -> None:
    if not keep:
        click.echo("\nTo call in yourself, leave the server running: mixminus demo --keep (or make demo KEEP=1)")
        return
    click.echo(f"\nCall in with a softphone on this machine: {server.uri(app_id)}")
    click.echo(f"  for example: baresip -e '/dial {server.uri(app_id)}', or linphone, or any SIP phone without account")
    click.echo(f"REST API: {server.http}/v1/Account/{server.auth_id}/ (password {server.auth_token})")
    click.echo("Two phones hear each other; one alone hears silence. Ctrl-C ends the server.")


async def _interrupted() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def _show_start(line: str) -> None:
    """Show what the server says until it is ready: the one-time compile of the media engine."""
    if "media engine" in line and READY.fullmatch(line) is None:
        click.echo(f"           {line}")
