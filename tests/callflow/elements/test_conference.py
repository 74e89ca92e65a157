from __future__ import annotations

from typing import Any

import pytest

from mixminus.callflow.commands import Answer, ConferenceSettings, Fetch, HangUp, Inform, JoinRoom, Page
from mixminus.callflow.events import Done, LeftRoom, RoomRefused
from mixminus.errors import InvalidDocument
from mixminus.hangup import Cause, Source

from ..playbook import ANSWER, END, page, parsed, play, speech, warnings

LEFT = LeftRoom("conf-1", "17")
RESULT = (
    ("ConferenceName", "room"),
    ("ConferenceUUID", "conf-1"),
    ("ConferenceMemberID", "17"),
    ("RecordUrl", ""),
    ("RecordingID", ""),
)


def test_the_room_is_left_by_the_next_element() -> None:
    """ "The <Conference> element connects a caller to a conference room." """
    xml = "<Conference>\n   my-conference-room\n </Conference><Speak>Bye</Speak>"
    room = JoinRoom(ConferenceSettings("my-conference-room"))
    play(ANSWER, page(xml), Answer(), Done(), room, LEFT, speech("Bye"), Done(), END)


@pytest.mark.parametrize(
    ("attribute", "expected"),
    [
        ('muted="true"', {"muted": True}),
        ('muted="True"', {"muted": True}),
        ('enterSound="beep:1" exitSound="BEEP:2"', {"enter_sound": "beep:1", "exit_sound": "beep:2"}),
        ('enterSound="None" exitSound=""', {}),
        ('enterSound="https://e/in.xml" exitSound="out.xml"', {"enter_sound": "https://e/in.xml", "exit_sound": "http://app/out.xml"}),
        ('maxMembers="1"', {"max_members": 1}),
        ('timeLimit="60"', {"time_limit_s": 60}),
        ('timeLimit="100000"', {"time_limit_s": 86400}),
        ('hangupOnStar="true"', {"hangup_on_star": True}),
        ('stayAlone="false"', {"stay_alone": False}),
        ('startConferenceOnEnter="false"', {"starts": False}),
        ('endConferenceOnExit="true"', {"ends": True}),
        ('waitSound="/hold.xml"', {"wait_sound": "http://app/hold.xml"}),
        ('callbackUrl="/cb" callbackMethod="get"', {"callback_url": "http://app/cb", "callback_method": "GET"}),
        ('STARTCONFERENCEONENTER="false"', {"starts": False}),
    ],
)  # fmt: skip
def test_attributes(attribute: str, expected: dict[str, Any]) -> None:
    room = JoinRoom(ConferenceSettings("room", **expected))
    play(ANSWER, page(f"<Conference {attribute}>room</Conference>"), Answer(), Done(), room, LEFT, END)


def test_the_action_is_fetched_and_its_page_run() -> None:
    """ "Conference Action URL Parameters: Sent when a member leaves the conference" """
    xml = '<Conference action="/left" method="GET">room</Conference><Speak>never</Speak>'
    room = JoinRoom(ConferenceSettings("room"))
    fetch = Fetch("http://app/left", "GET", Page.ACTION, RESULT)
    play(ANSWER, page(xml), Answer(), Done(), room, LEFT, fetch, page("<Speak>Bye</Speak>"), speech("Bye"), Done(), END)


def test_redirect_false_only_informs() -> None:
    """ "redirect | boolean | true | Redirect to action URL" """
    xml = '<Conference action="/left" redirect="false">room</Conference>'
    inform = Inform("http://app/left", "POST", RESULT)
    play(ANSWER, page(xml), Answer(), Done(), JoinRoom(ConferenceSettings("room")), LEFT, inform, Done(), END)


def test_a_room_that_is_full_is_passed_over() -> None:
    """ "maxMembers | integer | 20 | Maximum participants (1-20)"; what one too many gets is not documented."""
    xml = '<Conference action="/left">room</Conference><Speak>Full</Speak>'
    room = JoinRoom(ConferenceSettings("room"))
    play(ANSWER, page(xml), Answer(), Done(), room, RoomRefused("full"), speech("Full"), Done(), END)


def test_an_action_that_cannot_be() -> None:
    xml = '<Conference action="tel:1">room</Conference>'
    room = JoinRoom(ConferenceSettings("room"))
    play(ANSWER, page(xml), Answer(), Done(), room, LEFT, HangUp(Cause.INVALID_ACTION_URL, Source.ERROR))


@pytest.mark.parametrize(
    "attribute",
    [
        'maxMembers="0"',
        'maxMembers="21"',
        'timeLimit="0"',
        'muted="yes"',
        'enterSound="beep:3"',
        'waitSound="ftp://a/b"',
        'callbackUrl="nonsense:x"',
        'callbackMethod="PUT"',
        'redirect="x"',
    ],
)
def test_values_that_cannot_be(attribute: str) -> None:
    with pytest.raises(InvalidDocument, match=f"line 2: <Conference> {attribute.split('=')[0]}: "):
        parsed(f"\n<Conference {attribute}>room</Conference>")


@pytest.mark.parametrize("name", ["", "  ", "x" * 257])
def test_names_that_cannot_be(name: str) -> None:
    with pytest.raises(InvalidDocument, match="line 1: <Conference>: "):
        parsed(f"<Conference>{name}</Conference>")


def test_what_is_not_supported_yet_is_said_once() -> None:
    xml = '<Conference record="true" recordFileFormat="wav" digitsMatch="1,2" relayDTMF="false">room</Conference>'
    assert warnings(xml) == [
        "line 1: <Conference>: not supported yet and ignored: record, recordFileFormat, digitsMatch, relayDTMF"
    ]


def test_defaults_of_what_is_not_supported_yet_are_not_worth_a_word() -> None:
    xml = """<Conference record="False" recordFileFormat="mp3" recordWhenAlone="False" digitsMatch="" floorEvent="false"
        relayDTMF="true" sendDigits="" transcriptionType="" transcriptionMethod="POST">room</Conference>"""
    assert warnings(xml) == []
