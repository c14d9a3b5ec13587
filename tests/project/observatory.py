"""The score of a page in the MDN HTTP Observatory: its tests, as far as an answer shows them, and its modifiers.

All begin at 100; what is above counts only where nothing took more than ten away (`MINIMUM_SCORE_FOR_EXTRA_CREDIT`).
"""

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from http.cookies import Morsel
from urllib.parse import urlsplit

from django.http import HttpResponseBase

_BROAD = {"*", "http:", "https:", "ftp:", "http://*", "https://*", "http://*.*", "https://*.*"}
_UNSAFE = _BROAD | {"'unsafe-inline'", "data:"}
_PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
_SIX_MONTHS = 15_768_000


def score(answer: HttpResponseBase, origin: str) -> int:
    """Return the score of a page that was answered at `origin`."""
    given = modifiers(answer, origin)
    base = 100 + sum(value for value in given.values() if value < 0)
    return max(base + (sum(value for value in given.values() if value > 0) if base >= 90 else 0), 0)


def modifiers(answer: HttpResponseBase, origin: str) -> dict[str, int]:
    """Return what each test gives or takes. Redirection is tested by itself (`redirects_well`)."""
    csp = directives(answer.headers.get("Content-Security-Policy", ""))
    return {
        "content-security-policy": _policy(csp),
        "cookies": _cookies(answer.cookies),
        "cross-origin-resource-sharing": _sharing(answer),
        "referrer-policy": _referrer(answer),
        "strict-transport-security": _transport(answer.headers.get("Strict-Transport-Security", "")),
        "subresource-integrity": min(_scripts(answer, origin), default=0),
        "x-content-type-options": 0 if answer.headers.get("X-Content-Type-Options") == "nosniff" else -5,
        "x-frame-options": _frames(answer, csp),
        "cross-origin-resource-policy": {"same-origin": 10, "same-site": 10, "cross-origin": 0, None: 0}.get(
            answer.headers.get("Cross-Origin-Resource-Policy"), -5
        ),
    }


def redirects_well(answer: HttpResponseBase, host: str) -> bool:
    """Say whether an answer to plain http leads to the same host by https, as the first thing."""
    onward = urlsplit(answer.headers.get("Location", ""))
    return answer.status_code in {301, 302, 307, 308} and (onward.scheme, onward.netloc) == ("https", host)


def directives(header: str) -> dict[str, set[str]]:
    """Return a Content-Security-Policy as {directive: its sources}."""
    found = (part.split() for part in header.split(";") if part.strip())
    return {name: set(sources) for name, *sources in found}


def _policy(csp: Mapping[str, set[str]]) -> int:
    if not csp:
        return -25
    default = csp.get("default-src", {"*"})
    scripts, styles = csp.get("script-src", default), csp.get("style-src", default)
    if scripts & _UNSAFE or csp.get("object-src", default) & _BROAD:
        return -20
    if any(source.startswith(("http:", "ftp:")) for sources in csp.values() for source in sources):
        return -20
    if "'unsafe-eval'" in scripts | styles:
        return -10
    if styles & _UNSAFE:
        return 0
    return 10 if default == {"'none'"} else 5


def _cookies(cookies: Mapping[str, "Morsel[str]"]) -> int:
    worst = 5 if cookies else 0
    for name, cookie in cookies.items():
        session = "sess" in name.lower() or "login" in name.lower()
        if not cookie["secure"]:
            worst = min(worst, -40 if session else -20)
        if session and not cookie["httponly"]:
            worst = min(worst, -30)
        if not cookie["samesite"]:
            worst = min(worst, -20 if "csrf" in name.lower() else 0)
    return worst


def _sharing(answer: HttpResponseBase) -> int:
    return -50 if answer.headers.get("Access-Control-Allow-Credentials") == "true" else 0


def _referrer(answer: HttpResponseBase) -> int:
    said = answer.headers.get("Referrer-Policy")
    if said is None:
        return 0
    return 5 if said.split(",")[-1].strip() in _PRIVATE else -5


def _transport(header: str) -> int:
    age = re.search(r"max-age=(\d+)", header)
    if not age:
        return -20
    return 0 if int(age[1]) >= _SIX_MONTHS else -10


def _frames(answer: HttpResponseBase, csp: Mapping[str, set[str]]) -> int:
    if not csp.get("frame-ancestors", {"*"}) & _BROAD:
        return 5
    return 0 if answer.headers.get("X-Frame-Options") in {"DENY", "SAMEORIGIN"} else -20


class _Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and dict(attrs).get("src"):
            self.found.append(dict(attrs))


def _scripts(answer: HttpResponseBase, origin: str) -> Iterator[int]:
    page = _Scripts()
    page.feed(getattr(answer, "content", b"").decode(errors="replace"))
    for script in page.found:
        source = urlsplit(script["src"] or "")
        if source.netloc and f"{source.scheme}://{source.netloc}" != origin:
            yield (-5 if source.scheme == "https" else -50) if not script.get("integrity") else 5
