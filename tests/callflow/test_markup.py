from __future__ import annotations

import pytest

from mixminus.callflow.markup import MAX_ATTRIBUTES, MAX_BYTES, MAX_DEPTH, MAX_ELEMENTS, MAX_NAME, read
from mixminus.errors import InvalidDocument


def invalid(body: bytes) -> InvalidDocument:
    with pytest.raises(InvalidDocument) as raised:
        read(body)
    return raised.value


def test_names_lines_attributes_and_text() -> None:
    root = read(b"<a>\n <b x='1'> t\xc3\xa4xt </b>\n\n <c/>\n</a>")
    assert [(node.name, node.line, node.attributes, node.text) for node in root.children] == [
        ("b", 2, {"x": "1"}, "täxt"),
        ("c", 4, {}, ""),
    ]


def test_content_can_be_written_again() -> None:
    inner = 'one &amp; <two three="&quot;4&quot; &lt;">five</two> six'
    assert read(read(f"<a> {inner} </a>".encode()).outer_xml.encode()).inner_xml == inner.replace(
        '"&quot;4&quot; &lt;"', "'\"4\" &lt;'"
    )


@pytest.mark.parametrize("body", [b"", b" \n\t"])
def test_nothing(body: bytes) -> None:
    assert str(invalid(body)) == "the page is empty"


@pytest.mark.parametrize(
    "body",
    [
        b"hello",
        b"{}",
        b"<a>",
        b"<a></b>",
        b"<a x=1/>",
        b"<a/><b/>",
        b"\n<?xml version='1.0'?><a/>",
        b"<a>&nbsp;</a>",
        b"<a>\xff</a>",
        b"<?xml version='1.0' encoding='klingon'?><a/>",
        b"<?xml version='1.0' encoding='shift_jis'?><a/>",
    ],
)
def test_what_is_not_xml(body: bytes) -> None:
    assert invalid(body).problem.startswith("not XML: ")


def test_the_line_of_a_fault() -> None:
    assert invalid(b"<a>\n\n<b></a>").line == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_encodings(encoding: str) -> None:
    assert read(f"<?xml version='1.0' encoding='{encoding}'?><a>é</a>".encode(encoding)).text == "é"


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE a><a/>",
        b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
        b"<!DOCTYPE a SYSTEM 'http://internal/secret'><a/>",
    ],
)
def test_no_doctype_at_all(body: bytes) -> None:
    assert invalid(body).problem == "a DOCTYPE is not allowed"


def test_size() -> None:
    """ "<100 KB" """
    body = b"<a>" + b"x" * (MAX_BYTES - 7) + b"</a>"
    assert len(body) == MAX_BYTES
    assert read(body).text[:3] == "xxx"
    assert invalid(body + b" ").problem == "the page is larger than 100 kB"


def test_depth() -> None:
    assert read(b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH).name == "a"
    error = invalid(b"<a>" * MAX_DEPTH + b"\n<b>")
    assert (error.problem, error.line, error.element) == (f"there are more than {MAX_DEPTH} levels of elements", 2, "b")


def test_number_of_elements() -> None:
    assert len(read(b"<a>" + b"<b/>" * (MAX_ELEMENTS - 1) + b"</a>").children) == MAX_ELEMENTS - 1
    assert "more than 1000 elements" in str(invalid(b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>"))


def test_number_of_attributes() -> None:
    attributes = " ".join(f"x{number}=''" for number in range(MAX_ATTRIBUTES))
    assert len(read(f"<a {attributes}/>".encode()).attributes) == MAX_ATTRIBUTES
    assert "more than 64 attributes" in str(invalid(f"<a y='' {attributes}/>".encode()))


@pytest.mark.parametrize("body", ["<{0}/>", "<a {0}='1'/>"])
def test_length_of_names(body: str) -> None:
    assert read(body.format("x" * MAX_NAME).encode()).line == 1
    assert invalid(body.format("x" * (MAX_NAME + 1)).encode()).problem == "there is a name of more than 64 characters"
