"""Which values are taken, and the sentence for each that is not (reference §1.2, error wording)."""

from __future__ import annotations

import pytest
from starlette.exceptions import HTTPException

from mixminus.api import fields
from mixminus.api.fields import ApplicationFields, NumberFields, checked, digits, mandatory

NO_URL = "expects an http or https URL."


@pytest.mark.parametrize(
    "url",
    ["http://app", "https://user:pass@app:8443/a/b?c=d#ct=1000&rt=2", "HTTP://[::1]/", "http://bücher.example/ä"],
)
def test_urls_are_http_or_https(url: str) -> None:
    assert checked({"answer_url": url}, ApplicationFields) == {"answer_url": url}


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("app_name", "a b", "Invalid value provided for app_name. app_name expects letters, digits, "),
        ("app_name", "name\n", "Invalid value provided for app_name. app_name expects letters, digits, "),
        ("app_name", 1, "Invalid value provided for app_name. app_name expects letters, digits, "),
        ("app_name", "x" * 101, "app_name can be maximum 100 characters long."),
        ("answer_url", "ftp://app/", f"Invalid value provided for answer_url. answer_url {NO_URL}"),
        ("answer_url", "http://", f"Invalid value provided for answer_url. answer_url {NO_URL}"),
        ("answer_url", "http:///path", f"Invalid value provided for answer_url. answer_url {NO_URL}"),
        ("answer_url", "http://:80/", f"Invalid value provided for answer_url. answer_url {NO_URL}"),
        ("answer_url", "http://app/ x", f"Invalid value provided for answer_url. answer_url {NO_URL}"),
        ("answer_url", "http://app/\n", f"Invalid value provided for answer_url. answer_url {NO_URL}"),
        ("answer_url", "", f"Invalid value provided for answer_url. answer_url {NO_URL}"),
        ("answer_url", "http://app/" + "x" * 2048, "answer_url can be maximum 2048 characters long."),
        ("hangup_url", ["http://app/"], f"Invalid value provided for hangup_url. hangup_url {NO_URL}"),
        ("answer_method", "PUT", "Invalid value provided for answer_method. answer_method expects GET or POST."),
        ("public_uri", "maybe", "Invalid value provided for public_uri. public_uri expects a boolean."),
        ("subaccount", "MA1", "Invalid value provided for subaccount. subaccount expects the id of a subaccount, "),
    ],
)
def test_a_wrong_application_field_is_named(name: str, value: object, sentence: str) -> None:
    with pytest.raises(HTTPException) as raised:
        checked({name: value}, ApplicationFields)
    assert raised.value.status_code == 400
    assert raised.value.detail.startswith(sentence)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("app_id", "1", "Invalid value provided for app_id. app_id expects the id of an application, 17 digits."),
        ("app_id", "x" * 17, "Invalid value provided for app_id. app_id expects the id of an application, 17 digits."),
        ("alias", "x" * 101, "alias can be maximum 100 characters long."),
        ("alias", "a\0b", "Invalid value provided for alias. alias expects a string."),
        ("region", {}, "Invalid value provided for region. region expects a string."),
    ],
)
def test_a_wrong_number_field_is_named(name: str, value: object, sentence: str) -> None:
    with pytest.raises(HTTPException) as raised:
        checked({name: value}, NumberFields)
    assert (raised.value.status_code, raised.value.detail) == (400, sentence)


@pytest.mark.parametrize("kind", [ApplicationFields, NumberFields])
def test_every_field_has_a_sentence(kind: type) -> None:
    for name in kind.__annotations__:
        with pytest.raises(HTTPException, match=f"Invalid value provided for {name}. {name} expects "):
            checked({name: []}, kind)


@pytest.mark.parametrize(
    ("text", "value"), [("True", True), ("true", True), ("1", True), ("False", False), ("false", False), ("0", False)]
)
def test_booleans_may_be_words(text: str, value: bool) -> None:
    """Reference §0.3: "Booleans may be `True` (capital) → compare case-insensitively"; forms have only text."""
    assert checked({"default_number_app": text}, ApplicationFields) == {"default_number_app": value}


def test_nulls_and_unknown_keys_are_left_out() -> None:
    assert checked({"app_name": None, "auth_id": "x", "answer_method": "GET"}, ApplicationFields) == {
        "answer_method": "GET"
    }


@pytest.mark.parametrize("value", [None, ""])
def test_mandatory_parameters_are_there_and_not_empty(value: object) -> None:
    mandatory({"app_name": "a"}, "app_name")
    with pytest.raises(HTTPException, match=r"app_name is a mandatory param\."):
        mandatory({"app_name": value}, "app_name")
    with pytest.raises(HTTPException, match=r"app_name is a mandatory param\."):
        mandatory({}, "app_name")


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("+14155550100", "14155550100"),
        ("100", "100"),
        (100, "100"),
        ("1" * fields.MAX_NUMBER_DIGITS, "1" * fields.MAX_NUMBER_DIGITS),
        ("1" * (fields.MAX_NUMBER_DIGITS + 1), None),
        ("", None),
        ("+", None),
        ("++1", None),
        ("1 2", None),
        ("١٢٣", None),
        (None, None),
        (True, None),
    ],
)
def test_numbers_are_digits(value: object, number: str | None) -> None:
    assert digits(value) == number
