from __future__ import annotations

import pytest

from mixminus.callflow.commands import Answer, SendDigits
from mixminus.callflow.events import Done
from mixminus.errors import InvalidDocument

from ..playbook import ANSWER, END, page, parsed, play


def test_digits_with_pauses() -> None:
    """ "Allowed characters: 0-9, *, #, w (wait 0.5 s), W (wait 1 s)"; async defaults to true."""
    xml = '<DTMF> 1w2W*# </DTMF><DTMF async="False">3</DTMF>'
    play(ANSWER, page(xml), Answer(), Done(), SendDigits("1w2W*#"), Done(), SendDigits("3", False), Done(), END)


@pytest.mark.parametrize("digits", ["", "12a", "１", "1" * 513])
def test_other_digits(digits: str) -> None:
    with pytest.raises(InvalidDocument, match="line 1: <DTMF>: "):
        parsed(f"<DTMF>{digits}</DTMF>")
