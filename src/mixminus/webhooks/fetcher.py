"""Pages of XML and conference sounds, fetched from the customer's application."""

from __future__ import annotations

from ..callflow.commands import Fetch
from ..callflow.events import Document, FetchFailed, FetchProblem
from ..switch.ports import CallFacts, Sound
from . import payloads
from .account import Account
from .exchange import Exchange, Failed
from .payloads import Fields

PAGE_WITHIN_S = 15.0
"""Plivo: the application replies within 15 s; a caller hears nothing meanwhile."""

SOUND_WITHIN_S = 30.0
"""Nobody waits in silence for a sound, and it may be a large file."""

PAGE_BYTES_MAX = 100_000
"""Plivo: a page of XML is smaller than 100 kB."""

SOUND_BYTES_MAX = 10_000_000
"""Plivo: audio is at most 10 MB."""


class PageFetcher:
    """Implements `switch.ports.Pages` over HTTP."""

    def __init__(self, exchange: Exchange, account: Account) -> None:
        self._exchange = exchange
        self._auth_id = account.auth_id

    async def page(self, call: CallFacts, fetch: Fetch) -> Document | FetchFailed:
        """Fetch a page of XML, signed, within 15 s and 100 kB."""
        answer = await self._exchange.ask(
            fetch.method,
            fetch.url,
            payloads.page(call, self._auth_id, fetch),
            within_s=PAGE_WITHIN_S,
            body_max=PAGE_BYTES_MAX,
        )
        return answer.event() if isinstance(answer, Failed) else Document(answer.url, answer.body)

    async def wait_sound(self, call: CallFacts, conference: str, url: str) -> Sound | FetchFailed:
        """Fetch a waitSound with POST: XML, or audio itself."""
        return await self._sound("POST", url, payloads.wait_sound(call, self._auth_id, conference))

    async def sound(self, call: CallFacts, url: str, method: str) -> Sound | FetchFailed:
        """Fetch an enterSound or exitSound: XML, or audio itself."""
        return await self._sound(method, url, payloads.sound(call, self._auth_id))

    async def _sound(self, method: str, url: str, fields: Fields) -> Sound | FetchFailed:
        answer = await self._exchange.ask(method, url, fields, within_s=SOUND_WITHIN_S, body_max=SOUND_BYTES_MAX)
        if isinstance(answer, Failed):
            return answer.event()
        audio = is_audio(answer.content_type, answer.body)
        if not audio and len(answer.body) > PAGE_BYTES_MAX:
            return FetchFailed(FetchProblem.TOO_LARGE, f"{answer.url} answered more than {PAGE_BYTES_MAX // 1000} kB")
        return Sound(answer.url, answer.body, audio)


def is_audio(content_type: str, body: bytes) -> bool:
    """Tell audio from XML by how it begins, and by its media type only where the beginning says nothing."""
    if body[:3] == b"ID3" or (body[:4] == b"RIFF" and body[8:12] == b"WAVE") or _is_mpeg_layer_3(body):
        return True
    return content_type.startswith("audio/") and not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")


def _is_mpeg_layer_3(body: bytes) -> bool:
    # ISO 11172-3, 2.4.1.3: eleven sync bits, then version, then layer "01". A UTF-16 mark (FF FE) is not one.
    return len(body) > 1 and body[0] == 0xFF and body[1] & 0xE6 == 0xE2
