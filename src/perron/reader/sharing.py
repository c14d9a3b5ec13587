"""What other programs need of an address: readable from any web page, by GET and HEAD, never with credentials."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed

type View = Callable[..., HttpResponseBase]

METHODS = ("GET", "HEAD", "OPTIONS")


def for_programs(view: View) -> View:
    """Answer GET and HEAD, and what browsers ask before them (Fetch standard, CORS protocol); refuse the rest.

    Credentials are never allowed: these answers are the same for everybody.
    """

    @wraps(view)
    def shared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase
        if request.method == "OPTIONS":
            response = HttpResponse(status=204, headers={"Allow": ", ".join(METHODS)})
        elif request.method in METHODS:
            response = view(request, *args, **kwargs)
        else:
            response = HttpResponseNotAllowed(METHODS)
        return allow_reading(response)

    return shared


def allow_reading(response: HttpResponseBase) -> HttpResponseBase:
    """Let scripts of every site read this response."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response["Access-Control-Allow-Headers"] = "*"
    response["Access-Control-Expose-Headers"] = "Content-Language, ETag, Link"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
