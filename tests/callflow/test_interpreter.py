from __future__ import annotations

import pytest

from mixminus.callflow.commands import (
    Answer,
    CollectDigits,
    Command,
    ConferenceSettings,
    Fetch,
    HangUp,
    JoinRoom,
    Page,
)
from mixminus.callflow.events import (
    Digits,
    Document,
    Done,
    Event,
    FetchFailed,
    FetchProblem,
    LeftRoom,
    PromptFailed,
    RoomRefused,
)
from mixminus.callflow.interpreter import MAX_REDIRECTS, Interpreter
from mixminus.hangup import Cause, Source

from .playbook import ANSWER, END, FALLBACK, URL, audio, page, play, problem_of, speech

BAD = Document(URL, b"<Response>\n\n<Play loop='x'>http://a/b</Play></Response>")
TWO = Fetch("http://app/two", "POST", Page.REDIRECT)
MENU = Fetch("http://app/menu", "POST", Page.ACTION, (("Digits", "1"),))
COLLECT = CollectDigits((), 5.0, 2.0, "#", 99)


def error(cause: Cause) -> HangUp:
    return HangUp(cause, Source.ERROR)


def failed(problem: FetchProblem) -> FetchFailed:
    return FetchFailed(problem, "503")


def test_a_menu_then_a_room() -> None:
    menu = '<GetDigits action="/menu" retries="2"/><Play>bye.wav</Play>'
    room = '<Conference action="/left">sales</Conference>'
    result = (
        ("ConferenceName", "sales"),
        ("ConferenceUUID", "u"),
        ("ConferenceMemberID", "m"),
        ("RecordUrl", ""),
        ("RecordingID", ""),
    )
    play(
        ANSWER,
        page(menu),
        Answer(),
        Done(),
        COLLECT,
        Digits(""),
        COLLECT,
        Digits("1"),
        MENU,
        page(room, "http://rooms/x"),
        JoinRoom(ConferenceSettings("sales")),
        LeftRoom("u", "m"),
        Fetch("http://rooms/left", "POST", Page.ACTION, result),
        page(""),
        END,
    )


def test_the_end_of_the_page_is_the_end_of_the_call() -> None:
    """ "If your XML doesn't end with <Hangup>, the call automatically ends when all elements are executed." """
    play(ANSWER, page("<Speak>Hi</Speak>"), Answer(), Done(), speech("Hi"), Done(), END)


def test_an_empty_page_ends_the_call_unanswered() -> None:
    """ "empty <Response/> or end of document -> hang-up 4010" """
    play(ANSWER, page(""), END)
    assert END.cause.code == 4010


def test_the_call_is_answered_once() -> None:
    xml = "<Speak>1</Speak><Redirect>two</Redirect>"
    play(
        ANSWER,
        page(xml),
        Answer(),
        Done(),
        speech("1"),
        Done(),
        TWO,
        page("<Speak>2</Speak>"),
        speech("2"),
        Done(),
        END,
    )


def test_an_unknown_element_does_not_answer_the_call() -> None:
    flow = play(ANSWER, page("\n<Say>Hi</Say>"), END)
    assert [str(remark) for remark in flow.warnings()] == ["line 2: <Say>: is not a known element; it is ignored"]
    assert flow.warnings() == ()


def test_relative_urls_start_where_the_page_came_from() -> None:
    moved = page("<Play>a.mp3</Play>", "https://moved/here/page.xml")
    play(ANSWER, moved, Answer(), Done(), audio("https://moved/here/a.mp3"), Done(), END)


@pytest.mark.parametrize("problem", [FetchProblem.UNREACHABLE, FetchProblem.TIMEOUT, FetchProblem.STATUS])
def test_an_answer_page_that_does_not_arrive(problem: FetchProblem) -> None:
    """7011 Error Reaching Answer URL: "non-2xx / no answer"."""
    flow = play(ANSWER, failed(problem), error(Cause.ANSWER_URL_UNREACHABLE))
    assert problem_of(flow) == f"POST http://app/answer: {problem.value} (503)"


def test_an_answer_page_that_is_invalid() -> None:
    """8011 Invalid Answer XML: "2xx with bad XML"."""
    flow = play(ANSWER, BAD, error(Cause.INVALID_ANSWER_XML))
    assert problem_of(flow) == f'{URL}: line 3: <Play> loop: "x" is not a whole number from 0 to 1000000'


@pytest.mark.parametrize("first", [failed(FetchProblem.STATUS), BAD, Document(URL, b"")])
def test_the_fallback_page_is_run_instead(first: Event) -> None:
    """Fallback URL: asked when the answer URL "fails or returns invalid XML"."""
    second = page("<Speak>Sorry</Speak>", FALLBACK.url)
    flow = play(ANSWER, first, FALLBACK, second, Answer(), Done(), speech("Sorry"), Done(), END, fallback=FALLBACK)
    (remark,) = flow.warnings()
    assert str(remark).endswith("; the fallback URL is tried")


def test_a_fallback_page_that_fails_too() -> None:
    unreachable, timeout = failed(FetchProblem.UNREACHABLE), failed(FetchProblem.TIMEOUT)
    play(ANSWER, unreachable, FALLBACK, timeout, error(Cause.ANSWER_URL_UNREACHABLE), fallback=FALLBACK)
    play(ANSWER, unreachable, FALLBACK, BAD, error(Cause.INVALID_ANSWER_XML), fallback=FALLBACK)


def test_the_fallback_page_is_for_the_answer_page_only() -> None:
    redirect = page("<Redirect>two</Redirect>")
    play(ANSWER, redirect, TWO, failed(FetchProblem.STATUS), error(Cause.REDIRECT_URL_UNREACHABLE), fallback=FALLBACK)


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        (failed(FetchProblem.STATUS), Cause.REDIRECT_URL_UNREACHABLE),
        (failed(FetchProblem.INVALID_URL), Cause.INVALID_REDIRECT_URL),
        (failed(FetchProblem.TOO_LARGE), Cause.INVALID_REDIRECT_XML),
        (BAD, Cause.INVALID_REDIRECT_XML),
    ],
)
def test_a_redirect_page_that_fails(event: Event, cause: Cause) -> None:
    """7014, 7024 and 8014."""
    play(ANSWER, page("<Redirect>two</Redirect>"), TWO, event, error(cause))


@pytest.mark.parametrize(
    ("event", "cause"),
    [
        (failed(FetchProblem.TIMEOUT), Cause.ACTION_URL_UNREACHABLE),
        (failed(FetchProblem.INVALID_URL), Cause.INVALID_ACTION_URL),
        (BAD, Cause.INVALID_ACTION_XML),
    ],
)
def test_an_action_page_that_fails(event: Event, cause: Cause) -> None:
    """7012, 7022 and 8012."""
    xml = '<GetDigits action="/menu"/>'
    play(ANSWER, page(xml), Answer(), Done(), COLLECT, Digits("1"), MENU, event, error(cause))


def test_pages_that_only_redirect_end_the_call() -> None:
    """ "Avoid infinite loops - Ensure redirects eventually lead to an endpoint that doesn't redirect" """
    again = page("<Redirect>two</Redirect>")
    round_trips: list[Command | Event] = [TWO, again] * (MAX_REDIRECTS - 1)
    flow = play(ANSWER, again, *round_trips, error(Cause.INVALID_REDIRECT_XML))
    assert problem_of(flow) == (
        "10 redirects in a row without anything for the caller; the last one led to http://app/two"
    )


def redirects(flow: Interpreter, xml: str, answers: dict[type[Command], Event]) -> int:
    """Run a page that redirects to itself; return how many pages were fetched before the call ended (at most 50)."""
    command, fetches = flow.start(), 0
    while not isinstance(command, HangUp) and fetches < 50:
        fetches += isinstance(command, Fetch)
        command = flow.receive(page(xml) if isinstance(command, Fetch) else answers.get(type(command), Done()))
    return fetches


@pytest.mark.parametrize(
    "xml",
    [
        "<Speak>Hi</Speak>",
        "<Wait/>",
        "<GetDigits/>",
        "<Conference>room</Conference>",
        '<DTMF async="false">1</DTMF>',
    ],
)
def test_pages_that_do_something_may_redirect_for_ever(xml: str) -> None:
    answers: dict[type[Command], Event] = {CollectDigits: Digits(""), JoinRoom: LeftRoom("u", "m")}
    assert redirects(Interpreter(ANSWER), f"{xml}<Redirect>two</Redirect>", answers) == 50


@pytest.mark.parametrize(
    ("xml", "answers"),
    [
        ("<Play>http://a/404</Play>", {type(audio("")): PromptFailed()}),
        ("<Conference>full</Conference>", {JoinRoom: RoomRefused("full")}),
        ("<DTMF>1</DTMF>", {}),
        ('<Hangup schedule="60"/>', {}),
        ("<PreAnswer/>", {}),
        ("<Message>1</Message>", {}),
    ],
)
def test_what_is_no_media(xml: str, answers: dict[type[Command], Event]) -> None:
    assert redirects(Interpreter(ANSWER), f"{xml}<Redirect>two</Redirect>", answers) == MAX_REDIRECTS


def test_a_transfer_abandons_what_is_going_on() -> None:
    """REST: a call that is transferred runs the page of `aleg_url`."""
    transfer = Fetch("http://app/else", "POST", Page.TRANSFER)
    flow = play(ANSWER, page("<Speak>1</Speak><Speak>2</Speak>"), Answer(), Done(), speech("1"))
    assert flow.transfer(transfer) == transfer
    assert flow.receive(page("<Speak>3</Speak>")) == speech("3")
    assert flow.receive(Done()) == END


@pytest.mark.parametrize(
    ("event", "cause"),
    [(failed(FetchProblem.STATUS), Cause.TRANSFER_URL_UNREACHABLE), (BAD, Cause.INVALID_TRANSFER_XML)],
)
def test_a_transfer_page_that_fails(event: Event, cause: Cause) -> None:
    """7013 and 8013."""
    flow = Interpreter(ANSWER)
    flow.start()
    flow.transfer(Fetch("http://app/else", "POST", Page.TRANSFER))
    assert flow.receive(event) == error(cause)


def test_the_outstanding_command_is_the_state() -> None:
    flow = Interpreter(ANSWER)
    assert flow.start() is flow.outstanding
    assert flow.receive(page("<Wait/>")) is flow.outstanding


def test_an_event_that_answers_something_else_ends_the_call() -> None:
    flow = play(ANSWER, Done(), error(Cause.INTERNAL_ERROR))
    assert problem_of(flow) == "http://app/answer: answered by Done()"
