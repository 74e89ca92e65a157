from __future__ import annotations

import pytest

from mixminus.callflow.document import MAX_WARNINGS, parse
from mixminus.callflow.elements.hangup import Hangup
from mixminus.callflow.elements.play import Play
from mixminus.errors import InvalidDocument

from .playbook import parsed, warnings


def invalid(body: bytes) -> str:
    with pytest.raises(InvalidDocument) as raised:
        parse(body)
    return str(raised.value)


def test_elements_in_order() -> None:
    assert parsed("<Play>http://a/b</Play><Hangup/>").elements == (Play("http://a/b"), Hangup())


def test_an_empty_response_is_a_page() -> None:
    """ "empty <Response/> or end of document -> hang-up 4010", so it is not an error."""
    assert parse(b'<?xml version="1.0" encoding="UTF-8"?>\n<Response/>').elements == ()


def test_another_root() -> None:
    assert invalid(b"\n<Respons/>") == "line 2: <Respons>: the root element is not <Response>"


def test_an_unknown_element_is_ignored_with_all_that_is_in_it() -> None:
    """ "<Say> seen ignored" """
    xml = "<Hangup/>\n<Say a='1'><Play/></Say>"
    assert parsed(xml).elements == (Hangup(),)
    assert warnings(xml) == ["line 2: <Say>: is not a known element; it is ignored"]


@pytest.mark.parametrize("name", ["Dial", "GetInput", "Message", "MultiPartyCall", "Record", "Stream"])
def test_elements_that_are_still_to_come_are_named(name: str) -> None:
    xml = f"<{name} x='1'><Number>1</Number></{name}><Hangup/>"
    assert parsed(xml).elements == (Hangup(),)
    assert warnings(xml) == [f"line 1: <{name}>: is not supported yet; it is ignored"]


def test_an_unknown_attribute_is_ignored() -> None:
    """The Node sample passes snake_case names, which reach the XML: "unknown attributes must be ignored"."""
    xml = "<Hangup\n status_callback_url='x' xmlns:a='b'/>"
    assert parsed(xml).elements == (Hangup(),)
    assert warnings(xml) == ["line 1: <Hangup> status_callback_url: is not a known attribute; it is ignored"]


def test_attribute_names_are_compared_without_case() -> None:
    """Go/Java emit `relayDtmfInputs`, Python `relayDTMFInputs`: "match case-insensitively"."""
    assert parsed("<Play LOOP='2'>http://a/b</Play>").elements == (Play("http://a/b", 2),)


@pytest.mark.parametrize(
    ("xml", "problem"),
    [
        ("<Play>http://a/b<Hangup/></Play>", "line 1: <Hangup>: may not stand in this <Play>"),
        ("<Speak>a <Play>b</Play></Speak>", "line 1: <Play>: may not stand in this <Speak>"),
        ("<Wait><Wait/></Wait>", "line 1: <Wait>: may not stand in this <Wait>"),
        ("<Number>1</Number>", "line 1: <Number>: may not stand in this <Response>"),
        ("<User>1</User>", "line 1: <User>: may not stand in this <Response>"),
    ],
)
def test_wrong_nesting(xml: str, problem: str) -> None:
    with pytest.raises(InvalidDocument) as raised:
        parsed(xml)
    assert str(raised.value) == problem


def test_long_values_are_cut_in_messages() -> None:
    with pytest.raises(InvalidDocument) as raised:
        parsed(f"<Play loop='{'x' * 5000}'>http://a/b</Play>")
    assert len(str(raised.value)) < 200


def test_warnings_are_limited() -> None:
    assert len(warnings("<Say/>" * 500)) == MAX_WARNINGS
