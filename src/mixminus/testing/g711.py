"""G.711 in plain NumPy, for virtual phones: written apart from the engine's, so that each checks the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]

MULAW_BIAS = 0x84


def _mulaw_table() -> Samples:
    """Expand all 256 codes (ITU-T G.711 table 2a, in 16-bit units)."""
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = (((code & 0x0F) << 3) + MULAW_BIAS << (code >> 4 & 0x07)) - MULAW_BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


def _alaw_table() -> Samples:
    """Expand all 256 codes (ITU-T G.711 table 1a, in 16-bit units)."""
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment = code >> 4 & 0x07
    mantissa = ((code & 0x0F) << 4) + 8
    magnitude = np.where(segment == 0, mantissa, mantissa + 0x100 << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


MULAW = _mulaw_table()
ALAW = _alaw_table()


def _nearest(table: Samples) -> NDArray[np.uint8]:
    """Map every 16-bit sample (index: sample + 32768) to the code whose value is nearest."""
    order = np.argsort(table, kind="stable")
    values = table[order].astype(np.int32)
    middles = (values[1:] + values[:-1]) / 2
    return order[np.searchsorted(middles, np.arange(-32768, 32768))].astype(np.uint8)


MULAW_CODES = _nearest(MULAW)
ALAW_CODES = _nearest(ALAW)


def encode(codec: str, samples: Samples) -> bytes:
    """Encode samples as PCMU, PCMA or L16 (big endian, RFC 3551 §4.5.11)."""
    match codec:
        case "PCMU":
            return MULAW_CODES[samples.astype(np.int32) + 32768].tobytes()
        case "PCMA":
            return ALAW_CODES[samples.astype(np.int32) + 32768].tobytes()
        case "L16":
            return samples.astype(">i2").tobytes()
        case _:
            raise ValueError(f"a virtual phone does not speak {codec}")


def decode(codec: str, payload: bytes) -> Samples:
    """Decode a payload of PCMU, PCMA or L16."""
    match codec:
        case "PCMU":
            return MULAW[np.frombuffer(payload, np.uint8)]
        case "PCMA":
            return ALAW[np.frombuffer(payload, np.uint8)]
        case "L16":
            return np.frombuffer(payload[: len(payload) & ~1], ">i2").astype(np.int16)
        case _:
            raise ValueError(f"a virtual phone does not speak {codec}")
