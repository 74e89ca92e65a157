"""The engine as the switch sees it: ports, rooms, plans, players and taps, from one asyncio thread.

Control calls write into a command ring that the media thread reads at the start of its next slot; nothing here waits
for the media thread.
"""

from __future__ import annotations

import gc
import os
import threading
from collections import deque
from collections.abc import Callable
from ipaddress import IPv4Address
from itertools import count

import numpy as np
from numpy.typing import NDArray

from . import compiled, layout, loop, plan, signals, wheel
from .events import EngineEvent, PlaybackFinished, PortClosed
from .handover import Handover
from .layout import NOBODY, Pcm
from .media import CODECS, Address, Heard, Media, PortIdentity, PortSockets
from .membership import RoomFacts
from .reporting import port_event
from .rows import RowBook
from .statistics import EngineTotals, PortStatistics, engine_totals, port_statistics
from .tap import Tap

RATES = (8000, 16_000)
WAKE = 1
UNTIL_STOPPED = 0
EVENTS_IN_TURN = 2000
"""Events handed over at once: the rest waits for the next turn of Python's loop, so that no turn is long."""


class Engine:
    """The media plane. All methods are called from one thread; none of them waits for the media thread."""

    def __init__(self, capacity: int = 4096, core: int | None = None) -> None:
        """Make empty tables for `capacity` ports; `core` is the processor that the media thread is kept on, if any."""
        self.tables = layout.tables(capacity)
        self.event_fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._capacity = capacity
        self._core = core
        self._thread: threading.Thread | None = None
        ids = count(1)
        self._rooms = RowBook(capacity, ids)
        self._ports = RowBook(capacity, ids)
        self._players = RowBook(2 * capacity, ids)
        self._taps = RowBook(capacity, ids)
        self._facts: dict[int, RoomFacts] = {}
        self._room_of: dict[int, int] = {}
        self._lent: dict[int, NDArray[np.generic]] = {}
        self._waiting: deque[tuple[int, ...]] = deque()
        self._handover = Handover(self.tables.clockwork)
        self._prepare()

    def compile(self, report: Callable[[str], None]) -> None:
        """Compile the media thread's code, or load it from the cache, telling a person what takes so long."""
        if not compiled.is_cached():
            report("compiling the media engine (once; about 20 seconds)")
        self.tables.clockwork[0].stopping = 1
        gc.disable()  # the compiler makes millions of objects and hardly any garbage: a tenth of the time
        try:
            loop.run(self.tables, UNTIL_STOPPED)
        finally:
            gc.enable()
        report("media engine ready")

    def start(self) -> None:
        """Start the media thread. Compiles first if `compile` has not been called."""
        self.tables.clockwork[0].stopping = 0
        self._thread = threading.Thread(target=self._run, name="media", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop the media thread; returns when it has ended, which takes one slot."""
        self.tables.clockwork[0].stopping = 1
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def close(self) -> None:
        """Stop, and close the event descriptor."""
        self.stop()
        os.close(self.event_fd)

    def events(self) -> list[EngineEvent]:
        """Return what has happened since the last call, oldest first, and make `event_fd` unreadable."""
        self._clear_wake()
        self._flush()
        happened: list[EngineEvent] = []
        for _ in range(EVENTS_IN_TURN):
            entry = self._handover.take()
            if entry is None:
                return happened
            event = self._heard_of(*entry)
            if event is not None:
                happened.append(event)
        os.eventfd_write(self.event_fd, WAKE)
        return happened

    def open_room(self, rate: int = 8000) -> int:
        """Open an empty room that mixes at `rate` samples a second. Raises EngineFull."""
        if rate not in RATES:
            raise ValueError(f"a room's rate is one of {RATES}")
        room = self._rooms.take()
        self._facts[room] = RoomFacts(rate)
        self._command(signals.OPEN_ROOM, self._rooms.row(room), rate)
        return room

    def close_room(self, room: int) -> None:
        """Close a room that has no ports or taps any more; its players end without an event."""
        if self._facts[room].listeners:
            raise ValueError("a room is closed after its ports and taps")
        del self._facts[room]
        self._command(signals.CLOSE_ROOM, self._rooms.row(room))

    def open_port(self, room: int, sockets: PortSockets, identity: PortIdentity) -> int:
        """Open a port in a room; it is silent until `set_media`. Raises EngineFull."""
        port = self._ports.take()
        row = self._ports.row(port)
        layout.blank(self.tables.ports, row)
        numbers = (identity.ssrc, identity.sequence & 0xFFFF, identity.timestamp & 0xFFFFFFFF)
        self._command(signals.OPEN_PORT, row, self._rooms.row(room), sockets.rtp_fd, sockets.rtcp_fd, *numbers)
        self._join(port, room)
        return port

    def close_port(self, port: int) -> None:
        """Close a port. Its sockets may be closed after the event PortClosed."""
        self._part(port)
        self._command(signals.CLOSE_PORT, self._ports.row(port))

    def set_media(self, port: int, media: Media) -> None:
        """Set what a port sends and receives, and to whom; called again after each new answer. Unlocks the source."""
        number, rate = CODECS[media.codec]
        dtmf = NOBODY if media.dtmf_payload_type is None else media.dtmf_payload_type
        self._command(
            signals.SET_MEDIA,
            self._ports.row(port),
            _packed(media.remote_rtp),
            _packed(media.remote_rtcp),
            number,
            rate,
            media.payload_type,
            dtmf,
            media.ptime_ms,
            int(media.sends),
            int(media.receives),
        )

    def move(self, port: int, room: int) -> None:
        """Move a port to another room; it hears nothing there until that room's next plan names it."""
        self._part(port)
        self._command(signals.MOVE, self._ports.row(port), self._rooms.row(room))
        self._join(port, room)

    def set_plan(self, room: int, heard: tuple[Heard, ...]) -> None:
        """Set who hears whom in a room. What is not named is silent; changes fade over one frame."""
        self._facts[room].heard = heard
        self._send_plan(room)

    def play(self, room: int, samples: Pcm, loops: int = 1) -> int:
        """Play samples (at the room's rate) `loops` times, 0 for ever; heard by whom a plan names. Raises EngineFull.

        PlaybackFinished follows at the end, but not after `stop_playing`.
        """
        if len(samples) == 0 or loops < 0:
            raise ValueError("a player needs samples, and loops of 0 or more")
        player = self._players.take()
        row = self._players.row(player)
        lent = np.ascontiguousarray(samples, dtype=np.int16)
        self._lent[player] = lent
        self._room_of[player] = room
        self._command(signals.PLAY, row, self._rooms.row(room), lent.ctypes.data, len(lent), loops)
        return player

    def stop_playing(self, player: int) -> None:
        """Stop a player; one that has ended already is ignored."""
        if player in self._players:
            self._command(signals.STOP_PLAYING, self._players.row(player))

    def send_digits(self, port: int, digits: str) -> None:
        """Send key presses: 0-9 * # A-D, w for half a second, W for a second. DigitsSent follows."""
        codes = [*(signals.CODES[digit] for digit in digits), signals.END_OF_DIGITS]
        for first in range(0, len(codes), signals.DIGITS_IN_COMMAND):
            part = codes[first : first + signals.DIGITS_IN_COMMAND]
            self._command(signals.SEND_DIGITS, self._ports.row(port), len(part), *part)

    def watch_beep(self, port: int, min_ms: int | None) -> None:
        """Report the next steady tone of at least `min_ms` as BeepHeard; None ends the watch."""
        self._command(signals.WATCH_BEEP, self._ports.row(port), min_ms or 0)

    def open_tap(self, room: int, seconds: float) -> Tap:
        """Open a listener that is read as samples, with a ring of `seconds`. Raises EngineFull."""
        tap = self._taps.take()
        row = self._taps.row(tap)
        samples = np.zeros(max(int(seconds * self._facts[room].rate), layout.LONGEST_FRAME), np.int16)
        self._lent[tap] = samples
        layout.blank(self.tables.taps, row)
        self._command(signals.OPEN_TAP, row, self._rooms.row(room), samples.ctypes.data, len(samples))
        self._join(tap, room)
        return Tap(tap, self.tables.taps[row], samples)

    def close_tap(self, tap: Tap) -> None:
        """Close a tap; what it holds can be read until the next one is opened."""
        self._part(tap.id)
        self._command(signals.CLOSE_TAP, self._taps.row(tap.id))

    def statistics(self, port: int) -> PortStatistics:
        """Return a port's counters."""
        return port_statistics(self.tables.ports[self._ports.row(port)])

    def totals(self) -> EngineTotals:
        """Return the engine's counters."""
        return engine_totals(self.tables.clockwork[0])

    def _prepare(self) -> None:
        clockwork = self.tables.clockwork[0]
        compiled.plain(wheel.clear)(clockwork)
        clockwork.event_fd = self.event_fd
        name = b"mixminus"
        clockwork.cname[: len(name)] = np.frombuffer(name, np.uint8)
        clockwork.cname_octets = len(name)

    def _run(self) -> None:
        if self._core is not None:
            os.sched_setaffinity(0, {self._core})
        loop.run(self.tables, UNTIL_STOPPED)

    def _join(self, member: int, room: int) -> None:
        self._room_of[member] = room
        self._facts[room].listeners.add(member)
        self._send_plan(room)

    def _part(self, member: int) -> None:
        room = self._room_of.pop(member)
        self._facts[room].forget(member)
        # An empty room needs no plan: the media thread leaves out who is gone.
        if self._facts[room].listeners:
            self._send_plan(room)

    def _send_plan(self, room: int) -> None:
        facts = self._facts[room]
        if not facts.has_changed():
            return
        words = plan.encode(facts.hearing(self._listener_row, self._source_row))
        self._lent[-words.ctypes.data] = words
        self._command(signals.SET_PLAN, self._rooms.row(room), words.ctypes.data, len(words))

    def _listener_row(self, listener: int) -> int:
        if listener in self._ports:
            return self._ports.row(listener)
        return self._capacity + self._taps.row(listener)

    def _source_row(self, source: int) -> int | None:
        if source in self._ports:
            return self._ports.row(source)
        return self._capacity + self._players.row(source) if source in self._players else None

    def _command(self, *words: int) -> None:
        self._waiting.append(words)
        self._flush()

    def _flush(self) -> None:
        while self._waiting and self._handover.push(self._waiting[0]):
            self._waiting.popleft()

    def _clear_wake(self) -> None:
        try:
            os.eventfd_read(self.event_fd)
        except BlockingIOError:
            return

    def _heard_of(self, kind: int, row: int, value: int) -> EngineEvent | None:
        match kind:
            case signals.PLAN_RELEASED:
                del self._lent[-value]
            case signals.PLAYER_RELEASED:
                self._free_player(row)
            case signals.TAP_CLOSED:
                del self._lent[self._taps.release(row)]
            case signals.ROOM_CLOSED:
                self._rooms.release(row)
            case signals.PLAYBACK_FINISHED:
                return PlaybackFinished(self._players.holder(row))
            case signals.PORT_CLOSED:
                return PortClosed(self._ports.release(row))
            case _:
                return port_event(kind, self._ports.holder(row), value)
        return None

    def _free_player(self, row: int) -> None:
        player = self._players.release(row)
        del self._lent[player]
        room = self._room_of.pop(player)
        # The row may be taken again: a plan that still names it would play the next prompt to the same listeners.
        if room in self._facts and self._facts[room].names(player):
            self._facts[room].forget(player)
            self._send_plan(room)


def _packed(address: Address) -> int:
    host, port = address
    return int(IPv4Address(host)) << 16 | port
