"""Errors of ours, and whose fault each is.

    MixminusError
    ├── BadSettings          the operator's: a wrong option, a taken port; its text says what to do
    └── InvalidDocument      the customer's application's: XML that cannot be run

Expected outcomes (a page that does not answer, a full room) are values, not errors. `sip` has its own declared error
for malformed input, `sip.message.MalformedMessage`.
"""

from __future__ import annotations

from dataclasses import dataclass


class MixminusError(Exception):
    """Base of the errors that Mixminus raises on purpose."""


class BadSettings(MixminusError):  # noqa: N818  (reads as a sentence where it is raised)
    """The operator asked for something that cannot be: one sentence that says what to do."""


@dataclass
class InvalidDocument(MixminusError):  # noqa: N818
    """A page of the customer's application cannot be run.

    `line` counts from 1 and is 0 when unknown; `element` and `attribute` are empty when the fault is not in one.
    """

    problem: str
    line: int = 0
    element: str = ""
    attribute: str = ""

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        where = f"<{self.element}>" if self.element else ""
        where += f" {self.attribute}" if self.attribute else ""
        return f"{place}{where + ': ' if where else ''}{self.problem}"
