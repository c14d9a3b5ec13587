"""The public document of a community, rendered anew each time, as a function of how much it published."""

import time
from collections.abc import Callable
from statistics import median

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.edge.asking import ask

from bench.rows import Row, at_most
from bench.towns import COMMUNITIES, FEW, MANY
from perron.communities.hosting import PathPlatforms

_ROUNDS = 40
_DOCUMENTS = {"public document": "cards.json", "RSS": "feed.rss", "JSON Feed": "feed.json"}


def documents() -> list[Row]:
    """Return time and queries for the document that the app reads, and for two feeds."""
    application = PathPlatforms(WSGIHandler())
    return [row for name, file in _DOCUMENTS.items() for row in _measure(application, name, file)]


def _measure(application: PathPlatforms, name: str, file: str) -> list[Row]:
    many, few = f"/fr/big/{file}", f"/fr/small/{file}"

    def render(path: str) -> None:
        assert ask(application, path).status == 200

    times: dict[str, list[float]] = {many: [], few: []}
    for path in (many, few):
        render(path)
    for _ in range(_ROUNDS):
        for path, spent in times.items():
            spent.append(_milliseconds(lambda path=path: render(path)))  # type: ignore[misc]
    queries = 0
    for path in (many, few):
        with CaptureQueriesContext(connection) as captured:
            render(path)
        queries = max(queries, len(captured))
    title = f"{name}, {MANY:,} items, {COMMUNITIES} communities"
    slow, quick = median(times[many]), median(times[few])
    return [
        at_most(f"{title}: median", slow, "ms", 30),
        at_most(f"{title}: queries", queries, "queries", 10),
        Row(
            name=f"{title}: against {FEW} items",
            value=round(slow, 2),
            unit="ms",
            reference=round(quick, 2),
            ratio=round(slow / quick, 2),
            target="ratio ≤ 1.5",
            met=slow / quick <= 1.5,
        ),
    ]


def _milliseconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000
