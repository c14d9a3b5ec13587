"""Limits what is searched from one address, before the edge takes from a request what tells visitors apart."""

import re
from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse

from perron.project.edge.layer import Application, StartResponse
from perron.reader.api.problems import problem as api_problem
from perron.screens.limits import SEARCHING, too_many
from perron.screens.problems import problem

_SEARCHES = re.compile(r"(?:/p/[^/]+)?/(?:[a-z]{2}/(?:[^/]+/)?search(?:/|\.json)|api/v1/items/?)")
_WAIT = "perron.wait"


class Limits:
    """WSGI around the edge: who searches too much is answered by Django at once, past the edge and its pages."""

    def __init__(self, edge: Application, beyond: Application) -> None:
        self._edge, self._beyond = edge, beyond

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Pass on, or have it refused."""
        searches = "q=" in environ.get("QUERY_STRING", "") and _SEARCHES.fullmatch(environ["PATH_INFO"])
        if searches and (seconds := SEARCHING.wait(environ)):
            return self._beyond(environ | {_WAIT: seconds}, start_response)
        return self._edge(environ, start_response)


class LimitsMiddleware:
    """Says so, in the language of the page that was asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Refuse what the layer outside found to be too much."""
        if not (seconds := request.META.get(_WAIT)):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            answer = api_problem(429, "Too many searches came from your address. Wait, then try again.")
        else:
            answer = problem(request, too_many(), status=429)
        answer["Retry-After"] = str(seconds)
        return answer
