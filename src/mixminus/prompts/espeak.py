"""The speech synthesiser espeak-ng (speak_lib.h), loaded into this process. Its licence is the GPL, version 3:
only the synthesiser's own process (`synthesiser.py`) may import this file."""

from __future__ import annotations

import ctypes

import espeakng_loader

from .wire import RATE, SPEECH_S_MAX

SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the others add 20 ms
DO_NOT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
UTF8_SSML = 0x01 | 0x10  # espeakCHARS_UTF8 | espeakSSML; without espeakPHONEMES `[[...]]` is plain text
PARAMETERS = {1: 175, 2: 100, 3: 50, 4: 50}  # words a minute, volume, pitch, range: the library's defaults

CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Espeak:
    """The synthesiser; there is one in a process, because the library keeps its state in globals."""

    def __init__(self) -> None:
        self._samples = bytearray()
        # The library keeps the pointer, not the object.
        self._callback = CALLBACK(self._collect)
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        rate = self._library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), DO_NOT_EXIT)
        if rate != RATE:
            raise RuntimeError(f"espeak-ng did not start: {rate}")
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, voice: str, ssml: str) -> bytes | None:
        """Return mono int16 samples at 22 050 Hz, or None when there is no such voice."""
        self._samples.clear()
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            return None
        # What an unclosed element has changed would otherwise colour the next text.
        for parameter, value in PARAMETERS.items():
            self._library.espeak_SetParameter(parameter, value, 0)
        text = ssml.encode()
        self._library.espeak_Synth(text, len(text) + 1, 0, 0, 0, UTF8_SSML, None, None)
        return bytes(self._samples)

    def _collect(self, samples: object, count: int, _events: object) -> int:
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)  # type: ignore[arg-type]  # a POINTER(c_short)
        return int(len(self._samples) > SPEECH_S_MAX * RATE * 2)
