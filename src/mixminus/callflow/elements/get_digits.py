"""<GetDigits>: ask for keys, with prompts and several tries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from .. import commands
from ..events import Digits
from .attributes import Attributes
from .base import Element, Flow, Here, prompts
from .target import NO_ACTION, Action
from .wait import MAX_LENGTH_S

MAX_DIGITS: Final = 99
"""Plivo's default and most for numDigits; more is taken as this many."""
MAX_RETRIES: Final = 1000
"""More tries than a caller has patience for; a limit only so that the number stays a small one."""
MAX_INTEGER: Final = 999_999_999


@dataclass(frozen=True, slots=True)
class GetDigits(Element):
    """Collect digits and send them to the action URL; without any, or without valid ones, go on after all retries."""

    nests: ClassVar[frozenset[str]] = frozenset(("Speak", "Play", "Wait"))

    action: Action = NO_ACTION
    children: tuple[Element, ...] = ()
    timeout_s: int = 5
    digit_timeout_s: int = 2
    finish_on: str = "#"
    max_digits: int = MAX_DIGITS
    retries: int = 1
    beeps: bool = False
    valid: str = "1234567890*#"
    invalid_sound: str = ""
    logs: bool = True

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        return cls(
            action=attributes.action(),
            children=children,
            timeout_s=attributes.integer("timeout", 5, 1, MAX_LENGTH_S),
            digit_timeout_s=attributes.integer("digitTimeout", 2, 1, MAX_LENGTH_S),
            finish_on=_finish_key(attributes),
            max_digits=min(attributes.integer("numDigits", MAX_DIGITS, 1, MAX_INTEGER), MAX_DIGITS),
            retries=attributes.integer("retries", 1, 1, MAX_RETRIES),
            beeps=attributes.boolean("playBeep", default=False),
            valid=attributes.string("validDigits", "1234567890*#"),
            invalid_sound=attributes.url("invalidDigitsSound"),
            logs=attributes.boolean("log", default=True),
        )

    def run(self, here: Here) -> Flow:
        for _ in range(self.retries):
            event = yield self._collect(here)
            if not isinstance(event, Digits) or not event.digits:
                continue
            if set(event.digits) <= set(self.valid):
                return (yield from self.action.run(here, (("Digits", event.digits),), sensitive=not self.logs))
            if self.invalid_sound:
                yield commands.Play((commands.Repeated(commands.Audio(here.resolve(self.invalid_sound))),))
        return None

    def _collect(self, here: Here) -> commands.CollectDigits:
        # "Plays a beep when all Speak and Play elements finish executing."
        beep = (commands.Repeated(commands.Beep()),) if self.beeps else ()
        return commands.CollectDigits(
            prompts(self.children, here) + beep,
            float(self.timeout_s),
            float(self.digit_timeout_s),
            self.finish_on,
            self.max_digits,
            sensitive=not self.logs,
        )


def _finish_key(attributes: Attributes) -> str:
    """Read `finishOnKey`: "One and only one of 0-9, *, #, <empty string>, none"; empty and none mean no key."""
    if attributes.written("finishOnKey") == "":
        return ""
    key = attributes.choice("finishOnKey", "#", (*"0123456789*#", "none"))
    return "" if key == "none" else key
