"""What the head of a residents' page tells search engines and whoever shares it."""

import re

import pytest
from django.test import Client

from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town() -> None:
    making.platform(making.community(), making.community("biblio", kind="public_service"))


def test_search_engines_are_led_to_where_a_community_is_at_home(client: Client) -> None:
    making.platform(making.community(), slug="poche", is_front=False, host="app.liege.be")
    for host in ("testserver", "app.liege.be"):
        page = client.get("/fr/liege/", headers={"host": host}).content.decode()
        assert 'rel="canonical" href="http://app.liege.be:8000/fr/liege/"' in page, host
    today = client.get("/fr/", headers={"host": "app.liege.be"}).content.decode()
    assert 'rel="canonical" href="http://app.liege.be:8000/fr/"' in today


def test_languages_are_the_same_wherever_a_page_is_read(client: Client) -> None:
    liege = making.community()
    making.platform(liege, slug="poche", is_front=False, host="app.liege.be", languages=["nl", "fr"])
    item = making.released(at=liege)
    for path in ("/%s/liege/", "/%s/liege/agenda/", f"/%s/liege/{item.slug}/"):
        heads = set()
        for host, language in [("testserver", "nl"), ("app.liege.be", "nl"), ("app.liege.be", "fr")]:
            page = client.get(path % language, headers={"host": host}).content.decode()
            heads.add(tuple(re.findall(r'<link rel="alternate" hreflang="[^>]*>', page)))
        assert len(heads) == 1, path
    # In a language that is not spoken there, it is no page of its own.
    page = client.get("/de/liege/").content.decode()
    assert 'rel="canonical" href="http://app.liege.be:8000/nl/liege/"' in page


def test_what_is_shared_has_a_title_a_picture_and_a_language(client: Client) -> None:
    paths = ["/de/", "/de/about/", "/de/liege/", "/de/liege/agenda/", f"/de/liege/{making.released().slug}/"]
    for path in paths:
        page = client.get(path).content.decode()
        said = dict(re.findall(r'<meta property="(og:[a-z_:]+)" content="([^"]*)">', page))
        assert len(re.findall('property="og:', page)) == len(said), path
        assert all(said[f"og:{name}"] for name in ("title", "type", "url", "description", "site_name", "image:alt"))
        assert said["og:image"] == "http://127.0.0.1:8000/app/icon-512.png"
        assert said["og:locale"] == ("fr_BE" if path == paths[-1] else "de_BE")
    assert client.get("/app/icon-512.png").status_code == 200
