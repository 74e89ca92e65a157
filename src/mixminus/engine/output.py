"""What a port is sent: the encoded mix, or a key press, in packets whose numbers never break for the call's life."""

from __future__ import annotations

from . import codecs, dtmf, resample, rtp, telephone_event
from .compiled import kernel
from .layout import DIGIT_QUEUE, FRAMES_PER_S, Bytes, Clockwork, Floats, Port
from .rings import push_event
from .signals import DIGITS_SENT, END_OF_DIGITS, LONG_PAUSE, SHORT_PAUSE

MS_PER_S = 1000
NOTHING = 0


@kernel
def encode(port: Port, rate: int, frame: Floats, own: Floats, payload: Bytes) -> int:
    """Encode a frame at the room's rate into `payload` for a port and return the octets; `own` is a scratch row."""
    count = port.rate // FRAMES_PER_S
    octets = count * codecs.sample_bytes(port.codec)
    if port.rate == rate:
        codecs.encode(port.codec, frame, payload[:octets])
        return octets
    if port.rate < rate:
        resample.down(frame, own[:count], port.resample_out[:])
    else:
        resample.up(frame, own[:count], port.resample_out[:])
    codecs.encode(port.codec, own[:count], payload[:octets])
    return octets


@kernel
def queue(port: Port, payload: Bytes) -> None:
    """Append 20 ms of payload to what waits for the next packet."""
    at = port.pending_bytes
    for i in range(payload.shape[0]):
        port.pending[at + i] = payload[i]
    port.pending_bytes = at + payload.shape[0]


@kernel
def audio_packet(port: Port, payload: Bytes, packet: Bytes) -> int:
    """Write the packet that 20 ms of payload complete, and return its length, or NOTHING.

    A second packet may be waiting if the port's packets are shorter than 20 ms.
    """
    if port.ptime_ms != MS_PER_S // FRAMES_PER_S:
        queue(port, payload)
        return next_packet(port, packet)
    place = packet[rtp.HEADER : rtp.HEADER + payload.shape[0]]
    for i in range(payload.shape[0]):
        place[i] = payload[i]
    _head_audio(port, packet, payload.shape[0], port.rate // FRAMES_PER_S)
    return int(rtp.HEADER + payload.shape[0])


@kernel
def next_packet(port: Port, packet: Bytes) -> int:
    """Write the next full packet and return its length, or NOTHING."""
    samples = port.rate * port.ptime_ms // MS_PER_S
    octets = samples * codecs.sample_bytes(port.codec)
    if port.pending_bytes < octets:
        return NOTHING
    for i in range(octets):
        packet[rtp.HEADER + i] = port.pending[i]
    for i in range(port.pending_bytes - octets):
        port.pending[i] = port.pending[octets + i]
    port.pending_bytes -= octets
    _head_audio(port, packet, octets, samples)
    return rtp.HEADER + octets


@kernel
def pass_time(port: Port, frames: int) -> None:
    """Let `frames` frames pass unsent: what waits is dropped, the timestamp goes on, the next packet has the marker."""
    waiting = port.pending_bytes // codecs.sample_bytes(port.codec)
    port.pending_bytes = 0
    port.timestamp = (port.timestamp + waiting + frames * (port.rate // FRAMES_PER_S)) & 0xFFFFFFFF
    port.marker = 1


@kernel
def has_digits(port: Port) -> bool:
    """Tell whether the port is sending key presses."""
    return port.digits_count > 0


@kernel
def add_digit(port: Port, code: int) -> None:
    """Queue a key press, a pause or the end mark; one too many is dropped."""
    if port.digits_count < DIGIT_QUEUE:
        port.digits[(port.digits_first + port.digits_count) % DIGIT_QUEUE] = code
        port.digits_count += 1


@kernel
def skip_end_marks(port: Port, row: int, clockwork: Clockwork) -> None:
    """Report the digits that are all sent."""
    while port.digits_count > 0 and port.digits[port.digits_first] == END_OF_DIGITS:
        push_event(clockwork, DIGITS_SENT, row, 0)
        _next_digit(port)


@kernel
def in_band_tone(port: Port, rate: int, frame: Floats) -> bool:
    """Fill a frame with the key press being sent as tones; False if the mix is heard in its place (a pause)."""
    if _pauses(port):
        return False
    more = dtmf.generate(int(port.digits[port.digits_first]), port.digit_tick, rate, frame)
    port.digit_tick += 1
    if not more:
        _next_digit(port)
    return True


@kernel
def event_packet(port: Port, packet: Bytes) -> int:
    """Write this tick's telephone-event packet and return its length, or NOTHING if audio goes out instead."""
    if _pauses(port):
        return NOTHING
    step = port.rate // FRAMES_PER_S
    if telephone_event.is_idle(port.event_sender[:]):
        telephone_event.start(port.event_sender[:], int(port.digits[port.digits_first]))
    stamp = port.timestamp + port.pending_bytes // codecs.sample_bytes(port.codec)
    flags = telephone_event.send(port.event_sender[:], stamp & 0xFFFFFFFF, step, packet[rtp.HEADER : rtp.HEADER + 4])
    length = NOTHING
    if flags & telephone_event.SEND:
        marker = 1 if flags & telephone_event.MARKER else 0
        _head(port, packet, port.dtmf_payload_type, marker, int(port.event_sender[2]), 4)
        pass_time(port, 1)
        length = rtp.HEADER + 4
    if flags & telephone_event.DONE:
        _next_digit(port)
    return int(length)


@kernel
def _pauses(port: Port) -> bool:
    code = port.digits[port.digits_first]
    if code != SHORT_PAUSE and code != LONG_PAUSE:
        return False
    port.digit_tick += 1
    if port.digit_tick >= (FRAMES_PER_S if code == LONG_PAUSE else FRAMES_PER_S // 2):
        _next_digit(port)
    return True


@kernel
def _next_digit(port: Port) -> None:
    port.digits_first = (port.digits_first + 1) % DIGIT_QUEUE
    port.digits_count -= 1
    port.digit_tick = 0


@kernel
def _head_audio(port: Port, packet: Bytes, octets: int, samples: int) -> None:
    _head(port, packet, port.payload_type, port.marker, port.timestamp, octets)
    port.marker = 0
    port.timestamp = (port.timestamp + samples) & 0xFFFFFFFF


@kernel
def _head(port: Port, packet: Bytes, payload_type: int, marker: int, timestamp: int, octets: int) -> None:
    rtp.write(packet, payload_type, marker, port.sequence, timestamp, port.ssrc)
    port.sequence = (port.sequence + 1) & 0xFFFF
    port.sent += 1
    port.sent_octets += octets
