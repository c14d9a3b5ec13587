"""From a release to the moment at which page, API and feeds show it, in another process."""

import time
from statistics import quantiles

from django.db import transaction
from tests import making

from bench.rows import Row, at_most
from bench.servers import Server, get
from perron.communities.models import Community
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing

_RELEASES = 120
_PATHS = ("/fr/fresh/", "/fr/fresh/cards.json", "/fr/fresh/feed.rss", "/fr/fresh/feed.atom", "/fr/fresh/feed.json",
          "/api/v1/items?community=fresh&language=fr")  # fmt: skip
_PATIENCE = 10.0


def freshness(server: Server) -> list[Row]:
    """Release many times; each time, ask everywhere until the last place shows it."""
    community = Community.objects.get(slug="fresh")
    waits = sorted(_wait(server, community, number) for number in range(_RELEASES))
    percentile = quantiles(waits, n=100, method="inclusive")[98]
    name = f"release to visible in page, API and feeds, another process, {_RELEASES} releases"
    return [at_most(f"{name}: 99th percentile", percentile, "s", 1), at_most(f"{name}: slowest", waits[-1], "s", 1)]


def _wait(server: Server, community: Community, number: int) -> float:
    title = f"Nouvelle {number} du jour"
    item = drafting.begin(community, "news", making.content(title=title), by=SYSTEM)
    releasing.release(item, by=SYSTEM, expected=1)
    assert not transaction.get_connection().in_atomic_block
    released = time.perf_counter()
    missing = set(_PATHS)
    while missing:
        if time.perf_counter() - released > _PATIENCE:
            raise RuntimeError(f"Not to be seen after {_PATIENCE} s: {missing}")
        missing = {path for path in missing if title.encode() not in get(server.origin + path)}
        time.sleep(0.005)
    return time.perf_counter() - released
