"""What a first visit may cost somebody who follows three communities: bytes and requests, never time."""

import json

import pytest
from playwright.sync_api import Browser

from tests.browser.installation import Site
from tests.browser.measuring import Cost, first_visit

pytestmark = pytest.mark.once

FOLLOWS = {"perron:front:following": json.dumps({"communities": ["liege", "biblio", "herstal"], "topics": []})}


@pytest.fixture(scope="module")
def cost(chromium: Browser, site: Site) -> Cost:
    return first_visit(chromium, site.origin, "/fr/", storage=FOLLOWS)


def test_at_most_fifteen_requests_before_the_load_event(cost: Cost) -> None:
    assert 5 < cost.before_load <= 15, cost.requests


def test_at_most_two_hundred_kilobytes_precache_included(cost: Cost) -> None:
    assert 20_000 < sum(cost.bytes.values()) <= 200_000, cost.bytes


def test_scripts_and_styles_are_small(cost: Cost) -> None:
    assert 2_000 < cost.size(".js") <= 30_000
    assert 2_000 < cost.size(".css") <= 20_000


def test_the_first_six_pictures_come_at_once_and_no_others(cost: Cost) -> None:
    pictures = {address for address in cost.requests if "/media/images/" in address}
    assert 6 <= len(pictures) <= 8


def test_nothing_shifts(cost: Cost) -> None:
    assert cost.shift <= 0.05


def test_no_cookie(cost: Cost) -> None:
    assert cost.cookies == 0
