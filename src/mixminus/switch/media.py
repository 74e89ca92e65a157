"""The media of one call: its sockets, its port and what was agreed about them (RFC 3264)."""

from __future__ import annotations

from collections.abc import Callable

from ..engine.media import Heard, Media, PortIdentity
from ..sip import sdp
from ..sip.negotiation import OUR_CODECS, Agreement, LocalMedia, accept_answer, make_offer, negotiate
from .plane import MediaPlane
from .ports import RtpSockets, Samples

DEFAULT_RATE = 8000
"""The rate of a call's own room until an agreement says better."""


class CallMedia:
    """A call's port, in a room of its own until it joins one: what is played to it is a playback in that room."""

    def __init__(self, plane: MediaPlane, sockets: RtpSockets, address: str, token: Callable[[], str]) -> None:
        self._plane = plane
        self._address = address
        self._sockets = sockets
        self._session_id = int(token(), 16) >> 2
        self._version = 1
        self._offer = b""
        self.agreement: Agreement | None = None
        self.own_room = plane.engine.open_room(DEFAULT_RATE)
        self.port = plane.open_port(self.own_room, sockets, _identity(token()))

    def answer(self, offer: bytes) -> bytes | None:
        """Agree to an offer and return the answer; None when there is nothing in common (488)."""
        try:
            agreement = negotiate(sdp.parse(offer), self._local())
        except sdp.SdpError:
            return None
        if agreement is None:
            return None
        self._apply(agreement)
        return agreement.answer

    def offer(self) -> bytes:
        """Make an offer, for a call or re-INVITE that came without one."""
        codecs = OUR_CODECS if self.agreement is None else self.agreement.codecs
        self._offer = make_offer(self._local(), codecs)
        self._version += 1
        return self._offer

    def accept(self, answer: bytes) -> bool:
        """Take the answer to our offer; tell whether it can be used."""
        try:
            agreement = accept_answer(self._offer, sdp.parse(answer))
        except sdp.SdpError:
            return False
        if agreement is None:
            return False
        self._apply(agreement)
        return True

    @property
    def held_by_peer(self) -> bool:
        """Tell whether the peer has put us on hold (sendonly or inactive)."""
        return self.agreement is not None and self.agreement.held_by_peer

    def play(self, samples: Samples, loops: int, finished: Callable[[], None]) -> int:
        """Play to this call only, while it is in no room; returns the player."""
        player = self._plane.play(self.own_room, samples, loops, finished)
        self._plane.engine.set_plan(self.own_room, (Heard(self.port, player),))
        return player

    def stop(self, player: int) -> None:
        """Stop what `play` started."""
        self._plane.stop(player)

    def close(self) -> None:
        """Give everything back."""
        self._plane.close_port(self.port)
        self._plane.engine.close_room(self.own_room)

    def _local(self) -> LocalMedia:
        return LocalMedia(self._address, self._sockets.port, self._session_id, self._version)

    def _apply(self, agreement: Agreement) -> None:
        self.agreement = agreement
        self._version += 1
        self._plane.set_media(
            self.port,
            Media(
                remote_rtp=agreement.remote_rtp,
                remote_rtcp=agreement.remote_rtcp,
                codec=agreement.codec,
                payload_type=agreement.payload_type,
                ptime_ms=agreement.ptime_ms,
                dtmf_payload_type=agreement.dtmf_payload_type,
                sends=agreement.sends,
                receives=agreement.receives,
            ),
        )


def _identity(token: str) -> PortIdentity:
    """Random SSRC, first sequence number and timestamp (RFC 3550 §5.1)."""
    bits = int(token, 16)
    return PortIdentity(bits & 0xFFFF_FFFF, (bits >> 32) & 0xFFFF, (bits >> 16) & 0xFFFF_FFFF)
