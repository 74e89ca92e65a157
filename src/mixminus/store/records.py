"""What the store keeps, as values. Field names are those of Plivo's REST API, which are also the columns' names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TypedDict


class ApplicationFields(TypedDict, total=False):
    """What can be set on an application. An empty text is not set."""

    app_name: str
    answer_url: str
    answer_method: str
    hangup_url: str
    hangup_method: str
    fallback_answer_url: str
    fallback_method: str
    message_url: str
    message_method: str
    default_number_app: bool
    default_endpoint_app: bool
    subaccount: str
    log_incoming_messages: bool
    public_uri: bool


class NumberFields(TypedDict, total=False):
    """What can be set on a number. An empty text is not set."""

    app_id: str
    alias: str
    subaccount: str
    carrier: str
    region: str
    number_type: str


@dataclass(frozen=True, slots=True)
class ApplicationRecord:
    """An application as it is kept; `fields` has every key."""

    app_id: str
    fields: ApplicationFields


@dataclass(frozen=True, slots=True)
class NumberRecord:
    """A number (digits, no `+`) as it is kept; `fields` has every key."""

    number: str
    added_on: date
    fields: NumberFields
