"""What a port contributes to a tick: its next frame at the room's rate, and what is noticed in it."""

from __future__ import annotations

import numpy as np

from . import beep, dtmf, jitter, resample, speech
from .compiled import kernel
from .layout import FRAMES_PER_S, Clockwork, Floats, Port
from .rings import push_event
from .signals import BEEP_HEARD, DIGIT, SPEECH_STARTED, SPEECH_STOPPED


@kernel
def listen(port: Port, row: int, rate: int, frame: Floats, coded: Floats, clockwork: Clockwork) -> bool:
    """Fill `frame` (rate // 50 samples) with what the port says now; False if that is silence."""
    audible = _fill(port, rate, frame, coded)
    energy = speech.mean_square(frame) if audible else np.float32(0)
    change = speech.detect(energy, port.speech[:])
    if change != speech.UNCHANGED:
        port.speaking = 1 if change == speech.STARTED else 0
        push_event(clockwork, SPEECH_STARTED if port.speaking != 0 else SPEECH_STOPPED, row, 0)
    if not audible:
        frame[:] = 0
    if port.dtmf_payload_type < 0:
        digit = dtmf.detect(frame, energy, rate, port.dtmf[:])
        if digit >= 0:
            push_event(clockwork, DIGIT, row, digit)
    if port.beep_ms > 0 and beep.watch(frame, energy, rate, port.beep_ms, port.beep[:]):
        port.beep_ms = 0
        push_event(clockwork, BEEP_HEARD, row, 0)
    return bool(energy > 0)


@kernel
def _fill(port: Port, rate: int, frame: Floats, coded: Floats) -> bool:
    if port.synced == 0 or port.receives == 0:
        return False
    silent = port.speaking == 0
    if port.rate == rate:
        return jitter.pull(port, frame, silent)
    own = coded[: port.rate // FRAMES_PER_S]
    audible = jitter.pull(port, own, silent)
    if not audible:
        own[:] = 0
    if port.rate < rate:
        resample.up(own, frame, port.resample_in[:])
    else:
        resample.down(own, frame, port.resample_in[:])
    return audible
