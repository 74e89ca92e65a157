from __future__ import annotations

from mixminus.callflow.commands import Fetch, HangUp, Page
from mixminus.hangup import Cause, Source

from ..playbook import ANSWER, END, page, play, problem_of, warnings


def test_the_flow_goes_on_at_the_other_url_and_nowhere_else() -> None:
    """ "transfers control of a call to a different URL [...]. Any elements after <Redirect> can not be processed." """
    xml = "<Redirect>\n https://b/next?x=1 \n</Redirect><Speak>never</Speak>"
    play(ANSWER, page(xml), Fetch("https://b/next?x=1", "POST", Page.REDIRECT), page("", "https://b/next"), END)


def test_method_and_relative_url() -> None:
    fetch = Fetch("http://app/two", "GET", Page.REDIRECT)
    play(ANSWER, page('<Redirect method="get">two</Redirect>'), fetch, page(""), END)


def test_a_redirect_does_not_answer_the_call() -> None:
    xml = "<Redirect>two</Redirect>"
    refused = HangUp(Cause.REJECTED, Source.ANSWER_XML)
    play(
        ANSWER, page(xml), Fetch("http://app/two", "POST", Page.REDIRECT), page("<Hangup reason='rejected'/>"), refused
    )


def test_an_invalid_url_ends_the_call_when_it_is_reached() -> None:
    """7024 Invalid Redirect URL."""
    flow = play(ANSWER, page("\n<Redirect>mailto:me</Redirect>"), HangUp(Cause.INVALID_REDIRECT_URL, Source.ERROR))
    assert problem_of(flow) == 'line 2: <Redirect>: "mailto:me" is not an http or https URL'


def test_an_empty_url() -> None:
    play(ANSWER, page("<Redirect/>"), HangUp(Cause.INVALID_REDIRECT_URL, Source.ERROR))


def test_an_invalid_method() -> None:
    """7034 Invalid Method For Redirect URL."""
    xml = '<Redirect method="PUT">two</Redirect>'
    flow = play(ANSWER, page(xml), HangUp(Cause.INVALID_REDIRECT_METHOD, Source.ERROR))
    assert problem_of(flow) == 'line 1: <Redirect> method: "PUT" is not GET or POST'


def test_one_that_is_never_reached_is_remarked_only() -> None:
    assert warnings("<Hangup/><Redirect/>") == ["line 1: <Redirect>: there is no URL in it"]
