"""No route takes a post that another site had a browser send, nor leads to another site: from the table of URLs."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.backends.django import Template
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils.csp import CSP

from perron.accounts.models import Person
from perron.communities.roles import Role
from perron.project.settings import SECURE_CSP
from tests import making

# Posts that carry no cookie of anybody, and why.
FOR_PROGRAMS = {
    "account:incoming": "another installation sends a copy, with the token that the person gave it",
    "reader:subscription-stop": "a mail program ends a subscription by the key that only its messages have (RFC 8058)",
    "reader:newsletter-stop": "the same for the operator's news",
}
_FILLED = {"uuid": "018f0000-0000-7000-8000-000000000000", "int": "1", "language": "fr", "day": "2026-01-01"}
_REAL = {"community": "liege", "partner": "ville", "platform": "front", "colour": "004d40", "uidb36": "1", "key": "x"}


def _routes(patterns: Any = None, prefix: str = "/", name: str = "") -> Iterator[tuple[str, str, URLPattern]]:
    for each in get_resolver().url_patterns if patterns is None else patterns:
        part = str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, prefix + part, f"{each.namespace}:" if each.namespace else name)
        else:
            yield f"{name}{each.name}", prefix + part, each


def _path(route: str) -> str:
    if "(?P" in route:
        route = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda found: _REAL[found[1]], route)
        return re.sub(r"[\^$\\]", "", route)
    return re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: _REAL.get(found[2]) or _FILLED.get(found[1] or "", "x"), route)


ROUTES = list(_routes())


@pytest.mark.django_db
@pytest.mark.once
def test_every_route_refuses_what_another_site_posts() -> None:
    # One client for all: a refused post changes nothing, and the first that is not refused is the failure.
    client = Client(enforce_csrf_checks=True)
    client.force_login(making.person("operator@example.org", role=Role.ADMINISTRATOR))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    making.platform(making.community())
    taken: dict[str, Any] = {}
    for name, route, _pattern in ROUTES:
        if name in FOR_PROGRAMS:
            continue
        for headers in ({"origin": "https://evil.example", "sec-fetch-site": "cross-site"}, {"origin": "null"}):
            assert client.cookies[settings.SESSION_COOKIE_NAME].value == session, f"signed out before {name}"
            answer = client.post(_path(route), {"any": "thing"}, headers=headers)
            # Refused for where it comes from, or nothing that posts at all.
            if answer.status_code not in {403, 405}:
                taken[f"{name} {headers}"] = answer.status_code
    assert taken == {}
    assert len(ROUTES) > 150


@pytest.mark.django_db
@pytest.mark.once
def test_a_post_without_a_token_is_refused_wherever_a_cookie_says_who_it_is() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(making.person("operator@example.org", role=Role.ADMINISTRATOR))
    making.platform(making.community())
    staff = [(name, route) for name, route, _pattern in ROUTES if route.startswith(("/desk/", "/studio/"))]
    assert len(staff) > 90
    taken = {
        name: answer.status_code
        for name, route in staff
        if (answer := client.post(_path(route), {"any": "thing"})).status_code not in {403, 405}
    }
    assert taken == {}


@pytest.mark.once
def test_whoever_is_exempt_from_djangos_check_has_another_one() -> None:
    """A view that is exempt reads only, or looks by itself where a post comes from."""
    foreign = RequestFactory().post("/", headers={"sec-fetch-site": "cross-site", "origin": "https://evil.example"})
    for name, _route, pattern in ROUTES:
        if not getattr(pattern.callback, "csrf_exempt", False) or name in FOR_PROGRAMS:
            continue
        assert _refuses(pattern, foreign), name


def _refuses(pattern: URLPattern, foreign: HttpRequest) -> bool:
    names = re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))
    try:
        answer = pattern.callback(foreign, **dict.fromkeys(names, "x"))
    except Exception as refusal:  # noqa: BLE001 whatever it is, the view did not go on
        return type(refusal).__name__ == "NotAllowed"
    return isinstance(answer, HttpResponse) and answer.status_code == 405


HOSTILE = ["//evil.example", "https:evil.example", "https://evil.example/", r"\\evil.example", r"/\evil.example",
           "javascript:alert(1)", "https:///evil.example", "\t//evil.example", "http:/\\evil.example"]  # fmt: skip
PARAMETERS = ["next", "url", "return", "redirect", "to", "continue", "onward", "from", "back"]


@pytest.mark.django_db
@pytest.mark.once
def test_no_route_leads_to_another_site(monkeypatch: pytest.MonkeyPatch) -> None:
    # Where an answer leads is in its headers: what its page says would take most of the time.
    monkeypatch.setattr(Template, "render", lambda *_args, **_context: "")
    making.platform(making.community())
    person: Person = making.person("operator@example.org", role=Role.ADMINISTRATOR)
    staff, anybody = Client(), Client()
    led: dict[str, str] = {}
    onward: set[tuple[str, str]] = set()
    staff.force_login(person)
    for name, route, _pattern in ROUTES:
        client = staff if route.startswith(("/desk/", "/studio/")) else anybody
        for asked in ["/fr/onward/", HOSTILE[0]]:
            where = _where(client, route, asked)
            onward |= {(name, route) for each in where if each == "/fr/onward/"}
            led |= {f"{name} {asked}": each for each in where if _leads_away(each)}
    # Signing in, and the question why, lead on to where somebody was.
    assert {name for name, _route in onward} >= {"account_login", "desk:reason"}
    for name, route in onward:
        for hostile in HOSTILE:
            client = staff if route.startswith(("/desk/", "/studio/")) else Client()
            led |= {f"{name} {hostile}": each for each in _where(client, route, hostile) if _leads_away(each)}
    assert led == {}


def _where(client: Client, route: str, asked: str) -> list[str]:
    """Return where the answers to a form and to a page lead that carry `asked` in every parameter that could."""
    query = "&".join(f"{parameter}={quote(asked)}" for parameter in PARAMETERS)
    own = {"login": "operator@example.org", "password": making.PASSWORD, "language": "nl", "why": "support case 4711"}
    path = f"{_path(route)}?{query}"
    answers: list[Any] = [client.get(path), client.post(path, dict.fromkeys(PARAMETERS, asked) | own)]
    return [answer.headers.get("Location", "") for answer in answers]


def _leads_away(location: str) -> bool:
    """Say whether a browser that follows `location` from here leaves: it takes `\\` for `/`, and drops white space."""
    seen = re.sub(r"[\t\r\n]", "", location).strip().replace("\\", "/")
    # The way to a partner's own sign-in begins at the installation's own address, whichever host was asked.
    seen = re.sub(rf"^(https?://testserver|{re.escape(settings.PERRON_ORIGIN)})(?=[/?#]|$)", "", seen)
    return seen.startswith("//") or bool(re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", seen))


@pytest.mark.once
def test_a_form_is_sent_to_this_site_alone() -> None:
    assert SECURE_CSP["form-action"] == [CSP.SELF]
    assert SECURE_CSP["base-uri"] == [CSP.NONE]
