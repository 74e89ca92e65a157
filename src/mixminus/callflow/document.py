"""A page of Plivo XML -> the elements to run, and what was passed over in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..errors import InvalidDocument
from .elements import ELEMENTS, NOT_YET
from .elements.attributes import Attributes
from .elements.base import Element
from .markup import Node, read
from .remarks import Remark

KNOWN: Final = frozenset(ELEMENTS) | NOT_YET
IN_RESPONSE: Final = KNOWN - {"Number", "User"}
"""What may stand directly in a <Response> (Number and User stand in <Dial>)."""
MAX_WARNINGS: Final = 20
"""Enough to see what is wrong with a page that is fetched for every call and logged each time."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A page that can be run."""

    elements: tuple[Element, ...]
    warnings: tuple[Remark, ...] = ()


def parse(body: bytes, allowed: frozenset[str] = IN_RESPONSE) -> Parsed:
    """Read a page of `allowed` elements; raise InvalidDocument if it cannot be run.

    Elements that are not known, or not supported yet, are passed over with a warning.
    """
    root = read(body)
    if root.name != "Response":
        raise InvalidDocument("the root element is not <Response>", root.line, root.name)
    warnings: list[Remark] = []
    elements = _children(root, allowed, warnings)
    return Parsed(elements, tuple(warnings[:MAX_WARNINGS]))


def _children(node: Node, allowed: frozenset[str], warnings: list[Remark]) -> tuple[Element, ...]:
    elements: list[Element] = []
    for child in node.children:
        if child.name in KNOWN and child.name not in allowed:
            raise InvalidDocument(f"may not stand in this <{node.name}>", child.line, child.name)
        if child.name in ELEMENTS:
            elements.append(_element(child, warnings))
        elif child.name in NOT_YET:
            warnings.append(Remark("is not supported yet; it is ignored", child.line, child.name))
        else:
            warnings.append(Remark("is not a known element; it is ignored", child.line, child.name))
    return tuple(elements)


def _element(node: Node, warnings: list[Remark]) -> Element:
    element_type = ELEMENTS[node.name]
    # Markup is not ours to judge, except that no element of a call flow has a place in it.
    children = _children(node, element_type.nests, [] if element_type.holds_markup else warnings)
    attributes = Attributes(node)
    element = element_type.parse(attributes, children)
    attributes.remark_unread()
    warnings.extend(attributes.remarks)
    return element
