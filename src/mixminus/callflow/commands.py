"""What a call flow asks the switch to do. Exactly one command is outstanding at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from ..hangup import Cause, Source

Params = tuple[tuple[str, str], ...]


class Page(Enum):
    """Why a page is fetched; decides which hangup cause a failure of it has (Plivo hangup causes 7011-8014)."""

    ANSWER = "answer"
    FALLBACK = "fallback"
    ACTION = "action"
    REDIRECT = "redirect"
    TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class Audio:
    """A prompt that is an audio file at a URL."""

    url: str


@dataclass(frozen=True, slots=True)
class Speech:
    """A prompt that is text to be spoken; `text` is XML content: `&amp;` stands for &, and tags are SSML."""

    text: str
    voice: str = "WOMAN"
    language: str = "en-US"


@dataclass(frozen=True, slots=True)
class Pause:
    """A prompt that is silence."""

    length_s: float


@dataclass(frozen=True, slots=True)
class Beep:
    """The platform's own tone, `times` times (700 Hz, 300 ms on, 200 ms off)."""

    times: int = 1


Prompt = Audio | Speech | Pause | Beep


@dataclass(frozen=True, slots=True)
class Repeated:
    """A prompt played `loop` times; 0 means until something stops it."""

    prompt: Prompt
    loop: int = 1


@dataclass(frozen=True, slots=True)
class Fetch:
    """Request the next page with the standard parameters and `params`. Answered by Document or FetchFailed.

    `sensitive` parameters are kept out of logs (log="false").
    """

    url: str
    method: str
    page: Page
    params: Params = ()
    event: str = "Redirect"
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Inform:
    """Tell a URL something and ignore what it answers (an action with redirect="false"). Answered by Done at once."""

    url: str
    method: str
    params: Params = ()
    event: str = "Redirect"
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the call if it is not answered yet. Answered by Done."""


@dataclass(frozen=True, slots=True)
class OpenEarlyMedia:
    """Send 183 with media (PreAnswer) unless the call is answered already. Answered by Done."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play prompts one after the other. Answered by Done, or by PromptFailed when none of them could be had."""

    prompts: tuple[Repeated, ...]


@dataclass(frozen=True, slots=True)
class CollectDigits:
    """Play prompts while collecting digits; the first digit stops the prompts. Answered by Digits.

    `timeout_s` is how long to wait for the first digit after the prompts, `digit_timeout_s` between two digits. Digits
    outside `valid` are collected all the same: the element decides what they mean. An empty `finish_on` means no key.
    `sensitive` digits are kept out of logs.
    """

    prompts: tuple[Repeated, ...]
    timeout_s: float
    digit_timeout_s: float
    finish_on: str
    max_digits: int
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class BeepPattern:
    """The tone `<Wait beep>` looks for: a steady tone of at least `duration_ms`."""

    duration_ms: int = 300


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait `length_s`, or less: until `min_silence_ms` of silence if that is set, or a beep if one is looked for.

    Answered by Done.
    """

    length_s: float
    min_silence_ms: int | None = None
    beep: BeepPattern | None = None


@dataclass(frozen=True, slots=True)
class SendDigits:
    """Send DTMF to the caller: 0-9 * # A-D, w = 0.5 s pause, W = 1 s. Answered by Done, at once if `asynchronous`."""

    digits: str
    asynchronous: bool = True


@dataclass(frozen=True, slots=True)
class ConferenceSettings:
    """What one `<Conference>` asks for. An empty URL is not set. Sounds are "", "beep:1", "beep:2" or a URL."""

    name: str
    muted: bool = False
    starts: bool = True
    ends: bool = False
    stay_alone: bool = True
    max_members: int = 20
    time_limit_s: int = 86400
    hangup_on_star: bool = False
    enter_sound: str = ""
    exit_sound: str = ""
    wait_sound: str = ""
    callback_url: str = ""
    callback_method: str = "POST"


@dataclass(frozen=True, slots=True)
class JoinRoom:
    """Join a conference room. Answered by LeftRoom, or by RoomRefused at once."""

    conference: ConferenceSettings


@dataclass(frozen=True, slots=True)
class ScheduleHangUp:
    """End the call after `after_s`, whatever it is doing then. Answered by Done at once."""

    after_s: float
    cause: Cause = Cause.SCHEDULED_HANGUP


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the call. The last command of every flow.

    `problem` is empty, or a sentence for the log that says what went wrong and where.
    """

    cause: Cause = Cause.END_OF_XML
    source: Source = Source.PLATFORM
    problem: str = field(default="", compare=False)


Command = (
    Fetch
    | Inform
    | Answer
    | OpenEarlyMedia
    | Play
    | CollectDigits
    | Wait
    | SendDigits
    | JoinRoom
    | ScheduleHangUp
    | HangUp
)
