from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from perron.communities.models import Community
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting
from perron.publishing.models import Connection, Item, Origin, Source
from perron.publishing.sources import polling
from perron.publishing.sources.polling import poll
from tests import making
from tests.sources.site import Site
from tests.sources.writing_files import calendar, entry, event, rss

ADDRESS = "/studio/liege/sources/"
CHOICES = {"action": "connect", "release": "released", "vanishing": "withdraw", "name": "Ma feuille"}


@pytest.fixture
def site(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    settings.PERRON_SOURCE_NETWORKS = ["127.0.0.0/8"]
    monkeypatch.setattr(polling, "GAP", timedelta(0))
    with Site() as running:
        yield running


def connect(editor: Client, site: Site, **choices: str) -> Connection:
    answer = editor.post(f"{ADDRESS}connect/", {"address": site.address()} | CHOICES | choices)
    assert answer.status_code == 302
    return Connection.objects.select_related("source__community").latest("source__connected_at")


def test_an_address_is_looked_at_before_anything_is_kept(editor: Client, site: Site) -> None:
    site.put(rss(*(entry(str(n), f"Nouvelle {n}", "Du &lt;b&gt;texte&lt;/b&gt;") for n in range(5))))
    page = editor.post(f"{ADDRESS}connect/", {"address": site.address()}).content.decode()
    assert "La feuille" in page
    assert "<dd>RSS</dd>" in page
    assert "<strong>texte</strong>" in page
    assert ("Nouvelle 2" in page, "Nouvelle 3" in page) == (True, False)
    assert not Source.objects.exists()
    assert not Item.objects.exists()


def test_then_it_is_connected_and_read_at_once(editor: Client, site: Site) -> None:
    site.put(rss(entry("1", "Un")))
    source = connect(editor, site)
    assert (source.source.name, source.release, source.vanishing) == ("Ma feuille", True, "withdraw")
    assert source.source.connected_by is not None
    assert Item.objects.get().state == "released"
    page = editor.get(f"{ADDRESS}{source.pk}/").content.decode()
    assert "It works." in page
    assert "Ma feuille" in editor.get(ADDRESS).content.decode()


def test_what_cannot_be_connected_comes_back_with_a_sentence(editor: Client, site: Site) -> None:
    site.put("<!doctype html><html></html>", "/page")
    for address in ("", "nonsense", "http://10.0.0.1/", site.address("/none"), site.address("/page")):
        answer = editor.post(f"{ADDRESS}connect/", {"address": address})
        assert answer.status_code == 422
        assert 'class="problems"' in answer.content.decode()
    site.put(rss(entry()))
    answer = editor.post(f"{ADDRESS}connect/", {"address": site.address(), "action": "connect"})
    assert answer.status_code == 422
    assert "Choose drafts or public." in answer.content.decode()
    connect(editor, site)
    again = editor.post(f"{ADDRESS}connect/", {"address": site.address()} | CHOICES)
    assert (again.status_code, Connection.objects.count()) == (409, 1)


def test_a_page_with_feeds_offers_them(editor: Client, site: Site) -> None:
    site.put('<!doctype html><link rel="alternate" type="application/rss+xml" title="Nos nouvelles" href="/feed">', "/")
    page = editor.post(f"{ADDRESS}connect/", {"address": site.address("/")}).content.decode()
    assert "Nos nouvelles" in page
    assert f'value="{site.address()}"' in page


def test_json_is_shown_by_a_mapping_that_can_be_changed(editor: Client, site: Site) -> None:
    site.put('[{"titel": "Een", "kop": "Twee", "id": 1}]')
    page = editor.post(f"{ADDRESS}connect/", {"address": site.address()}).content.decode()
    assert 'name="path-title" value="titel"' in page
    look = {"address": site.address(), "action": "look", "path-list": "", "path-title": "kop", "path-id": "id"}
    assert "Twee</h3>" in editor.post(f"{ADDRESS}connect/", look).content.decode()
    source = connect(editor, site, **look | {"action": "connect"})
    assert source.mapping == {"title": "kop", "id": "id"}
    assert Item.objects.get().working_title == "Twee"


def test_buttons_read_pause_resume_change_and_disconnect(editor: Client, site: Site) -> None:
    site.put(rss(entry("1", "Un")))
    source = connect(editor, site, release="drafts")
    page = f"{ADDRESS}{source.pk}/"
    site.put(rss(entry("1", "Un"), entry("2", "Deux")))
    assert editor.post(page, {"deed": "poll"}).status_code == 302
    assert Item.objects.filter(state="draft").count() == 2
    editor.post(page, {"deed": "pause"})
    assert "Paused" in editor.get(page).content.decode()
    refused = editor.post(page, {"deed": "poll"})
    assert refused.status_code == 409
    assert "Resume it first" in refused.content.decode()
    editor.post(page, {"deed": "resume"})
    editor.post(page, CHOICES | {"deed": "change"})
    poll(source)
    assert Item.objects.filter(state="released").count() == 2
    assert editor.post(page, {"deed": "explode"}).status_code == 404
    assert editor.post(f"{page}disconnect/").status_code == 302
    assert (Connection.objects.count(), Item.objects.count(), Origin.objects.count()) == (0, 2, 2)
    assert editor.get(page).status_code == 404
    connect(editor, site)
    assert Item.objects.count() == 2


@pytest.mark.parametrize(("deed", "left"), [("withdraw", 1), ("keep", 8)])
def test_what_a_source_lost_is_decided_with_two_buttons(editor: Client, site: Site, deed: str, left: int) -> None:
    day = clock.today() + timedelta(days=9)
    events = [event(f"DTSTART:{day:%Y%m%d}T{n + 8:02}0000", uid=str(n), summary=f"E{n}") for n in range(8)]
    site.put(calendar(*events))
    source = connect(editor, site)
    site.put(calendar(events[0]))
    editor.post(f"{ADDRESS}{source.pk}/", {"deed": "poll"})
    first = editor.get("/studio/liege/").content.decode()
    assert "The source lost 7 of its 8 entries." in first
    page = editor.get(f"{ADDRESS}{source.pk}/").content.decode()
    assert "Withdraw 7 items" in page
    assert "Keep them" in page
    editor.post(f"{ADDRESS}{source.pk}/", {"deed": deed})
    assert Item.objects.released().count() == left
    assert "lost" not in editor.get("/studio/liege/").content.decode()


def test_the_first_screen_tells_how_sources_are_in_one_query(editor: Client, author: Client, site: Site) -> None:
    site.put(rss(entry()))
    source = connect(editor, site)
    assert "1 source, in order" in editor.get("/studio/liege/").content.decode()
    with CaptureQueriesContext(database) as before:
        editor.get("/studio/liege/")
    site.put(status=500)
    editor.post(f"{ADDRESS}{source.pk}/", {"deed": "poll"})
    page = editor.get("/studio/liege/").content.decode()
    assert "The server answers with an error (500)." in page
    assert "failing since" in page
    with CaptureQueriesContext(database) as after:
        editor.get("/studio/liege/")
    assert len(after) == len(before)
    assert "Ma feuille" not in author.get("/studio/liege/").content.decode()


def test_both_texts_are_shown_and_one_is_chosen(editor: Client, site: Site) -> None:
    site.put(rss(entry("1", "Un")))
    source = connect(editor, site, release="drafts")
    item = Item.objects.get()
    for choice, title in (("ours", "Corrigé"), ("theirs", "Un (ter)")):
        item.refresh_from_db()
        if choice == "ours":
            drafting.save(item, making.content(title="Corrigé"), by=SYSTEM, expected=item.edition)
        site.put(rss(entry("1", "Un (bis)" if choice == "ours" else "Un (ter)")))
        poll(source)
        item.refresh_from_db()
        page = f"/studio/liege/items/{item.pk}/source/"
        assert page in editor.get(f"/studio/liege/items/{item.pk}/").content.decode()
        assert "Corrigé" in editor.get(page).content.decode()
        assert editor.post(page, {"choice": choice, "edition": item.edition}).status_code == 302
        item.refresh_from_db()
        assert item.working_title == title
        assert page not in editor.get(f"/studio/liege/items/{item.pk}/").content.decode()
        assert editor.get(page).status_code == 302
    site.put(rss(entry("1", "Un (quater)")))
    poll(source)
    item.refresh_from_db()
    assert item.working_title == "Un (quater)"


def test_sources_are_for_editors_of_the_community(liege: Community, author: Client, editor: Client, site: Site) -> None:
    site.put(rss(entry()))
    source = connect(editor, site)
    other = making.community("herstal")
    stranger = Client()
    stranger.force_login(making.person(role="editor", at=other))
    for path in ("", "connect/", f"{source.pk}/", f"{source.pk}/disconnect/"):
        assert author.get(ADDRESS + path).status_code == 403
        assert stranger.get(ADDRESS + path).status_code == 404
    assert stranger.get(f"/studio/herstal/sources/{source.pk}/").status_code == 404
    assert stranger.post(f"/studio/herstal/sources/{source.pk}/", {"deed": "pause"}).status_code == 404
    assert liege.sources.get().connection.paused == ""
