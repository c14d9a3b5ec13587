import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import feedparser
import pytest
from django.test import Client
from jsonschema_rs import Draft202012Validator
from lxml import etree

from perron.communities.models import Community
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Words
from perron.publishing.models import Origin
from tests import making

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
KINDS = ("news", "event", "alert", "works", "document")


@pytest.fixture
def liege() -> Community:
    community = making.community(names={"fr": "Liège & co", "nl": "Luik"})
    making.platform(community)
    return community


def fetch(path: str) -> Any:
    response = Client().get(path)
    assert response.status_code == 200, response.content
    return response


def release_one_of_each(community: Community) -> None:
    for kind in KINDS:
        making.released(kind, at=community, title=f"Un <{kind}> & plus", topics=("culture",))


@pytest.mark.parametrize("name", ["feed.rss", "feed.atom"])
def test_a_feed_parser_reads_every_kind_without_complaint(liege: Community, name: str) -> None:
    making.topic()
    release_one_of_each(liege)
    response = fetch(f"/fr/liege/{name}")
    feed = feedparser.parse(response.content, response_headers={"content-type": response["Content-Type"]})
    assert not feed.bozo, feed.get("bozo_exception")
    assert feed.feed.title == "Liège & co"
    assert {entry.title for entry in feed.entries} == {f"Un <{kind}> & plus" for kind in KINDS}
    for entry in feed.entries:
        assert entry.id.startswith("urn:uuid:")
        assert entry.link.startswith("http://testserver/fr/liege/")
        assert "<strong>important</strong>" in entry.content[0].value
        assert entry.tags[0].term == "Culture"
        assert entry.published_parsed is not None


@pytest.mark.parametrize("name", ["feed.atom", "alerts.cap"])
def test_each_feed_has_an_identifier_of_its_own_that_is_nothing_but_a_uuid(liege: Community, name: str) -> None:
    making.topic()
    identifiers = set()
    paths = ["/fr/liege/", "/nl/liege/", "/fr/liege/topics/culture/"]
    for path in paths:
        identifier = etree.fromstring(fetch(path + name).content).findtext("a:id", "", ATOM)
        assert f"urn:uuid:{UUID(identifier.removeprefix('urn:uuid:'))}" == identifier
        identifiers.add(identifier)
    assert len(identifiers) == len(paths)
    assert etree.fromstring(fetch(f"/liege/{name}").content).findtext("a:id", "", ATOM) in identifiers


def test_what_is_invented_or_an_exercise_says_so_once_in_the_language_of_the_feed() -> None:
    demo = making.community("demo", fictional=True)
    making.platform(demo)
    for title in ("Sirènes", "Exercice : sirènes"):
        making.released("alert", at=demo, title=title, details={"status": "Exercise"})
    feed = json.loads(fetch("/fr/demo/feed.json").content)
    assert feed["description"].endswith(" Ce contenu est fictif.")
    assert {item["title"] for item in feed["items"]} == {"Exercice\N{NO-BREAK SPACE}: Sirènes", "Exercice : sirènes"}
    assert "In Kraft: " in fetch("/de/demo/feed.rss").content.decode()


def test_an_identifier_survives_a_correction_and_a_change_of_host(liege: Community) -> None:
    item = making.released(at=liege)
    before = feedparser.parse(fetch("/fr/liege/feed.atom").content).entries[0]
    with clock.travel(clock.now() + timedelta(minutes=1)):
        drafting.save(item, making.content(title="Corrigé"), by=SYSTEM, expected=1)
        releasing.release(item, by=SYSTEM, expected=2)
    after = feedparser.parse(Client().get("/fr/liege/feed.atom", headers={"host": "localhost"}).content).entries[0]
    assert (before.title, after.title) == ("Marché de Noël", "Corrigé")
    assert before.id == after.id
    assert before.published == after.published
    assert before.updated < after.updated


def test_rss_has_what_validators_ask_for(liege: Community) -> None:
    making.released(at=liege)
    channel = etree.fromstring(fetch("/fr/liege/feed.rss").content).find("channel")
    assert channel is not None
    itself = channel.find("a:link", ATOM)
    assert itself is not None
    assert (itself.get("rel"), itself.get("href")) == ("self", "http://testserver/fr/liege/feed.rss")
    for required in ("title", "link", "description", "language", "lastBuildDate"):
        assert channel.findtext(required)
    guid = channel.find("item/guid")
    assert guid is not None
    assert guid.get("isPermaLink") == "false"
    assert channel.findtext("item/pubDate", "").endswith("+0000")


def test_atom_entries_have_what_rfc_4287_requires(liege: Community) -> None:
    making.released(at=liege, texts={"nl": Words(title="Kerstmarkt")})
    feed = etree.fromstring(fetch("/fr/liege/feed.atom").content)
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    assert feed.get(language) == "fr"
    entry = feed.find("a:entry", ATOM)
    assert entry is not None
    for parent in (feed, entry):
        for required in ("id", "title", "updated"):
            assert len(parent.findall(f"a:{required}", ATOM)) == 1, required
    assert feed.findtext("a:author/a:name", namespaces=ATOM)
    assert entry.get(language) == "nl"
    datetime.fromisoformat(entry.findtext("a:updated", "", ATOM))


# Written by https://www.jsonfeed.org/version/1.1/.
TEXT = {"type": "string", "minLength": 1}
ADDRESS = {"type": "string", "pattern": "^https?://"}
MOMENT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
AUTHORS = {"type": "array", "items": {"type": "object", "minProperties": 1,
                                      "properties": {"name": TEXT, "url": ADDRESS, "avatar": ADDRESS}}}  # fmt: skip
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": TEXT,
        "home_page_url": ADDRESS,
        "feed_url": ADDRESS,
        "description": TEXT,
        "language": {"type": "string", "pattern": "^[a-z]{2}(-[A-Z]{2})?$"},
        "authors": AUTHORS,
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "properties": {
                    "id": TEXT, "url": ADDRESS, "external_url": ADDRESS, "title": TEXT, "content_html": TEXT,
                    "content_text": TEXT, "summary": TEXT, "image": ADDRESS, "date_published": MOMENT,
                    "date_modified": MOMENT, "authors": AUTHORS, "tags": {"type": "array", "items": TEXT},
                    "language": TEXT,
                    "attachments": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["url", "mime_type"],
                            "properties": {"url": ADDRESS, "mime_type": TEXT, "title": TEXT,
                                           "size_in_bytes": {"type": "integer"}},
                        },
                    },
                },
                "patternProperties": {"^_": {"type": "object"}},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}  # fmt: skip


def test_json_feed_follows_its_specification(liege: Community) -> None:
    release_one_of_each_topicless = [making.released(kind, at=liege) for kind in KINDS]
    making.released(at=liege, texts={"fr": Words(title="Rien que le titre")})
    response = fetch("/fr/liege/feed.json")
    assert response["Content-Type"].startswith("application/feed+json")
    feed = json.loads(response.content)
    Draft202012Validator(JSON_FEED).validate(feed)
    assert len(feed["items"]) == len(release_one_of_each_topicless) + 1


@pytest.mark.parametrize("name", ["feed.rss", "feed.atom", "feed.json"])
def test_every_link_in_a_feed_is_absolute(liege: Community, name: str) -> None:
    body = "[ici](/fr/liege/) [là](autre/) [dehors](https://example.org/x) [courriel](mailto:a@example.org)"
    making.released(at=liege, texts={"fr": Words(title="Liens", body=body)})
    content = fetch(f"/fr/liege/{name}").content.decode()
    content = content.replace("&quot;", '"').replace('\\"', '"')
    assert 'href="http://testserver/fr/liege/"' in content
    assert 'href="https://example.org/x"' in content
    assert 'href="mailto:a@example.org"' in content
    assert 'href="/' not in content
    assert 'href="autre' not in content


def test_each_language_and_topic_has_its_feed(liege: Community) -> None:
    sport = making.topic("sport")
    both = {"fr": Words(title="Course"), "nl": Words(title="Loop")}
    making.released(at=liege, texts=both, topics=(sport.slug,))
    making.released(at=liege, texts={"fr": Words(title="Autre chose")})

    def titles(path: str) -> list[str]:
        return [entry.title for entry in feedparser.parse(fetch(path).content).entries]

    assert titles("/liege/feed.rss") == ["Autre chose", "Course"]
    assert titles("/nl/liege/feed.rss") == ["Autre chose", "Loop"]
    assert titles("/nl/liege/topics/sport/feed.rss") == ["Loop"]
    assert titles("/liege/topics/sport/feed.atom") == ["Course"]
    assert Client().get("/nl/liege/topics/nothing/feed.rss").status_code == 404
    assert Client().get("/nl/nowhere/feed.rss").status_code == 404


def test_an_exercise_is_called_one_in_every_feed(liege: Community) -> None:
    making.released("alert", at=liege, title="Fuite de gaz", details={"status": "Exercise"})
    for name in ("feed.rss", "feed.atom", "feed.json", "alerts.cap"):
        content = fetch(f"/en/liege/{name}").content.decode()
        assert "Exercise: Fuite de gaz" in content, name


def test_an_empty_feed_says_the_same_each_time(liege: Community) -> None:
    for name in ("feed.rss", "feed.atom", "feed.json", "agenda.ics", "alerts.cap"):
        assert fetch(f"/liege/{name}").content == fetch(f"/liege/{name}").content
    assert not feedparser.parse(fetch("/liege/feed.atom").content).bozo


def test_origin_and_licence_go_with_the_item(liege: Community) -> None:
    item = making.released(at=liege)
    Origin.objects.create(item=item, community=liege, source="https://example.org/feed", identifier="1",
                          url="https://example.org/1", name="Province", licence="CC BY 4.0")  # fmt: skip
    rss = etree.fromstring(fetch("/liege/feed.rss").content)
    assert rss.findtext("channel/item/{http://purl.org/dc/elements/1.1/}rights") == "Province, CC BY 4.0"
    source = rss.find("channel/item/source")
    assert source is not None
    assert (source.get("url"), source.text) == ("https://example.org/feed", "Province")
    entry = feedparser.parse(fetch("/liege/feed.atom").content).entries[0]
    assert {"rel": "via", "href": "https://example.org/1"}.items() <= dict(entry.links[-1]).items()


def test_scripts_of_other_sites_may_read_a_feed_but_not_write_to_it(liege: Community) -> None:
    assert fetch("/liege/feed.json")["Access-Control-Allow-Origin"] == "*"
    assert Client().post("/liege/feed.json").status_code == 405
    assert Client().options("/liege/feed.json").status_code == 204
    assert Client().head("/liege/feed.json").status_code == 200


def test_a_feed_is_true_until_its_first_item_expires(liege: Community) -> None:
    making.released(at=liege, expires_at="2199-01-01T00:00:00+00:00")
    moment = datetime(2199, 1, 1, tzinfo=UTC).timestamp()
    assert fetch("/liege/feed.rss")["Perron-Until"] == str(moment)
    assert "Perron-Until" not in fetch("/liege/alerts.cap")
