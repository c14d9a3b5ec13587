from collections.abc import Iterator
from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from perron.publishing.sources import asking, polling
from tests.sources.site import Site


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A web site here; hosts need no pause, and lists none between their parts."""
    settings.PERRON_SOURCE_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(polling, "GAP", timedelta(0))
    monkeypatch.setattr(asking, "PAUSE", 0)
    with Site() as running:
        yield running
