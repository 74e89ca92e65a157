"""Virtual phones call a peer that answers everything and sends their own voice back."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable

import pytest

from mixminus.net.sip import SipListener
from mixminus.sip.endpoint import EndpointSettings
from mixminus.sip.events import Event, IncomingCall, InfoReceived, OfferReceived
from mixminus.sip.session import Session
from mixminus.testing.description import REVERSED, Audio
from mixminus.testing.line import PhoneLine
from mixminus.testing.phone import CallRefused
from mixminus.testing.tones import level_dbfs

HOST = "127.0.0.1"
TONE = 425


class Echo:
    """Answers calls and sends back every RTP packet."""

    def __init__(self) -> None:
        self.listener: SipListener
        self.sessions: list[Session] = []
        self.offers: list[Audio] = []
        self.keys: asyncio.Queue[bytes] = asyncio.Queue()
        self.codecs: dict[int, str] | None = None
        """What is answered; None: what was offered."""
        self.telephone_events = True
        self.refuses: Callable[[Session], None] | None = None
        self._rtp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    async def open(self) -> None:
        settings = EndpointSettings(user_agent="echo", contact_user="echo")
        self.listener = await SipListener.open(HOST, 0, settings, self._take)
        self._rtp.bind((HOST, 0))
        self._rtp.setblocking(False)
        asyncio.get_running_loop().add_reader(self._rtp, self._echo)

    async def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._rtp)
        self._rtp.close()
        await self.listener.close()

    @property
    def uri(self) -> str:
        host, port = self.listener.address
        return f"sip:echo@{host}:{port}"

    def hang_up(self) -> None:
        self.sessions[-1].hang_up(self.listener.now())
        self.listener.flush()

    def _take(self, event: Event) -> None:
        match event:
            case IncomingCall(session):
                self.sessions.append(session)
                if self.refuses is not None:
                    self.refuses(session)
                else:
                    session.accept(self._answer(session.remote_sdp), self.listener.now())
            case OfferReceived(session, sdp):
                session.answer_offer(self._answer(sdp), self.listener.now())
            case InfoReceived(_, _, body):
                self.keys.put_nowait(body)
            case _:
                pass

    def _answer(self, sdp: bytes) -> bytes:
        offer = Audio.parse(sdp)
        self.offers.append(offer)
        direction = REVERSED.get(offer.direction, offer.direction)
        events = offer.event_type if self.telephone_events else None
        port = self._rtp.getsockname()[1]
        return Audio(HOST, port, self.codecs or offer.codecs, events, direction).render()

    def _echo(self) -> None:
        data, address = self._rtp.recvfrom(2048)
        self._rtp.sendto(data, address)


@pytest.fixture
async def echo() -> AsyncIterator[Echo]:
    echo = Echo()
    await echo.open()
    yield echo
    await echo.close()


@pytest.fixture
async def line() -> AsyncIterator[PhoneLine]:
    async with PhoneLine() as phones:
        yield phones


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "L16"])
async def test_a_phone_hears_what_comes_back(echo: Echo, line: PhoneLine, codec: str) -> None:
    phone = line.phone("ada", codecs=(codec,))
    phone.say_tone(TONE)
    await phone.call(echo.uri)
    await phone.hears(TONE)
    assert level_dbfs(await phone.listen(0.2), TONE) == pytest.approx(-12, abs=0.5)
    ended = await phone.hang_up()
    assert not ended.by_peer


async def test_phones_may_call_over_tcp(echo: Echo) -> None:
    async with PhoneLine(transport="tcp") as line:
        phone = line.phone("ada")
        await phone.call(echo.uri)
        assert echo.sessions[0].flow.transport == "tcp"


async def test_the_peer_hangs_up(echo: Echo, line: PhoneLine) -> None:
    phone = line.phone("ada")
    await phone.call(echo.uri)
    echo.hang_up()
    assert (await phone.ended()).by_peer
    assert phone.is_over


async def test_a_refusal_is_an_error_with_its_status(echo: Echo, line: PhoneLine) -> None:
    echo.refuses = lambda session: session.reject(486, now=echo.listener.now())
    with pytest.raises(CallRefused, match="refused with 486 Busy Here"):
        await line.phone("ada").call(echo.uri)


async def test_giving_up_is_a_cancel(echo: Echo, line: PhoneLine) -> None:
    echo.refuses = lambda session: session.progress(180, now=echo.listener.now())
    phone = line.phone("ada")
    phone.dial(echo.uri)
    ended = await phone.hang_up()
    assert ended.status == 487


async def test_hold_and_resume(echo: Echo, line: PhoneLine) -> None:
    """RFC 3264 §8.4: the one on hold is offered sendonly."""
    phone = line.phone("ada")
    phone.say_tone(TONE)
    await phone.call(echo.uri)
    await phone.hears(TONE)
    await phone.hold("inactive")
    heard = phone.ear.packets
    await phone.hold("sendonly")
    await phone.resume()
    await phone.hears(TONE)
    assert phone.ear.packets > heard
    assert [offer.direction for offer in echo.offers] == ["sendrecv", "inactive", "sendonly", "sendrecv"]


async def test_keys_as_telephone_events(echo: Echo, line: PhoneLine) -> None:
    phone = line.phone("ada")
    await phone.call(echo.uri)
    phone.press("1*#")
    await phone.ear.until(lambda: phone.ear.digits == "1*#", 5)


async def test_keys_in_band_when_there_are_no_events(echo: Echo, line: PhoneLine) -> None:
    echo.telephone_events = False
    phone = line.phone("ada")
    await phone.call(echo.uri)
    phone.press("5")
    await phone.hears(770, 1336)
    await phone.hears_silence()


async def test_keys_by_info(echo: Echo, line: PhoneLine) -> None:
    phone = line.phone("ada")
    await phone.call(echo.uri)
    phone.press_by_info("7")
    assert await asyncio.wait_for(echo.keys.get(), 5) == b"Signal=7\r\nDuration=100\r\n"
