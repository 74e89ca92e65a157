"""What may be set on an application and on a number, and how a wrong value is answered.

Wording of the errors: reference §1.2 (`<param> is a mandatory param.`, `Invalid value provided for <param>. ...`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, TypedDict, TypeVar, get_type_hints

import msgspec
from msgspec import Meta
from starlette.exceptions import HTTPException

MAX_URL_CHARS = 2048
"""What every browser and proxy carries."""
MAX_TEXT_CHARS = 100
"""Names are shown in one line of a list."""
MAX_NUMBER_DIGITS = 15
"""E.164."""

# Only one repetition, so that the time is linear in a text that is far too long.
_URL = r"(?i:https?)://[^\s/?#:\x00-\x1f\x7f][^\s\x00-\x1f\x7f]*"
Url = Annotated[str, Meta(pattern=rf"\A{_URL}\Z", max_length=MAX_URL_CHARS)]
OptionalUrl = Annotated[str, Meta(pattern=rf"\A(?:{_URL})?\Z", max_length=MAX_URL_CHARS)]
Method = Annotated[str, Meta(pattern=r"\A(?i:GET|POST)\Z")]
Name = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]+\Z", max_length=MAX_TEXT_CHARS)]
Text = Annotated[str, Meta(pattern=r"\A[^\x00-\x1f\x7f]*\Z", max_length=MAX_TEXT_CHARS)]
OptionalAppId = Annotated[str, Meta(pattern=r"\A(?:[0-9]{17})?\Z")]
OptionalSubaccount = Annotated[str, Meta(pattern=r"\A(?:SA[A-Z0-9]{18})?\Z")]


class ApplicationFields(TypedDict, total=False):
    """What can be set on an application (reference §1.8). An empty text is not set."""

    app_name: Name
    answer_url: Url
    answer_method: Method
    hangup_url: OptionalUrl
    hangup_method: Method
    fallback_answer_url: OptionalUrl
    fallback_method: Method
    message_url: OptionalUrl
    message_method: Method
    default_number_app: bool
    default_endpoint_app: bool
    subaccount: OptionalSubaccount
    log_incoming_messages: bool
    public_uri: bool


class NumberFields(TypedDict, total=False):
    """What can be set on a number (reference §1.9). An empty text is not set."""

    app_id: OptionalAppId
    alias: Text
    subaccount: OptionalSubaccount
    carrier: Text
    region: Text
    number_type: Text


_EXPECTED = {
    Url: "an http or https URL",
    OptionalUrl: "an http or https URL",
    Method: "GET or POST",
    Name: "letters, digits, hyphens and underscores",
    Text: "a string",
    OptionalAppId: "the id of an application, 17 digits",
    OptionalSubaccount: "the id of a subaccount, SA and 18 letters or digits",
    bool: "a boolean",
}

Fields = TypeVar("Fields", ApplicationFields, NumberFields)


def checked(parameters: Mapping[str, object], kind: type[Fields]) -> Fields:
    """Return the known fields of a request; null counts as not given, unknown ones are ignored.

    Raises HTTPException 400 that names the first wrong parameter.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise HTTPException(400, _sentence(str(error), kind)) from None


def mandatory(parameters: Mapping[str, object], *names: str) -> None:
    """Raise HTTPException 400 for the first parameter that is missing or empty."""
    for name in names:
        if parameters.get(name) in (None, ""):
            raise HTTPException(400, f"{name} is a mandatory param.")


def digits(value: object) -> str | None:
    """Return a phone number without `+`, None if it is none: 1 to 15 digits (E.164, and short codes of one's own)."""
    found = re.fullmatch(rf"\+?([0-9]{{1,{MAX_NUMBER_DIGITS}}})", str(value))
    return None if found is None else found[1]


def _sentence(problem: str, kind: type) -> str:
    place = re.search(r"`\$\.(\w+)`\Z", problem)
    assert place is not None, problem
    name = place[1]
    too_long = re.search(r"of length <= (\d+)", problem)
    if too_long:
        return f"{name} can be maximum {too_long[1]} characters long."
    expected = _EXPECTED[get_type_hints(kind, include_extras=True)[name]]
    return f"Invalid value provided for {name}. {name} expects {expected}."
