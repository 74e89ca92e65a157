from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from mixminus.callflow.commands import Inform
from mixminus.switch.ports import ActionInformed, MemberEntered
from mixminus.webhooks import notices as module
from mixminus.webhooks.exchange import Exchange
from mixminus.webhooks.notices import PAUSES_S, QueuedNotices

from .application import Respond, application, empty_page
from .facts import ACCOUNT, CALL


class Pauses:
    """A sleep that only notes how long it was asked for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def notices(exchange: Exchange, pauses: Pauses) -> QueuedNotices:
    return QueuedNotices(exchange, ACCOUNT, pauses)


def _notice(url: str, digits: str = "") -> ActionInformed:
    return ActionInformed(CALL, Inform(url, "POST", (("Digits", digits),)))


def _statuses(*statuses: int) -> Respond:
    """Answer with each status once, then with 200."""
    left = list(statuses)

    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=left.pop(0) if left else 200)

    return respond


async def test_order_is_kept_for_each_url(notices: QueuedNotices) -> None:
    async with application(_statuses(200, 500, 200, 503)) as app:
        for number in range(10):
            notices.tell(_notice(app.base + "/a", str(number)))
        await notices.close(10)
        told = list(dict.fromkeys(asked.form["Digits"] for asked in app.asked))
        assert told == [str(number) for number in range(10)]
        assert (notices.waiting, notices.lost) == (0, 0)


async def test_the_method_is_the_notices_own(notices: QueuedNotices) -> None:
    async with application(empty_page) as app:
        notices.tell(MemberEntered(app.base + "/c", "GET", CALL, "demo", "c-1", "10", first=True))
        await notices.close(10)
        assert (app.asked[0].method, app.asked[0].query["ConferenceAction"]) == ("GET", "enter")


async def test_a_failure_is_repeated_with_growing_pauses_then_lost(notices: QueuedNotices, pauses: Pauses) -> None:
    async with application(_statuses(*[500] * 9)) as app:
        notices.tell(_notice(app.base))
        await notices.close(10)
        assert len(app.asked) == 1 + len(PAUSES_S)
    assert pauses.seconds == list(PAUSES_S)
    assert notices.lost == 1


@pytest.mark.parametrize("status", [400, 404, 410])
async def test_a_refusal_is_not_repeated(notices: QueuedNotices, status: int) -> None:
    async with application(_statuses(status)) as app:
        notices.tell(_notice(app.base))
        await notices.close(10)
        assert len(app.asked) == 1
    assert notices.lost == 1


async def test_a_wrong_url_is_lost_at_once(notices: QueuedNotices, pauses: Pauses) -> None:
    notices.tell(_notice("nowhere"))
    await notices.close(10)
    assert (notices.lost, pauses.seconds) == (1, [])


async def test_a_large_answer_is_an_answer(notices: QueuedNotices) -> None:
    async def respond(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=bytes(200_000))

    async with application(respond) as app:
        notices.tell(_notice(app.base))
        await notices.close(10)
        assert (len(app.asked), notices.lost) == (1, 0)


async def test_one_slow_url_does_not_hold_up_another(notices: QueuedNotices) -> None:
    release, arrived = asyncio.Event(), asyncio.Event()

    async def respond(request: web.Request) -> web.StreamResponse:
        if request.path == "/slow":
            await release.wait()
        else:
            arrived.set()
        return web.Response()

    async with application(respond) as app:
        notices.tell(_notice(app.base + "/slow"))
        notices.tell(_notice(app.base + "/fast"))
        await asyncio.wait_for(arrived.wait(), 10)
        release.set()
        await notices.close(10)
        assert notices.lost == 0


async def test_what_is_not_told_in_time_at_shutdown_is_counted(notices: QueuedNotices) -> None:
    release = asyncio.Event()

    async def respond(_request: web.Request) -> web.StreamResponse:
        await release.wait()
        return web.Response()

    async with application(respond) as app:
        for _ in range(3):
            notices.tell(_notice(app.base))
        await notices.close(0.05)
        release.set()
    assert (notices.waiting, notices.lost) == (0, 3)


async def test_too_many_notices_are_counted(notices: QueuedNotices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WAITING_MAX", 2)
    async with application(empty_page) as app:
        for _ in range(5):
            notices.tell(_notice(app.base))
        await notices.close(10)
        assert (len(app.asked), notices.lost) == (2, 3)


async def test_too_many_urls_are_counted(notices: QueuedNotices, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUEUES_MAX", 2)
    async with application(empty_page) as app:
        for number in range(5):
            notices.tell(_notice(f"{app.base}/{number}"))
        await notices.close(10)
        assert (len(app.asked), notices.lost) == (2, 3)


async def test_a_bug_costs_one_notice(notices: QueuedNotices, monkeypatch: pytest.MonkeyPatch) -> None:
    async with application(empty_page) as app:
        notices.tell(_notice(app.base, "1"))
        notices.tell(_notice(app.base, "2"))
        sound = notices._attempts
        asked: list[str] = []

        async def broken(letter: module._Letter) -> object:
            asked.append(letter.url)
            if len(asked) == 1:
                raise KeyError("bug")
            return await sound(letter)

        monkeypatch.setattr(notices, "_attempts", broken)
        await notices.close(10)
        assert [one.form["Digits"] for one in app.asked] == ["2"]
    assert notices.lost == 1
