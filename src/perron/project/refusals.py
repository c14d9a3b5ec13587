"""What answers when no view does: a page for people, a problem (RFC 9457) for programs."""

import sys

from django.http import HttpRequest, HttpResponseBase

from perron.reader.api.problems import SECONDS_AWAY, failure, is_away, problem
from perron.reader.sharing import allow_reading
from perron.screens import problems


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what Django could not understand, or a host that is not ours."""
    if _is_for_programs(request):
        return allow_reading(problem(400, "This request cannot be understood, or names a host that is not here."))
    return problems.bad_request(request, exception)


def broken(request: HttpRequest) -> HttpResponseBase:
    """Answer when something went wrong on our side, or the database is away."""
    error = sys.exception()
    if _is_for_programs(request):
        return allow_reading(failure(error))
    answer = problems.broken(request)
    if is_away(error):
        answer.status_code = 503
        answer["Retry-After"] = SECONDS_AWAY
    return answer


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
