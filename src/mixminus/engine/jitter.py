"""The jitter buffer: a ring of decoded samples by RTP timestamp, which the mixer reads a frame at a time.

`clock` counts the samples that the room has asked for; the reading point is `clock - delay`. A sample is wiped when it
is read, so none is heard twice, and what has not arrived by its time is concealed.
"""

from __future__ import annotations

from . import codecs, concealment, delay, ring, rtp, splice
from .compiled import kernel
from .layout import ABSENT, FRAMES_PER_S, RING, Bytes, Floats, Port

RESYNC_MS = 1000
"""A jump of timestamps beyond this is a new stream (Asterisk resyncs at as much)."""
CAPACITY_MS = 400
CONCEALED_FRAMES = 3
"""After 60 ms of concealment there is silence: the sender has paused, and what is missing is not loss any more."""
LATE_UNTIL_RESYNC = 3


@kernel
def insert(port: Port, payload: Bytes, timestamp: int, ticks_late: int, coded: Floats) -> None:
    """Store a packet's samples.

    `timestamp` is the RTP timestamp; `ticks_late` counts the ticks after the present one until a packet that arrived
    when this one did could be played; `coded` is a scratch row.
    """
    frame = port.rate // FRAMES_PER_S
    count = payload.shape[0] // codecs.sample_bytes(port.codec)
    if count == 0 or count > coded.shape[0]:
        port.malformed += 1
        return
    position = rtp.unwrap(timestamp, port.clock - port.delay)
    relative = port.clock + ticks_late * frame - position
    if port.synced == 0 or _is_elsewhere(port, position, count):
        position = _resync(port, timestamp, ticks_late)
    else:
        _adapt(port, relative)
    reading = port.clock - port.delay
    if position + count <= reading:
        port.late += 1
        if port.late_in_row < LATE_UNTIL_RESYNC:
            return
        position = _resync(port, timestamp, ticks_late)
        reading = port.clock - port.delay
    codecs.decode(port.codec, payload, coded[:count])
    skipped = max(reading - position, 0)
    ring.store(port.ring[:], position + skipped, coded[skipped:count])


@kernel
def pull(port: Port, samples: Floats, silent: bool) -> bool:
    """Read the next frame, `len(samples)` long, and tell whether it may hold anything to hear.

    `silent` says that nobody speaks on this port now, so the delay may be shortened unheard.
    """
    reading = port.clock - port.delay
    port.clock += samples.shape[0]
    port.frames += 1
    if not ring.take(port.ring[:], reading, samples):
        return _mend(port, samples)
    port.concealed_in_row = 0
    splice.shorten(port, reading, samples, silent)
    concealment.remember(port.history[:], port.concealment[:], port.rate, samples)
    return True


@kernel
def skip(port: Port, frames: int) -> None:
    """Let time pass that the engine has missed: `frames` frames are lost unread."""
    count = frames * (port.rate // FRAMES_PER_S)
    if port.synced != 0:
        ring.wipe(port.ring[:], port.clock - port.delay, min(count, RING))
    port.clock += count


@kernel
def _adapt(port: Port, relative: int) -> None:
    delay.observe(port, relative)
    wanted = delay.grown(port, relative)
    if wanted > port.delay:
        port.grown += 1
        port.delay = wanted


@kernel
def _is_elsewhere(port: Port, position: int, count: int) -> bool:
    ahead = position + count - (port.clock - port.delay)
    return ahead > port.rate * CAPACITY_MS // 1000 or -ahead > port.rate * RESYNC_MS // 1000


@kernel
def _resync(port: Port, timestamp: int, ticks_late: int) -> int:
    port.resynced += port.synced
    port.synced = 1
    port.late_in_row = 0
    port.concealed_in_row = CONCEALED_FRAMES
    port.ring[:] = ABSENT
    # Far from zero, so that no reading point is ever negative, however often the timestamp wraps.
    position = timestamp + (1 << 40)
    port.clock = position
    delay.restart(port, ticks_late * (port.rate // FRAMES_PER_S))
    return position


@kernel
def _mend(port: Port, samples: Floats) -> bool:
    if not _is_empty(samples):
        port.concealed_in_row = 0
    elif port.quiet_ticks > 0 or port.concealed_in_row >= CONCEALED_FRAMES:
        port.quiet_ticks = max(port.quiet_ticks - 1, 0)
        samples[:] = 0
        return False
    port.concealed_in_row += 1
    port.concealed += 1
    _fill(port, samples)
    return True


@kernel
def _is_empty(samples: Floats) -> bool:
    for i in range(samples.shape[0]):  # noqa: SIM110  (Numba compiles no generators inside all())
        if samples[i] != ABSENT:
            return False
    return True


@kernel
def _fill(port: Port, samples: Floats) -> None:
    first = 0
    while first < samples.shape[0]:
        absent = samples[first] == ABSENT
        last = first + 1
        while last < samples.shape[0] and (samples[last] == ABSENT) == absent:
            last += 1
        if absent:
            concealment.conceal(port.history[:], port.concealment[:], port.rate, samples[first:last])
        else:
            concealment.remember(port.history[:], port.concealment[:], port.rate, samples[first:last])
        first = last
