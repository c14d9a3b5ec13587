"""What answers when no view does: a page for people, a problem (RFC 9457) for programs."""

from django.http import HttpRequest, HttpResponseBase

from perron.reader.api.problems import problem
from perron.reader.sharing import allow_reading
from perron.screens import problems


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Answer what Django could not understand, or a host that is not ours."""
    if _is_for_programs(request):
        return allow_reading(problem(400, "This request cannot be understood, or names a host that is not here."))
    return problems.bad_request(request, exception)


def broken(request: HttpRequest) -> HttpResponseBase:
    """Answer when something went wrong on our side."""
    if _is_for_programs(request):
        return allow_reading(problem(500, "Something went wrong here, not with the request. Try again later."))
    return problems.broken(request)


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
