"""An opening is counted once: also the first one, which the service worker fetches again to keep it."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from perron.project.edge.counting import PERIOD
from tests.browser.installation import Site
from tests.browser.test_offline import settled

pytestmark = pytest.mark.once


def test_each_opening_counts_once_with_a_service_worker_too(
    visit: Callable[..., Page], site: Site, attempt: int
) -> None:
    # Nobody else opens these.
    community = ("herstal", "club")[attempt]
    page = visit(f"/fr/{community}/agenda/")
    settled(page)
    page.reload()
    settled(page)
    time.sleep(PERIOD + 1)
    assert site.do("openings", "agenda", community)["openings"] == "2"
