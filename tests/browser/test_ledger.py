"""What becomes of an item's messages is seen while it becomes of them, without opening the page anew."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.installation import Site
from tests.browser.test_studio import PHONE
from tests.browser.town import WRITER

pytestmark = pytest.mark.once


def test_the_numbers_come_by_themselves_until_all_has_ended(visit: Callable[..., Page], site: Site) -> None:
    page = visit("/studio/", who=WRITER, **PHONE)
    asked = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        more = ' data-ledger="/studio/club/items/x/sent/"' if len(asked) == 1 else ""
        route.fulfill(body=f"<section{more}><h2>{len(asked)} sent</h2></section>", content_type="text/html")

    page.route("**/sent/", answer)
    page.clock.install()
    page.goto(f"/studio/club/items/{site.items['under_way']}/")
    expect(page.locator("[data-ledger]")).to_have_count(1)
    for number in (1, 2):
        page.clock.fast_forward(3_000)
        expect(page.locator("h2", has_text=f"{number} sent")).to_be_visible()
    assert asked[1].endswith("/x/sent/")
    page.clock.fast_forward(60_000)
    assert len(asked) == 2
