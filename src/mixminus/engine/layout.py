"""The state of the media plane: one row for each port, room, player and tap, as record arrays that kernels work on.

A free row belongs to the facade, which blanks it and hands it over with a command; from then on the engine's thread is
its only writer, until the row's closing event hands it back. All times are nanoseconds of CLOCK_MONOTONIC.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, Protocol, TypeVar, cast, get_type_hints

import numpy as np
from numpy.typing import NDArray

from . import beep, concealment, dtmf, limiter, resample, rtcp, speech, telephone_event

HIGHEST_RATE = 16_000
FRAMES_PER_S = 50
FRAME_NS = 20_000_000
SLOTS = 8
SLOT_NS = FRAME_NS // SLOTS
LONGEST_FRAME = HIGHEST_RATE // FRAMES_PER_S

RING = 8192
"""Samples in a jitter buffer's ring: a power of two that holds 400 ms and one 60 ms packet at 16 kHz."""
ABSENT = -32768
"""What a jitter buffer holds where no sample has arrived; decoders never give it (L16 is kept to -32767)."""
BUCKETS = 11
"""Buckets of the relative-delay histogram: 0 to 200 ms in frames of 20 ms."""
DIGIT_QUEUE = 256
"""Keys waiting to be sent on one port: more than any document may hold in one element."""
PENDING = 2560
"""Encoded bytes waiting for a packet of 60 ms L16 at 16 kHz to fill up (1920), and one frame more."""
COMMANDS = 16_384
"""Commands waiting for the engine: a thousand calls set up within one slot."""
EVENTS = 65_536
"""Events waiting for Python: some ten seconds of a full engine while the interpreter is blocked."""
COMMAND_WORDS = 16
EVENT_WORDS = 4
BATCH = 8
"""Packets taken by one system call. One is usual; a burst after a stall takes several calls."""
DATAGRAM = 2048
"""Longest datagram that is looked at: above any RTP packet we can use (60 ms of L16 at 16 kHz is 1932)."""
NOBODY = -1

Floats = NDArray[np.float32]
Pcm = NDArray[np.int16]
Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Words = NDArray[np.int32]

Int = Annotated[int, np.int64]
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Rows(Protocol[T_co]):
    """A record array, as the type checker sees it."""

    def __getitem__(self, index: int, /) -> T_co: ...

    def __len__(self) -> int: ...


class Port:
    """One endpoint's media: where it sends, where it is sent to, and all that its frames have left behind.

    What every tick needs comes first, down to `reception`, so that few lines of memory have to be fetched for it.
    """

    room: Int
    next: Int
    configured: Int
    rtp_fd: Int
    source: Int
    remote_ssrc: Int
    highest_sequence: Int
    seen: Int
    received: Int
    received_octets: Int
    last_heard: Int
    timed_out: Int
    payload_type: Int
    dtmf_payload_type: Int
    receives: Int
    codec: Int
    rate: Int
    synced: Int
    clock: Int
    delay: Int
    fastest: Int
    fastest_now: Int
    fastest_before: Int
    fastest_packets: Int
    late_in_row: Int
    concealed_in_row: Int
    excess_ticks: Int
    frames: Int
    speaking: Int
    beep_ms: Int
    digits_count: Int
    entered: Int
    sends: Int
    remote: Int
    ptime_ms: Int
    ssrc: Int
    sequence: Int
    timestamp: Int
    marker: Int
    pending_bytes: Int
    sent: Int
    sent_octets: Int
    arrival_phase: Annotated[Floats, np.float32, SLOTS]
    histogram: Annotated[Floats, np.float32, BUCKETS]
    limiter: Annotated[Floats, np.float32, limiter.STATE]
    speech: Annotated[Floats, np.float32, speech.STATE]
    dtmf: Annotated[Ints, np.int64, dtmf.STATE]
    concealment: Annotated[Ints, np.int64, concealment.STATE]
    reception: Annotated[Ints, np.int64, rtcp.RECEPTION_STATE]

    rtcp_fd: Int
    remote_rtcp: Int
    candidate: Int
    candidate_ssrc: Int
    candidate_sequence: Int
    candidate_count: Int
    learning_until: Int
    quiet_ticks: Int
    digits_first: Int
    digit_tick: Int
    foreign: Int
    malformed: Int
    duplicates: Int
    late: Int
    concealed: Int
    shrunk: Int
    grown: Int
    resynced: Int
    send_failures: Int
    reports: Int
    report: Annotated[Ints, np.int64, rtcp.REPORT]
    event_receiver: Annotated[Ints, np.int64, telephone_event.RECEIVER_STATE]
    event_sender: Annotated[Ints, np.int64, telephone_event.SENDER_STATE]
    beep: Annotated[Floats, np.float32, beep.STATE]
    resample_in: Annotated[Floats, np.float32, resample.STATE]
    resample_out: Annotated[Floats, np.float32, resample.STATE]
    digits: Annotated[Bytes, np.uint8, DIGIT_QUEUE]
    pending: Annotated[Bytes, np.uint8, PENDING]
    history: Annotated[Floats, np.float32, concealment.samples_state(HIGHEST_RATE)]
    ring: Annotated[Pcm, np.int16, RING]


class Room:
    """One mix: its ports and players as linked rows, its slot of the wheel, its plan and the plan it fades from."""

    open: Int
    rate: Int
    slot: Int
    next_in_slot: Int
    first_port: Int
    first_player: Int
    ports: Int
    plan: Int
    plan_words: Int
    plan_is_new: Int
    fading: Int
    fading_words: Int
    skipped: Int
    ticks: Int


class Player:
    """Samples being played into a room. `loops` counts down; 0 means endless."""

    room: Int
    next: Int
    samples: Int
    length: Int
    position: Int
    loops: Int
    heard: Int


class Tap:
    """A ring that a listener outside reads: `written` samples so far, over a ring of `length`."""

    room: Int
    samples: Int
    length: Int
    written: Int
    limiter: Annotated[Floats, np.float32, limiter.STATE]


class Clockwork:
    """What there is one of: ring positions, the wheel, and counters."""

    stopping: Int
    commands_written: Int
    commands_read: Int
    events_written: Int
    events_read: Int
    events_urgent: Int
    events_told: Int
    events_lost: Int
    slot: Int
    deadline: Int
    skipped: Int
    late_slots: Int
    latest_ns: Int
    slots_run: Int
    wall_offset: Int
    event_fd: Int
    cname_octets: Int
    slot_first: Annotated[Ints, np.int64, SLOTS]
    slot_load: Annotated[Ints, np.int64, SLOTS]
    cname: Annotated[Bytes, np.uint8, 64]
    commands: Annotated[Ints, np.int64, (COMMANDS, COMMAND_WORDS)]
    events: Annotated[Ints, np.int64, (EVENTS, EVENT_WORDS)]


class Scratch:
    """Buffers of the thread that last for one packet or one frame, and their addresses for the system's calls."""

    headers_at: Int
    packet_at: Int
    address_at: Int
    time_at: Int
    one_at: Int
    one: Int
    time: Annotated[Ints, np.int64, 2]
    headers: Annotated[Ints, np.int64, (BATCH, 8)]
    vectors: Annotated[Ints, np.int64, (BATCH, 2)]
    control: Annotated[Ints, np.int64, (BATCH, 8)]
    names: Annotated[Bytes, np.uint8, (BATCH, 16)]
    header: Annotated[Ints, np.int64, 8]
    sent: Annotated[Ints, np.int64, 4]
    cached: Annotated[Ints, np.int64, 3]
    coded: Annotated[Floats, np.float32, 4 * LONGEST_FRAME]
    heard: Annotated[Floats, np.float32, LONGEST_FRAME]
    fading: Annotated[Floats, np.float32, LONGEST_FRAME]
    tone: Annotated[Floats, np.float32, LONGEST_FRAME]
    waits: Annotated[Floats, np.float32, SLOTS]
    address: Annotated[Bytes, np.uint8, 16]
    payload: Annotated[Bytes, np.uint8, (4, 2 * LONGEST_FRAME)]
    packet: Annotated[Bytes, np.uint8, DATAGRAM + PENDING]
    datagrams: Annotated[Bytes, np.uint8, (BATCH, DATAGRAM)]


class Tables(NamedTuple):
    """All state of one engine. Sources are numbered ports first, then players; listeners ports first, then taps."""

    ports: Rows[Port]
    rooms: Rows[Room]
    players: Rows[Player]
    taps: Rows[Tap]
    clockwork: Rows[Clockwork]
    scratch: Rows[Scratch]
    frames: Floats
    audible: Ints


def rows(kind: type[T], count: int) -> Rows[T]:
    """Return a zeroed record array with one field for each annotation of `kind`."""
    array = np.zeros(count, dtype(kind)).view(np.recarray)
    return cast("Rows[T]", array)


def blank(table: Rows[T], index: int) -> None:
    """Zero one row of a record array."""
    array = cast("NDArray[np.void]", table)
    array[index : index + 1].view(np.uint8).fill(0)


def dtype(kind: type[object]) -> np.dtype[np.void]:
    """Return the aligned record type that a row class describes."""
    hints = get_type_hints(kind, include_extras=True)
    fields: list[Any] = [(name, *hint.__metadata__) for name, hint in hints.items()]  # numpy types its field lists so
    return np.dtype(fields, align=True)


def tables(capacity: int) -> Tables:
    """Return empty tables for `capacity` ports, as many rooms and taps, and twice as many players.

    Memory is only touched, and so only used, when a row is.
    """
    return Tables(
        ports=rows(Port, capacity),
        rooms=rows(Room, capacity),
        players=rows(Player, 2 * capacity),
        taps=rows(Tap, capacity),
        clockwork=rows(Clockwork, 1),
        scratch=_scratch(),
        frames=np.zeros((3 * capacity, LONGEST_FRAME), np.float32),
        audible=np.zeros(3 * capacity, np.int64),
    )


def offset(kind: type[object], field: str) -> int:
    """Return where a field of a row begins, in octets."""
    fields = dtype(kind).fields
    return int(fields[field][1]) if fields else 0


def _scratch() -> Rows[Scratch]:
    table = rows(Scratch, 1)
    scratch = table[0]
    for i in range(BATCH):
        vector = scratch.vectors[i]
        vector[:] = (scratch.datagrams[i].ctypes.data, DATAGRAM)
        # struct mmsghdr of 64-bit Linux: name, name length, vectors, their count, control, its length, flags, result
        name, control = scratch.names[i].ctypes.data, scratch.control[i].ctypes.data
        scratch.headers[i] = (name, 16, vector.ctypes.data, 1, control, 64, 0, 0)
    scratch.one = 1
    first = scratch.time.ctypes.data - offset(Scratch, "time")
    scratch.headers_at = first + offset(Scratch, "headers")
    scratch.packet_at = first + offset(Scratch, "packet")
    scratch.address_at = first + offset(Scratch, "address")
    scratch.time_at = first + offset(Scratch, "time")
    scratch.one_at = first + offset(Scratch, "one")
    return table
