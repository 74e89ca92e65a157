"""Rooms over real sockets with the wheel turned by hand: who hears whom, and in which packets."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mixminus.engine.events import (
    Digit,
    DigitsSent,
    PlaybackFinished,
    PortClosed,
    SourceLocked,
    SpeechStarted,
    SpeechStopped,
)
from mixminus.engine.media import CodecName, Heard, Media
from mixminus.engine.rows import EngineFull

from .desk import FRAME, Desk, Phone, header, level, open_socket, tone

TONES = (400.0, 700.0, 1100.0)


def _talk(desk: Desk, phones: list[Phone], frames: int) -> None:
    voices = [tone(hz, frames) for hz in TONES]
    for i in range(frames):
        for phone, voice in zip(phones, voices, strict=False):
            phone.say(voice[i * FRAME : (i + 1) * FRAME])
        desk.turn()


def test_everybody_hears_the_others_and_not_himself(desk: Desk) -> None:
    """Design: 'own voice removed before limiting', 'out[listener] = sum(gain * frame[source])'."""
    room = desk.room()
    phones = [desk.phone(room) for _ in range(3)]
    desk.connect(room, *phones)
    _talk(desk, phones, 30)
    for own, phone in enumerate(phones):
        heard = phone.heard()[-10 * FRAME :]
        levels = [level(heard, hz) for hz in TONES]
        assert levels[own] < 50
        assert all(4800 < levels[i] < 5200 for i in range(3) if i != own)


def test_a_pair_that_the_plan_does_not_name_is_silent(desk: Desk) -> None:
    """Contract: 'Pairs not named are silent'."""
    room = desk.room()
    phones = [desk.phone(room) for _ in range(2)]
    desk.engine.set_plan(room, (Heard(phones[0].port, phones[1].port, 0.5),))
    _talk(desk, phones, 20)
    assert 2400 < level(phones[0].heard()[-10 * FRAME :], TONES[1]) < 2600
    assert np.abs(phones[1].heard()).max() < 10


def test_every_port_is_sent_one_packet_each_20_ms_with_continuous_numbers(desk: Desk) -> None:
    """Design: 'Always send one packet every 20 ms, silence included'; numbers here pass their wraps."""
    room = desk.room()
    phone = desk.phone(room)
    desk.turn(10)
    headers = [header(packet) for packet in phone.packets]
    assert [sequence for _, _, sequence, _, _ in headers] == [(65_534 + i) & 0xFFFF for i in range(10)]
    assert [stamp for *_, stamp, _ in headers] == [(0xFFFF_FFFF - 160 + i * FRAME) & 0xFFFF_FFFF for i in range(10)]
    assert [marker for marker, *_ in headers] == [1] + [0] * 9
    assert {ssrc for *_, ssrc in headers} == {0xABC}
    assert all(len(packet) == 12 + FRAME for packet in phone.packets)


@pytest.mark.parametrize(("ptime_ms", "packets"), [(10, 24), (20, 12), (30, 8), (40, 6), (60, 4)])
def test_packets_are_as_long_as_agreed(desk: Desk, ptime_ms: int, packets: int) -> None:
    """RFC 8866 section 6.4: ptime is 'the length of time in milliseconds represented by the media in a packet'."""
    phone = desk.phone(desk.room(), ptime_ms=ptime_ms)
    desk.turn(12)
    assert len(phone.packets) == packets
    stamps = [header(packet)[3] for packet in phone.packets]
    assert {(b - a) & 0xFFFF_FFFF for a, b in pairwise(stamps)} == {8 * ptime_ms}


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "L16", "L16/16000"])
@pytest.mark.parametrize("rate", [8000, 16_000])
def test_all_codecs_meet_in_rooms_of_both_rates(desk: Desk, codec: CodecName, rate: int) -> None:
    """Design: 'A room has a rate; nothing may assume 8000'."""
    room = desk.room(rate)
    talker, listener = desk.phone(room, codec), desk.phone(room)
    desk.connect(room, talker, listener)
    step = FRAME * (2 if codec == "L16/16000" else 1)
    voice = 5000 * np.sin(2 * np.pi * 500 * np.arange(40 * step) / (50 * step))
    for i in range(40):
        talker.send(
            _encoded(codec, voice[i * step : (i + 1) * step]),
            8 if codec == "PCMA" else 0 if codec == "PCMU" else 96,
            step,
        )
        desk.turn()
    assert 4700 < level(listener.heard()[-20 * FRAME :], 500) < 5300


def _encoded(codec: CodecName, samples: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bytes:
    from mixminus.engine import codecs  # kept beside its only use

    number = {"PCMU": codecs.PCMU, "PCMA": codecs.PCMA}.get(codec, codecs.L16)
    payload = np.zeros(len(samples) * codecs.sample_bytes(number), np.uint8)
    codecs.encode(number, samples.astype(np.float32), payload)
    return payload.tobytes()


def test_listeners_with_the_same_mix_are_sent_the_same_audio(desk: Desk) -> None:
    """Design: 'A listener's identical mix is encoded once and reused'."""
    room = desk.room()
    phones = [desk.phone(room) for _ in range(4)]
    desk.engine.set_plan(room, tuple(Heard(phone.port, phones[0].port) for phone in phones[1:]))
    _talk(desk, phones[:1], 20)
    heard = [b"".join(packet[12:] for packet in phone.packets[-10:]) for phone in phones[1:]]
    assert heard[0] == heard[1] == heard[2]
    assert 4800 < level(phones[3].heard()[-10 * FRAME :], TONES[0]) < 5200


def test_a_change_of_plan_fades_over_one_frame(desk: Desk) -> None:
    """Contract: 'Changes ramp over one frame', so nothing clicks."""
    room = desk.room()
    phones = [desk.phone(room) for _ in range(2)]
    steady = np.full(FRAME, 8000, np.float32)
    for turn in range(20):
        if turn == 10:
            desk.connect(room, *phones)
        phones[0].say(steady)
        desk.turn()
    steps = np.abs(np.diff(phones[1].heard()))
    assert steps.max() < 600
    assert phones[1].heard()[-1] > 7500


def test_a_moved_port_is_heard_in_its_new_room_only(desk: Desk) -> None:
    """Contract: `move(port, room)`."""
    first, second = desk.room(), desk.room()
    mover, left, other = desk.phone(first), desk.phone(first), desk.phone(second)
    desk.connect(first, mover, left)
    _talk(desk, [mover], 10)
    desk.engine.move(mover.port, second)
    desk.connect(second, mover, other)
    _talk(desk, [mover], 20)
    assert level(other.heard()[-10 * FRAME :], TONES[0]) > 4500
    assert np.abs(left.heard()[-10 * FRAME :]).max() < 10
    assert len(mover.packets) >= 29


def test_a_prompt_is_played_so_many_times_and_then_reported(desk: Desk) -> None:
    """Contract: `play(room, samples, loops)` -> event PlaybackFinished."""
    room = desk.room()
    phone = desk.phone(room)
    player = desk.engine.play(room, np.full(100, 8000, np.int16), 5)
    desk.engine.set_plan(room, (Heard(phone.port, player),))
    desk.turn(6)
    assert desk.events.count(PlaybackFinished(player)) == 1
    assert 330 <= np.count_nonzero(phone.heard() > 7000) <= 500  # the first of four frames fades in


def test_an_endless_prompt_ends_when_it_is_stopped(desk: Desk) -> None:
    """Contract: `loops: 0 = endless`; `stop_playing` gives the samples back without an event."""
    room = desk.room()
    phone = desk.phone(room)
    player = desk.engine.play(room, np.full(100, 8000, np.int16), 0)
    desk.engine.set_plan(room, (Heard(phone.port, player),))
    desk.turn(50)
    assert phone.heard()[-1] > 7500
    desk.engine.stop_playing(player)
    desk.turn(3)
    assert abs(phone.heard()[-1]) < 10
    assert PlaybackFinished(player) not in desk.events


def test_a_player_does_not_inherit_the_listeners_of_the_one_before(desk: Desk) -> None:
    """A row that is used again must not be heard by whom the old plan named."""
    room = desk.room()
    phone = desk.phone(room)
    first = desk.engine.play(room, np.full(160, 8000, np.int16), 1)
    desk.engine.set_plan(room, (Heard(phone.port, first),))
    desk.turn(4)
    desk.engine.play(room, np.full(160, 8000, np.int16), 0)
    desk.turn(4)
    assert np.abs(phone.heard()[-4 * FRAME :]).max() < 10


def test_a_tap_hears_its_mix_as_samples(desk: Desk) -> None:
    """Contract: `open_tap(room, seconds) -> Tap`."""
    room = desk.room()
    phone = desk.phone(room)
    tap = desk.engine.open_tap(room, 1.0)
    desk.engine.set_plan(room, (Heard(tap.id, phone.port),))
    _talk(desk, [phone], 30)
    samples = tap.read()
    assert len(samples) == 30 * FRAME
    assert 4800 < level(samples[-10 * FRAME :].astype(np.float32), TONES[0]) < 5200
    assert len(tap.read()) == 0
    _talk(desk, [phone], 60)
    assert len(tap.read()) == 8000
    assert tap.lost == 10 * FRAME
    desk.engine.close_tap(tap)
    desk.turn()


def test_key_presses_are_sent_as_events_and_reported_once_by_the_other_side(desk: Desk) -> None:
    """RFC 4733: one event each, at its first packet, however often its end is repeated."""
    room = desk.room()
    sender, receiver = desk.phone(room), desk.phone(room)
    desk.engine.send_digits(sender.port, "1w#")
    for _ in range(60):
        desk.turn()
        for packet in sender.packets:
            if packet[1] & 127 == 101:
                receiver.own.sendto(packet, receiver.engine.getsockname())
        sender.packets.clear()
    assert [event.digit for event in desk.events if isinstance(event, Digit)] == ["1", "#"]
    assert desk.events.count(DigitsSent(sender.port)) == 1


def test_keys_are_tones_where_no_event_was_negotiated(desk: Desk) -> None:
    """Design: 'in-band Goertzel when no telephone-event was negotiated', both ways."""
    room = desk.room()
    sender, receiver = desk.phone(room, dtmf=None), desk.phone(room, dtmf=None)
    desk.engine.send_digits(sender.port, "59")
    for _ in range(40):
        desk.turn()
        for packet in sender.packets:
            receiver.send(packet[12:])
        sender.packets.clear()
    assert [event.digit for event in desk.events if isinstance(event, Digit)] == ["5", "9"]


def test_speech_is_reported_as_it_starts_and_stops(desk: Desk) -> None:
    """Design: '100 ms on, 800 ms off -> speech events'."""
    room = desk.room()
    phone = desk.phone(room)
    _talk(desk, [phone], 30)
    assert SpeechStarted(phone.port) in desk.events
    for _ in range(60):
        phone.say(np.zeros(FRAME, np.float32))
        desk.turn()
    assert SpeechStopped(phone.port) in desk.events


def test_nobody_else_is_heard_once_the_source_is_locked(desk: Desk) -> None:
    """Design: 'packets from the SDP address lock at once'; reliability row 9: 0 injected frames mixed."""
    room = desk.room()
    phone, listener = desk.phone(room), desk.phone(room)
    desk.connect(room, phone, listener)
    phone.say(np.zeros(FRAME, np.float32))
    desk.turn()
    assert SourceLocked(phone.port, phone.own.getsockname()) in desk.events
    attacker = Phone(0, open_socket(), phone.engine)
    for i in range(20):
        attacker.say(tone(900, 1))
        phone.say(np.zeros(FRAME, np.float32), lost=i == 5)
        desk.turn()
    attacker.own.close()
    assert np.abs(listener.heard()).max() < 10
    assert desk.engine.statistics(phone.port).foreign == 20


def test_audio_goes_to_the_locked_source(desk: Desk) -> None:
    """Reliability note: 'Send RTP only to the SDP address until the lock', then to whom is heard (NAT)."""
    room = desk.room()
    phone = desk.phone(room)
    behind_nat = Phone(0, open_socket(), phone.engine)
    for _ in range(4):
        desk.turn()
        behind_nat.say(np.zeros(FRAME, np.float32))
    assert len(phone.packets) == 4
    desk.turn(4)
    assert len(phone.packets) == 4
    assert behind_nat.own.recv(4096)
    behind_nat.own.close()


def test_what_is_held_is_neither_sent_nor_heard(desk: Desk) -> None:
    """Issue: 'hold by the peer: sendonly/inactive is honoured'; timestamps go on meanwhile."""
    room = desk.room()
    phone, listener = desk.phone(room), desk.phone(room)
    desk.connect(room, phone, listener)
    address = phone.own.getsockname()
    desk.turn(2)
    desk.engine.set_media(phone.port, Media(address, address, "PCMU", 0, sends=False, receives=False))
    _talk(desk, [phone], 10)
    assert len(phone.packets) == 2
    assert np.abs(listener.heard()).max() < 10
    desk.engine.set_media(phone.port, Media(address, address, "PCMU", 0))
    _talk(desk, [phone], 10)
    marker, _, sequence, stamp, _ = header(phone.packets[2])
    assert marker == 1
    assert sequence == 0
    assert stamp == (0xFFFF_FFFF - 160 + 12 * FRAME) & 0xFFFF_FFFF
    assert level(listener.heard()[-4 * FRAME :], TONES[0]) > 4500


def test_a_closed_port_is_reported_and_says_goodbye(desk: Desk) -> None:
    """RFC 3550 section 6.6: BYE; contract: 'fds may be closed only after event PortClosed'."""
    room = desk.room()
    phone = desk.phone(room)
    desk.turn()
    desk.engine.close_port(phone.port)
    desk.engine.close_room(room)
    farewells: list[bytes] = []
    desk.phones.clear()
    desk.turn()
    farewells = [packet for packet in _received(phone) if 192 <= packet[1] <= 223]
    assert PortClosed(phone.port) in desk.events
    assert any(b"\x81\xcb" in packet for packet in farewells)
    phone.own.close()
    phone.engine.close()


def _received(phone: Phone) -> list[bytes]:
    from .desk import datagrams  # kept beside its only use

    return datagrams(phone.own)


def test_a_room_with_ports_is_not_closed(desk: Desk) -> None:
    """Facade: a room is closed after its ports."""
    room = desk.room()
    desk.phone(room)
    with pytest.raises(ValueError, match="after its ports"):
        desk.engine.close_room(room)


def test_a_full_engine_says_so(desk: Desk) -> None:
    """Style: a limit on everything; the engine of this test has 16 rooms."""
    for _ in range(16):
        desk.room()
    with pytest.raises(EngineFull):
        desk.room()


def test_rows_are_used_again_by_other_ids(desk: Desk) -> None:
    """Ids are never used again; rows are, however many calls come and go."""
    seen = set()
    for _ in range(40):
        room = desk.room()
        phone = desk.phone(room)
        seen |= {room, phone.port}
        desk.engine.close_port(phone.port)
        desk.engine.close_room(room)
        desk.turn()
        desk.phones.clear()
        phone.own.close()
        phone.engine.close()
    assert len(seen) == 80
