"""Every page as it is served over https: A+ in the MDN HTTP Observatory, and nothing inline."""

import importlib.util
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.project import settings as development
from tests import making
from tests.browser import town
from tests.browser.pages import RESIDENTS, STAFF
from tests.project.observatory import directives, modifiers, redirects_well, score

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ORIGIN = "https://app.example.org"
PROXIED = {"host": "app.example.org", "x-forwarded-proto": "https"}
# The page that any site may frame loses what not being framed is worth, and no more.
FRAMED = {"reader:widget"}
# A mail as it will be read has its style with it, and may bring nothing else.
MAIL = "/preview/fr/mail/"
OWN = ("PERRON_ORIGIN", "PERRON_DEVICE_COOKIE")
_INLINE = re.compile(
    r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\ssrc=)(?![^>]*application/(?:ld\+)?json)", re.IGNORECASE
)


@pytest.fixture
def production(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Client:
    """What an installation behind https has for settings, and a browser that reaches it so."""
    monkeypatch.setenv("PERRON_ORIGIN", ORIGIN)
    spec = importlib.util.spec_from_file_location("production_settings", development.__file__)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in dir(module):
        if name.startswith(("SECURE_", "SESSION_COOKIE", "CSRF_", "LANGUAGE_COOKIE", "X_FRAME", *OWN)):
            setattr(settings, name, getattr(module, name))
    settings.PERRON_HOSTS = ["app.example.org"]
    return Client(headers=PROXIED)


def _pages(items: dict[str, str]) -> Iterator[tuple[str, str]]:
    own = {name: items[f"{name}_fr"] for name in ("reception", "app")}
    for name, paths in (RESIDENTS | STAFF).items():
        for path in paths:
            yield name, path.partition("#")[0].format(language="fr", **own, **items)


def _opened(client: Client, path: str) -> HttpResponse:
    answer: Any = client.get(path)
    while answer.status_code in {301, 302}:
        answer = client.get(answer["Location"].removeprefix(ORIGIN))
    return answer  # type: ignore[no-any-return]


def test_every_page_gets_a_plus_and_has_nothing_inline(production: Client) -> None:
    items = town.make()
    staff, anybody = production, Client(headers=PROXIED)
    staff.force_login(Person.objects.get(email="operator-fr@example.org"))
    worst, inline, seen = {}, {}, 0
    for name, path in _pages(items):
        answer = _opened(anybody if name in RESIDENTS else staff, path)
        assert answer.status_code in {200, 404, 410}, path
        seen += 1
        if score(answer, ORIGIN) < (80 if name in FRAMED else 100):
            worst[path] = modifiers(answer, ORIGIN)
        if path.endswith(MAIL):
            assert directives(answer.headers["Content-Security-Policy"]) == {
                "default-src": {"'none'"}, "script-src": {"'none'"}, "style-src": {"'unsafe-inline'"},
                "frame-ancestors": {"'self'"},
            }  # fmt: skip
        elif found := _INLINE.search(answer.content.decode()):
            inline[path] = answer.content.decode()[max(found.start() - 60, 0) : found.end() + 60]
    assert worst == {}
    assert inline == {}
    assert seen > 120


def test_cookies_belong_to_this_host_alone_and_to_https(production: Client) -> None:
    making.person("anne@example.org")
    signed_in = production.post("/account/sign-in/", {"login": "anne@example.org", "password": making.PASSWORD})
    assert signed_in.status_code == 302
    production.post("/account/language/", {"language": "nl"})
    production.get("/account/sign-in/")
    assert set(production.cookies) >= {"__Host-session", "__Host-csrf"}
    for name, cookie in production.cookies.items():
        assert name.startswith("__Host-"), name
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", ""), name
        assert cookie["samesite"] in {"Lax", "Strict"}, name
        assert cookie["httponly"] or name == "__Host-language", name


@pytest.mark.parametrize("path", ["/fr/", "/account/sign-in/", "/nothing/here", "/api/v1/", "/media/images/1/2.webp"])
def test_plain_http_leads_to_https_on_the_same_host_at_once(production: Client, path: str) -> None:
    answer = Client(headers={"host": "app.example.org", "x-forwarded-proto": "http"}).get(path)
    assert redirects_well(answer, "app.example.org")
    secured = production.get(path)
    assert re.fullmatch(r"max-age=31536000; includeSubDomains; preload", secured["Strict-Transport-Security"])


def test_the_score_finds_what_is_missing() -> None:
    bare = HttpResponse("<script src=http://evil.example/x.js></script>")
    bare.set_cookie("session", "1")
    assert score(bare, ORIGIN) == 0
    assert modifiers(bare, ORIGIN)["subresource-integrity"] == -50
    good = HttpResponse(
        headers={
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
            "Strict-Transport-Security": "max-age=31536000",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
    )
    assert score(good, ORIGIN) == 130
    good["Content-Security-Policy"] = "default-src 'self' 'unsafe-inline'"
    # Below 90 no bonus counts.
    assert score(good, ORIGIN) == 60
    assert directives("default-src 'none'; img-src 'self' data:")["img-src"] == {"'self'", "data:"}
