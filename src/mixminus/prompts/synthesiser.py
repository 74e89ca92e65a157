"""The program that speaks: requests on standard input, samples on standard output, one after the other.

It runs in a process of its own, because espeak-ng is under the GPL and because a crash of it may cost one prompt only.
It ends when its input ends, so it never outlives the server.
"""

from __future__ import annotations

import sys
from typing import BinaryIO

from .espeak import Espeak
from .wire import REPLY, REQUEST


def serve(source: BinaryIO, sink: BinaryIO, espeak: Espeak) -> None:
    """Answer requests until the input ends."""
    while len(head := source.read(REQUEST.size)) == REQUEST.size:
        voice_bytes, text_bytes = REQUEST.unpack(head)
        voice, text = source.read(voice_bytes).decode(), source.read(text_bytes).decode()
        samples = espeak.speak(voice, text)
        sink.write(REPLY.pack(samples is not None, len(samples or b"")) + (samples or b""))
        sink.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer, Espeak())
