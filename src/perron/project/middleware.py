"""What every answer says to the browser, and what sets the staff's pages apart: their language, and not being kept."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from perron.accounts.devices import SEEN
from perron.accounts.models import Person
from perron.channels.webhook.sending import LOOP_HEADER, own_name
from perron.core.clock import today
from perron.core.language import LANGUAGES

_STAFF = {"studio", "desk", "account"}
# The only ability that a page asks for is the position, to find the nearest commune; it never leaves the device.
_PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(self), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=()"
)


class LoopMiddleware:
    """Answers 508 to what this installation sent itself: a webhook that somebody's server passes on to us
    (RFC 8586 §2)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Look who passed the request on before anything else is done with it."""
        passed_on_by = {name.split(";")[0].strip() for name in request.headers.get(LOOP_HEADER, "").split(",")}
        if own_name() in passed_on_by:
            return HttpResponse("This request comes from here.\n", status=508, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


class LanguageMiddleware:
    """Activates the language of the path, else the signed-in person's, else the browser's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the chosen language."""
        with translation.override(_language(request)):
            return self.get_response(request)


class StaffPagesMiddleware:
    """Forbids browsers and proxies to keep what the staff sees, refusals included."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, never to be kept."""
        response = self.get_response(request)
        if _first(request) in _STAFF:
            response["Cache-Control"] = "no-store"
        return response


class SeenTodayMiddleware:
    """Notes in the session of somebody signed in on which day it was last used: one write a day."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a session that was not begun by signing in says nothing.

        Residents' pages are the same for everybody: whoever looks at a session there keeps the edge from keeping them.
        """
        if _first(request) in _STAFF and request.session.get(SEEN, day := today().isoformat()) != day:
            request.session[SEEN] = day
        return self.get_response(request)


class BrowserPolicyMiddleware:
    """Says which of a browser's abilities pages use, and that other sites may embed pictures and files only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Add the headers where a view did not set its own."""
        response = self.get_response(request)
        response.setdefault("Permissions-Policy", _PERMISSIONS)
        embeddable = request.path_info.startswith("/media/")
        response.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if embeddable else "same-origin")
        return response


def _language(request: HttpRequest) -> str:
    first = _first(request)
    if first in LANGUAGES:
        return first
    if first in _STAFF:
        if isinstance(request.user, Person):
            return request.user.language
        return translation.get_language_from_request(request)
    return LANGUAGES[0]


def _first(request: HttpRequest) -> str:
    # "OPTIONS *" asks for no path at all (RFC 9110 §9.3.7).
    return request.path_info.removeprefix("/").partition("/")[0]
