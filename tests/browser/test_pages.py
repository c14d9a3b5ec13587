"""Every page of the URL table: accessible (axe-core, WCAG 2.2 AA), and readable at 320 px without scrolling sideways.

Of light and dark, phone and desktop and four languages all pairs are met on residents' pages: in each language a page
is looked at in two of the four ways, and the languages take turns. On staff's pages each language has one of the ways.
What a page looks like does not depend on the database: with PostgreSQL each is seen in one language, in turn.
"""

import os
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, Page

from perron.core.language import LANGUAGES
from tests import making
from tests.browser.installation import Site
from tests.browser.pages import NO_PAGE, NO_PAGE_FAMILIES, RESIDENTS, STAFF

_PHONE, _DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
_EVEN, _ODD = [("light", _PHONE), ("dark", _DESKTOP)], [("light", _DESKTOP), ("dark", _PHONE)]
_TWO_WAYS = dict(zip(LANGUAGES, (_EVEN, _ODD, _EVEN, _ODD), strict=True))
_ONE_WAY = dict(zip(LANGUAGES, ([_EVEN[0]], [_ODD[0]], [_EVEN[1]], [_ODD[1]]), strict=True))
_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
_RUN = f"axe.run(document, {{runOnly: {_TAGS}, resultTypes: ['violations'], preload: false}})"
_WIDER = """() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && getComputedStyle(one).position !== "absolute")
  .map((one) => one.outerHTML.slice(0, 120)).slice(0, 3)"""


def test_every_route_has_an_example_page_or_says_why_not() -> None:
    routes = set(_routes(get_resolver()))
    pages = set(RESIDENTS) | set(STAFF)
    without = {name for name in routes if name in NO_PAGE or name.startswith(tuple(NO_PAGE_FAMILIES))}
    assert not (routes - pages - without), "add an example to tests/browser/pages.py"
    assert not ((pages | set(NO_PAGE)) - routes), "these routes are no more"
    assert not (pages & without), "either a page or none"


@pytest.mark.parametrize(("number", "path"), [*enumerate(path for paths in RESIDENTS.values() for path in paths)])
def test_residents_pages(residents: dict[str, Page], site: Site, number: int, path: str) -> None:
    problems = [
        found
        for language in _in_turn(number)
        for found in _look(residents[language], language, path, _TWO_WAYS[language], site)
    ]
    assert problems == []


@pytest.mark.parametrize(("number", "path"), [*enumerate(path for paths in STAFF.values() for path in paths)])
def test_staffs_pages(staff: dict[str, Page], site: Site, number: int, path: str) -> None:
    problems = [
        found
        for language in _in_turn(number)
        for found in _look(staff[language], language, path, _ONE_WAY[language], site)
    ]
    assert problems == []


def _in_turn(number: int) -> Sequence[str]:
    return [LANGUAGES[number % len(LANGUAGES)]] if os.environ.get("PERRON_DATABASE") else LANGUAGES


@pytest.fixture(scope="module")
def residents(chromium: Browser, site: Site) -> Iterator[dict[str, Page]]:
    """One visitor in each language."""
    pages = {language: _new_page(chromium, site) for language in LANGUAGES}
    yield pages
    for page in pages.values():
        page.context.close()


@pytest.fixture(scope="module")
def staff(chromium: Browser, site: Site) -> Iterator[dict[str, Page]]:
    """One signed-in operator in each language."""
    pages = {language: _new_page(chromium, site) for language in LANGUAGES}
    for language, page in pages.items():
        page.goto("/account/sign-in/")
        page.fill("[name=login]", f"operator-{language}@example.org")
        page.fill("[name=password]", making.PASSWORD)
        page.locator("main form button").click()
        page.wait_for_url("**/studio/**")
    yield pages
    for page in pages.values():
        page.context.close()


def _new_page(chromium: Browser, site: Site) -> Page:
    return chromium.new_context(base_url=site.origin, service_workers="block").new_page()


def _look(page: Page, language: str, path: str, ways: list[Any], site: Site) -> Iterator[str]:
    """Yield what is wrong with a page in a language, seen in these ways (colour scheme, size of the window)."""
    page.set_viewport_size(ways[0][1])
    own = {"reception": site.items.get(f"reception_{language}", "")}
    answer = page.goto(path.format(language=language, **own, **site.items))
    where = f"{page.url} ({language})"
    if answer is None or answer.status >= 500 or (answer.status >= 400 and "nothing" not in path):
        yield f"{where} answers {answer and answer.status}"
        return
    page.evaluate(Axe().axe_script)
    for scheme, size in ways:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size(size)
        for violation in page.evaluate(_RUN)["violations"]:
            yield f"{where} {scheme} {size['width']}: {_told(violation)}"
    yield from _sideways(page, where)


def _sideways(page: Page, where: str) -> Iterator[str]:
    page.set_viewport_size({"width": 320, "height": 640})
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > 320:
        yield f"{where} is {width} px wide at 320: {page.evaluate(_WIDER)}"


def _told(violation: dict[str, Any]) -> str:
    nodes = "; ".join(node["html"][:150] for node in violation["nodes"][:3])
    reason = violation["nodes"][0].get("failureSummary", "").replace("\n", " ")[:300]
    return f"{violation['id']}: {nodes} {reason}"


def _routes(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}"
        else:
            yield from _routes(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
