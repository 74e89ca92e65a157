"""Who answers for a destination."""

from __future__ import annotations

from datetime import date

import pytest

from mixminus.store.directory import Directory
from mixminus.store.records import ApplicationFields, ApplicationRecord, NumberRecord
from mixminus.switch import ports

APP = "10000000000000001"
DEFAULT = "10000000000000002"


def application(app_id: str, *, default: bool = False, hangup_url: str = "") -> ApplicationRecord:
    """An application with every field set."""
    fields: ApplicationFields = {
        "app_name": "a",
        "answer_url": "http://app/answer",
        "answer_method": "GET",
        "hangup_url": hangup_url,
        "hangup_method": "POST",
        "fallback_answer_url": "http://app/fallback",
        "fallback_method": "GET",
        "default_number_app": default,
    }
    return ApplicationRecord(app_id, fields)


def number(digits: str, app_id: str) -> NumberRecord:
    """A number of an application."""
    return NumberRecord(digits, date(2026, 3, 1), {"app_id": app_id})


@pytest.fixture
def directory() -> ports.Directory:
    """Two applications, a number of the first and a number of none."""
    return Directory(
        [application(APP), application(DEFAULT, default=True)], [number("14155550100", APP), number("200", "")]
    )


@pytest.mark.parametrize(
    ("destination", "app_id"),
    [
        (APP, APP),
        ("14155550100", APP),
        ("+14155550100", APP),
        ("200", DEFAULT),
        ("14155550999", DEFAULT),
        ("", DEFAULT),
        ("alice", DEFAULT),
    ],
)
def test_a_destination_is_an_app_id_or_a_number_else_the_default(
    directory: ports.Directory, destination: str, app_id: str
) -> None:
    """Issue 2: "A number that has none goes to the application created with default_number_app=true"."""
    found = directory.application_for(destination)
    assert found is not None
    assert found.app_id == app_id


def test_without_a_default_an_unknown_number_has_nobody() -> None:
    """Issue 2: "without one: 404"."""
    assert Directory([application(APP)]).application_for("200") is None


def test_the_switch_gets_urls_and_methods() -> None:
    found = Directory([application(APP)]).application_for(APP)
    assert found == ports.Application(
        app_id=APP,
        answer_url="http://app/answer",
        answer_method="GET",
        fallback_url="http://app/fallback",
        fallback_method="GET",
        hangup_url="http://app/answer",  # reference §1.8: "`hangup_url` default = answer_url"
        hangup_method="POST",
    )


def test_a_hangup_url_of_its_own_is_kept() -> None:
    found = Directory([application(APP, hangup_url="http://app/bye")]).application_for(APP)
    assert found is not None
    assert found.hangup_url == "http://app/bye"
