"""Pages that are not conferences, as one phone hears them. Quoted: the issue and Plivo's reference."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from mixminus.testing.application import Page, Received
from mixminus.testing.phone import CallRefused, Phone

from .conftest import Stage
from .pages import element, play, response, stay, text

PROMPT, OTHER = 1025, 1725


async def test_play_is_heard_and_the_end_of_the_page_hangs_up(stage: Stage) -> None:
    """Reference §2.1: "end of document → hang-up 4010"; §3.2: the fields of the hangup request."""
    ada = await stage.phone_in("ada", response(play(stage.tone_url(PROMPT, 0.3), loop=2)))
    await ada.hears(PROMPT)
    assert (await ada.ended()).by_peer
    notice = await stage.hangup_of("ada")
    assert notice["Event"] == "Hangup"
    assert notice["CallStatus"] == "completed"
    assert (notice["HangupCauseCode"], notice["HangupSource"]) == ("4010", "Plivo")
    assert (notice["To"], notice["Direction"]) == (stage.app_id, "inbound")
    for name in ("CallUUID", "SessionStart", "StartTime", "AnswerTime", "EndTime", "Duration", "BillDuration"):
        assert notice[name], name


async def test_the_answer_request_says_who_calls_whom(stage: Stage) -> None:
    """Reference §3.1: the standard parameters; X-PH-* headers are passed through."""
    stage.scripts["ada"] = response(stay())
    ada = stage.line.phone("ada")
    await ada.call(stage.uri, headers=[("X-PH-Order", "4711")])
    asked = await stage.inbox.wait_path("/answer")
    assert (asked.method, asked["Event"], asked["CallStatus"]) == ("POST", "StartApp", "ringing")
    assert (asked["From"], asked["To"], asked["Direction"]) == ("ada", stage.app_id, "inbound")
    assert asked["X-PH-Order"] == "4711"


async def test_the_caller_hangs_up(stage: Stage) -> None:
    """Reference §3.2: 4000 Normal Hangup, from the caller."""
    ada = await stage.phone_in("ada", response(stay()))
    await ada.hang_up()
    notice = await stage.hangup_of("ada")
    assert (notice["HangupCauseCode"], notice["HangupCause"]) == ("4000", "NORMAL_CLEARING")
    assert notice["HangupSource"] == "Caller"


async def test_the_caller_gives_up_before_the_answer(stage: Stage) -> None:
    """Reference §3.2: 1000 Canceled; RFC 3261 §9: the INVITE is answered 487."""
    stage.web.pages["/answer"] = _never
    ada = stage.line.phone("ada")
    ada.dial(stage.uri)
    await stage.inbox.wait_path("/answer")
    assert (await ada.hang_up()).status == 487
    assert (await stage.hangup_of("ada"))["HangupCauseCode"] == "1000"


async def test_speak_is_heard(stage: Stage) -> None:
    ada = await stage.phone_in("ada", response(element("Speak", "Welcome to the conference")))
    await ada.hears_something()
    await ada.ended()


async def test_wait_is_silent_for_its_time(stage: Stage) -> None:
    """Reference §2.5 Wait: `length` seconds."""
    page = response(play(stage.tone_url(PROMPT, 0.3)), element("Wait", length=1), play(stage.tone_url(OTHER)))
    ada = await stage.phone_in("ada", page)
    await ada.hears(PROMPT)
    await ada.hears_silence()
    start = ada.ear.position
    await ada.hears(OTHER)
    assert 0.8 <= (ada.ear.position - start) / ada.ear.rate <= 2.0


async def test_a_wait_at_the_start_delays_the_answer(stage: Stage) -> None:
    """Plivo: "If <Wait> is the first element [...] wait [...] before picking up the call"."""
    ada = stage.phone("ada", response(element("Wait", length=1), play(stage.tone_url(PROMPT))))
    ada.dial(stage.uri)
    await stage.inbox.wait_path("/answer")
    with pytest.raises(TimeoutError):
        await ada.answered(timeout_s=0.5)
    await ada.answered()
    await ada.hears(PROMPT)


PRESSES: dict[str, Callable[[Phone, str], None]] = {
    "RFC 4733": Phone.press,
    "INFO": Phone.press_by_info,
    "in-band": Phone.press,
}


@pytest.mark.parametrize("way", PRESSES)
async def test_digits_are_collected(stage: Stage, way: str) -> None:
    """Reference §3.3: GetDigits' action gets `Digits`; the finishing key is not among them."""
    action = stage.page_url("/digits", response(play(stage.tone_url(OTHER))))
    menu = element("GetDigits", play(stage.tone_url(PROMPT)), action=action, finishOnKey="#", timeout=10)
    ada = await stage.phone_in("ada", response(menu), events=way != "in-band")
    await ada.hears(PROMPT)
    PRESSES[way](ada, "15*9#")
    asked = await stage.inbox.wait_path("/digits")
    assert asked["Digits"] == "15*9"
    await ada.hears(OTHER)
    await ada.hears_no(PROMPT)


async def test_digits_stop_at_their_number(stage: Stage) -> None:
    """Reference §2.5 GetDigits: numDigits."""
    action = stage.page_url("/digits", response())
    ada = await stage.phone_in("ada", response(element("GetDigits", action=action, numDigits=2, timeout=10)))
    ada.press("77")
    assert (await stage.inbox.wait_path("/digits"))["Digits"] == "77"


async def test_digits_are_sent(stage: Stage) -> None:
    """Reference §2.5 DTMF: sends digits to the caller."""
    ada = await stage.phone_in("ada", response(element("DTMF", "12#", **{"async": False}), stay()))
    await ada.ear.until(lambda: ada.ear.digits == "12#", 10)


async def test_redirect_goes_on_elsewhere(stage: Stage) -> None:
    """Reference §2.5: "Redirect ... URL; terminal"."""
    there = stage.page_url("/there", response(play(stage.tone_url(PROMPT))))
    page = response(element("Redirect", text(there)), play(stage.tone_url(OTHER)))
    ada = await stage.phone_in("ada", page)
    await ada.hears(PROMPT)
    await ada.hears_no(OTHER)


async def test_early_media_comes_before_the_answer(stage: Stage) -> None:
    """Reference §2.5 PreAnswer: Speak, Play, Wait before the call is answered."""
    page = response(element("PreAnswer", play(stage.tone_url(PROMPT, 1.0))), play(stage.tone_url(OTHER)))
    ada = stage.phone("ada", page)
    ada.dial(stage.uri)
    await ada.hears(PROMPT)
    assert 183 in ada.progress
    await ada.answered()
    await ada.hears(OTHER)


@pytest.mark.parametrize(("reason", "status", "code"), [("busy", 486, "3010"), ("rejected", 603, "3020")])
async def test_hangup_refuses_a_call_that_is_not_answered(stage: Stage, reason: str, status: int, code: str) -> None:
    """Reference §2.5: "rejected before answer→3020, busy→3010 source `Answer XML`"."""
    with pytest.raises(CallRefused) as refusal:
        await stage.phone_in("ada", response(element("Hangup", reason=reason)))
    assert refusal.value.status == status
    notice = await stage.hangup_of("ada")
    assert (notice["HangupCauseCode"], notice["HangupSource"]) == (code, "Answer XML")


async def test_a_scheduled_hangup_ends_the_call(stage: Stage) -> None:
    """Reference §2.5: "schedule(sec; following elements keep running)"."""
    ada = await stage.phone_in("ada", response(element("Hangup", schedule=1), stay()))
    await ada.ended()
    assert (await stage.hangup_of("ada"))["HangupCauseCode"] == "6000"


async def test_the_fallback_url_is_asked_when_the_answer_url_fails(stage: Stage) -> None:
    """Issue: "A page that answers late (15 s), never, with 500, or not at all: fallback URL"."""
    fallback = stage.page_url("/fallback", response(play(stage.tone_url(PROMPT))))
    await stage.change(fallback_answer_url=fallback, fallback_method="POST")
    ada = await stage.phone_in("ada", Page("broken", 500))
    await ada.hears(PROMPT)


@pytest.mark.parametrize(
    ("answer", "code", "name"),
    [
        (Page("broken", 500), "7011", "Error Reaching Answer URL"),
        ("<Response><Play>unclosed</Response>", "8011", "Invalid Answer XML"),
        ("", "8011", "Invalid Answer XML"),
    ],
)
async def test_a_broken_page_ends_the_call_with_its_cause(
    stage: Stage, answer: str | Page, code: str, name: str
) -> None:
    """Reference §2.1: "non-2xx / no answer → 7011 (answer) ...; 2xx with bad XML → 8011"."""
    ada = stage.phone("ada", answer)
    ada.dial(stage.uri)
    await ada.ended(timeout_s=20)
    notice = await stage.hangup_of("ada")
    assert (notice["HangupCauseCode"], notice["HangupCauseName"]) == (code, name)


async def test_an_application_that_is_not_there(stage: Stage) -> None:
    """Issue: "the caller never hangs in silence"."""
    await stage.change(answer_url="http://127.0.0.1:9/answer")
    with pytest.raises(CallRefused):
        await stage.phone_in("ada", response())
    assert (await stage.hangup_of("ada"))["HangupCauseCode"] == "7011"


async def test_an_action_page_that_is_not_there(stage: Stage) -> None:
    """Reference §2.1: "7012 (action)"."""
    action = stage.web.url("/nowhere")
    ada = await stage.phone_in("ada", response(element("GetDigits", action=action, numDigits=1, timeout=10)))
    ada.press("1")
    await ada.ended()
    assert (await stage.hangup_of("ada"))["HangupCauseCode"] == "7012"


async def test_a_get_application_is_asked_with_get(stage: Stage) -> None:
    """Issue: "the server requests answer_url (POST form or GET ..., V2 and V3 signatures)"."""
    await stage.change(answer_method="GET")
    await stage.phone_in("ada", response(stay()))
    assert (await stage.inbox.wait_path("/answer")).method == "GET"


async def test_a_number_reaches_its_application(stage: Stage) -> None:
    """Issue: "A phone calls ... `sip:{number}@host` (with or without `+`)"."""
    await stage.server.assign_number("4930123456", stage.app_id)
    for name, number in (("ada", "4930123456"), ("bob", "+4930123456")):
        stage.scripts[name] = response(stay())
        await stage.line.phone(name).call(stage.server.uri(number))
        asked = await stage.request_of(name)
        assert asked["To"] == "4930123456"


async def test_nobody_answers_for_an_unknown_number(stage: Stage) -> None:
    """Issue: a number of no application "goes to the application created with `default_number_app=true`; without one:
    404"."""
    with pytest.raises(CallRefused) as refusal:
        await stage.line.phone("ada").call(stage.server.uri("499999999"))
    assert refusal.value.status == 404


async def test_a_page_may_come_late(stage: Stage) -> None:
    """The caller hears ringing meanwhile."""
    may_answer = asyncio.Event()

    async def late(request: Received) -> str:
        await may_answer.wait()
        return response(play(stage.tone_url(PROMPT)))

    stage.web.pages["/answer"] = late
    ada = stage.line.phone("ada")
    ada.dial(stage.uri)
    await stage.inbox.wait_path("/answer")
    may_answer.set()
    await ada.answered()
    assert 180 in ada.progress
    await ada.hears(PROMPT)


async def _never(request: Received) -> str:
    await asyncio.Event().wait()
    raise AssertionError("it never comes here")
