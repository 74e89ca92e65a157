"""All live rooms, by name."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

from ..callflow.commands import ConferenceSettings
from ..callflow.events import LeftRoom, RoomRefused
from ..rooms.model import ParticipantId
from .media import CallMedia
from .plane import MediaPlane
from .ports import CallFacts, Notices
from .room import LiveRoom, Member
from .sounds import Sounds


class LiveRooms:
    """Finds the room that an element names, or opens it."""

    def __init__(self, plane: MediaPlane, notices: Notices, sounds: Sounds, new_uuid: Callable[[], str]) -> None:
        self._plane = plane
        self._notices = notices
        self._sounds = sounds
        self._new_uuid = new_uuid
        self._rooms: dict[str, LiveRoom] = {}
        self._member_ids = itertools.count(1)

    def __len__(self) -> int:
        return len(self._rooms)

    def enter(self, settings: ConferenceSettings, call: CallFacts, media: CallMedia) -> Stay:
        """Prepare a call's stay in the room it names."""
        room = self._rooms.get(settings.name)
        if room is None:
            room = LiveRoom(settings, self._new_uuid(), self._plane, self._notices, self._sounds, self._forget)
            self._rooms[settings.name] = room
        left: asyncio.Future[LeftRoom | RoomRefused] = asyncio.get_running_loop().create_future()
        member = Member(ParticipantId(str(next(self._member_ids))), call, media, settings, left)
        return Stay(room, member)

    def _forget(self, room: LiveRoom) -> None:
        del self._rooms[room.name]


class Stay:
    """A call's stay in a room."""

    def __init__(self, room: LiveRoom, member: Member) -> None:
        self._room = room
        self._member = member

    async def run(self) -> LeftRoom | RoomRefused:
        """Join, and return when it is over; cancelling it makes the member leave."""
        return await self._room.stay(self._member)

    def digit_pressed(self, digit: str) -> None:
        """Take a digit that the member pressed."""
        self._room.digit_pressed(self._member, digit)

    @property
    def departure(self) -> LeftRoom:
        """Return how the member left, for a call that ended in the room."""
        return LeftRoom(self._room.uuid, self._member.id)
