"""<Conference>: join a conference room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Self

from ..commands import ConferenceSettings, JoinRoom, Params
from ..events import LeftRoom
from .attributes import Attributes
from .base import Element, Flow, Here
from .target import NO_ACTION, Action

MAX_MEMBERS: Final = 20
"""Plivo: "Maximum participants per conference: 20"."""
MAX_TIME_LIMIT_S: Final = 86_400
"""Plivo's default; calls end after 24 hours anyway, so more is taken as this much."""
MAX_INTEGER: Final = 999_999_999
MAX_NAME: Final = 256
"""Names go into URLs and logs."""

NOT_YET: Final[Mapping[str, str]] = {
    "record": "false",
    "recordFileFormat": "mp3",
    "recordWhenAlone": "false",
    "digitsMatch": "",
    "floorEvent": "false",
    "relayDTMF": "true",
    "sendDigits": "",
    "transcriptionType": "",
    "transcriptionUrl": "",
    "transcriptionMethod": "post",
}
"""Documented attributes that are accepted but do nothing yet, with the value that asks for nothing."""


@dataclass(frozen=True, slots=True)
class Conference(Element):
    """Join a room and stay until something ends that; then deliver the action."""

    settings: ConferenceSettings
    action: Action = NO_ACTION

    @classmethod
    def parse(cls, attributes: Attributes, children: tuple[Element, ...]) -> Self:
        _remark_not_yet(attributes)
        return cls(_settings(attributes), attributes.action())

    def run(self, here: Here) -> Flow:
        event = yield JoinRoom(self._absolute(here))
        if not isinstance(event, LeftRoom):
            # Plivo does not document what a full room does; the flow goes on as if the element were not there.
            return None
        return (yield from self.action.run(here, self._result(event)))

    def _absolute(self, here: Here) -> ConferenceSettings:
        settings = self.settings
        return replace(
            settings,
            enter_sound=_absolute_sound(settings.enter_sound, here),
            exit_sound=_absolute_sound(settings.exit_sound, here),
            wait_sound=here.resolve(settings.wait_sound),
            callback_url=here.resolve(settings.callback_url),
        )

    def _result(self, left: LeftRoom) -> Params:
        return (
            ("ConferenceName", self.settings.name),
            ("ConferenceUUID", left.room_uuid),
            ("ConferenceMemberID", left.member_id),
            ("RecordUrl", ""),
            ("RecordingID", ""),
        )


def _settings(attributes: Attributes) -> ConferenceSettings:
    if not attributes.text:
        attributes.invalid("", "there is no conference name in it")
    if len(attributes.text) > MAX_NAME:
        attributes.invalid("", f"the conference name is longer than {MAX_NAME} characters")
    return ConferenceSettings(
        name=attributes.text,
        muted=attributes.boolean("muted", default=False),
        starts=attributes.boolean("startConferenceOnEnter", default=True),
        ends=attributes.boolean("endConferenceOnExit", default=False),
        stay_alone=attributes.boolean("stayAlone", default=True),
        max_members=attributes.integer("maxMembers", MAX_MEMBERS, 1, MAX_MEMBERS),
        time_limit_s=min(attributes.integer("timeLimit", MAX_TIME_LIMIT_S, 1, MAX_INTEGER), MAX_TIME_LIMIT_S),
        hangup_on_star=attributes.boolean("hangupOnStar", default=False),
        enter_sound=attributes.sound("enterSound"),
        exit_sound=attributes.sound("exitSound"),
        wait_sound=attributes.url("waitSound"),
        callback_url=attributes.url("callbackUrl"),
        callback_method=attributes.method("callbackMethod"),
    )


def _absolute_sound(sound: str, here: Here) -> str:
    return sound if sound.startswith("beep:") else here.resolve(sound)


def _remark_not_yet(attributes: Attributes) -> None:
    asked = [name for name, idle in NOT_YET.items() if attributes.string(name, idle).lower() != idle]
    if asked:
        attributes.remark("", f"not supported yet and ignored: {', '.join(asked)}")
