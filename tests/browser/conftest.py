"""One real server and one Chromium for all browser tests of a process."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.installation import Site, find_chromium, launched, served, sign_in

_KEY = "perron:front:following"
# As long as the pages are waited for: a busy machine answers late, and what is wrong stays wrong.
expect.set_options(timeout=10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark them all; under xdist, one process has the server and the browser.

    A busy machine can keep a browser from answering in time: such a test runs once more, and the closing line says so.
    The site is the same then: what a test writes there has another name each time it runs (`attempt`).
    """
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site with the content of `town.py`, served as `perron serve` does."""
    with served(tmp_path_factory.mktemp("browser")) as site:
        yield site


@pytest.fixture(scope="session")
def playwright(django_db_setup: None) -> Iterator[Playwright]:
    """What drives browsers."""
    # Playwright keeps an event loop in this thread; to Django every later query would look like one from inside it,
    # and gets a connection of its own. Each world closes its connection, else the test database cannot be dropped.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    connections.close_all()
    with sync_playwright() as playwright:
        yield playwright
        connections.close_all()


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium. Where there is none and none can be installed, the tests are skipped, but not in CI."""
    with launched(playwright, find_chromium()) as browser:
        yield browser


@pytest.fixture
def attempt(request: pytest.FixtureRequest) -> int:
    """How often this test has run already, and left what it did on the site."""
    return int(getattr(request.node, "execution_count", 1)) - 1


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page as a new visitor would, with the context's options as keywords.

    With `follows`, the device follows these communities already; `who` is signed in there. Afterwards the test fails
    if a page asked another host, had a script error or broke the content policy.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def opened(
        path: str = "/fr/", *, follows: Sequence[str] = (), who: str = "", expect_errors: bool = False, **options: Any
    ) -> Page:
        context = chromium.new_context(base_url=site.origin, **({"locale": "fr-BE"} | options))
        if who:
            sign_in(context, site, who)
        context.set_default_timeout(10_000)
        contexts.append(context)
        if follows:
            choice = json.dumps({"communities": list(follows), "topics": []})
            context.add_init_script(f"localStorage.getItem({_KEY!r}) ?? localStorage.setItem({_KEY!r}, {choice!r})")
        page = context.new_page()
        page.on("request", lambda request: _check_host(request.url, site.origin, troubles))
        if not expect_errors:
            page.on("pageerror", lambda error: troubles.append(f"{page.url}: {error}"))
            page.on("console", lambda message: _check_console(message.text, troubles))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def _check_host(address: str, origin: str, troubles: list[str]) -> None:
    if urlsplit(address).scheme not in {"data", "blob"} and not address.startswith(f"{origin}/"):
        troubles.append(f"asked another host: {address}")


def _check_console(text: str, troubles: list[str]) -> None:
    if "Content Security Policy" in text or "Uncaught" in text:
        troubles.append(text)
