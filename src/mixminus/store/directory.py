"""Who answers for a destination, in memory, so that a call is routed without a query."""

from __future__ import annotations

from collections.abc import Iterable

from ..switch.ports import Application
from .records import ApplicationRecord, NumberRecord


class Directory:
    """Applications and numbers as the database has them; the store keeps it in step. Fulfils switch.ports.Directory."""

    def __init__(self, applications: Iterable[ApplicationRecord] = (), numbers: Iterable[NumberRecord] = ()) -> None:
        self._applications: dict[str, Application] = {}
        self._numbers: dict[str, str] = {}
        self._default = ""
        for application in applications:
            self.put_application(application)
        for number in numbers:
            self.put_number(number)

    def application_for(self, destination: str) -> Application | None:
        """Return the application of an app_id or number, with or without `+`, else the default one, else None."""
        dialled = destination.removeprefix("+")
        found = self._applications.get(dialled) or self._applications.get(self._numbers.get(dialled, ""))
        return found or self._applications.get(self._default)

    def put_application(self, record: ApplicationRecord) -> None:
        """Take over an application that was created or changed."""
        self._applications[record.app_id] = _routed(record)
        if record.fields["default_number_app"]:
            self._default = record.app_id
        elif self._default == record.app_id:
            self._default = ""

    def drop_application(self, app_id: str) -> None:
        """Forget an application; its numbers have none from now on."""
        self._applications.pop(app_id, None)
        self._numbers = {number: owner for number, owner in self._numbers.items() if owner != app_id}
        if self._default == app_id:
            self._default = ""

    def put_number(self, record: NumberRecord) -> None:
        """Take over a number that was created or changed."""
        self._numbers[record.number] = record.fields["app_id"]

    def drop_number(self, number: str) -> None:
        """Forget a number."""
        self._numbers.pop(number, None)


def _routed(record: ApplicationRecord) -> Application:
    fields = record.fields
    return Application(
        app_id=record.app_id,
        answer_url=fields["answer_url"],
        answer_method=fields["answer_method"],
        fallback_url=fields["fallback_answer_url"],
        fallback_method=fields["fallback_method"],
        hangup_url=fields["hangup_url"] or fields["answer_url"],
        hangup_method=fields["hangup_method"],
    )
