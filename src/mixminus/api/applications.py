"""The Application resource (reference §1.8)."""

from __future__ import annotations

import re
from typing import Literal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from .answers import answer, no_content
from .bodies import parameters
from .fields import ApplicationFields, checked, mandatory
from .paging import list_body, wanted_page
from .ports import ApiServices, ApplicationRecord
from .resource import routes

_METHODS: tuple[Literal["answer_method", "hangup_method", "fallback_method", "message_method"], ...] = (
    "answer_method",
    "hangup_method",
    "fallback_method",
    "message_method",
)


class Applications:
    """Create, show, list, change and delete applications."""

    def __init__(self, services: ApiServices) -> None:
        self._store = services.store
        self._uri = f"{services.account_uri}Application/"
        self._sip_domain = services.sip_domain

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the list and of one application."""
        return [
            *routes(self._uri, GET=self.show_page, POST=self.create),
            *routes(f"{self._uri}{{app_id}}/", GET=self.show, POST=self.update, DELETE=self.delete),
        ]

    async def create(self, request: Request) -> Response:
        """Create one. An application that could not be asked for XML is refused, so `answer_url` is mandatory."""
        given = await parameters(request)
        mandatory(given, "app_name", "answer_url")
        record = await self._store.create_application(_fields(given))
        return answer(201, {"message": "created", "app_id": record.app_id})

    async def show_page(self, request: Request) -> Response:
        """Show a page of them, newest first; `app_name` is a prefix and ignores case."""
        query = request.query_params
        page = wanted_page(query)
        records, total = await self._store.applications(
            name_prefix=query.get("app_name", ""),
            subaccount=query.get("subaccount", ""),
            limit=page.limit,
            offset=page.offset,
        )
        objects = [self._shown(record) for record in records]
        return answer(200, list_body(self._uri, query, page, objects, total))

    async def show(self, request: Request) -> Response:
        """Show one."""
        record = await self._store.application(_app_id(request))
        if record is None:
            raise _not_found()
        return answer(200, self._shown(record))

    async def update(self, request: Request) -> Response:
        """Change what is given."""
        app_id = _app_id(request)
        if await self._store.update_application(app_id, _fields(await parameters(request))) is None:
            raise _not_found()
        return answer(202, {"message": "changed"})

    async def delete(self, request: Request) -> Response:
        """Delete one. Numbers stay and have none; `cascade` speaks of endpoints only."""
        if not await self._store.delete_application(_app_id(request)):
            raise _not_found()
        return no_content()

    def _shown(self, record: ApplicationRecord) -> dict[str, object]:
        fields = record.fields
        subaccount = fields["subaccount"]
        return {
            "answer_method": fields["answer_method"],
            "answer_url": fields["answer_url"],
            "app_id": record.app_id,
            "app_name": fields["app_name"],
            "default_app": fields["default_number_app"],
            "default_endpoint_app": fields["default_endpoint_app"],
            "enabled": True,
            "fallback_answer_url": fields["fallback_answer_url"],
            "fallback_method": fields["fallback_method"],
            "hangup_method": fields["hangup_method"],
            "hangup_url": fields["hangup_url"] or fields["answer_url"],
            "log_incoming_messages": fields["log_incoming_messages"],
            "message_method": fields["message_method"],
            "message_url": fields["message_url"],
            "public_uri": fields["public_uri"],
            "resource_uri": f"{self._uri}{record.app_id}/",
            "sip_uri": f"sip:{record.app_id}@{self._sip_domain}",
            "sub_account": f"/v1/Account/{subaccount}/" if subaccount else None,
        }


def _fields(given: dict[str, object]) -> ApplicationFields:
    fields = checked(given, ApplicationFields)
    for name in _METHODS:
        if name in fields:
            fields[name] = fields[name].upper()
    return fields


def _app_id(request: Request) -> str:
    app_id = request.path_params["app_id"]
    if not isinstance(app_id, str) or not re.fullmatch(r"[0-9]{17}", app_id):
        raise _not_found()
    return app_id


def _not_found() -> HTTPException:
    return HTTPException(404, "application not found")
