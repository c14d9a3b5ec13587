"""What the device says about time: in the language of the page and the time of Brussels, wherever the device is."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.once

_IMPORT = 'const app = await import(document.querySelector("script[src*=app]").src);'
_WHEN = f"""async ([from, until, now, allDay]) => {{ {_IMPORT}
  return app.whenWords(new Date(from), new Date(until), new Date(now), allDay); }}"""

# Across the end of summer time, 25 October 2026, 03:00 → 02:00.
_CASES = [
    ("2026-11-23T10:00Z", "2026-11-23T12:00Z", "2026-11-23T08:00Z", "in 2 hours"),
    ("2026-11-23T10:00Z", "2026-11-23T12:00Z", "2026-11-23T09:35Z", "in 25 minutes"),
    ("2026-11-23T10:00Z", "2026-11-23T12:00Z", "2026-11-23T09:59:50Z", "in 1 minute"),
    ("2026-11-23T10:00Z", "2026-11-23T12:00Z", "2026-11-23T10:00Z", "under way"),
    ("2026-11-23T10:00Z", "2026-11-23T12:00Z", "2026-11-23T12:00Z", "ended"),
    ("2026-11-24T19:00Z", "2026-11-24T21:00Z", "2026-11-23T12:00Z", "tomorrow"),
    # 00:30 in Brussels is the next day, though UTC is still on the one before.
    ("2026-11-23T23:30Z", "2026-11-24T01:00Z", "2026-11-23T12:00Z", "tomorrow"),
    ("2026-10-26T19:00Z", "2026-10-26T21:00Z", "2026-10-24T22:30Z", "tomorrow"),
    ("2026-11-27T19:00Z", "2026-11-27T21:00Z", "2026-11-23T12:00Z", "in 4 days"),
    ("2026-12-23T19:00Z", "2026-12-23T21:00Z", "2026-11-23T12:00Z", ""),
]


@pytest.mark.parametrize("zone", ["Europe/Brussels", "Pacific/Auckland"])
@pytest.mark.parametrize("case", _CASES)
def test_when_something_takes_place(english: Callable[[str], Page], case: tuple[str, ...], zone: str) -> None:
    start, end, now, words = case
    assert english(zone).evaluate(_WHEN, [start, end, now, False]) == words


def test_what_lasts_whole_days_is_told_in_days(english: Callable[[str], Page]) -> None:
    span = ["2026-11-23T23:00Z", "2026-11-24T23:00Z", "2026-11-23T21:00Z"]
    assert english("Europe/Brussels").evaluate(_WHEN, [*span, True]) == "tomorrow"
    assert english("Europe/Brussels").evaluate(_WHEN, [*span, False]) == "in 2 hours"


@pytest.mark.parametrize(
    ("language", "words"), [("fr", "dans 2 heures"), ("nl", "over 2 uur"), ("de", "in 2 Stunden"), ("en", "in 2 hours")]
)
def test_the_words_are_of_the_language_of_the_page(visit: Callable[..., Page], language: str, words: str) -> None:
    page = visit(f"/{language}/choose/", locale="ja-JP")
    assert page.evaluate(_WHEN, ["2026-11-23T10:00Z", "2026-11-23T12:00Z", "2026-11-23T08:00Z", False]) == words


@pytest.fixture(scope="module")
def english(request: pytest.FixtureRequest) -> Callable[[str], Page]:
    """Return a function that gives an English page on a device in a time zone; pages are opened once."""
    chromium, site = request.getfixturevalue("chromium"), request.getfixturevalue("site")
    pages: dict[str, Page] = {}

    def opened(zone: str) -> Page:
        if zone not in pages:
            context = chromium.new_context(base_url=site.origin, timezone_id=zone)
            request.addfinalizer(context.close)
            pages[zone] = context.new_page()
            pages[zone].goto("/en/choose/")
        return pages[zone]

    return opened
