"""Offer and answer (RFC 3264) for one audio stream: pure, descriptions in, an agreement out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Literal

from . import sdp
from .sdp import Codec, Direction, MediaDescription, Section, SessionDescription

CodecName = Literal["PCMU", "PCMA", "L16"]

RATE = 8000
PTIMES_MS = (10, 20, 30, 40, 60)
DEFAULT_PTIME_MS = 20
# RFC 4733 §2.4.1: the digits and flash.
_DIGIT_EVENTS = "0-16"
_PROTOCOLS = ("RTP/AVP", "RTP/AVPF")
_CODEC_NAMES: dict[str, CodecName] = {"PCMU": "PCMU", "PCMA": "PCMA", "L16": "L16"}

OUR_CODECS = (
    Codec(0, "PCMU", RATE),
    Codec(8, "PCMA", RATE),
    Codec(96, "L16", RATE),
    Codec(101, "telephone-event", RATE, 1, _DIGIT_EVENTS),
)


@dataclass(frozen=True, slots=True)
class LocalMedia:
    """Our end. `session_id` stays for the call's life; raise `version` whenever what we send differs."""

    address: str
    port: int
    session_id: int
    version: int
    direction: Direction = "sendrecv"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What both ends will do. `sends` and `receives` are what we do; `answer` is "" when the peer answered us."""

    answer: bytes
    codec: CodecName
    payload_type: int
    rate: int
    ptime_ms: int
    dtmf_payload_type: int | None
    remote_rtp: tuple[str, int]
    remote_rtcp: tuple[str, int]
    sends: bool
    receives: bool
    held_by_peer: bool
    mux: bool

    @property
    def codecs(self) -> tuple[Codec, ...]:
        """Return the agreed codecs for a later offer of ours, whose numbers may not change (RFC 3264 §8.3.2)."""
        audio = Codec(self.payload_type, self.codec, self.rate)
        if self.dtmf_payload_type is None:
            return (audio,)
        return (audio, Codec(self.dtmf_payload_type, "telephone-event", self.rate, 1, _DIGIT_EVENTS))


def negotiate(offer: SessionDescription, local: LocalMedia) -> Agreement | None:
    """Answer an offer: the first audio m-line that we can serve, all others refused; None means 488."""
    for media in offer.media:
        codec = _usable_codec(media, local)
        if codec is not None:
            agreement = _agree(media, codec, local, mux=media.mux)
            return replace(agreement, answer=_answer(offer, media, agreement, local))
    return None


def make_offer(local: LocalMedia, codecs: Sequence[Codec] = OUR_CODECS, *, ptime_ms: int = DEFAULT_PTIME_MS) -> bytes:
    """Write an offer of one audio stream, the codecs in order of preference."""
    return _render(local, [sdp.render_audio(local.port, "RTP/AVP", codecs, ptime_ms, local.direction)])


def accept_answer(offer: bytes, answer: SessionDescription) -> Agreement | None:
    """Read the answer to an offer of ours; None when it refuses the audio or names nothing that we offered."""
    offered = sdp.parse(offer).media[0]
    local = LocalMedia(offered.address, offered.port, 0, 0, offered.direction)
    wanted = {(codec.name, codec.rate) for codec in offered.codecs}
    for media in answer.media[:1]:
        common = replace(media, codecs=tuple([c for c in media.codecs if (_canonical(c), c.rate) in wanted]))
        codec = _usable_codec(common, local)
        if codec is not None:
            return _agree(common, codec, local, mux=media.mux and offered.mux)
    return None


def _answer(offer: SessionDescription, taken: MediaDescription, agreement: Agreement, local: LocalMedia) -> bytes:
    direction = _direction(agreement.sends, agreement.receives)
    audio = sdp.render_audio(
        local.port, taken.protocol, agreement.codecs, agreement.ptime_ms, direction, mux=agreement.mux
    )
    sections = [audio if media is taken else sdp.render_refused(media) for media in offer.media]
    return _render(local, sections, offer.timing)


def _render(local: LocalMedia, sections: Sequence[Section], timing: str = "0 0") -> bytes:
    return sdp.render(local.address, local.session_id, local.version, sections, timing=timing)


def _agree(media: MediaDescription, codec: Codec, local: LocalMedia, *, mux: bool) -> Agreement:
    digits = next((c for c in media.codecs if _canonical(c) == "telephone-event" and c.rate == RATE), None)
    # An address of zeros is how RFC 2543 put a call on hold (RFC 3264 §8.4).
    peer_receives = media.direction in ("sendrecv", "recvonly") and not ip_address(media.address).is_unspecified
    peer_sends = media.direction in ("sendrecv", "sendonly")
    remote = (media.address, media.port)
    return Agreement(
        answer=b"",
        codec=_CODEC_NAMES[codec.name.upper()],
        payload_type=codec.payload_type,
        rate=codec.rate,
        ptime_ms=_ptime_ms(media),
        dtmf_payload_type=digits.payload_type if digits else None,
        remote_rtp=remote,
        remote_rtcp=remote if mux else _rtcp(media),
        sends=peer_receives and local.direction in ("sendrecv", "sendonly"),
        receives=peer_sends and local.direction in ("sendrecv", "recvonly"),
        held_by_peer=not peer_receives,
        mux=mux,
    )


def _usable_codec(media: MediaDescription, local: LocalMedia) -> Codec | None:
    """Return the first of the peer's codecs that is ours, if the stream can be served at all.

    An answer keeps the offer's order (RFC 3264 §6.1).
    """
    if media.kind != "audio" or media.port == 0 or media.protocol.upper() not in _PROTOCOLS:
        return None
    if not _reachable(media.address, local.address):
        return None
    return next((codec for codec in media.codecs if _is_ours(codec)), None)


def _is_ours(codec: Codec) -> bool:
    return codec.name.upper() in _CODEC_NAMES and codec.rate == RATE and codec.channels == 1


def _canonical(codec: Codec) -> str:
    """Return the name as we write it; encoding names are compared without case (RFC 8866 §6.6)."""
    name = codec.name.upper()
    return name if name in _CODEC_NAMES else codec.name.lower()


def _reachable(remote: str, local: str) -> bool:
    """Return whether our socket can send there: one peer's address of our own family, never a multicast group."""
    try:
        address = ip_address(remote)
    except ValueError:
        return False
    return not address.is_multicast and address.version == ip_address(local).version


def _rtcp(media: MediaDescription) -> tuple[str, int]:
    address, port = media.rtcp
    return (address, port) if _reachable(address, media.address) else (media.address, port)


def _ptime_ms(media: MediaDescription) -> int:
    wanted = media.milliseconds("ptime")
    ptime_ms = wanted if wanted in PTIMES_MS else DEFAULT_PTIME_MS
    longest = media.milliseconds("maxptime") or ptime_ms
    return max((allowed for allowed in PTIMES_MS if allowed <= min(ptime_ms, longest)), default=PTIMES_MS[0])


def _direction(sends: bool, receives: bool) -> Direction:
    match sends, receives:
        case True, True:
            return "sendrecv"
        case True, False:
            return "sendonly"
        case False, True:
            return "recvonly"
        case _:
            return "inactive"
