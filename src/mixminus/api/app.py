"""The REST API as one Starlette application."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from .answers import answer, error
from .applications import Applications
from .auth import Authentication
from .numbers import Numbers
from .ports import ApiServices
from .resource import routes


def create_app(services: ApiServices) -> Starlette:
    """Return the application. Everything but /healthz needs HTTP Basic; every error is JSON."""

    async def healthz(_: Request) -> Response:
        health = services.health()
        return answer(200 if health.ok else 503, {"status": health.status})

    app = Starlette(
        routes=[
            *routes("/healthz/", GET=healthz),
            *Applications(services).routes(),
            *Numbers(services).routes(),
        ],
        middleware=[Middleware(Authentication, credentials=services.credentials)],
        exception_handlers={HTTPException: _declared, 500: _bug},
    )
    # A redirect makes the SDKs send a POST again as GET; both spellings are served instead.
    app.router.redirect_slashes = False
    return app


async def _declared(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    text = "resource not found" if problem.detail == "Not Found" else problem.detail
    return error(problem.status_code, text, problem.headers)


async def _bug(_: Request, __: Exception) -> Response:
    # Starlette raises it again after this answer, so the server logs where it happened.
    return error(500, "internal server error")
