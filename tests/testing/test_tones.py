"""Measuring who was heard."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mixminus.testing.g711 import decode, encode
from mixminus.testing.tones import (
    DISTINCT_TONES,
    DTMF_COLUMNS,
    DTMF_ROWS,
    Hearing,
    dtmf,
    hearing,
    level_dbfs,
    loudness_dbfs,
    silence,
    tone,
    who_hears_whom,
)


@pytest.mark.parametrize("frequency", DISTINCT_TONES)
def test_a_tone_is_found_at_its_level(frequency: int) -> None:
    assert level_dbfs(tone(frequency, 500, -12.0), frequency) == pytest.approx(-12.0, abs=0.2)


@pytest.mark.parametrize("codec", ["PCMU", "PCMA", "L16"])
def test_no_tone_is_taken_for_another_after_coding(codec: str) -> None:
    for said, other in itertools.permutations(DISTINCT_TONES, 2):
        heard = decode(codec, encode(codec, tone(said, 500)))
        assert hearing(level_dbfs(heard, said)) is Hearing.HEARS
        assert hearing(level_dbfs(heard, other)) is Hearing.SILENT


def test_three_tones_at_once_are_all_found() -> None:
    mix = sum((tone(f, 500) for f in DISTINCT_TONES[:3]), start=silence(500))
    assert all(hearing(level_dbfs(mix, f)) is Hearing.HEARS for f in DISTINCT_TONES[:3])
    assert hearing(level_dbfs(mix, DISTINCT_TONES[3])) is Hearing.SILENT


def test_nothing_is_heard_in_silence() -> None:
    assert level_dbfs(silence(500), 1000) == loudness_dbfs(silence(500)) == -120.0
    assert hearing(level_dbfs(np.zeros(0, np.int16), 1000)) is Hearing.SILENT


def test_what_cannot_be_told_is_not_guessed() -> None:
    assert hearing(-36.0) is Hearing.UNCLEAR
    table = who_hears_whom({"a": tone(425, 500, -36.0)}, {"b": 425})
    with pytest.raises(ValueError, match="cannot tell whether a hears b"):
        table.heard_by("a")


def test_a_key_is_two_tones() -> None:
    """ITU-T Q.23: 5 is 770 Hz with 1336 Hz."""
    pressed = dtmf("5", 200)
    found = [f for f in (*DTMF_ROWS, *DTMF_COLUMNS) if level_dbfs(pressed, f) > -20]
    assert found == [770, 1336]


def test_the_table_says_who_heard_whom() -> None:
    said = {"ada": 425.0, "bob": 825.0}
    heard = {"ada": tone(825, 500), "bob": tone(425, 500), "eve": tone(425, 500) + tone(825, 500)}
    table = who_hears_whom(heard, said)
    assert table.heard_by("eve") == {"ada", "bob"}
    assert table.pairs == {("ada", "bob"), ("bob", "ada"), ("eve", "ada"), ("eve", "bob")}
    assert str(table).splitlines()[1].split() == [
        "ada",
        "-",
        f"{table.levels['ada', 'ada']:.0f}",
        "dB",
        "hears",
        "-12",
        "dB",
    ]
