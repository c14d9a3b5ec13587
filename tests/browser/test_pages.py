"""Every page of the URL table: accessible (axe-core, WCAG 2.2 AA), and readable at 320 px without scrolling sideways.

Residents' pages are looked at in German, whose words are the longest, and in one of the other languages, staff's in
one; these take turns, and so do light and dark, phone and desktop.
"""

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import URLPattern, URLResolver, get_resolver
from playwright.sync_api import Browser, Page

from perron.core.language import LANGUAGES
from tests.browser.installation import Site, sign_in
from tests.browser.no_pages import NO_PAGE, NO_PAGE_FAMILIES
from tests.browser.pages import RESIDENTS, STAFF

pytestmark = pytest.mark.once

_PHONE, _DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
type Way = tuple[Literal["light", "dark"], Any]
_WAYS: list[Way] = [
    ("light", _PHONE),
    ("light", _DESKTOP),
    ("dark", _DESKTOP),
    ("dark", _PHONE),
]
_OTHERS = [language for language in LANGUAGES if language != "de"]
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
    looks = [("de", _WAYS[number % 4]), (_OTHERS[number % 3], _WAYS[(number + 2) % 4])]
    problems = [found for language, way in looks for found in _look(residents[language], language, path, way, site)]
    assert problems == []


@pytest.mark.parametrize(("number", "path"), [*enumerate(path for paths in STAFF.values() for path in paths)])
def test_staffs_pages(staff: dict[str, Page], site: Site, number: int, path: str) -> None:
    # Half of them in German.
    language = _OTHERS[number // 2 % 3] if number % 2 else "de"
    assert list(_look(staff[language], language, path, _WAYS[number // 2 % 4], site)) == []


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
        sign_in(page.context, site, f"operator-{language}@example.org")
    yield pages
    for page in pages.values():
        page.context.close()


def _new_page(chromium: Browser, site: Site) -> Page:
    return chromium.new_context(base_url=site.origin, service_workers="block").new_page()


def _look(page: Page, language: str, path: str, way: Way, site: Site) -> Iterator[str]:
    """Yield what is wrong with a page in a language, seen in this way."""
    scheme, size = way
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    own = {name: site.items.get(f"{name}_{language}", "") for name in ("reception", "app")}
    answer = page.goto(path.format(language=language, **own, **site.items))
    where = f"{page.url} ({language})"
    if answer is None or answer.status >= 500 or (answer.status >= 400 and "nothing" not in path):
        yield f"{where} answers {answer and answer.status}"
        return
    page.evaluate(Axe().axe_script)
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
