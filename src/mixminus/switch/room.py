"""One live room: steps it, publishes its events and hands each new mix plan to the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog

from ..callflow.commands import ConferenceSettings
from ..callflow.events import LeftRoom, RoomRefused
from ..engine.media import Heard
from ..rooms.hearing import hearing
from ..rooms.lifecycle import step
from ..rooms.messages import (
    Command,
    Ended,
    Event,
    Join,
    Joined,
    Leave,
    Left,
    Refused,
    Started,
    StartPlayback,
    StopPlayback,
    TimeUp,
)
from ..rooms.model import Participant, ParticipantId, Playback, PlaybackId, Presence, Purpose, Room
from .media import CallMedia
from .plane import MediaPlane
from .ports import CallFacts, MemberEntered, MemberLeft, Notices, Samples
from .sounds import Sounds

log = structlog.get_logger(__name__)

ROOM_RATE = 8000
"""Every codec so far has this rate; a room takes the highest of its members' when there are others."""


@dataclass(eq=False)
class Member:
    """A call in this room."""

    id: ParticipantId
    call: CallFacts
    media: CallMedia
    settings: ConferenceSettings
    left: asyncio.Future[LeftRoom | RoomRefused]
    wait_sound: Samples | None = None
    waiting: PlaybackId | None = None
    chores: set[asyncio.Task[None]] = field(default_factory=set)


class LiveRoom:
    """A conference while it lasts. All of it happens on one event loop, so a step is never interrupted."""

    def __init__(
        self,
        settings: ConferenceSettings,
        uuid: str,
        plane: MediaPlane,
        notices: Notices,
        sounds: Sounds,
        forget: Callable[[LiveRoom], None],
    ) -> None:
        self.uuid = uuid
        self._room = Room(settings.name, settings.max_members)
        self._plane = plane
        self._notices = notices
        self._sounds = sounds
        self._forget = forget
        self._members: dict[ParticipantId, Member] = {}
        self._players: dict[PlaybackId, int] = {}
        self._chores: set[asyncio.Task[None]] = set()
        self._plan: tuple[Heard, ...] = ()
        self._engine_room = plane.engine.open_room(ROOM_RATE)
        loop = asyncio.get_running_loop()
        self._time_limit = loop.call_later(settings.time_limit_s, self._step, TimeUp())

    @property
    def name(self) -> str:
        """Return the name that the XML gave it."""
        return self._room.name

    async def stay(self, member: Member) -> LeftRoom | RoomRefused:
        """Join, and return when the member is out again or was refused. Cancelling it makes the member leave."""
        self._members[member.id] = member
        self._step(_join(member))
        try:
            return await member.left
        finally:
            self._step(Leave(member.id))

    def digit_pressed(self, member: Member, digit: str) -> None:
        """Let a member out who may leave by pressing the star key."""
        if digit == "*" and member.settings.hangup_on_star:
            self._step(Leave(member.id))

    def _step(self, command: Command) -> None:
        self._room, events = step(self._room, command)
        for event in events:
            self._publish(event)
        if not self._room.ended:
            self._update_waiting()
            self._update_plan()

    def _publish(self, event: Event) -> None:
        match event:
            case Joined(who, first):
                self._joined(self._members[who], first)
            case Refused(who, why):
                self._members.pop(who).left.set_result(RoomRefused(why))
            case Left(who, last):
                self._left(self._members.pop(who), last)
            case Started():
                log.info("room_started", room=self.name, room_uuid=self.uuid)
            case Ended(reason):
                self._ended(reason.value)

    def _joined(self, member: Member, first: bool) -> None:
        log.debug("room_joined", room=self.name, member=member.id, call=member.call.call_uuid)
        self._plane.engine.move(member.media.port, self._engine_room)
        wanted = member.settings
        if wanted.callback_url:
            self._notices.tell(
                MemberEntered(
                    wanted.callback_url, wanted.callback_method, member.call, self.name, self.uuid, member.id, first
                )
            )
        if wanted.enter_sound:
            self._do(self._play_to_all(member.call, wanted.enter_sound))
        if wanted.wait_sound:
            self._do(self._fetch_wait_sound(member), member.chores)

    def _left(self, member: Member, last: bool) -> None:
        log.debug("room_left", room=self.name, member=member.id, call=member.call.call_uuid)
        for chore in member.chores:
            chore.cancel()
        if member.waiting is not None:
            self._stop(member.waiting)
        self._plane.engine.move(member.media.port, member.media.own_room)
        wanted = member.settings
        if wanted.callback_url:
            self._notices.tell(
                MemberLeft(
                    wanted.callback_url, wanted.callback_method, member.call, self.name, self.uuid, member.id, last
                )
            )
        if wanted.exit_sound and not last:
            self._do(self._play_to_all(member.call, wanted.exit_sound))
        if not member.left.done():
            member.left.set_result(LeftRoom(self.uuid, member.id))

    def _ended(self, reason: str) -> None:
        log.info("room_ended", room=self.name, room_uuid=self.uuid, reason=reason)
        self._time_limit.cancel()
        for chore in self._chores:
            chore.cancel()
        for player in self._players.values():
            self._plane.stop(player)
        self._plane.engine.close_room(self._engine_room)
        self._forget(self)

    def _update_waiting(self) -> None:
        """Wait sounds play from their beginning for whoever has begun to wait, and stop for whoever has ceased to."""
        for participant in self._room.participants:
            member = self._members[participant.id]
            waits = self._room.presence(participant) is Presence.WAITING
            if waits and member.waiting is None and member.wait_sound is not None:
                member.waiting = self._start(Purpose.WAIT_MUSIC, member.wait_sound, loops=0, audience=member.id)
            elif not waits and member.waiting is not None:
                self._stop(member.waiting)
                member.waiting = None

    def _update_plan(self) -> None:
        plan = tuple(
            Heard(self._members[ParticipantId(listener)].media.port, self._source(source))
            for listener, heard in hearing(self._room).items()
            for source in sorted(heard)
        )
        if plan != self._plan:
            self._plan = plan
            self._plane.engine.set_plan(self._engine_room, plan)

    def _source(self, source: str) -> int:
        player = self._players.get(PlaybackId(source))
        return self._members[ParticipantId(source)].media.port if player is None else player

    async def _play_to_all(self, call: CallFacts, sound: str) -> None:
        samples = await self._sounds.of_room(call, sound, ROOM_RATE)
        if samples is not None and not self._room.ended:
            self._start(Purpose.ROOM_SOUND, samples, loops=1)
            self._update_plan()

    async def _fetch_wait_sound(self, member: Member) -> None:
        member.wait_sound = await self._sounds.of_waiting(member.call, self.name, member.settings.wait_sound, ROOM_RATE)
        self._update_waiting()
        self._update_plan()

    def _start(
        self, purpose: Purpose, samples: Samples, *, loops: int, audience: ParticipantId | None = None
    ) -> PlaybackId:
        player = self._plane.play(self._engine_room, samples, loops, lambda: self._finished(playback))
        playback = PlaybackId(f"playback {player}")
        self._players[playback] = player
        self._room, _ = step(self._room, StartPlayback(Playback(playback, purpose, audience)))
        return playback

    def _stop(self, playback: PlaybackId) -> None:
        self._plane.stop(self._players.pop(playback))
        self._room, _ = step(self._room, StopPlayback(playback))

    def _finished(self, playback: PlaybackId) -> None:
        self._players.pop(playback, None)
        self._step(StopPlayback(playback))

    def _do(self, chore: Awaitable[None], mine: set[asyncio.Task[None]] | None = None) -> None:
        """Let something slow happen beside the room; it is cancelled with the room, or with the member it is for."""
        tasks = self._chores if mine is None else mine
        task = asyncio.ensure_future(chore)
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        task.add_done_callback(_report_bug)


def _report_bug(chore: asyncio.Task[None]) -> None:
    if not chore.cancelled() and (bug := chore.exception()) is not None:
        log.error("room_chore_failed", exc_info=bug)


def _join(member: Member) -> Join:
    wanted = member.settings
    return Join(
        Participant(
            member.id,
            muted=wanted.muted,
            starts_room=wanted.starts,
            ends_room=wanted.ends,
            stays_alone=wanted.stay_alone,
        )
    )
