"""Collecting digits while prompts play."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from ..callflow.commands import CollectDigits, Repeated
from ..callflow.events import Digits

Play = Callable[[tuple[Repeated, ...]], Awaitable[object]]


async def collect(command: CollectDigits, keypad: asyncio.Queue[str], play: Play) -> Digits:
    """Collect digits as `command` asks: the first one stops the prompts, and the waiting starts when they are over."""
    first = await _first_digit(command, keypad, play)
    digits = ""
    digit = first
    while digit is not None:
        if digit == command.finish_on:
            return Digits(digits, finished=True)
        digits += digit
        if len(digits) >= command.max_digits:
            break
        digit = await _next_digit(keypad, command.digit_timeout_s)
    return Digits(digits)


async def _first_digit(command: CollectDigits, keypad: asyncio.Queue[str], play: Play) -> str | None:
    pressed = asyncio.ensure_future(keypad.get())
    prompts = asyncio.ensure_future(play(command.prompts))
    try:
        await asyncio.wait({pressed, prompts}, return_when=asyncio.FIRST_COMPLETED)
        if not pressed.done():
            await asyncio.wait({pressed}, timeout=command.timeout_s)
        return pressed.result() if pressed.done() else None
    finally:
        prompts.cancel()
        pressed.cancel()


async def _next_digit(keypad: asyncio.Queue[str], timeout_s: float) -> str | None:
    try:
        async with asyncio.timeout(timeout_s):
            return await keypad.get()
    except TimeoutError:
        return None
