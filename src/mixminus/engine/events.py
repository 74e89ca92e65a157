"""What the engine reports to the switch. All have happened already."""

from __future__ import annotations

from dataclasses import dataclass

from .media import Address


@dataclass(frozen=True, slots=True)
class Digit:
    """A key was pressed: one of 0-9 * # A-D, once for each press."""

    port: int
    digit: str


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody has begun to speak, about 100 ms ago."""

    port: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """A speaker has been silent for about 800 ms."""

    port: int


@dataclass(frozen=True, slots=True)
class PlaybackFinished:
    """A player has come to its end by itself."""

    player: int


@dataclass(frozen=True, slots=True)
class DigitsSent:
    """The digits of one `send_digits` are all sent."""

    port: int


@dataclass(frozen=True, slots=True)
class BeepHeard:
    """The steady tone that was watched for was heard; the watch is over."""

    port: int


@dataclass(frozen=True, slots=True)
class SourceLocked:
    """From now on the port hears this address only."""

    port: int
    address: Address


@dataclass(frozen=True, slots=True)
class MediaTimeout:
    """Nothing has been received for a minute on a port that receives."""

    port: int


@dataclass(frozen=True, slots=True)
class PortClosed:
    """The engine has let go of the port: its sockets may be closed."""

    port: int


EngineEvent = (
    Digit
    | SpeechStarted
    | SpeechStopped
    | PlaybackFinished
    | DigitsSent
    | BeepHeard
    | SourceLocked
    | MediaTimeout
    | PortClosed
)
