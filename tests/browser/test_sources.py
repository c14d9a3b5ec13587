"""An editor on a phone connects the commune's calendar, and decides when it loses most of its events."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from perron.core.clock import today
from tests.browser.installation import Site, served, sign_in
from tests.browser.town import EDITOR
from tests.sources.site import Site as Elsewhere
from tests.sources.writing_files import calendar, event

pytestmark = pytest.mark.once

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "locale": "fr-BE"}


@pytest.fixture(scope="module")
def open_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation that may read sources on its own machine."""
    with served(tmp_path_factory.mktemp("sources"), settings="tests.policy.loopback_settings") as site:
        yield site


@pytest.fixture
def phone(chromium: Browser, open_site: Site) -> Iterator[Page]:
    context = chromium.new_context(base_url=open_site.origin, **PHONE)
    context.set_default_timeout(20_000)
    sign_in(context, open_site, EDITOR)
    page = context.new_page()
    page.goto("/studio/liege/")
    yield page
    context.close()


def concerts(*numbers: int) -> bytes:
    day = today() + timedelta(days=30)
    return calendar(
        *(event(f"DTSTART:{day:%Y%m%d}T{8 + n:02}0000", uid=str(n), summary=f"Concert {n}") for n in numbers)
    )


def test_a_calendar_is_connected_and_most_of_it_vanishes(phone: Page) -> None:
    with Elsewhere() as elsewhere:
        elsewhere.put(concerts(*range(8)), "/agenda.ics")
        elsewhere.put(
            '<!doctype html><link rel="alternate" type="text/calendar" title="Agenda" href="/agenda.ics">', "/"
        )
        phone.locator('.more a[href$="/sources/"]').tap()
        phone.locator('a[href$="/connect/"]').tap()
        phone.fill("#id_address", elsewhere.address("/"))
        phone.locator("main form .buttons button").tap()
        phone.locator(".proposals button", has_text="Agenda").tap()
        expect(phone.locator(".example")).to_have_count(3)
        expect(phone.locator(".example h3").first).to_have_text("Concert 0")
        phone.locator('input[name="release"][value="released"]').check()
        name = f"Agenda {elsewhere.server_port}"
        phone.fill('[name="name"]', name)
        phone.locator('button[value="connect"]').tap()
        expect(phone.locator(".notice-good")).to_be_visible()
        expect(phone.locator(".rows li")).to_have_count(8)

        elsewhere.put(concerts(3), "/agenda.ics")
        phone.locator('button[value="poll"]').tap()
        expect(phone.locator(".notice-warn")).to_contain_text("a perdu 7 de ses 8 entrées")
        phone.goto("/studio/liege/")
        expect(phone.locator(".rows li", has_text=name).locator(".health-held")).to_be_visible()
        phone.locator(".rows a", has_text=name).tap()
        phone.locator('button[value="withdraw"]').tap()
        expect(phone.get_by_role("status")).to_contain_text("7 publications ont été retirées")
        expect(phone.locator(".row-live")).to_have_count(1)
        phone.locator(".row-live a").tap()
        phone.locator('main a[href^="/fr/liege/"]').first.tap()
        expect(phone.locator("h1")).to_have_text("Concert 3")
