"""The Number resource (reference §1.9). The operator owns the server, so numbers are named, not bought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from .answers import answer, no_content
from .bodies import parameters
from .fields import MAX_NUMBER_DIGITS, NumberFields, checked, digits
from .paging import list_body, wanted_page
from .ports import ApiServices, NumberRecord
from .resource import routes

MAX_NUMBERS = 100
"""One request writes all its numbers in one transaction, which must not hold up others."""


class Numbers:
    """Create, show, list, change and delete numbers."""

    def __init__(self, services: ApiServices) -> None:
        self._store = services.store
        self._account_uri = services.account_uri
        self._uri = f"{services.account_uri}Number/"

    def routes(self) -> list[BaseRoute]:
        """Return the routes of the list and of one number."""
        return [
            *routes(self._uri, GET=self.show_page, POST=self.create),
            *routes(f"{self._uri}{{number}}/", GET=self.show, POST=self.update, DELETE=self.delete),
        ]

    async def create(self, request: Request) -> Response:
        """Create the numbers that `numbers` (a list, or text with commas) or `number` names, or change them."""
        given = await parameters(request)
        wanted = _named(given)
        await self._put(wanted, given)
        created = [{"number": number, "status": "Success"} for number in wanted]
        return answer(201, {"message": "created", "numbers": created})

    async def show_page(self, request: Request) -> Response:
        """Show a page of them, newest first."""
        query = request.query_params
        page = wanted_page(query)
        records, total = await self._store.numbers(
            number_prefix=query.get("number_startswith", "").removeprefix("+"),
            alias=query.get("alias", ""),
            subaccount=query.get("subaccount", ""),
            limit=page.limit,
            offset=page.offset,
        )
        objects = [self._shown(record) for record in records]
        return answer(200, list_body(self._uri, query, page, objects, total))

    async def show(self, request: Request) -> Response:
        """Show one."""
        record = await self._store.number(_number(request))
        if record is None:
            raise _not_found()
        return answer(200, self._shown(record))

    async def update(self, request: Request) -> Response:
        """Change what is given; an unknown number is created."""
        number = digits(request.path_params["number"])
        if number is None:
            raise _invalid("number")
        await self._put([number], await parameters(request))
        return answer(202, {"message": "changed"})

    async def delete(self, request: Request) -> Response:
        """Forget one."""
        if not await self._store.delete_number(_number(request)):
            raise _not_found()
        return no_content()

    async def _put(self, wanted: Sequence[str], given: Mapping[str, object]) -> None:
        if not await self._store.put_numbers(wanted, checked(given, NumberFields)):
            raise HTTPException(400, "Invalid value provided for app_id. There is no application with this id.")

    def _shown(self, record: NumberRecord) -> dict[str, object]:
        fields = record.fields
        app_id, subaccount = fields["app_id"], fields["subaccount"]
        return {
            "active": True,
            "added_on": record.added_on.isoformat(),
            "alias": fields["alias"] or None,
            "application": f"{self._account_uri}Application/{app_id}/" if app_id else None,
            "carrier": fields["carrier"],
            "city": None,
            "cnam_lookup": None,
            "compliance_application_id": None,
            "compliance_status": None,
            "country": None,
            "mms_enabled": False,
            "mms_rate": None,
            "monthly_rental_rate": "0.00000",
            "number": record.number,
            "number_type": fields["number_type"],
            "region": fields["region"],
            "renewal_date": None,
            "resource_uri": f"{self._uri}{record.number}/",
            "sms_enabled": False,
            "sms_rate": None,
            "sub_account": f"/v1/Account/{subaccount}/" if subaccount else None,
            "tendlc_campaign_id": None,
            "tendlc_registration_status": None,
            "toll_free_sms_verification": None,
            "voice_enabled": True,
            "voice_rate": "0.00000",
        }


def _named(given: Mapping[str, object]) -> Sequence[str]:
    name = "number" if given.get("numbers") is None else "numbers"
    value = given.get(name)
    if value in (None, "", []):
        raise HTTPException(400, "numbers is a mandatory param.")
    items = value if isinstance(value, list) else str(value).split(",")
    if len(items) > MAX_NUMBERS:
        raise HTTPException(400, f"{name} can be maximum {MAX_NUMBERS} numbers long.")
    wanted = [digits(str(item).strip()) for item in items]
    # A number named twice is one number.
    found = tuple(dict.fromkeys(number for number in wanted if number is not None))
    if None in wanted:
        raise _invalid(name)
    return found


def _number(request: Request) -> str:
    number = digits(request.path_params["number"])
    if number is None:
        raise _not_found()
    return number


def _invalid(name: str) -> HTTPException:
    return HTTPException(
        400, f"Invalid value provided for {name}. {name} expects 1 to {MAX_NUMBER_DIGITS} digits, with or without +."
    )


def _not_found() -> HTTPException:
    return HTTPException(404, "number not found")
