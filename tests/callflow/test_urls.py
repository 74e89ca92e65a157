from __future__ import annotations

import pytest

from mixminus.callflow.urls import MAX_URL, fault


@pytest.mark.parametrize(
    "url",
    [
        "http://a",
        "HTTPS://a:8443/b?c=d#ct=200&rt=500",
        "https://[::1]/x",
        "/a",
        "a.xml",
        "?x=1",
        "//host/a",
        "my a.mp3",
    ],
)
def test_what_can_be_requested(url: str) -> None:
    assert fault(url) == ""


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("ftp://a/b", "is not an http or https URL"),
        ("javascript:alert(1)", "is not an http or https URL"),
        ("example.com:8080/x", "is not an http or https URL"),
        ("http:///x", "names no host"),
        ("http:x", "names no host"),
        ("http://a:99999/", "is not a URL"),
        ("http://a:b/", "is not a URL"),
        ("http://[1", "is not a URL"),
        ("http://a/\nb", "is not a URL"),
        ("http://a/" + "b" * MAX_URL, "is longer than 8000 characters"),
    ],
)
def test_what_cannot(url: str, problem: str) -> None:
    assert fault(url) == problem
