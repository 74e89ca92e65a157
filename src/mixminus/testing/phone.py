"""A virtual phone: real SIP and RTP, a voice made of a tone, an ear that can be measured.

    async with PhoneLine() as line:
        ada, bob = line.phone("ada"), line.phone("bob")
        ada.say_tone(425)
        await asyncio.gather(ada.call(uri), bob.call(uri))
        heard = await bob.listen(1.0)
        await ada.hang_up()

A phone makes one call; take a new one for the next call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..sip.events import Answered, Ended, InfoReceived, OfferReceived, OfferRequested, Progressed, ReinviteDone
from ..sip.events import Event as SipEvent
from ..sip.session import Session
from .description import REVERSED, Audio
from .ear import Ear
from .mouth import KEY_MS, Mouth
from .tones import HEARD_DBFS, SILENT_DBFS, level_dbfs, loudness_dbfs, tone
from .wire import Packet

Samples = NDArray[np.int16]

ANSWER_S = 20.0
"""How long a call may take to be answered: longer than a page may take (15 s)."""
WAIT_S = 10.0
"""How long anything else may take."""
WINDOW_MS = 100
"""How much audio one look at a tone needs: frequencies 20 Hz apart can be told, speech pauses are still seen."""


@dataclass
class CallRefused(Exception):  # noqa: N818  (reads as a sentence where it is raised)
    """The call ended before it was answered."""

    status: int
    reason: str

    def __str__(self) -> str:
        return f"refused with {self.status} {self.reason}"


class Line(Protocol):
    """What a phone needs of the line it hangs on."""

    def dial(self, phone: Phone, uri: str, offer: bytes, headers: Sequence[tuple[str, str]]) -> Session:
        """Send an INVITE."""

    def now(self) -> float:
        """Return the time for a session's methods."""

    def flush(self) -> None:
        """Send what a session's method wants sent."""


class Phone:
    """One phone and its one call."""

    def __init__(self, name: str, line: Line, local: Audio, ssrc: int) -> None:
        self.name = name
        self.ear = Ear()
        self.mouth = Mouth(ssrc)
        self.tone_hz: float | None = None
        self.progress: list[int] = []
        """The 1xx statuses that came, in order."""
        self.remote: Audio | None = None
        self.infos: list[InfoReceived] = []
        self._line = line
        self._local = local
        self._session: Session | None = None
        self._reinvite: asyncio.Future[ReinviteDone] | None = None
        self._changed = asyncio.Condition()
        self._answered = asyncio.get_running_loop().create_future()
        self._ended: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()

    # -- the call ------------------------------------------------------------------------------------------------

    async def call(self, uri: str, *, headers: Sequence[tuple[str, str]] = (), timeout_s: float = ANSWER_S) -> None:
        """Call and wait for the answer; raises CallRefused when there is none."""
        self.dial(uri, headers=headers)
        await self.answered(timeout_s)

    def dial(self, uri: str, *, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Call without waiting for the answer."""
        self._session = self._line.dial(self, uri, self._local.render(), headers)

    async def answered(self, timeout_s: float = ANSWER_S) -> None:
        """Wait for the answer; raises CallRefused when there is none."""
        async with asyncio.timeout(timeout_s):
            await asyncio.wait([self._answered, self._ended], return_when=asyncio.FIRST_COMPLETED)
        if not self._answered.done():
            ended = self._ended.result()
            raise CallRefused(ended.status, ended.reason)

    async def ended(self, timeout_s: float = WAIT_S) -> Ended:
        """Wait until the call is over and return how it ended."""
        return await asyncio.wait_for(asyncio.shield(self._ended), timeout_s)

    @property
    def is_over(self) -> bool:
        """Say whether the call has ended."""
        return self._ended.done()

    async def hang_up(self, timeout_s: float = WAIT_S) -> Ended:
        """End the call (CANCEL or BYE, as fits) and wait until it is over."""
        if not self._ended.done():
            self._act(lambda session, now: session.hang_up(now))
        return await self.ended(timeout_s)

    async def hold(self, direction: str = "sendonly") -> None:
        """Put the peer on hold by a re-INVITE (RFC 3264 §8.4); raises CallRefused when it does not agree."""
        await self._offer_again(direction)

    async def resume(self) -> None:
        """Take the peer off hold."""
        await self._offer_again("sendrecv")

    # -- voice and keys ------------------------------------------------------------------------------------------

    def say(self, voice: Samples) -> None:
        """Repeat these samples from now on (8 kHz)."""
        self.tone_hz = None
        self.mouth.say(voice)

    def say_tone(self, frequency_hz: int) -> None:
        """Say a steady tone from now on."""
        self.say(tone(frequency_hz, 1000))
        self.tone_hz = frequency_hz

    def press(self, digits: str) -> None:
        """Press keys as telephone events (RFC 4733); as tones if the peer did not agree to events."""
        if self.remote is not None and self.remote.event_type is None:
            self.mouth.press_in_band(digits)
        else:
            self.mouth.press(digits)

    def press_by_info(self, digits: str) -> None:
        """Press keys by SIP INFO."""
        for digit in digits:
            self._send_key(f"Signal={digit}\r\nDuration={KEY_MS}\r\n".encode())

    # -- hearing -------------------------------------------------------------------------------------------------

    async def listen(self, duration_s: float) -> Samples:
        """Return what is heard in the next `duration_s`."""
        start = self.ear.position
        end = start + int(duration_s * self.ear.rate)
        await self.ear.until(lambda: self.ear.position >= end, duration_s + WAIT_S)
        return self.ear.heard[start:end]

    async def hears(self, *frequencies_hz: float, timeout_s: float = WAIT_S) -> None:
        """Wait until all these tones are heard at once, from now on. Raises TimeoutError."""
        await self._hears(lambda heard: all(level_dbfs(heard, f) >= HEARD_DBFS for f in frequencies_hz), timeout_s)

    async def hears_no(self, *frequencies_hz: float, timeout_s: float = WAIT_S) -> None:
        """Wait until none of these tones is heard any more. Raises TimeoutError."""
        await self._hears(lambda heard: all(level_dbfs(heard, f) < SILENT_DBFS for f in frequencies_hz), timeout_s)

    async def hears_something(self, timeout_s: float = WAIT_S) -> None:
        """Wait until anything but silence is heard. Raises TimeoutError."""
        await self._hears(lambda heard: loudness_dbfs(heard) >= HEARD_DBFS, timeout_s)

    async def hears_silence(self, timeout_s: float = WAIT_S) -> None:
        """Wait until nothing is heard any more. Raises TimeoutError."""
        await self._hears(lambda heard: loudness_dbfs(heard) < SILENT_DBFS, timeout_s)

    async def _hears(self, judge: Callable[[Samples], bool], timeout_s: float) -> None:
        """Wait for a window of audio, all of which comes from now on, that `judge` accepts."""
        earliest = self.ear.position + WINDOW_MS * self.ear.rate // 1000
        await self.ear.until(lambda: self.ear.position >= earliest and judge(self.ear.last(WINDOW_MS)), timeout_s)

    # -- what the line brings ------------------------------------------------------------------------------------

    def next_packet(self) -> tuple[bytes, tuple[str, int]] | None:
        """Return what to send in this tick and where to; None while there is nobody to talk to."""
        remote = self.remote
        if remote is None or self.is_over or self._local.direction not in ("sendrecv", "sendonly"):
            return None
        payload_type = next(iter(remote.codecs))
        packet = self.mouth.next_packet(remote.codecs[payload_type], payload_type, remote.event_type)
        return packet.encode(), (remote.host, remote.port)

    def receive(self, data: bytes) -> None:
        """Hear one RTP packet."""
        packet = Packet.parse(data)
        if packet is None or self._local.direction == "inactive":
            return
        codec = self._local.codecs.get(packet.payload_type)
        if codec is not None:
            self.ear.hear_audio(packet, codec)
        elif packet.payload_type == self._local.event_type:
            self.ear.hear_event(packet)

    def on_event(self, event: SipEvent) -> None:
        """Take note of what happened to the call."""
        match event:
            case Progressed(_, status, sdp):
                self.progress.append(status)
                self._learn(sdp)
            case Answered(_, sdp):
                self._learn(sdp)
                self._answered.set_result(None)
            case OfferReceived(session, sdp):
                self._learn(sdp)
                session.answer_offer(self._answer(), self._line.now())
            case OfferRequested(session):
                session.provide_offer(self._local.render(), self._line.now())
            case ReinviteDone() if self._reinvite is not None:
                self._reinvite.set_result(event)
                self._reinvite = None
            case InfoReceived():
                self.infos.append(event)
            case Ended() if not self._ended.done():
                self._ended.set_result(event)
            case _:
                pass

    def _act(self, method: Callable[[Session, float], None]) -> None:
        if self._session is None:
            raise RuntimeError(f"{self.name} has not called anybody")
        method(self._session, self._line.now())
        self._line.flush()

    def _send_key(self, body: bytes) -> None:
        self._act(lambda session, now: session.info("application/dtmf-relay", body, now))

    async def _offer_again(self, direction: str) -> None:
        self._local = replace(self._local, direction=direction, version=self._local.version + 1)
        self._reinvite = done = asyncio.get_running_loop().create_future()
        offer = self._local.render()
        self._act(lambda session, now: session.reinvite(offer, now))
        result = await asyncio.wait_for(done, WAIT_S)
        if result.status >= 300:
            raise CallRefused(result.status, "re-INVITE")
        self._learn(result.sdp)

    def _answer(self) -> bytes:
        assert self.remote is not None
        direction = REVERSED.get(self.remote.direction, self.remote.direction)
        self._local = replace(self._local, version=self._local.version + 1)
        return replace(self._local, direction=direction).render()

    def _learn(self, sdp: bytes | None) -> None:
        if sdp:
            self.remote = Audio.parse(sdp)
