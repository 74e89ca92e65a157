"""What goes through the pipe between the server and the synthesiser's process."""

from __future__ import annotations

import struct

REQUEST = struct.Struct(">HI")
"""Length of the voice's name and of the SSML, in bytes; both follow in UTF-8."""

REPLY = struct.Struct(">?I")
"""Whether it was spoken, and the length of the samples in bytes; mono int16 in the machine's order follow."""

RATE = 22_050
"""Hz, what espeak-ng speaks at."""

SPEECH_S_MAX = 300
"""3000 characters take about 200 s; slow prosody and long breaks may not take more than this of the memory."""


def request(voice: str, ssml: str) -> bytes:
    """Encode a request to speak."""
    name, text = voice.encode(), ssml.encode(errors="replace")
    return REQUEST.pack(len(name), len(text)) + name + text
