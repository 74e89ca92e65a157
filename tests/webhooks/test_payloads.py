from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from mixminus.callflow.commands import Fetch, Inform, Page
from mixminus.hangup import Cause, Source
from mixminus.switch.ports import ActionInformed, CallEnded, MemberEntered, MemberLeft
from mixminus.webhooks import payloads

from .facts import CALL

AUTH_ID = "MAXXXXXXXXXXXXXXXXXX"
STANDARD = {
    "CallUUID": CALL.call_uuid,
    "From": "14150000000",
    "To": "19792014278",
    "CallStatus": "in-progress",
    "Direction": "inbound",
    "CallerName": "Ann",
    "BillRate": "0.00000",
    "ParentAuthID": AUTH_ID,
    "SessionStart": "2024-10-25 14:13:35.846244",
    "STIRVerification": "Not Applicable",
    "STIRAttestation": "Not Applicable",
}
NOON = datetime(2024, 10, 25, 12, 0, 0, 900_000, UTC)


def test_a_page_is_asked_for_with_the_standard_parameters_and_its_own() -> None:
    """Inbound answer: `Direction=inbound`, no `ALeg*`; From and To usually without `+`."""
    fetch = Fetch("https://h/", "POST", Page.ACTION, (("Digits", "1"),), "Redirect")
    fields = payloads.page(CALL, AUTH_ID, fetch)
    assert dict(fields) == STANDARD | {"Event": "Redirect", "Digits": "1"}
    assert len(fields) == len(dict(fields))


def test_session_start_is_utc() -> None:
    """`SessionStart`: `2024-10-25 14:13:35.846244` (UTC)"""
    elsewhere = CALL.session_start.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert dict(payloads.sound(replace(CALL, session_start=elsewhere), AUTH_ID))["SessionStart"] == (
        "2024-10-25 14:13:35.846244"
    )


def test_an_outbound_call_names_its_request() -> None:
    """`RequestUUID`, `ALegRequestUUID`, `ALegUUID`: outbound, equal to CallUUID for a simple outbound call"""
    fields = dict(payloads.sound(replace(CALL, direction="outbound"), AUTH_ID))
    assert [fields[name] for name in ("RequestUUID", "ALegRequestUUID", "ALegUUID")] == [CALL.call_uuid] * 3


def test_only_custom_sip_headers_are_passed_through() -> None:
    """`SIP-H-To`, `X-PH-*`: SIP headers passed through"""
    given = {"X-PH-Account": "7", "SIP-H-To": "<sip:a@b>", "From": "forged", "CallUUID": "forged"}
    fields = payloads.sound(replace(CALL, sip_headers=given), AUTH_ID)
    assert dict(fields) == STANDARD | {
        "Event": "ConferenceRemoteSounds",
        "X-PH-Account": "7",
        "SIP-H-To": "<sip:a@b>",
    }


def _ended(answered: datetime | None, ended: datetime = NOON) -> CallEnded:
    call = replace(CALL, status="completed")
    return CallEnded(
        "https://h/", "POST", call, Cause.NORMAL_HANGUP, Source.CALLER, NOON - timedelta(minutes=5), answered, ended
    )


def test_a_hangup_request_has_every_field() -> None:
    """§3.2: far end hung up: completed, NORMAL_CLEARING, 4000, Normal Hangup"""
    fields = dict(payloads.call_ended(_ended(NOON - timedelta(seconds=61)), AUTH_ID))
    assert fields == STANDARD | {
        "Event": "Hangup",
        "CallStatus": "completed",
        "HangupCause": "NORMAL_CLEARING",
        "HangupCauseCode": "4000",
        "HangupCauseName": "Normal Hangup",
        "HangupSource": "Caller",
        "Duration": "61",
        "BillDuration": "120",
        "TotalCost": "0.00000",
        "StartTime": "2024-10-25 11:55:00",
        "AnswerTime": "2024-10-25 11:58:59",
        "EndTime": "2024-10-25 12:00:00",
    }


def test_an_unanswered_call_has_no_answer_time_and_no_duration() -> None:
    """`AnswerTime` (empty if unanswered)"""
    fields = dict(payloads.call_ended(_ended(None), AUTH_ID))
    assert (fields["AnswerTime"], fields["Duration"], fields["BillDuration"]) == ("", "0", "0")


@pytest.mark.parametrize(("seconds", "billed"), [(0, "60"), (1, "60"), (60, "60"), (61, "120"), (3600, "3600")])
def test_billing_is_by_the_minute(seconds: int, billed: str) -> None:
    """`BillDuration` (60-s rounded)"""
    fields = dict(payloads.call_ended(_ended(NOON - timedelta(seconds=seconds)), AUTH_ID))
    assert (fields["Duration"], fields["BillDuration"]) == (str(seconds), billed)


def test_the_duration_is_the_difference_of_the_times_beside_it() -> None:
    answered = datetime(2024, 10, 25, 11, 59, 58, 950_000, UTC)
    fields = dict(payloads.call_ended(_ended(answered), AUTH_ID))
    assert (fields["AnswerTime"], fields["EndTime"], fields["Duration"]) == (
        "2024-10-25 11:59:58",
        "2024-10-25 12:00:00",
        "2",
    )


def test_a_new_member() -> None:
    """enter: ConferenceMemberID, ConferenceName, ConferenceAction=enter, ConferenceUUID, ConferenceFirstMember"""
    notice = MemberEntered("https://h/", "POST", CALL, "demo", "c-1", "10", first=True)
    assert dict(payloads.notice_fields(notice, AUTH_ID)) == STANDARD | {
        "Event": "ConferenceEnter",
        "ConferenceAction": "enter",
        "ConferenceName": "demo",
        "ConferenceUUID": "c-1",
        "ConferenceMemberID": "10",
        "ConferenceFirstMember": "true",
    }


def test_a_member_who_left() -> None:
    """exit: `ConferenceName, ConferenceUUID, ConferenceMemberID, CallUUID, ConferenceLastMember`"""
    notice = MemberLeft("https://h/", "POST", CALL, "demo", "c-1", "10", last=False)
    assert dict(payloads.notice_fields(notice, AUTH_ID)) == STANDARD | {
        "Event": "ConferenceExit",
        "ConferenceAction": "exit",
        "ConferenceName": "demo",
        "ConferenceUUID": "c-1",
        "ConferenceMemberID": "10",
        "ConferenceLastMember": "false",
    }


def test_a_wait_sound_is_asked_for_without_ids() -> None:
    """`ConferenceAction=waitSound, ConferenceMemberID=, ConferenceName, ConferenceUUID=`"""
    assert dict(payloads.wait_sound(CALL, AUTH_ID, "demo")) == STANDARD | {
        "Event": "ConferenceRemoteSounds",
        "ConferenceAction": "waitSound",
        "ConferenceName": "demo",
        "ConferenceUUID": "",
        "ConferenceMemberID": "",
    }


def test_an_action_that_only_informs() -> None:
    notice = ActionInformed(CALL, Inform("https://h/", "GET", (("ConferenceName", "demo"),), "Redirect"))
    fields = dict(payloads.notice_fields(notice, AUTH_ID))
    assert fields == STANDARD | {"Event": "Redirect", "ConferenceName": "demo"}


def test_a_hangup_notice_is_told_as_one() -> None:
    assert payloads.notice_fields(_ended(None), AUTH_ID) == payloads.call_ended(_ended(None), AUTH_ID)
