"""What the API answers when it cannot do what is asked: problem details (RFC 9457), in English."""

import json
import logging
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Schema
from ninja.errors import ValidationError
from pydantic import Field

from perron.core.errors import PerronError

MEDIA_TYPE = "application/problem+json"
# About as long as a database takes to start.
SECONDS_AWAY = "10"

_log = logging.getLogger(__name__)


class Issue(Schema):
    """One thing to change in the request."""

    name: str = Field(description="The parameter.")
    detail: str = Field(description="What is the matter with it.")


class Problem(Schema):
    """Problem details (RFC 9457)."""

    type: str = Field(description="Always about:blank: the status says it all.")
    title: str
    status: int = Field(ge=400, le=599)
    detail: str
    issues: list[Issue] = Field(default=[], description="What to change, where parameters are to blame.")


def problem(status: int, detail: str, issues: Sequence[Issue] = ()) -> HttpResponse:
    """Return the response for a refusal or failure; nobody keeps it."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "issues": [issue.model_dump() for issue in issues],
    }
    response = HttpResponse(json.dumps(body), status=status, content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    response["Content-Language"] = "en"
    return response


def handle(api: NinjaAPI) -> None:
    """Have `api` answer every exception with a problem."""
    answers: dict[type[Exception], Callable[..., HttpResponse]] = {
        ValidationError: _on_validation,
        PerronError: lambda _request, error: problem(error.status, error.message),
        Http404: lambda _request, _error: problem(404, "There is nothing at this address."),
        Exception: _on_failure,
    }
    for kind, answer in answers.items():
        api.add_exception_handler(kind, answer)


def unacceptable(issues: Sequence[Issue]) -> HttpResponse:
    """Return the response that names every parameter to change."""
    return problem(422, "; ".join(f"{issue.name}: {issue.detail}" for issue in issues), issues)


def _on_validation(_request: HttpRequest, error: Any) -> HttpResponse:
    return unacceptable([Issue(name=str(each["loc"][-1]), detail=each["msg"]) for each in error.errors])


def failure(error: BaseException | None) -> HttpResponse:
    """Return the response to what went wrong on our side."""
    status = 503 if is_away(error) else 500
    response = problem(status, "Something went wrong here, not with the request. Try again later.")
    if status == 503:
        response["Retry-After"] = SECONDS_AWAY
    return response


def is_away(error: BaseException | None) -> bool:
    """Say whether it is the database that cannot be reached, which comes back: proxies and programs try again."""
    return isinstance(error, OperationalError | InterfaceError)


def _on_failure(_request: HttpRequest, error: Exception) -> HttpResponse:
    _log.error("The API failed.", exc_info=error)
    return failure(error)
