"""From the engine's numbers to the events the switch is given."""

from __future__ import annotations

from ipaddress import IPv4Address

from . import signals
from .dtmf import DIGITS
from .events import (
    BeepHeard,
    Digit,
    DigitsSent,
    EngineEvent,
    MediaTimeout,
    SourceLocked,
    SpeechStarted,
    SpeechStopped,
)


def port_event(kind: int, port: int, value: int) -> EngineEvent:
    """Return the event of a port. Raises ValueError for a kind that is not a port's."""
    match kind:
        case signals.DIGIT:
            return Digit(port, DIGITS[value])
        case signals.SPEECH_STARTED:
            return SpeechStarted(port)
        case signals.SPEECH_STOPPED:
            return SpeechStopped(port)
        case signals.DIGITS_SENT:
            return DigitsSent(port)
        case signals.BEEP_HEARD:
            return BeepHeard(port)
        case signals.SOURCE_LOCKED:
            return SourceLocked(port, (str(IPv4Address(value >> 16)), value & 0xFFFF))
        case signals.MEDIA_TIMEOUT:
            return MediaTimeout(port)
        case _:
            raise ValueError(f"no such event: {kind}")
