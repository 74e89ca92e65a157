"""The line many virtual phones share: one SIP port, one clock that sends all their voices."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections.abc import Sequence
from types import TracebackType
from typing import Literal, Self

from ..net.rtp import RtpPorts
from ..net.sip import SipListener
from ..sip.endpoint import EndpointSettings
from ..sip.events import Ended, Event, IncomingCall
from ..sip.flow import Flow
from ..sip.session import Session
from ..sip.uri import Uri
from ..switch.ports import RtpSockets
from .description import Audio
from .mouth import PACKET_MS
from .phone import Phone

SIP_PORT = 5060
BUSY = 486
DRAIN_MAX = 64


class PhoneLine:
    """Phones on `host`, all of which call over `transport`."""

    def __init__(self, host: str = "127.0.0.1", transport: Literal["udp", "tcp"] = "udp") -> None:
        self.host = host
        self._transport: Literal["udp", "tcp"] = transport
        self._ports = RtpPorts(host, 0, 0)
        self._sockets: dict[Phone, tuple[RtpSockets, socket.socket]] = {}
        self._calls: dict[str, Phone] = {}
        self._listener: SipListener
        self._speaking: asyncio.Task[None]

    async def __aenter__(self) -> Self:
        settings = EndpointSettings(user_agent="Mixminus virtual phone", contact_user="phone")
        self._listener = await SipListener.open(self.host, 0, settings, self._on_event)
        self._speaking = asyncio.create_task(self._speak())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, where: TracebackType | None
    ) -> None:
        """Hang up what is still up, then close all sockets."""
        await self.hang_up_all()
        self._speaking.cancel()
        for phone in list(self._sockets):
            self.unplug(phone)
        await self._listener.close()

    @property
    def phones(self) -> list[Phone]:
        """Return the phones that are plugged in, in the order in which they were."""
        return list(self._sockets)

    def phone(self, name: str, codecs: tuple[str, ...] = ("PCMU", "PCMA"), *, telephone_events: bool = True) -> Phone:
        """Plug in a phone; `codecs` (PCMU, PCMA, L16) are offered in this order."""
        pair = self._ports.open(self.now())
        if pair is None:
            raise RuntimeError("this machine has no free UDP ports")
        rtp = socket.socket(fileno=pair.rtp_fd)
        local = Audio.of_phone(self.host, pair.port, codecs, telephone_events)
        phone = Phone(name, self, local, secrets.randbits(32))
        self._sockets[phone] = (pair, rtp)
        asyncio.get_running_loop().add_reader(rtp, _hear, phone, rtp)
        return phone

    def unplug(self, phone: Phone) -> None:
        """Close a phone's sockets; what it has heard can still be looked at."""
        pair, rtp = self._sockets.pop(phone)
        asyncio.get_running_loop().remove_reader(rtp)
        rtp.detach()
        self._ports.close(pair, self.now())

    async def hang_up_all(self) -> None:
        """Let every phone hang up that is in a call."""
        await asyncio.gather(*(self._leave(phone) for phone in list(self._calls.values())))

    def dial(self, phone: Phone, uri: str, offer: bytes, headers: Sequence[tuple[str, str]]) -> Session:
        """Send an INVITE for a phone."""
        to = Uri.parse(uri)
        flow = Flow(self._transport, (to.host, to.port or SIP_PORT), 0)
        from_ = f"<sip:{phone.name}@{self.host}:{self._listener.address[1]}>"
        session = self._listener.endpoint.invite(
            to, offer, from_=from_, flow=flow, headers=tuple(headers), now=self.now()
        )
        self._calls[session.id] = phone
        self.flush()
        return session

    def now(self) -> float:
        """Return the time for a session's methods."""
        return self._listener.now()

    def flush(self) -> None:
        """Send what a session's method wants sent."""
        self._listener.flush()

    def _on_event(self, event: Event) -> None:
        if isinstance(event, IncomingCall):
            event.session.reject(BUSY, now=self.now())
        elif (phone := self._calls.get(event.session.id)) is not None:
            phone.on_event(event)
            if isinstance(event, Ended):
                del self._calls[event.session.id]

    async def _speak(self) -> None:
        """Send everybody's packet each 20 ms; behind time, send the missed ones at once."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            for phone, (_, rtp) in list(self._sockets.items()):
                if (out := phone.next_packet()) is not None:
                    _send(rtp, *out)
            due += PACKET_MS / 1000
            await asyncio.sleep(due - loop.time())

    async def _leave(self, phone: Phone) -> None:
        try:
            await phone.hang_up()
        except TimeoutError:
            return  # the server is gone: nobody is left to hang up on


def _hear(phone: Phone, rtp: socket.socket) -> None:
    for _ in range(DRAIN_MAX):
        try:
            phone.receive(rtp.recv(2048))
        except OSError:
            return


def _send(rtp: socket.socket, data: bytes, address: tuple[str, int]) -> None:
    try:
        rtp.sendto(data, address)
    except OSError:
        return  # a full socket or a server that is gone: voice is not repeated
