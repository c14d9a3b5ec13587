"""How a refusal is shown: one page for people, decided in one place."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix
from django.utils.html import format_html
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from perron.core.errors import PerronError, TooMany
from perron.core.language import LANGUAGES

# What a refusal is, in a few words; its own sentence stands below.
_HEADINGS = {
    403: gettext_lazy("Not open to you"),
    404: gettext_lazy("Not found"),
    409: gettext_lazy("Not possible now"),
    410: gettext_lazy("No longer there"),
    413: gettext_lazy("Too large"),
    422: gettext_lazy("Not accepted"),
    429: gettext_lazy("Too much at once"),
    507: gettext_lazy("Not stored"),
}


class ProblemMiddleware:
    """Turns a `PerronError` that a view let through into a page with its status and its sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer with the problem's page; anything unexpected goes on to the log."""
        if isinstance(exception, PerronError):
            answer = problem(request, exception.message, status=exception.status)
            if isinstance(exception, TooMany):
                answer["Retry-After"] = str(exception.seconds)
            return answer
        return None


def problem(request: HttpRequest, message: str, *, status: int, advice: str = "") -> HttpResponse:
    """Return the page that says what is the matter and where to go on; with `advice`, `message` is its heading."""
    first = request.path_info.removeprefix("/").partition("/")[0]
    # Staff go back to their own door, residents to today in their language.
    is_staffs = first in {"studio", "desk"}
    door = first if is_staffs else get_language() or LANGUAGES[0]
    context = {
        "heading": message if advice else _HEADINGS.get(status, message),
        "message": advice or (message if status in _HEADINGS else ""),
        "status": status,
        "front": f"{get_script_prefix()}{door}/",
        "is_staffs": is_staffs,
    }
    return render(request, "screens/problem.html", context, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 Django passes it
    """Answer a form whose origin could not be checked."""
    return problem(request, _("This page was open for too long. Go back, reload it and send it again."), status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django passes it
    """Answer what Django could not understand."""
    return problem(request, _("This request cannot be understood."), status=400)


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django passes it
    """Answer what Django itself refuses."""
    return problem(request, _("You may not open this page."), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 Django passes it
    """Answer an address that leads nowhere."""
    advice = _("If you typed it, look at it once more. If a link led you here, what it led to has moved or ended.")
    return problem(request, _("There is nothing at this address."), status=404, advice=advice)


def broken(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django passes it
    """Answer when something went wrong on our side; the log says what. Without a template, which may be what broke."""
    page = format_html(
        '<!doctype html><html lang="{}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="robots" content="noindex"><title>{}</title><h1>{}</h1><p>{}</p></html>',
        get_language() or LANGUAGES[0],
        _("Something went wrong on our side."),
        _("Something went wrong on our side."),
        _("It has been noted. Try again in a minute."),
    )
    return HttpResponse(page, status=500)
