"""Vectors: Plivo's SDKs on the wire; the long one is from the SDKs' own test suites."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from plivo.utils import validate_signature
from plivo.utils.signature_v3 import validate_v3_signature

from mixminus.webhooks.signatures import signature_headers, signature_v2, signature_v3

TOKEN, NONCE = "my_auth_token", "12345"
TWO = (("To", "+1415"), ("CallUUID", "u"))

VECTORS = [
    ("GET", "https://answer.url/a", (), "kHiSjzx+QPumDXyJFW5TaVhFayX9SAM7V/MzK5EPAK0="),
    ("GET", "https://answer.url/a?z=1&b=2&b=1", (), "bFsv/zqiXsIATDVJmqgnHetVYfC+R+i4vYKXs1Ke5Jw="),
    ("GET", "https://answer.url/a", TWO, "EsmkX/vSibD1DcEuOVkfgu+d14Uh+fr1nIfC0Th/fS8="),
    ("POST", "https://answer.url/a", TWO, "anNaAlKrJrYYMO90u4sVrt5p3FPLMLLrRaSLTLNxTLg="),
    ("POST", "https://answer.url/a?x=1", TWO, "VR3wPMo9ojnoXyv+7iM2RXAcGsa+pR9pTxsuYnF/Ck0="),
    ("POST", "https://answer.url/a?x=1", (), "Jo+eQYDJCd/JHSodwhUxIwHzvNyXyeKylnyVF1+b8Rs="),
    ("POST", "https://answer.url:8443/a#ct=2000&rc=2", (("k", ""),), "IOQtcI78/IeVb0mIQX1K2zq+20RtGyZa6Xt0Y6aSw48="),
    ("POST", "https://answer.url/a?e=", (("k", "v w&é"),), "a0yHkAFOJk0sQj6AmslUhmlVUeyk1bu3y/vKjROiJeY="),
]

SDK_TOKEN = "Y2Q2ZDgxZmY5YWRiOTI5YmQ1Njg0MTAxZWIyOTc4"
SDK_NONCE = "31627761595286130198"
SDK_URL = "https://plivobin.non-prod.plivops.com/api/v1/validate_signature03.xml/?a=b&c=d"
SDK_CALL = "3e82ae9d-2c78-4d85-b1a4-6eae7dbafb36"
SDK_PARAMS = (
    ("Direction", "outbound"),
    ("From", "19792014278"),
    ("ALegUUID", SDK_CALL),
    ("CallStatus", "in-progress"),
    ("BillRate", "0.002"),
    ("ParentAuthID", "MANWVLYTK4ZWU1YTY4QA"),
    ("To", "sip:PlivoSignature382029104058171078704104@phone-qa.voice.plivodev.com"),
    ("ALegRequestUUID", SDK_CALL),
    ("CallUUID", SDK_CALL),
    ("RequestUUID", SDK_CALL),
    ("SIP-H-To", "<sip:PlivoSignature382029104058171078704104@52.9.11.55;transport=udp>;tag=1"),
    ("SessionStart", "2020-04-08 11:34:33.238707"),
    ("Event", "StartApp"),
)


def test_v2_vector() -> None:
    assert signature_v2("https://answer.url", NONCE, TOKEN) == "ehV3IKhLysWBxC1sy8INm0qGoQYdYsHwuoKjsX7FsXc="


@pytest.mark.parametrize(("method", "url", "params", "signature"), VECTORS)
def test_v3_vectors(method: str, url: str, params: tuple[tuple[str, str], ...], signature: str) -> None:
    assert signature_v3(method, url, params, NONCE, TOKEN) == signature


@pytest.mark.parametrize(
    ("method", "signature"),
    [
        ("POST", "k7Pusd4OxCIjR5IfA9iedDNu/h/gbdYqdzG/MiYtd1c="),
        ("GET", "UBq8jAtd32wR8EK9VgxbBn4n5rpI/l1H9iN4WfSEHFQ="),
    ],
)
def test_v3_vector_of_the_sdk_test_suites(method: str, signature: str) -> None:
    assert signature_v3(method, SDK_URL, SDK_PARAMS, SDK_NONCE, SDK_TOKEN) == signature


def test_headers_carry_both_versions_for_the_account_and_the_main_account() -> None:
    """X-Plivo-Signature-Ma-V3: main account token, same nonce."""
    headers = signature_headers("POST", "https://answer.url/a", TWO, NONCE, TOKEN)
    assert headers == {
        "X-Plivo-Signature-V2": signature_v2("https://answer.url/a", NONCE, TOKEN),
        "X-Plivo-Signature-Ma-V2": signature_v2("https://answer.url/a", NONCE, TOKEN),
        "X-Plivo-Signature-V2-Nonce": NONCE,
        "X-Plivo-Signature-V3": "anNaAlKrJrYYMO90u4sVrt5p3FPLMLLrRaSLTLNxTLg=",
        "X-Plivo-Signature-Ma-V3": "anNaAlKrJrYYMO90u4sVrt5p3FPLMLLrRaSLTLNxTLg=",
        "X-Plivo-Signature-V3-Nonce": NONCE,
    }


def test_a_query_is_signed_as_the_text_it_stands_for() -> None:
    """URL query parameters are decoded values (plivo-python itself fails on those beyond ASCII)."""
    in_the_query = signature_v3("GET", "https://answer.url/a?n=caf%C3%A9", (), NONCE, TOKEN)
    assert in_the_query == signature_v3("GET", "https://answer.url/a", (("n", "café"),), NONCE, TOKEN)


NAMES = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=8)
VALUES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
FIELDS = st.dictionaries(NAMES, VALUES, max_size=6)
PATHS = st.lists(st.text("abcXYZ019-._~;", max_size=5), max_size=4).map(lambda parts: "/" + "/".join(parts))
QUERIES = st.lists(st.tuples(NAMES, NAMES | st.just("")), max_size=4).map(
    lambda pairs: urlencode(pairs, quote_via=quote)
)


@given(st.sampled_from(["GET", "POST"]), PATHS, QUERIES, FIELDS)
def test_the_official_sdk_accepts_every_v3_signature(
    method: str, path: str, query: str, params: dict[str, str]
) -> None:
    url = f"https://answer.url:8443{path}" + (f"?{query}" if query else "")
    signature = signature_v3(method, url, list(params.items()), NONCE, TOKEN)
    assert validate_v3_signature(method, url, NONCE, TOKEN, signature, dict(params))


@given(PATHS, QUERIES)
def test_the_official_sdk_accepts_every_v2_signature(path: str, query: str) -> None:
    url = f"https://answer.url:8443{path}?{query}"
    assert validate_signature(url, NONCE, signature_v2(url, NONCE, TOKEN), TOKEN)
