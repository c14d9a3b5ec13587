"""The rows of a first visit: somebody on a phone who follows three communities opens Today with empty caches.

Bytes and requests are those of the browser's own protocol; the moments are measured with slow 4G and a processor four
times slower, Lighthouse's mobile profile, as the median of three visits.
"""

import json
import statistics
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tests import prepared
from tests.browser.installation import ARGUMENTS, find_chromium, served
from tests.browser.measuring import Cost, first_visit

VISITS = 3
_FOLLOWS = {"perron:front:following": json.dumps({"communities": ["liege", "biblio", "herstal"], "topics": []})}


def rows() -> list[dict[str, Any]]:
    """Return the rows; `reference` and `ratio` are None: these targets are absolute."""
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        plain = first_visit(browser, site.origin, "/fr/", storage=_FOLLOWS)
        slow = [_slow(browser, site.origin, _FOLLOWS) for _ in range(VISITS)]
        unknown = [_slow(browser, site.origin, {}) for _ in range(VISITS)]
        browser.close()
    prepared.end()
    return [
        _row("first visit: bytes, precache included", sum(plain.bytes.values()), "B", 200_000),
        _row("first visit: requests before the load event", plain.before_load, "", 15),
        _row("first visit: JavaScript, compressed", plain.size(".js"), "B", 30_000),
        _row("first visit: CSS, compressed", plain.size(".css"), "B", 20_000),
        _row("first visit: cookies", plain.cookies, "", 0),
        _row("first visit: largest contentful paint, slow 4G", _median(slow), "ms", 1800),
        _row("the same, following nothing yet", _median(unknown), "ms", 1800),
        _row("first visit: layout shift", max(cost.shift for cost in [plain, *slow, *unknown]), "", 0.05),
    ]


def _slow(browser: Any, origin: str, storage: dict[str, str]) -> Cost:
    return first_visit(browser, origin, "/fr/", storage=storage, throttled=True)


def _median(costs: list[Cost]) -> float:
    return round(statistics.median(cost.largest_paint for cost in costs))


def _row(name: str, value: float, unit: str, most: float) -> dict[str, Any]:
    return {
        "name": name, "value": value, "unit": unit, "reference": None, "ratio": None,
        "target": f"≤ {most}", "met": value <= most,
    }  # fmt: skip
