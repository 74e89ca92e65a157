"""The switch between fakes: an engine that only remembers, sessions that only record, pages from a dict."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np

from mixminus.callflow.commands import Fetch
from mixminus.callflow.events import Document, FetchFailed, FetchProblem
from mixminus.engine.engine import Engine
from mixminus.engine.events import EngineEvent, PlaybackFinished, PortClosed
from mixminus.engine.media import Heard
from mixminus.sip import events as sip
from mixminus.sip.flow import Flow
from mixminus.sip.headers import Headers
from mixminus.sip.message import Request
from mixminus.sip.session import Session
from mixminus.sip.uri import Uri
from mixminus.switch.call import Surroundings
from mixminus.switch.plane import MediaPlane
from mixminus.switch.ports import Application, CallEnded, CallFacts, Notice, PromptProblem, RtpSockets, Samples, Sound
from mixminus.switch.rooms import LiveRooms
from mixminus.switch.sounds import Sounds
from mixminus.switch.switch import Switch

OFFER = b"\r\n".join(
    (
        b"v=0",
        b"o=- 1 1 IN IP4 127.0.0.1",
        b"s=-",
        b"c=IN IP4 127.0.0.1",
        b"t=0 0",
        b"m=audio 40000 RTP/AVP 0 101",
        b"a=rtpmap:101 telephone-event/8000",
        b"",
    )
)
VIDEO_ONLY = OFFER.replace(b"m=audio 40000 RTP/AVP 0 101", b"m=video 40000 RTP/AVP 96")
ON_HOLD = OFFER + b"a=sendonly\r\n"


class FakeEngine:
    """Remembers ports, rooms, plans and players as the engine would have them."""

    def __init__(self) -> None:
        self._ids = itertools.count(1)
        self._events: list[EngineEvent] = []
        self.rooms: dict[int, tuple[Heard, ...]] = {}
        self.ports: dict[int, int] = {}
        self.players: dict[int, tuple[int, Samples, int]] = {}
        self.sent_digits: list[str] = []
        self.watched: dict[int, int | None] = {}
        self.media: dict[int, Any] = {}

    def open_room(self, rate: int) -> int:
        room = next(self._ids)
        self.rooms[room] = ()
        return room

    def close_room(self, room: int) -> None:
        del self.rooms[room]

    def open_port(self, room: int, sockets: object, identity: object) -> int:
        port = next(self._ids)
        self.ports[port] = room
        return port

    def close_port(self, port: int) -> None:
        del self.ports[port]
        self._events.append(PortClosed(port))

    def set_media(self, port: int, media: object) -> None:
        self.media[port] = media

    def move(self, port: int, room: int) -> None:
        assert room in self.rooms
        self.ports[port] = room

    def set_plan(self, room: int, plan: tuple[Heard, ...]) -> None:
        assert room in self.rooms
        self.rooms[room] = plan

    def play(self, room: int, samples: Samples, loops: int) -> int:
        player = next(self._ids)
        self.players[player] = (room, samples, loops)
        return player

    def stop_playing(self, player: int) -> None:
        self.players.pop(player, None)

    def send_digits(self, port: int, digits: str) -> None:
        self.sent_digits.append(digits)

    def watch_beep(self, port: int, min_ms: int | None) -> None:
        self.watched[port] = min_ms

    def events(self) -> list[EngineEvent]:
        events, self._events = self._events, []
        return events

    def report(self, *events: EngineEvent) -> None:
        self._events += events

    def finish(self, player: int) -> None:
        del self.players[player]
        self.report(PlaybackFinished(player))

    def heard_by(self, port: int) -> set[int]:
        """Return the ports and players that a port hears."""
        return {heard.source for heard in self.rooms[self.ports[port]] if heard.listener == port}


@dataclass
class FakeSockets:
    """Socket pairs that are only numbers."""

    free: int = 100
    open_now: set[int] = field(default_factory=set)

    def open(self, now: float) -> RtpSockets | None:
        if len(self.open_now) >= self.free:
            return None
        pair = RtpSockets(20_000 + 2 * len(self.open_now), -1, -1)
        self.open_now.add(pair.port)
        return pair

    def close(self, sockets: RtpSockets, now: float) -> None:
        self.open_now.remove(sockets.port)


class FakeSession:
    """A SIP session that records the procedures it is asked for."""

    def __init__(self, number: str, caller: str, sdp: bytes) -> None:
        self.id = f"session of {caller}"
        self.flow = Flow("udp", ("127.0.0.1", 5070))
        self.remote_sdp = sdp
        headers = Headers()
        headers.add("From", f'"Ann" <sip:{caller}@phones.example>;tag=a')
        headers.add("To", f"<sip:{number}@here.example>")
        headers.add("X-PH-Ticket", "42")
        self.request = Request("INVITE", Uri.parse(f"sip:{number}@here.example"), headers)
        self.done: list[tuple[Any, ...]] = []

    def progress(self, status: int, sdp: bytes | None = None, *, reliable: bool | None = None, now: float) -> None:
        self.done.append(("progress", status) if sdp is None else ("progress", status, sdp))

    def accept(self, sdp: bytes, now: float) -> None:
        self.done.append(("accept", sdp))

    def reject(self, status: int, reason: str | None = None, headers: object = (), *, now: float) -> None:
        self.done.append(("reject", status))

    def hang_up(self, now: float) -> None:
        self.done.append(("hang_up",))

    def answer_offer(self, sdp: bytes | None, now: float) -> None:
        self.done.append(("answer_offer", sdp))

    def provide_offer(self, sdp: bytes, now: float) -> None:
        self.done.append(("provide_offer", sdp))

    @property
    def steps(self) -> list[str]:
        return [str(step[0]) for step in self.done]


class World:
    """A switch with fakes around it, and what the customer's application says and hears."""

    def __init__(self, pages: Mapping[str, str | FetchFailed], *, ports: int = 100, max_calls: int = 100) -> None:
        self.engine = FakeEngine()
        self.sockets = FakeSockets(ports)
        self.answers = dict(pages)
        self.fetched: list[tuple[str, str, dict[str, str], str]] = []
        self.notices: list[Notice] = []
        self.sounds: dict[str, Sound | FetchFailed] = {}
        self.files: dict[str, Samples] = {}
        self.application: Application | None = Application("app", "http://app/answer", hangup_url="http://app/hangup")
        ids = (f"uuid-{n}" for n in itertools.count(1))
        engine = cast(Engine, self.engine)  # the switch knows it by the methods that the fake has
        plane = MediaPlane(engine, self.sockets, self.now)
        rooms = LiveRooms(plane, self, Sounds(self, self), lambda: next(ids))
        around = Surroundings(plane, rooms, self, self, self, self)
        self.switch = Switch(
            around,
            self,
            new_uuid=lambda: next(ids),
            token=lambda: "0123456789abcdef",
            address_towards=lambda peer: "127.0.0.1",
            max_calls=max_calls,
        )

    # what the story does

    def call(self, number: str = "100", caller: str = "ann", sdp: bytes = OFFER) -> FakeSession:
        """Let a phone call."""
        session = FakeSession(number, caller, sdp)
        self.switch.on_signal(sip.IncomingCall(cast(Session, session)))
        return session

    def hang_up(self, session: FakeSession) -> None:
        """Let the phone hang up."""
        self.switch.on_signal(sip.Ended(cast(Session, session), 200, "BYE", True))

    def media(self, *events: EngineEvent) -> None:
        """Let the engine report something."""
        self.engine.report(*events)
        self.switch.on_media()

    async def settle(self) -> None:
        """Let everything run that needs no time."""
        for _ in range(30):
            await asyncio.sleep(0)

    async def finish_playing(self) -> list[int]:
        """Let every playback that ends come to its end; return their loops."""
        players = {p: loops for p, (_, _, loops) in self.engine.players.items() if loops}
        for player in players:
            self.engine.finish(player)
        self.switch.on_media()
        await self.settle()
        return list(players.values())

    def ended(self) -> list[CallEnded]:
        """Return what the hangup URL was told."""
        return [notice for notice in self.notices if isinstance(notice, CallEnded)]

    def port_of(self, nth: int) -> int:
        """Return the port of the nth call."""
        return sorted(self.engine.ports)[nth]

    # what the switch asks of it

    def now(self) -> float:
        return 0.0

    def flush(self) -> None:
        pass

    def tell(self, notice: Notice) -> None:
        self.notices.append(notice)

    def application_for(self, destination: str) -> Application | None:
        return self.application

    async def page(self, call: CallFacts, fetch: Fetch) -> Document | FetchFailed:
        self.fetched.append((fetch.url, fetch.method, dict(fetch.params), call.status))
        answer = self.answers.get(fetch.url, FetchFailed(FetchProblem.UNREACHABLE))
        return (
            answer
            if isinstance(answer, FetchFailed)
            else Document(fetch.url, f"<Response>{answer}</Response>".encode())
        )

    async def wait_sound(self, call: CallFacts, conference: str, url: str) -> Sound | FetchFailed:
        return self.sounds.get(url, FetchFailed(FetchProblem.UNREACHABLE))

    async def sound(self, call: CallFacts, url: str, method: str) -> Sound | FetchFailed:
        return self.sounds.get(url, FetchFailed(FetchProblem.UNREACHABLE))

    async def audio(self, url: str, rate: int) -> Samples | PromptProblem:
        return self.files.get(url, PromptProblem("no such file"))

    async def decode(self, data: bytes, rate: int) -> Samples | PromptProblem:
        return np.frombuffer(data, np.int16)

    async def speech(self, text: str, voice: str, language: str, rate: int) -> Samples | PromptProblem:
        return np.full(len(text), 7, np.int16)
