"""Pages of Voice XML, as short as stories want them."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

Attribute = str | int | bool


def element(name: str, content: str = "", **attributes: Attribute) -> str:
    """Write one element; `content` is XML already (children) or text from `text`."""
    written = "".join(f" {key}={quoteattr(_value(value))}" for key, value in attributes.items())
    return f"<{name}{written}>{content}</{name}>"


def text(content: str) -> str:
    """Escape text."""
    return escape(content)


def response(*elements: str) -> str:
    """Write a whole page."""
    return element("Response", "".join(elements))


def conference(room: str, **attributes: Attribute) -> str:
    """Write a whole page that joins a conference and does nothing afterwards."""
    return response(element("Conference", text(room), **attributes))


def play(url: str, **attributes: Attribute) -> str:
    """Write a Play element."""
    return element("Play", text(url), **attributes)


def stay() -> str:
    """Write an element that answers the call and does nothing for a minute."""
    return element("GetDigits", timeout=60)


def _value(value: Attribute) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
