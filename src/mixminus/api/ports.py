"""What the API needs of the rest of the server, as protocols."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from .fields import ApplicationFields, NumberFields


class ApplicationRecord(Protocol):
    """An application as it is kept."""

    @property
    def app_id(self) -> str:
        """Return its id, 17 digits."""

    @property
    def fields(self) -> ApplicationFields:
        """Return what is set, with every key."""


class NumberRecord(Protocol):
    """A number as it is kept."""

    @property
    def number(self) -> str:
        """Return its digits, without `+`."""

    @property
    def added_on(self) -> date:
        """Return the day it was created."""

    @property
    def fields(self) -> NumberFields:
        """Return what is set, with every key."""


class Store(Protocol):
    """Applications and numbers that survive a restart. Lists are newest first, with the count of all that match."""

    async def create_application(self, fields: ApplicationFields) -> ApplicationRecord:
        """Keep a new application; what is left out has its default."""

    async def application(self, app_id: str) -> ApplicationRecord | None:
        """Return an application, None if there is none with this id."""

    async def applications(
        self, *, name_prefix: str, subaccount: str, limit: int, offset: int
    ) -> tuple[Sequence[ApplicationRecord], int]:
        """Return one page. Empty filters match everything."""

    async def update_application(self, app_id: str, fields: ApplicationFields) -> ApplicationRecord | None:
        """Change the given fields; None if there is none with this id."""

    async def delete_application(self, app_id: str) -> bool:
        """Delete an application; its numbers stay and have none. False if there is none with this id."""

    async def put_numbers(self, wanted: Sequence[str], fields: NumberFields) -> bool:
        """Create or change numbers, all or none; False if `fields` names an application that does not exist."""

    async def number(self, number: str) -> NumberRecord | None:
        """Return a number, None if it is unknown."""

    async def numbers(
        self, *, number_prefix: str, alias: str, subaccount: str, limit: int, offset: int
    ) -> tuple[Sequence[NumberRecord], int]:
        """Return one page. Empty filters match everything."""

    async def delete_number(self, number: str) -> bool:
        """Forget a number. False if it is unknown."""


class Credentials(Protocol):
    """The one account of this server."""

    @property
    def auth_id(self) -> str:
        """Return the user name, which is also the account's name in every path."""

    @property
    def auth_token(self) -> str:
        """Return the password."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the server takes calls; `status` is a word for people, such as ok or draining."""

    ok: bool
    status: str


@dataclass(frozen=True, slots=True)
class ApiServices:
    """What `create_app` is given. `sip_domain` is the host (and port) of the SIP URIs shown to customers."""

    store: Store
    credentials: Credentials
    health: Callable[[], Health]
    sip_domain: str

    @property
    def account_uri(self) -> str:
        """Return the path that all resources of the account are below, with its trailing slash."""
        return f"/v1/Account/{self.credentials.auth_id}/"
