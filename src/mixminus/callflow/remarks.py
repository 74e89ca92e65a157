"""What a call flow wants to have in the log although it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InvalidDocument


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in a page that was passed over; the fields are those of InvalidDocument."""

    problem: str
    line: int = 0
    element: str = ""
    attribute: str = ""

    def __str__(self) -> str:
        return str(InvalidDocument(self.problem, self.line, self.element, self.attribute))
