"""The API at `/api/v1/`: every route as others may use it, and a problem for whatever is not there."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.utils import translation

from perron.core.errors import PerronError
from perron.reader.api import describing
from perron.reader.api.problems import Issue, problem, unacceptable
from perron.reader.api.routes import api
from perron.reader.public import METHODS, View, at_the_edge
from perron.reader.sharing import allow_reading


def _door(view: Callable[..., HttpResponseBase], *parameters: str) -> View:
    """Let anybody read a view's answers from anywhere; refuse other methods, and parameters it does not know."""
    read = at_the_edge(*parameters)(view)

    @wraps(read)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with translation.override("en"):
            response = _refusal(request, parameters)
            if response is None:
                # Whoever asks for the head gets that of the same answer; the edge leaves the body out.
                request.method = "GET" if request.method == "HEAD" else request.method
                try:
                    response = read(request, *args, **kwargs)
                except PerronError as error:
                    response = problem(error.status, error.message)
        return allow_reading(response)

    return answer


def _refusal(request: HttpRequest, parameters: tuple[str, ...]) -> HttpResponseBase | None:
    if request.method not in METHODS:
        refusal = problem(405, f"This address only reads: {', '.join(METHODS)}.")
        refusal["Allow"] = ", ".join(METHODS)
        return refusal
    if request.method == "OPTIONS":
        return None
    issues = [Issue(name=name, detail="is not known here") for name in request.GET if name not in parameters]
    issues += [Issue(name=name, detail="may be given once") for name, values in request.GET.lists() if len(values) > 1]
    return unacceptable(issues) if issues else None


def _nothing(_request: HttpRequest) -> HttpResponse:
    return problem(404, "There is nothing at this address. See /api/v1/docs.")


_parameters = describing.parameters()

urlpatterns: list[URLPattern] = [
    path("v1/openapi.json", _door(describing.openapi), name="api-openapi"),
    path("v1/docs", _door(describing.page), name="api-docs"),
    *(
        path(f"v1/{pattern.pattern}", _door(pattern.callback, *_parameters[pattern.name]), name=f"api-{pattern.name}")
        for pattern in api.urls[0]
        if isinstance(pattern, URLPattern) and pattern.name in _parameters
    ),
    re_path(r"", _door(_nothing), name="api-nothing"),
]
