"""What a customer's application is told, field by field: one function for each kind of request.

Source: Plivo's request parameters and the payloads it was seen to send. Every function returns (name, value) pairs in
the order they are sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ..callflow.commands import Fetch
from ..switch.ports import ActionInformed, CallEnded, CallFacts, MemberEntered, MemberLeft, Notice

Fields = tuple[tuple[str, str], ...]

FREE = "0.00000"
"""What a call costs on a server of one's own, with the digits Plivo prints."""

BILLING_PULSE_S = 60

PASSED_THROUGH = ("x-ph-", "sip-h-")
"""The only SIP headers that reach the application; no other may take the place of a field of ours."""

REMOTE_SOUNDS = "ConferenceRemoteSounds"


def standard(call: CallFacts, auth_id: str, event: str) -> Fields:
    """Return what every request about a call says of it."""
    return (
        ("CallUUID", call.call_uuid),
        ("From", _number(call.from_number)),
        ("To", _number(call.to_number)),
        ("CallStatus", call.status),
        ("Direction", call.direction),
        ("Event", event),
        ("CallerName", call.caller_name),
        ("BillRate", FREE),
        ("ParentAuthID", auth_id),
        ("SessionStart", f"{_utc(call.session_start):%Y-%m-%d %H:%M:%S.%f}"),
        ("STIRVerification", "Not Applicable"),
        ("STIRAttestation", "Not Applicable"),
        *_legs(call),
        *_sip_headers(call),
    )


def page(call: CallFacts, auth_id: str, fetch: Fetch) -> Fields:
    """Return what a request for a page of XML says: answer, fallback, action, redirect."""
    return (*standard(call, auth_id, fetch.event), *fetch.params)


def action_informed(notice: ActionInformed, auth_id: str) -> Fields:
    """Return what an action is told whose answer does not matter."""
    return (*standard(notice.call, auth_id, notice.inform.event), *notice.inform.params)


def call_ended(notice: CallEnded, auth_id: str) -> Fields:
    """Return what hangup_url is told."""
    duration_s = _duration_s(notice.answered, notice.ended)
    answered = notice.answered is not None
    return (
        *standard(notice.call, auth_id, "Hangup"),
        ("HangupCause", notice.cause.telephony),
        ("HangupCauseCode", str(notice.cause.code)),
        ("HangupCauseName", notice.cause.title),
        ("HangupSource", notice.source.value),
        ("Duration", str(duration_s)),
        ("BillDuration", str(_billed_s(duration_s) if answered else 0)),
        ("TotalCost", FREE),
        ("StartTime", _second(notice.started)),
        ("AnswerTime", _second(notice.answered)),
        ("EndTime", _second(notice.ended)),
    )


def member_entered(notice: MemberEntered, auth_id: str) -> Fields:
    """Return what a conference's callbackUrl is told of a new member."""
    return (
        *standard(notice.call, auth_id, "ConferenceEnter"),
        *_membership("enter", notice),
        ("ConferenceFirstMember", _boolean(notice.first)),
    )


def member_left(notice: MemberLeft, auth_id: str) -> Fields:
    """Return what a conference's callbackUrl is told of a member who left."""
    return (
        *standard(notice.call, auth_id, "ConferenceExit"),
        *_membership("exit", notice),
        ("ConferenceLastMember", _boolean(notice.last)),
    )


def wait_sound(call: CallFacts, auth_id: str, conference: str) -> Fields:
    """Return what a waitSound URL is asked with; Plivo leaves the ids of member and conference empty."""
    return (
        *standard(call, auth_id, REMOTE_SOUNDS),
        ("ConferenceAction", "waitSound"),
        ("ConferenceName", conference),
        ("ConferenceUUID", ""),
        ("ConferenceMemberID", ""),
    )


def sound(call: CallFacts, auth_id: str) -> Fields:
    """Return what an enterSound or exitSound URL is asked with."""
    return standard(call, auth_id, REMOTE_SOUNDS)


def notice_fields(notice: Notice, auth_id: str) -> Fields:
    """Return the fields of any notice."""
    match notice:
        case CallEnded():
            return call_ended(notice, auth_id)
        case MemberEntered():
            return member_entered(notice, auth_id)
        case MemberLeft():
            return member_left(notice, auth_id)
        case ActionInformed():
            return action_informed(notice, auth_id)


def _membership(action: str, notice: MemberEntered | MemberLeft) -> Fields:
    return (
        ("ConferenceAction", action),
        ("ConferenceName", notice.conference),
        ("ConferenceUUID", notice.conference_uuid),
        ("ConferenceMemberID", notice.member_id),
    )


def _legs(call: CallFacts) -> Fields:
    if call.direction != "outbound":
        return ()
    return tuple((name, call.call_uuid) for name in ("RequestUUID", "ALegRequestUUID", "ALegUUID"))


def _sip_headers(call: CallFacts) -> Iterator[tuple[str, str]]:
    for name, value in (call.sip_headers or {}).items():
        if name.lower().startswith(PASSED_THROUGH):
            yield name, value


def _number(number: str) -> str:
    """Return an E.164 number as Plivo sends it, without its plus."""
    return number.removeprefix("+")


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _second(moment: datetime | None) -> str:
    return f"{_utc(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


def _duration_s(answered: datetime | None, ended: datetime) -> int:
    # Whole seconds are subtracted, so that Duration is the difference of the AnswerTime and EndTime sent beside it.
    return max(0, int(ended.timestamp()) - int(answered.timestamp())) if answered else 0


def _billed_s(duration_s: int) -> int:
    """Return the duration rounded up to whole pulses; an answered call is billed one at least."""
    return max(1, -(-duration_s // BILLING_PULSE_S)) * BILLING_PULSE_S


def _boolean(value: bool) -> str:
    return "true" if value else "false"
