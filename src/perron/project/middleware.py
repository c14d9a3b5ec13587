"""What every answer says to the browser, and what sets the staff's pages apart: their language, and not being kept."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from perron.accounts.models import Person
from perron.core.language import LANGUAGES

_STAFF = {"studio", "desk", "account"}
# The only ability that a page asks for is the position, to find the nearest commune; it never leaves the device.
_PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(self), gyroscope=(), magnetometer=(), "
    "microphone=(), midi=(), payment=(), usb=()"
)


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
    return request.path_info.split("/", 2)[1]
