"""One live call: runs its flow, command after command, until it ends."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

import structlog

from ..callflow.commands import (
    Answer,
    CollectDigits,
    Command,
    Fetch,
    HangUp,
    Inform,
    JoinRoom,
    OpenEarlyMedia,
    Page,
    Play,
    ScheduleHangUp,
    SendDigits,
    Wait,
)
from ..callflow.events import Done, Event
from ..callflow.interpreter import Interpreter
from ..hangup import Cause, Source
from ..sip.session import Session
from .digits import collect
from .keypad import send_digits
from .listening import Ear
from .media import DEFAULT_RATE, CallMedia
from .plane import MediaPlane
from .ports import (
    ActionInformed,
    Application,
    CallEnded,
    CallFacts,
    Notices,
    Pages,
    Prompts,
    Signalling,
)
from .prompting import Announcer
from .rooms import LiveRooms, Stay

log = structlog.get_logger(__name__)

MAX_DIGITS_AHEAD = 128
"""Digits pressed while nobody collects them are kept for the next GetDigits, but not without end."""

PAGE_EVENT_FIRST = "StartApp"
"""The `Event` of the request that asks what to do with a new call."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every call needs of the rest."""

    plane: MediaPlane
    rooms: LiveRooms
    pages: Pages
    notices: Notices
    prompts: Prompts
    signalling: Signalling


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a call ended."""

    cause: Cause
    source: Source


class CallOwner(Protocol):
    """Who keeps the list of calls."""

    def call_over(self, call: Call) -> None:
        """Forget a call that is over."""


class Call:
    """One endpoint's connection. A task of its own runs the flow; ending the call cancels that task."""

    def __init__(
        self,
        session: Session,
        facts: CallFacts,
        application: Application,
        media: CallMedia,
        around: Surroundings,
        owner: CallOwner,
    ) -> None:
        self.facts = facts
        self._session = session
        self._application = application
        self._media = media
        self._around = around
        self._owner = owner
        self._interpreter = Interpreter(*_first_pages(application))
        self._announcer = Announcer(around.prompts, media, DEFAULT_RATE)
        self._ear = Ear(around.plane.engine, media.port)
        self._keypad: asyncio.Queue[str] = asyncio.Queue(MAX_DIGITS_AHEAD)
        self._digits_sent = asyncio.Event()
        self._acknowledged = asyncio.Event()
        self._late_offer = not session.remote_sdp
        self._sdp_sent = b""
        self._stay: Stay | None = None
        self._outcome: Outcome | None = None
        self._answered_at: datetime | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._sending: asyncio.Task[None] | None = None
        self._running = False
        around.plane.own(media.port, self)
        self._task = asyncio.ensure_future(self._run())

    @property
    def session_id(self) -> str:
        """Return the id of the call's SIP session."""
        return self._session.id

    # what happens to the call

    def end(self, cause: Cause, source: Source) -> None:
        """End the call, whatever it is doing."""
        if self._outcome is None:
            self._outcome = Outcome(cause, source)
            if self._running:  # a task that is cancelled before it runs would not even say goodbye
                self._task.cancel()

    async def finished(self) -> None:
        """Return when the call is over and its last notices are queued."""
        await asyncio.wait({self._task})

    def acknowledged(self, sdp: bytes) -> None:
        """Take the ACK of our 200, with the answer to our offer if the call came without one."""
        if self._late_offer and not self._acknowledged.is_set() and not self._media.accept(sdp):
            self.end(Cause.NETWORK_ERROR, Source.ERROR)
        self._acknowledged.set()

    def media_offered(self, offer: bytes) -> bytes | None:
        """Answer a re-INVITE or UPDATE; None refuses it and leaves the media as it is."""
        return self._media.answer(offer)

    def media_requested(self) -> bytes:
        """Make an offer for a re-INVITE that came without one; its answer comes with the ACK."""
        self._late_offer = True
        self._acknowledged.clear()
        return self._media.offer()

    def digit_pressed(self, digit: str) -> None:
        """Take a DTMF digit, however it came."""
        if self._stay is not None:
            self._stay.digit_pressed(digit)
        elif not self._keypad.full():
            self._keypad.put_nowait(digit)

    def speech_changed(self, speaking: bool) -> None:
        """Take the start or the end of speech."""
        self._ear.speech_changed(speaking)

    def beep_heard(self) -> None:
        """Take a beep that was watched for."""
        self._ear.beep_heard()

    def digits_sent(self) -> None:
        """Take the end of digits that were sent."""
        self._digits_sent.set()

    def media_lost(self) -> None:
        """End a call that has sent nothing for too long, unless its peer has put us on hold."""
        if not self._media.held_by_peer:
            self.end(Cause.MEDIA_TIMEOUT, Source.PLATFORM)

    # the flow

    async def _run(self) -> None:
        self._running = True
        try:
            if self._outcome is None:
                await self._follow(self._interpreter.start())
        except asyncio.CancelledError:
            pass
        except Exception:
            log.exception("call_failed", call=self.facts.call_uuid)
            self._outcome = Outcome(Cause.INTERNAL_ERROR, Source.ERROR)
        self._finish(self._outcome or Outcome(Cause.NORMAL_HANGUP, Source.PLATFORM))

    async def _follow(self, command: Command) -> None:
        while not isinstance(command, HangUp):
            try:
                event = await self._perform(command)
            except asyncio.CancelledError:
                self._part_with_room()
                raise
            command = self._interpreter.receive(event)
            self._report_remarks()
        self._report_problem(command)
        self._outcome = Outcome(command.cause, command.source)

    async def _perform(self, command: Command) -> Event:
        match command:
            case Fetch():
                return await self._around.pages.page(self.facts, command)
            case Inform():
                self._around.notices.tell(ActionInformed(self.facts, command))
            case Answer():
                await self._answer()
            case OpenEarlyMedia():
                self._open_early_media()
            case Play(prompts):
                return await self._announcer.play(prompts)
            case CollectDigits():
                return await self._collect(command)
            case Wait():
                await self._ear.wait(command)
            case SendDigits():
                await self._send_digits(command)
            case JoinRoom():
                return await self._join(command)
            case ScheduleHangUp(after_s, cause):
                self._schedule(after_s, cause)
            case HangUp():
                raise AssertionError("the flow is over")
        return Done()

    async def _answer(self) -> None:
        if self._answered_at is not None:
            return
        self._session.accept(self._local_sdp(), self._around.signalling.now())
        self._around.signalling.flush()
        self._answered_at = datetime.now(UTC)
        self.facts = replace(self.facts, status="in-progress")
        if self._late_offer:
            await self._acknowledged.wait()

    def _open_early_media(self) -> None:
        if self._answered_at is None and not self._late_offer:
            self._session.progress(183, self._local_sdp(), now=self._around.signalling.now())
            self._around.signalling.flush()

    def _local_sdp(self) -> bytes:
        """The same answer in 183 and 200 (RFC 3261 §13.2.1); an offer when the INVITE had none."""
        if not self._sdp_sent:
            answer = self._media.offer() if self._late_offer else self._media.agreement and self._media.agreement.answer
            self._sdp_sent = answer or b""
        return self._sdp_sent

    async def _collect(self, command: CollectDigits) -> Event:
        while not self._keypad.empty():
            self._keypad.get_nowait()
        return await collect(command, self._keypad, self._announcer.play)

    async def _send_digits(self, command: SendDigits) -> None:
        sending = asyncio.ensure_future(
            send_digits(self._around.plane.engine, self._media.port, command.digits, self._digits_sent)
        )
        self._sending = sending
        if not command.asynchronous:
            await sending

    async def _join(self, command: JoinRoom) -> Event:
        self._stay = self._around.rooms.enter(command.conference, self.facts, self._media)
        event = await self._stay.run()
        self._stay = None
        return event

    def _schedule(self, after_s: float, cause: Cause) -> None:
        loop = asyncio.get_running_loop()
        self._timers.append(loop.call_later(after_s, self.end, cause, Source.PLATFORM))

    # the end

    def _part_with_room(self) -> None:
        """A member whose call ends has left the room: his action URL is told, but cannot steer the call any more."""
        if self._stay is None or self._outcome is None:
            return
        self.facts = replace(self.facts, status=self._final_status(self._outcome.cause))
        match self._interpreter.receive(self._stay.departure):
            case Fetch(url, method, _, params, event):
                self._around.notices.tell(ActionInformed(self.facts, Inform(url, method, params, event)))
            case Inform() as inform:
                self._around.notices.tell(ActionInformed(self.facts, inform))
            case _:
                pass

    def _report_remarks(self) -> None:
        for remark in self._interpreter.warnings():
            log.warning("page_remark", call=self.facts.call_uuid, remark=str(remark))

    def _report_problem(self, command: HangUp) -> None:
        if command.problem:
            log.warning("flow_failed", call=self.facts.call_uuid, problem=command.problem, cause=command.cause.title)

    def _finish(self, outcome: Outcome) -> None:
        for timer in self._timers:
            timer.cancel()
        if self._sending is not None:
            self._sending.cancel()
        self._end_session(outcome.cause)
        self._media.close()
        self.facts = replace(self.facts, status=self._final_status(outcome.cause))
        log.info("call_ended", call=self.facts.call_uuid, cause=outcome.cause.title, source=outcome.source.value)
        self._tell_hangup(outcome)
        self._owner.call_over(self)

    def _end_session(self, cause: Cause) -> None:
        now = self._around.signalling.now()
        if self._answered_at is None:
            self._session.reject(cause.sip_status, now=now)
        else:
            self._session.hang_up(now)
        self._around.signalling.flush()

    def _tell_hangup(self, outcome: Outcome) -> None:
        app = self._application
        url = app.hangup_url or app.answer_url
        method = app.hangup_method if app.hangup_url else app.answer_method
        self._around.notices.tell(
            CallEnded(
                url,
                method,
                self.facts,
                outcome.cause,
                outcome.source,
                self.facts.session_start,
                self._answered_at,
                datetime.now(UTC),
            )
        )

    def _final_status(self, cause: Cause) -> str:
        if self._answered_at is not None:
            return "completed"
        return UNANSWERED_STATUS.get(cause, "failed")


UNANSWERED_STATUS = {
    Cause.CANCELED: "cancel",
    Cause.BUSY_LINE: "busy",
    Cause.REJECTED: "busy",
    Cause.NO_ANSWER: "no-answer",
    Cause.END_OF_XML: "no-answer",
    Cause.NORMAL_HANGUP: "no-answer",
    Cause.SCHEDULED_HANGUP: "timeout",
}
"""`CallStatus` of a call that ended before it was answered; anything else has failed."""


def _first_pages(application: Application) -> tuple[Fetch, Fetch | None]:
    first = Fetch(application.answer_url, application.answer_method, Page.ANSWER, event=PAGE_EVENT_FIRST)
    if not application.fallback_url:
        return first, None
    fallback = Fetch(application.fallback_url, application.fallback_method, Page.FALLBACK, event=PAGE_EVENT_FIRST)
    return first, fallback
