"""What the switch needs of the world outside, as protocols; the adapters above it keep them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..callflow.commands import Fetch, Inform
from ..callflow.events import Document, FetchFailed
from ..hangup import Cause, Source

Samples = NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Application:
    """How a customer's application is asked. Empty URLs are not set; `hangup_url` falls back to `answer_url`."""

    app_id: str
    answer_url: str
    answer_method: str = "POST"
    fallback_url: str = ""
    fallback_method: str = "POST"
    hangup_url: str = ""
    hangup_method: str = "POST"


class Directory(Protocol):
    """Who answers for a dialled number or application id."""

    def application_for(self, destination: str) -> Application | None:
        """Return the application of an app_id or number (digits, no `+`), else the default one, else None. No I/O."""


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What every request about a call says of it (reference: standard parameters)."""

    call_uuid: str
    from_number: str
    to_number: str
    caller_name: str
    status: str
    """ringing, in-progress, completed, busy, failed, timeout, no-answer or cancel"""
    session_start: datetime
    direction: str = "inbound"
    sip_headers: Mapping[str, str] | None = None
    """X-PH-* headers of the INVITE, and SIP-H-To"""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """Notice: the call is over (hangup_url)."""

    url: str
    method: str
    call: CallFacts
    cause: Cause
    source: Source
    started: datetime
    answered: datetime | None
    ended: datetime


@dataclass(frozen=True, slots=True)
class MemberEntered:
    """Notice: a conference has a new member (callbackUrl, ConferenceAction=enter)."""

    url: str
    method: str
    call: CallFacts
    conference: str
    conference_uuid: str
    member_id: str
    first: bool


@dataclass(frozen=True, slots=True)
class MemberLeft:
    """Notice: a conference has lost a member (callbackUrl, ConferenceAction=exit)."""

    url: str
    method: str
    call: CallFacts
    conference: str
    conference_uuid: str
    member_id: str
    last: bool


@dataclass(frozen=True, slots=True)
class ActionInformed:
    """Notice: an element's action with redirect="false", or one whose call is already over."""

    call: CallFacts
    inform: Inform

    @property
    def url(self) -> str:
        """Return where the notice goes."""
        return self.inform.url


Notice = CallEnded | MemberEntered | MemberLeft | ActionInformed


class Notices(Protocol):
    """Requests that only inform. Order is kept for each URL."""

    def tell(self, notice: Notice) -> None:
        """Queue a notice and return at once."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What a waitSound, enterSound or exitSound URL answered: XML, or audio itself."""

    url: str
    body: bytes
    is_audio: bool


class Pages(Protocol):
    """Requests whose answer steers a call."""

    async def page(self, call: CallFacts, fetch: Fetch) -> Document | FetchFailed:
        """Fetch a page of XML, signed, within the limits of the house. Never raises for what the far end does."""

    async def wait_sound(self, call: CallFacts, conference: str, url: str) -> Sound | FetchFailed:
        """Fetch a waitSound with POST and the parameters that Plivo sends with it (Event=ConferenceRemoteSounds)."""

    async def sound(self, call: CallFacts, url: str, method: str) -> Sound | FetchFailed:
        """Fetch an enterSound or exitSound."""


@dataclass(frozen=True, slots=True)
class PromptProblem:
    """Why a prompt cannot be played, in words for the log."""

    reason: str


class Prompts(Protocol):
    """Samples of what is to be played, mono int16 at `rate`."""

    async def audio(self, url: str, rate: int) -> Samples | PromptProblem:
        """Fetch and decode an audio file (mp3, wav, at most 10 MB)."""

    async def decode(self, data: bytes, rate: int) -> Samples | PromptProblem:
        """Decode an audio file that is already here."""

    async def speech(self, text: str, voice: str, language: str, rate: int) -> Samples | PromptProblem:
        """Speak text or SSML."""


@dataclass(frozen=True, slots=True)
class RtpSockets:
    """A bound pair of non-blocking UDP sockets; `port` is the RTP one, RTCP is on the next number."""

    port: int
    rtp_fd: int
    rtcp_fd: int


class MediaSockets(Protocol):
    """Where the sockets for RTP come from."""

    def open(self, now: float) -> RtpSockets | None:
        """Return a fresh pair, or None when the range is used up."""

    def close(self, sockets: RtpSockets, now: float) -> None:
        """Close a pair and keep its numbers out of use for a while."""


class Signalling(Protocol):
    """What drives the SIP endpoint."""

    def now(self) -> float:
        """Return the time that SIP procedures are called with."""

    def flush(self) -> None:
        """Send what the endpoint has to send, after procedures were called outside of an event."""
