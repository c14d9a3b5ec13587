"""Several threads and the worker write at once: they wait for each other, and none is turned away."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections

from perron.communities import versions
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.models import Item, Release
from tests import making

THREADS, EACH = 6, 5


@pytest.mark.django_db(transaction=True)
def test_releases_from_many_threads_all_succeed() -> None:
    community = making.community()
    drafts = [making.draft(title=f"Draft {number}") for number in range(THREADS * EACH)]
    scheduled = [making.draft(title=f"Scheduled {number}") for number in range(EACH)]
    for item in scheduled:
        releasing.schedule(item, clock.now() + timedelta(hours=1), by=SYSTEM, expected=1)
    before = versions.current()[versions.of_community(community)] if versions.current() else 0

    def release(items: list[Item]) -> None:
        try:
            for item in items:
                releasing.release(item, by=SYSTEM, expected=1)
        finally:
            connections.close_all()

    def work() -> None:
        try:
            with clock.travel(clock.now() + timedelta(hours=2)):
                releasing.release_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS + 1) as threads:
        running = [threads.submit(release, drafts[first::THREADS]) for first in range(THREADS)]
        running.append(threads.submit(work))
        for future in running:
            future.result()
    assert Item.objects.released().count() == Release.objects.count() == THREADS * EACH + EACH
    assert versions.current()[versions.of_community(community)] == before + THREADS * EACH + EACH


@pytest.mark.django_db(transaction=True)
def test_sqlite_lets_readers_go_on_while_somebody_writes() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("about SQLite's locks")
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA busy_timeout").fetchone()[0] >= 10_000
    assert connection.transaction_mode == "IMMEDIATE"  # type: ignore[attr-defined]
