"""The element inside somebody else's page, and the display that nobody touches."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Site

pytestmark = pytest.mark.once

# As strict as a careful commune's: it lets the platform's script and its answers in, and nothing inline.
POLICY = "default-src 'none'; script-src {0}; connect-src {0}; style-src 'self'"
ELEMENT = """<!doctype html><html lang="nl"><head><title>Host</title><script type="module" src="{0}/widget.js"></script>
</head><body><h1>De gemeente</h1><perron-news community="liege" language="fr" most="3"></perron-news></body></html>"""


@pytest.fixture
def host(site: Site) -> Iterator[str]:
    """The website of a commune, on an origin of its own, with `<perron-news>` in its page."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = ELEMENT.format(site.origin).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", POLICY.format(site.origin))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()


def test_the_element_shows_a_communitys_news_inside_another_site(chromium: Browser, host: str, site: Site) -> None:
    context = chromium.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
    page.goto(host)
    news = page.locator("perron-news")
    expect(news.locator("h3")).to_have_text("Liège")
    expect(news.locator("h4")).to_have_count(4)
    expect(news).to_contain_text("Crue de la Meuse")
    # Links lead to the platform, in a window of their own.
    link = news.locator("h4 a").first
    assert (link.get_attribute("href") or "").startswith(f"{site.origin}/fr/liege/")
    assert link.get_attribute("target") == "_blank"
    assert news.locator("main").evaluate("(main) => getComputedStyle(main).borderInlineStartWidth") == "6px"
    # It follows what its attributes say, also later.
    news.evaluate("(element) => element.setAttribute('kind', 'event')")
    events = page.request.get(f"{site.origin}/fr/liege/widget/?kind=event&most=3").text().count('class="widget-title"')
    assert events
    expect(news.locator("h4")).to_have_count(events)
    expect(news).not_to_contain_text("Nouvelle")
    assert context.cookies() == []
    assert complaints == []
    context.close()


def test_a_display_turns_its_pages_and_goes_on_without_a_network(visit: Callable[..., Page]) -> None:
    page = visit("/fr/liege/screen/", viewport={"width": 1920, "height": 1080})
    first = _shown(page)
    assert "Crue de la Meuse" in first
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("caches.match(location.href)")
    page.clock.install()
    page.reload()
    page.clock.fast_forward(15_000)
    second = _shown(page)
    assert second != first
    # An alert comes again after each other page.
    page.clock.fast_forward(15_000)
    assert "Crue de la Meuse" in _shown(page)
    page.keyboard.press("Space")
    held = _shown(page)
    page.clock.fast_forward(60_000)
    assert _shown(page) == held
    page.keyboard.press("Space")
    page.context.set_offline(True)
    # The first time, the answer to what was asked before may still come.
    for moment in (6 * 60_000, 6 * 60_000, 1_000):
        page.clock.fast_forward(moment)
    expect(page.locator("[data-offline]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-slide]:not([hidden]) h2")).to_be_visible()


def test_on_any_shape_of_display_nothing_is_cut_off(visit: Callable[..., Page]) -> None:
    page = visit("/fr/liege/screen/")
    for width, height in ((1080, 1920), (1366, 768), (3840, 2160), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        page.reload()
        for _ in range(4):
            page.evaluate("dispatchEvent(new Event('resize'))")
            assert page.evaluate("[document.documentElement.scrollHeight <= innerHeight, document.documentElement.scrollWidth <= innerWidth]") == [True, True]  # fmt: skip # noqa: E501


def _shown(page: Page) -> str:
    return page.locator("[data-slide]:not([hidden])").inner_text()
