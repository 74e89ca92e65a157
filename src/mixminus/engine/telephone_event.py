"""DTMF as telephone-events (RFC 4733): reading them, once a key press, and sending them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .compiled import kernel

PAYLOAD_BYTES = 4
KEYS = 16
"""Events 0 to 15 are the keys 0-9, *, #, A-D (RFC 4733 §3.2); the others are no keys."""
END = 0x80
VOLUME = 0x3F
LONGEST = 0xFFFF
"""A longer event is cut into segments, each with its own timestamp (RFC 4733 §2.5.1.3)."""
LATE = 8 * 48000
"""A timestamp that is older than the last by up to 8 s came late; farther back the sender has begun anew."""

RECEIVER_STATE = 4
"""Length of a receiver's row (int64). All zeros is the start; clear it when the SSRC changes."""
EVENT, TIMESTAMP, DURATION, ENDED = range(4)

PRESS_FRAMES = 5
ENDS = 3
"""The packet with the end bit is sent three times (RFC 4733 §2.5.1.4)."""
PRESS_AND_PAUSE_FRAMES = 10
"""100 ms of event and 100 ms of pause: what every receiver takes."""
SENT_VOLUME = 10
"""-10 dBm0, the usual level of a key (RFC 4733 §2.3.4)."""
SENDER_STATE = 3
"""Length of a sender's row (int64): event plus 1, frames sent, timestamp of the packet. All zeros is idle."""
SEND = 1
MARKER = 2
DONE = 4


@kernel
def receive(payload: NDArray[np.uint8], timestamp: int, state: NDArray[np.int64]) -> int:
    """Take the payload of a packet; return its event with the first packet of each key press, else -1.

    Too short payloads and events that are no keys are left out. Packets of one press share a timestamp; a sender that
    moves it nevertheless is known by an event that goes on without having ended.
    """
    if len(payload) < PAYLOAD_BYTES or payload[0] >= KEYS:
        return -1
    event = int(payload[0])
    duration = (int(payload[2]) << 8) | int(payload[3])
    ahead = (timestamp - state[TIMESTAMP]) & 0xFFFFFFFF
    known = state[EVENT] > 0
    if known and ahead > 0xFFFFFFFF - LATE:
        return -1
    same = known and (ahead == 0 or _goes_on(event, ahead, duration, state))
    ended = int(payload[1]) & END
    state[ENDED] = ended | state[ENDED] if same and ahead == 0 else ended
    state[EVENT] = event + 1
    state[TIMESTAMP] = timestamp & 0xFFFFFFFF
    state[DURATION] = duration
    return -1 if same else event


@kernel
def _goes_on(event: int, ahead: int, duration: int, state: NDArray[np.int64]) -> bool:
    if state[EVENT] != event + 1 or state[ENDED] != 0:
        return False
    segment = state[DURATION] == LONGEST and ahead == LONGEST
    moving = duration > state[DURATION] and ahead == duration - state[DURATION]
    return bool(segment or moving)


@kernel
def start(state: NDArray[np.int64], event: int) -> None:
    """Begin to send a key."""
    state[0] = event + 1
    state[1] = 0
    state[2] = 0


@kernel
def is_idle(state: NDArray[np.int64]) -> bool:
    """Tell whether no key is being sent."""
    return bool(state[0] == 0)


@kernel
def send(state: NDArray[np.int64], timestamp: int, step: int, payload: NDArray[np.uint8]) -> int:
    """Say what goes out in this 20 ms frame: SEND, MARKER and DONE, or'ed; 0 means audio goes out.

    With SEND, `payload` (4 bytes) replaces the audio and state[2] is its timestamp: that of the press's first frame.
    With DONE the press and its pause are over. `timestamp` is what audio would have, `step` a frame's clock ticks.
    """
    if state[0] == 0:
        return 0
    tick = state[1]
    state[1] = tick + 1
    if tick + 1 >= PRESS_AND_PAUSE_FRAMES:
        state[0] = 0
        return DONE
    if tick >= PRESS_FRAMES + ENDS - 1:
        return 0
    if tick == 0:
        state[2] = timestamp & 0xFFFFFFFF
    last = tick >= PRESS_FRAMES - 1
    duration = min(tick + 1, PRESS_FRAMES) * step
    payload[0] = state[0] - 1
    payload[1] = SENT_VOLUME | (END if last else 0)
    payload[2] = (duration >> 8) & 0xFF
    payload[3] = duration & 0xFF
    return SEND | MARKER if tick == 0 else SEND
