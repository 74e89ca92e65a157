"""The media plane as calls and rooms use it: the engine's events delivered to whom they concern."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import structlog

from ..engine.engine import Engine
from ..engine.events import (
    BeepHeard,
    Digit,
    DigitsSent,
    MediaTimeout,
    PlaybackFinished,
    PortClosed,
    SourceLocked,
    SpeechStarted,
    SpeechStopped,
)
from ..engine.media import Media, PortIdentity, PortSockets
from .ports import MediaSockets, RtpSockets, Samples

log = structlog.get_logger(__name__)


class PortOwner(Protocol):
    """Whom the events of a port concern."""

    def digit_pressed(self, digit: str) -> None:
        """Take a DTMF digit."""

    def speech_changed(self, speaking: bool) -> None:
        """Take the start or the end of speech."""

    def beep_heard(self) -> None:
        """Take a beep that was watched for."""

    def digits_sent(self) -> None:
        """Take the end of digits that were sent."""

    def media_lost(self) -> None:
        """Take that nothing has arrived for too long."""


class MediaPlane:
    """Ports and playbacks of the engine, with their owners."""

    def __init__(self, engine: Engine, sockets: MediaSockets, now: Callable[[], float]) -> None:
        self.engine = engine
        self._sockets = sockets
        self._now = now
        self._owners: dict[int, PortOwner] = {}
        self._in_use: dict[int, RtpSockets] = {}
        self._finished: dict[int, Callable[[], None]] = {}

    def open_sockets(self) -> RtpSockets | None:
        """Reserve a pair of sockets; None when the range of ports is used up."""
        return self._sockets.open(self._now())

    def open_port(self, room: int, sockets: RtpSockets, identity: PortIdentity) -> int:
        """Open a port in an engine room; the plane closes its sockets when the engine has let go of them."""
        port = self.engine.open_port(room, PortSockets(sockets.rtp_fd, sockets.rtcp_fd), identity)
        self._in_use[port] = sockets
        return port

    def own(self, port: int, owner: PortOwner) -> None:
        """Say whom a port's events concern."""
        self._owners[port] = owner

    def set_media(self, port: int, media: Media) -> None:
        """Tell a port where its media goes and how it is coded."""
        self.engine.set_media(port, media)

    def close_port(self, port: int) -> None:
        """Close a port; nothing of it is reported any more."""
        self._owners.pop(port, None)
        self.engine.close_port(port)

    def play(self, room: int, samples: Samples, loops: int, finished: Callable[[], None]) -> int:
        """Start a playback and return its id; `finished` is called unless it is stopped first."""
        player = self.engine.play(room, samples, loops)
        self._finished[player] = finished
        return player

    def stop(self, player: int) -> None:
        """Stop a playback; one that has finished is no error."""
        if self._finished.pop(player, None) is not None:
            self.engine.stop_playing(player)

    def dispatch(self) -> None:
        """Deliver what the engine has to report."""
        for event in self.engine.events():
            match event:
                case PlaybackFinished(player):
                    self._playback_finished(player)
                case PortClosed(port):
                    self._sockets.close(self._in_use.pop(port), self._now())
                case SourceLocked(port, address):
                    log.debug("source_locked", port=port, address=address)
                case _:
                    self._tell_owner(event)

    def _playback_finished(self, player: int) -> None:
        finished = self._finished.pop(player, None)
        if finished is not None:
            finished()

    def _tell_owner(self, event: Digit | SpeechStarted | SpeechStopped | BeepHeard | DigitsSent | MediaTimeout) -> None:
        owner = self._owners.get(event.port)
        if owner is None:
            return
        match event:
            case Digit(_, digit):
                owner.digit_pressed(digit)
            case SpeechStarted():
                owner.speech_changed(True)
            case SpeechStopped():
                owner.speech_changed(False)
            case BeepHeard():
                owner.beep_heard()
            case DigitsSent():
                owner.digits_sent()
            case MediaTimeout():
                owner.media_lost()
