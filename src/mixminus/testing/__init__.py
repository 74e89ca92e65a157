"""Virtual phones, a web application in miniature and a real server, for tests: ours and our customers'.

See docs/testing.md for a whole example.
"""

from __future__ import annotations

from .application import Inbox, Page, Received, WebApplication
from .line import PhoneLine
from .phone import CallRefused, Phone
from .server import ServerProcess
from .tones import DISTINCT_TONES, WhoHearsWhom, tone, who_hears_whom
from .wav import as_wav

__all__ = [
    "DISTINCT_TONES",
    "CallRefused",
    "Inbox",
    "Page",
    "Phone",
    "PhoneLine",
    "Received",
    "ServerProcess",
    "WebApplication",
    "WhoHearsWhom",
    "as_wav",
    "tone",
    "who_hears_whom",
]
