from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client
from lxml import etree

from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.content import Words
from perron.reader import health, sitemap
from tests import making

pytestmark = pytest.mark.django_db

MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}
ORIGIN = "http://127.0.0.1:8000"


def read(path: str) -> Any:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    return etree.fromstring(response.content)


def locations(root: Any) -> list[str]:
    return [element.text for element in root.iterfind("*/s:loc", MAP)]


def test_the_sitemap_leads_to_every_public_page_in_each_of_its_languages() -> None:
    liege = making.community(languages=["fr", "nl"])
    making.platform(liege)
    both = {"fr": Words(title="Marché"), "nl": Words(title="Markt")}
    item = making.released(at=liege, texts=both)
    french = making.released(at=liege)
    withdrawn = making.released(at=liege)
    releasing.withdraw(withdrawn, by=SYSTEM)
    making.draft(at=liege)
    _, file = locations(read("/sitemap.xml"))
    assert file == f"{ORIGIN}/sitemap-liege-1.xml"
    pages = read("/sitemap-liege-1.xml")
    assert set(locations(pages)) == {
        f"{ORIGIN}/fr/liege/",
        f"{ORIGIN}/nl/liege/",
        f"{ORIGIN}/fr/liege/{item.slug}/",
        f"{ORIGIN}/nl/liege/{item.slug}/",
        f"{ORIGIN}/fr/liege/{french.slug}/",
    }
    for address in locations(pages):
        assert Client().get(address.removeprefix(ORIGIN)).status_code == 200
    entry = next(each for each in pages if each.findtext("s:loc", "", MAP).endswith(f"/nl/liege/{item.slug}/"))
    assert [(link.get("hreflang"), link.get("href")) for link in entry.iterfind("x:link", MAP)] == [
        (language, f"{ORIGIN}/{language}/liege/{item.slug}/") for language in ("fr", "nl")
    ]
    assert entry.findtext("s:lastmod", "", MAP).startswith(f"{item.changed_at:%Y-%m-%dT%H:%M}")


def test_a_long_list_is_cut_into_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "ITEMS_PER_FILE", 2)
    liege = making.community()
    making.platform(liege)
    slugs = {making.released(at=liege).slug for _ in range(5)}
    files = [address.removeprefix(ORIGIN) for address in locations(read("/sitemap.xml"))[1:]]
    assert len(files) == 3
    found = [address.split("/")[-2] for file in files for address in locations(read(file))]
    assert {slug for slug in found if slug != "liege"} == slugs
    assert len([slug for slug in found if slug != "liege"]) == 5
    assert Client().get("/sitemap-liege-4.xml").status_code == 404
    assert Client().get("/sitemap-liege-0.xml").status_code == 404


def test_a_list_is_true_until_its_first_page_ends() -> None:
    liege = making.community()
    making.platform(liege)
    making.released(at=liege)
    assert "Perron-Until" not in Client().get("/sitemap-liege-1.xml")
    for year in (2199, 2198):
        making.released(at=liege, expires_at=f"{year}-01-01T00:00:00+00:00")
    for path in ("/sitemap.xml", "/sitemap-liege-1.xml"):
        assert Client().get(path)["Perron-Until"] == str(datetime(2198, 1, 1, tzinfo=UTC).timestamp())


def test_fiction_is_not_listed_and_each_community_once() -> None:
    demo = making.community("demo", fictional=True)
    liege = making.community()
    making.platform(demo, liege)
    making.platform(liege, slug="liege-en-poche", is_front=False)
    # Never empty, which the protocol does not allow.
    assert locations(read("/sitemap.xml")) == [f"{ORIGIN}/sitemap-pages.xml"]
    assert f"{ORIGIN}/fr/" not in locations(read("/sitemap-pages.xml"))
    assert Client().get("/sitemap-demo-1.xml").status_code == 404


def test_a_platforms_own_pages_are_listed_in_its_languages() -> None:
    making.platform(making.community(), slug="liege-en-poche", is_front=False, languages=["nl", "fr"])
    response = Client().get("/sitemap-pages.xml", SCRIPT_NAME="/p/liege-en-poche")
    root = etree.fromstring(response.content)
    at = f"{ORIGIN}/p/liege-en-poche"
    assert {f"{at}/{language}/{page}" for language in ("fr", "nl") for page in ("", "about/", "privacy/")} <= set(
        locations(root)
    )
    assert f"{at}/de/about/" not in locations(root)
    for entry in root:
        path = entry.findtext("s:loc", "", MAP).removeprefix(at)
        page = Client().get(path, SCRIPT_NAME="/p/liege-en-poche").content.decode()
        assert f'<link rel="canonical" href="{at}{path}">' in page
        for link in entry.iterfind("x:link", MAP):
            assert f'<link rel="alternate" hreflang="{link.get("hreflang")}" href="{link.get("href")}">' in page


def test_robots_are_kept_out_of_sign_in_and_choices_and_shown_every_sitemap() -> None:
    making.platform()
    making.platform(slug="spa", is_front=False)
    making.platform(slug="ans", is_front=False, host="ans.example.org")
    response = Client().get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert {"Disallow: /studio/", "Disallow: /p/*/account/", "Disallow: /*?"} <= set(lines)
    assert [line for line in lines if line.startswith("Sitemap")] == [
        f"Sitemap: {ORIGIN}/sitemap.xml",
        f"Sitemap: {ORIGIN}/p/spa/sitemap.xml",
    ]
    own = Client().get("/robots.txt", headers={"host": "ans.example.org"}).content.decode()
    assert own.splitlines()[-1] == "Sitemap: http://ans.example.org:8000/sitemap.xml"


def test_a_load_balancer_asks_by_any_host_and_gets_the_truth() -> None:
    response = Client().get("/health", headers={"host": "10.0.0.7"})
    assert response.status_code == 200
    assert response.json()["status"] == "ok"
    assert response.json()["build"]
    assert "no-store" in response["Cache-Control"]
    assert Client().post("/health").status_code == 405


def test_without_its_database_a_process_is_not_healthy(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> None:
        raise OperationalError("no route to host, password=secret")

    monkeypatch.setattr(connection, "cursor", gone)
    response = Client().get("/health")
    assert response.status_code == 503
    assert response.json()["checks"]["database"] == "failing"
    assert b"secret" not in response.content


def test_a_process_ahead_of_its_database_is_not_healthy() -> None:
    health._compare.cache_clear()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'publishing'")
    response = Client().get("/health")
    assert response.status_code == 503
    assert response.json()["checks"] == {"database": "ok", "migrations": "failing"}
