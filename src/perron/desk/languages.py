"""Documents that are printed or sent can be had in each language, whatever language the desk speaks."""

from django.http import HttpRequest
from django.utils.translation import get_language

from perron.core.language import LANGUAGES, NAMES


def language_of(request: HttpRequest) -> str:
    """Return the language that the address asks for (`?language=nl`), else that of the page."""
    asked = request.GET.get("language", "")
    return asked if asked in LANGUAGES else get_language() or LANGUAGES[0]


def offered(request: HttpRequest) -> list[tuple[str, str, bool]]:
    """Return each language's code and own name, and whether it is the present one."""
    return [(code, NAMES[code], code == language_of(request)) for code in LANGUAGES]
