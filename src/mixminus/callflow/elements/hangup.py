"""<Hangup>: end the call, refuse it, or say when it is to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from ...hangup import Cause, Source
from .. import commands
from .attributes import Attributes
from .base import Element, Flow, Here
from .wait import MAX_LENGTH_S


@dataclass(frozen=True, slots=True)
class Hangup(Element):
    """End the call now, or `schedule_s` seconds from now while the flow goes on (0 means now)."""

    reason: str = ""
    schedule_s: int = 0

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        return cls(
            reason=attributes.choice("reason", "", ("", "rejected", "busy")),
            schedule_s=attributes.integer("schedule", 0, 0, MAX_LENGTH_S),
        )

    @property
    def needs_answer(self) -> bool:
        return False

    def run(self, here: Here) -> Flow:
        if self.schedule_s:
            yield commands.ScheduleHangUp(float(self.schedule_s))
            return None
        return commands.HangUp(self._cause(here), Source.ANSWER_XML)

    def _cause(self, here: Here) -> Cause:
        # An answered call can no longer be refused, whatever the reason says.
        if here.answered:
            return Cause.NORMAL_HANGUP
        match self.reason:
            case "busy":
                return Cause.BUSY_LINE
            case "rejected":
                return Cause.REJECTED
            case _:
                # "When the Hangup XML element is the first element [...] the call is hung up with reason rejected by
                # default"; else "with reason Normal Hangup".
                return Cause.REJECTED if here.first else Cause.NORMAL_HANGUP
