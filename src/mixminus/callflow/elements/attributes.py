"""Read the attributes and the text of an element, typed. The only place where their spelling matters.

Names are matched without regard to case: Plivo's SDKs differ in it (`relayDTMFInputs`, `relayDtmfInputs`). An attribute
that is empty counts as not written, because templates leave such attributes behind.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NoReturn

from ...errors import InvalidDocument
from ...hangup import Cause, Source
from .. import causes, urls
from ..commands import HangUp, Page
from ..markup import Node
from ..remarks import Remark
from .target import Action, Target

METHODS: Final = ("GET", "POST")
_BOOLEANS: Final[Mapping[str, bool]] = {"true": True, "1": True, "false": False, "0": False}
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,9}")


class Attributes:
    """The attributes and the text of one element. Every reader raises InvalidDocument for a value that cannot be."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._values: dict[str, str] = {}
        for name, value in node.attributes.items():
            self._values.setdefault(name.lower(), value)
        self._read: set[str] = set()
        self.remarks: list[Remark] = []

    @property
    def text(self) -> str:
        """Return the text of the element, without the white space around it."""
        return self._node.text

    @property
    def inner_xml(self) -> str:
        """Return the content of the element as XML."""
        return self._node.inner_xml

    def written(self, name: str) -> str | None:
        """Return an attribute as it was written, without the white space around it; None if it was not."""
        self._read.add(name.lower())
        value = self._values.get(name.lower())
        return None if value is None else value.strip()

    def string(self, name: str, default: str = "") -> str:
        """Return any text."""
        return self.written(name) or default

    def boolean(self, name: str, default: bool) -> bool:
        """Return true or false, in any case; 1 and 0 are what PHP makes of them."""
        value = self.string(name)
        if not value:
            return default
        if value.lower() not in _BOOLEANS:
            self.invalid(name, f'"{_short(value)}" is not true or false')
        return _BOOLEANS[value.lower()]

    def integer(self, name: str, default: int, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`."""
        value = self.string(name)
        if not value:
            return default
        if not _INTEGER.fullmatch(value) or not low <= int(value) <= high:
            self.invalid(name, f'"{_short(value)}" is not a whole number from {low} to {high}')
        return int(value)

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        """Return one of the allowed words, which are compared without regard to case."""
        value = self.string(name, default)
        known = {word.lower(): word for word in allowed}
        if value.lower() not in known:
            self.invalid(name, f'"{_short(value)}" is not one of: {", ".join(word for word in allowed if word)}')
        return known[value.lower()]

    def method(self, name: str) -> str:
        """Return GET or POST, which is the default everywhere."""
        return self.choice(name, "POST", METHODS)

    def url(self, name: str) -> str:
        """Return a URL, which may be relative to the page; "" if it is not set."""
        value = self.string(name)
        if value and (fault := urls.fault(value)):
            self.invalid(name, f'"{_short(value)}" {fault}')
        return value

    def sound(self, name: str) -> str:
        """Return "", "beep:1", "beep:2" or a URL. "none" in any case means no sound, as elsewhere in Plivo's API."""
        value = self.string(name)
        if value.lower() in ("beep:1", "beep:2"):
            return value.lower()
        return "" if value.lower() == "none" else self.url(name)

    def url_text(self) -> str:
        """Return the text of the element as a URL."""
        if not self.text:
            self.invalid("", "there is no URL in it")
        if fault := urls.fault(self.text):
            self.invalid("", f'"{_short(self.text)}" {fault}')
        return self.text

    def action(self) -> Action:
        """Return what `action`, `method` and `redirect` say."""
        target = self._target("action", self.string("action"), Page.ACTION) if self.string("action") else None
        self.written("method")
        return Action(target, self.boolean("redirect", default=True))

    def destination(self) -> Target:
        """Return what the text and `method` of a redirect say."""
        return self._target("", self.text, Page.REDIRECT)

    def _target(self, name: str, url: str, page: Page) -> Target:
        # These faults have causes of their own (7022-7034) and matter only when the call has to go there, so they do
        # not spoil the page.
        method = self.string("method", "POST").upper()
        if not url:
            return Target(url, method, page, self._end(causes.INVALID_URL[page], name, "there is no URL in it"))
        if fault := urls.fault(url):
            return Target(url, method, page, self._end(causes.INVALID_URL[page], name, f'"{_short(url)}" {fault}'))
        if method not in METHODS:
            problem = f'"{_short(method)}" is not GET or POST'
            return Target(url, method, page, self._end(causes.INVALID_METHOD[page], "method", problem))
        return Target(url, method, page)

    def _end(self, cause: Cause, name: str, problem: str) -> HangUp:
        self.remark(name, problem)
        return HangUp(cause, Source.ERROR, str(self.remarks[-1]))

    def remark(self, name: str, problem: str) -> None:
        """Have something about an attribute logged; an empty name means the element itself."""
        self.remarks.append(Remark(problem, self._node.line, self._node.name, name))

    def invalid(self, name: str, problem: str) -> NoReturn:
        """Raise InvalidDocument for an attribute; an empty name means the element itself."""
        raise InvalidDocument(problem, self._node.line, self._node.name, name)

    def remark_unread(self) -> None:
        """Have attributes logged that nobody asked for."""
        for name in self._node.attributes:
            if name.lower() not in self._read and not name.lower().startswith("xml"):
                self.remark(name, "is not a known attribute; it is ignored")


def _short(value: str) -> str:
    return value if len(value) <= 80 else f"{value[:77]}..."
