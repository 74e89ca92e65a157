"""Every element that can be run. To add one: write its file, add its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .base import Element
from .conference import Conference
from .dtmf import Dtmf
from .get_digits import GetDigits
from .hangup import Hangup
from .play import Play
from .pre_answer import PreAnswer
from .redirect import Redirect
from .speak import Speak
from .wait import Wait

ELEMENTS: Final[Mapping[str, type[Element]]] = {
    "Conference": Conference,
    "DTMF": Dtmf,
    "GetDigits": GetDigits,
    "Hangup": Hangup,
    "Play": Play,
    "PreAnswer": PreAnswer,
    "Redirect": Redirect,
    "Speak": Speak,
    "Wait": Wait,
}

NOT_YET: Final = frozenset(
    ("Dial", "GetInput", "Message", "MultiPartyCall", "Number", "Record", "Stream", "User"),
)
"""Plivo's other elements: passed over with a remark that names them."""
