"""XML bytes -> a tree of nodes that know their line, within the limits of the house."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import escape, quoteattr
from xml.sax.xmlreader import AttributesImpl, Locator

import defusedxml.sax
from defusedxml.common import DefusedXmlException

from ..errors import InvalidDocument

MAX_BYTES: Final = 100_000
"""Plivo: a page has less than 100 kB; more than that is not a call flow."""
MAX_DEPTH: Final = 16
"""Plivo's deepest nesting is Response/PreAnswer/GetDigits/Speak plus SSML; this keeps our recursion shallow."""
MAX_ELEMENTS: Final = 1000
"""Enough for the longest menu with SSML; bounds the work that one page can cause."""
MAX_ATTRIBUTES: Final = 64
"""Twice the attributes of Plivo's longest element, <MultiPartyCall>."""
MAX_NAME: Final = 64
"""Names go into the log; Plivo's longest has 29 characters."""


@dataclass(slots=True)
class Node:
    """An element as it was written: its name, attributes, line (from 1) and content in order."""

    name: str
    line: int
    attributes: dict[str, str]
    content: list[Node | str] = field(default_factory=list)

    @property
    def children(self) -> list[Node]:
        """Return the elements directly inside."""
        return [item for item in self.content if isinstance(item, Node)]

    @property
    def text(self) -> str:
        """Return the text directly inside, without the white space around it."""
        return "".join(item for item in self.content if isinstance(item, str)).strip()

    @property
    def inner_xml(self) -> str:
        """Return the content as XML again, without the white space around it."""
        return self._content_xml().strip()

    @property
    def outer_xml(self) -> str:
        """Return the whole element as XML again."""
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in self.attributes.items())
        return f"<{self.name}{attributes}>{self._content_xml()}</{self.name}>"

    def _content_xml(self) -> str:
        return "".join(escape(item) if isinstance(item, str) else item.outer_xml for item in self.content)


def read(body: bytes) -> Node:
    """Read a document and return its root; raise InvalidDocument if it is not XML, has a DOCTYPE or is too large."""
    if not body.strip():
        raise InvalidDocument("the page is empty")
    if len(body) > MAX_BYTES:
        raise InvalidDocument(f"the page is larger than {MAX_BYTES // 1000} kB")
    tree = _Tree()
    try:
        defusedxml.sax.parseString(body, tree, forbid_dtd=True)
    except DefusedXmlException:
        raise InvalidDocument("a DOCTYPE is not allowed", tree.line) from None
    except SAXParseException as error:
        raise InvalidDocument(f"not XML: {error.getMessage()}", error.getLineNumber() or 0) from None
    except (SAXException, LookupError, ValueError) as error:
        # expat hands an encoding that it does not know to Python's codecs, which have errors of their own.
        raise InvalidDocument(f"not XML: {error}") from None
    return tree.root


class _Tree(ContentHandler):
    """Build the tree while the parser runs, so that a limit stops the work at once."""

    def __init__(self) -> None:
        super().__init__()
        self._top = Node("", 0, {})
        self._open = [self._top]
        self._place = Locator()
        self._elements = 0

    @property
    def root(self) -> Node:
        return self._top.children[0]

    @property
    def line(self) -> int:
        return max(self._place.getLineNumber() or 0, 0)

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802  (the name that SAX calls)
        self._place = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802  (the name that SAX calls)
        self._elements += 1
        if max(map(len, (name, *attrs.getNames()))) > MAX_NAME:
            raise InvalidDocument(f"there is a name of more than {MAX_NAME} characters", self.line)
        node = Node(name, self.line, dict(attrs.items()))
        self._limit(len(self._open), MAX_DEPTH, "levels of elements", node)
        self._limit(self._elements, MAX_ELEMENTS, "elements", node)
        self._limit(len(attrs), MAX_ATTRIBUTES, "attributes in an element", node)
        self._open[-1].content.append(node)
        self._open.append(node)

    def endElement(self, name: str) -> None:  # noqa: N802  (the name that SAX calls)
        self._open.pop()

    def characters(self, content: str) -> None:
        self._open[-1].content.append(content)

    @staticmethod
    def _limit(number: int, most: int, what: str, node: Node) -> None:
        if number > most:
            raise InvalidDocument(f"there are more than {most} {what}", node.line, node.name)
