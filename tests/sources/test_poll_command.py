"""`perron poll`, and two workers at once."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from perron.privacy.acting import SYSTEM
from perron.publishing.models import Connection, Item
from perron.publishing.sources import connecting, polling
from perron.publishing.sources.polling import poll_due
from tests import making
from tests.sources.polled import connected, fresh, public
from tests.sources.site import Site
from tests.sources.writing_files import entry, rss


def told(*arguments: str) -> str:
    out = io.StringIO()
    call_command("poll", *arguments, stdout=out, stderr=out)
    return out.getvalue()


@pytest.mark.django_db
def test_what_is_due_is_polled_and_counted(site: Site) -> None:
    site.put(rss(entry()))
    connected(site.address())
    connected(site.address("/none"))
    assert told() == "2 polled; 1 of all sources are failing.\n"
    assert told() == "0 polled; 1 of all sources are failing.\n"
    assert public() == {"Titre"}


@pytest.mark.django_db
def test_one_source_is_polled_whatever_its_turn_and_says_how_it_stands(site: Site) -> None:
    site.put(rss(entry("1"), entry("2", "", "")))
    source = connected(site.address())
    answer = told(site.address())
    assert "liege: It works." in answer
    assert "1 created" in answer
    assert "neither" in answer or "ni titre ni texte" in answer
    site.put(status=404)
    assert "nothing at the address" in told(site.address(), "--community", "liege")
    connecting.pause(fresh(source), by=SYSTEM)
    for arguments in ([site.address()], ["https://unknown.example/"], [site.address(), "--community", "herstal"]):
        with pytest.raises(CommandError):
            told(*arguments)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is polled twice, and no host by two at once."""
    monkeypatch.setattr(polling, "_TICK", 0.05)
    site.pause = 0.02
    for number in range(12):
        site.put(rss(entry("1", f"Titre {number}")), f"/{number}")
        connected(site.address(f"/{number}"), at=making.community(f"c{number % 3}"))
        # Six hosts that are one here.
        Connection.objects.filter(source__address=site.address(f"/{number}")).update(host=f"h{number % 6}")

    def work() -> int:
        try:
            return poll_due()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as workers:
        counts = [running.result() for running in [workers.submit(work) for _worker in range(2)]]
    while work():
        pass
    assert sum(counts) <= 12
    assert sorted(path for path, _headers in site.asked) == sorted(f"/{number}" for number in range(12))
    assert site.most_here <= 6
    assert Item.objects.released().count() == 12
