"""All live calls: takes new ones, delivers SIP and engine events to theirs, and drains."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

from ..hangup import Cause, Source
from ..sip import events as sip
from ..sip.dtmf_info import parse_digit
from ..sip.session import Session
from .admission import called, caller, caller_name, passed_headers
from .call import Call, Surroundings
from .media import CallMedia
from .ports import CallFacts, Directory

log = structlog.get_logger(__name__)


class Switch:
    """Introduces SIP sessions, applications, rooms and the media plane to each other."""

    def __init__(
        self,
        around: Surroundings,
        directory: Directory,
        *,
        new_uuid: Callable[[], str],
        token: Callable[[], str],
        address_towards: Callable[[str], str],
        max_calls: int,
    ) -> None:
        self._around = around
        self._directory = directory
        self._new_uuid = new_uuid
        self._token = token
        self._address_towards = address_towards
        self._max_calls = max_calls
        self._calls: dict[str, Call] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    @property
    def calls(self) -> int:
        """Return how many calls are live."""
        return len(self._calls)

    def on_signal(self, event: sip.Event) -> None:
        """Take what the SIP endpoint reports."""
        if isinstance(event, sip.IncomingCall):
            self._take(event.session)
            return
        call = self._calls.get(event.session.id)
        if call is not None:
            self._deliver(call, event)
        elif isinstance(event, sip.OfferReceived | sip.OfferRequested):
            event.session.answer_offer(None, self._around.signalling.now())

    def on_media(self) -> None:
        """Take what the engine reports."""
        self._around.plane.dispatch()

    async def drain(self, grace_s: float) -> None:
        """Wait until all calls are over, but not longer than `grace_s`; then end the rest."""
        try:
            async with asyncio.timeout(grace_s):
                await self._idle.wait()
        except TimeoutError:
            pass
        ending = list(self._calls.values())
        for call in ending:
            call.end(Cause.NORMAL_HANGUP, Source.PLATFORM)
        for call in ending:
            await call.finished()

    def call_over(self, call: Call) -> None:
        """Forget a call that is over."""
        del self._calls[call.session_id]
        if not self._calls:
            self._idle.set()

    def _take(self, session: Session) -> None:
        now = self._around.signalling.now()
        number = called(session.request)
        application = self._directory.application_for(number)
        if application is None:
            log.info("call_refused", to=number, reason="no application answers for this number")
            session.reject(404, now=now)
            return
        if len(self._calls) >= self._max_calls or (sockets := self._around.plane.open_sockets()) is None:
            log.warning("call_refused", to=number, reason="all ports are in use")
            session.reject(503, headers=(("Retry-After", "10"),), now=now)
            return
        address = self._address_towards(session.flow.remote[0])
        media = CallMedia(self._around.plane, sockets, address, self._token)
        if session.remote_sdp and media.answer(session.remote_sdp) is None:
            media.close()
            session.reject(488, now=now)
            return
        session.progress(180, now=now)
        call = Call(session, self._facts(session, number), application, media, self._around, self)
        self._calls[session.id] = call
        self._idle.clear()
        log.info("call_started", call=call.facts.call_uuid, to=number, caller=call.facts.from_number)

    def _facts(self, session: Session, number: str) -> CallFacts:
        return CallFacts(
            call_uuid=self._new_uuid(),
            from_number=caller(session.request),
            to_number=number,
            caller_name=caller_name(session.request),
            status="ringing",
            session_start=datetime.now(UTC),
            sip_headers=passed_headers(session.request),
        )

    def _deliver(self, call: Call, event: sip.Event) -> None:
        now = self._around.signalling.now()
        match event:
            case sip.Cancelled():
                call.end(Cause.CANCELED, Source.CALLER)
            case sip.Ended(_, status, _, by_peer):
                call.end(*_ending(status, by_peer))
            case sip.Acknowledged(_, sdp):
                call.acknowledged(sdp)
            case sip.OfferReceived(session, offer):
                session.answer_offer(call.media_offered(offer), now)
            case sip.OfferRequested(session):
                session.provide_offer(call.media_requested(), now)
            case sip.InfoReceived(_, content_type, body):
                if (digit := parse_digit(content_type, body)) is not None:
                    call.digit_pressed(digit)
            case _:
                pass


def _ending(status: int, by_peer: bool) -> tuple[Cause, Source]:
    if by_peer:
        return Cause.NORMAL_HANGUP, Source.CALLER
    return (Cause.NETWORK_ERROR, Source.ERROR) if status >= 300 else (Cause.NORMAL_HANGUP, Source.PLATFORM)
