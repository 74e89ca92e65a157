"""Numbers that pass through the two rings: what the engine reports and what it is asked."""

from __future__ import annotations

(
    DIGIT,
    SPEECH_STARTED,
    SPEECH_STOPPED,
    PLAYBACK_FINISHED,
    DIGITS_SENT,
    BEEP_HEARD,
    MEDIA_TIMEOUT,
    PORT_CLOSED,
    SOURCE_LOCKED,
    ROOM_CLOSED,
    PLAN_RELEASED,
    PLAYER_RELEASED,
    TAP_CLOSED,
) = range(13)
"""Events: kind, row, value (a digit's code, a packed address, or the address of a plan that is given back)."""

FIRST_QUIET = SOURCE_LOCKED
"""From here on an event is not worth waking Python for."""

(
    OPEN_ROOM,
    CLOSE_ROOM,
    OPEN_PORT,
    CLOSE_PORT,
    SET_MEDIA,
    MOVE,
    SET_PLAN,
    PLAY,
    STOP_PLAYING,
    SEND_DIGITS,
    WATCH_BEEP,
    OPEN_TAP,
    CLOSE_TAP,
) = range(13)
"""Commands: kind, row, and up to 14 arguments, named where `control` reads them."""

LONG_PAUSE, SHORT_PAUSE, END_OF_DIGITS = 32, 33, 255
"""What may stand between the event codes 0-15 in a queue of digits: W, w, and the end that is reported."""
DIGITS_IN_COMMAND = 13
CODES = {**{digit: code for code, digit in enumerate("0123456789*#ABCD")}, "w": SHORT_PAUSE, "W": LONG_PAUSE}
