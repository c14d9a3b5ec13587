from collections.abc import Callable, Iterator

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from pytest_django.fixtures import Settings

from perron.communities.hosting import PathPlatforms
from perron.project.edge.counting import Counts, Tally
from perron.project.edge.layer import Edge
from tests.edge import town


@pytest.fixture(autouse=True)
def connection_of_the_test() -> Iterator[None]:
    """As Django's own test client does: a request in a test's transaction must not close its connection."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> town.News:
    settings.ROOT_URLCONF = "tests.edge.town"
    fresh = town.News()
    monkeypatch.setattr(town, "news", fresh)
    return fresh


@pytest.fixture
def edge(news: town.News) -> Edge:
    return edge_around(news)


def edge_around(news: town.News, memory: int = 1_000_000, counts: Callable[[Counts], None] = lambda _: None) -> Edge:
    """Return an edge whose watcher looks when the test says `edge.watcher.look()`, and is relied upon until then."""
    made = Edge(
        PathPlatforms(WSGIHandler()),
        read_versions=news.read_versions,
        tally=Tally(counts, by_itself=False),
        memory=memory,
        secure=False,
    )
    made.watcher.look()
    made.watcher.fresh_until = float("inf")
    return made
