"""What other programs need of an address: readable from any web page, by GET and HEAD, never with credentials."""

from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

from perron.reader.public import METHODS, View


def for_programs(view: View) -> View:
    """Let scripts of every site read what a view answers; to OPTIONS, the CORS protocol's question, too.

    Credentials are never allowed: these answers are the same for everybody.
    """

    @wraps(view)
    def shared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return allow_reading(view(request, *args, **kwargs))

    return shared


def allow_reading(response: HttpResponseBase) -> HttpResponseBase:
    """Let scripts of every site read this response."""
    response["Access-Control-Allow-Origin"] = "*"
    response["Access-Control-Allow-Methods"] = ", ".join(METHODS)
    response["Access-Control-Allow-Headers"] = "*"
    response["Access-Control-Expose-Headers"] = "Content-Language, ETag, Link"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
