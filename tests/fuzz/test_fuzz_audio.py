"""Audio files from anywhere: valid ones with bytes changed, cut out or put in give samples or a problem, never more."""

from __future__ import annotations

import io
import struct

import av
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mixminus.prompts.decode import PROMPT_S_MAX, decode
from mixminus.switch.ports import PromptProblem

RATE = 8000


def _wav() -> bytes:
    data = np.arange(800, dtype=np.int16).tobytes()
    head = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return b"RIFF" + struct.pack("<I", 28 + len(data)) + b"WAVE" + head + b"data" + struct.pack("<I", len(data)) + data


def _mp3() -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as output:
        stream = output.add_stream("libmp3lame", rate=RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 576), np.float32), format="fltp", layout="mono")
        frame.sample_rate = RATE
        for part in (frame, None):
            output.mux(stream.encode(part))
    return file.getvalue()


FILES = (_wav(), _mp3())
CHANGES = st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 3), st.binary(max_size=4)), max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(FILES), CHANGES)
def test_any_file_gives_samples_or_a_problem(file: bytes, changes: list[tuple[int, int, bytes]]) -> None:
    for place, removed, put_in in changes:
        file = file[:place] + put_in + file[place + removed :]
    outcome = decode(file, RATE)
    if not isinstance(outcome, PromptProblem):
        assert outcome.dtype == np.int16
        assert outcome.ndim == 1
        assert len(outcome) <= PROMPT_S_MAX * RATE
