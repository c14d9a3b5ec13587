import html

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from perron.communities.models import Community
from perron.publishing.models import Item
from tests import making
from tests.sources.writing_files import entry, rss

pytestmark = pytest.mark.django_db

ADDRESS = "/studio/liege/import/"


def _signed_in(role: str = "editor") -> Client:
    client = Client()
    client.force_login(making.person(role=role, at=making.community()))
    return client


def _file(data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("feed.xml", data)


@pytest.mark.parametrize(("release", "state"), [("drafts", "draft"), ("released", "released")])
def test_an_editor_uploads_a_feed_and_reads_what_became_of_it(release: str, state: str) -> None:
    data = rss(entry("1"), entry("1", "Double"), entry("2", "Deux"))
    answer = _signed_in().post(ADDRESS, {"file": _file(data), "release": release, "licence": "CC0"})
    assert answer.status_code == 200
    assert "Double" in answer.content.decode()
    assert list(Item.objects.values_list("state", flat=True)) == [state, state]
    assert reverse("studio:listing", args=["liege"]) in answer.content.decode()


def test_where_a_second_person_reads_an_import_waits_for_that() -> None:
    client = _signed_in()
    Community.objects.update(second_reader=True)
    answer = client.post(ADDRESS, {"file": _file(rss(entry("1"))), "release": "released"})
    assert "rien n’a encore été publié" in html.unescape(answer.content.decode())
    client.post(ADDRESS, {"file": _file(rss(entry("1"))), "release": "released"})
    item = Item.objects.get()
    assert (item.state, item.edition) == ("draft", 1)


@pytest.mark.parametrize(
    "answers",
    [
        {"release": "drafts"},
        {"release": "drafts", "file": _file(b"<rss><channel>")},
        {"release": "drafts", "file": _file(b"")},
        {"release": "drafts", "file": _file(b"x" * 5_000_001)},
        {"release": "drafts", "file": _file(rss(*[entry(str(n)) for n in range(2_001)]))},
        {"release": "drafts", "file": _file(rss(entry())), "address": "https://a.example/"},
        {"release": "drafts", "address": "http://127.0.0.1/feed"},
        {"release": "drafts", "address": "http://169.254.169.254/latest/meta-data"},
        {"release": "drafts", "address": "nonsense"},
        {"release": "drafts", "address": "x" * 3_000},
        {"release": "at once", "file": _file(rss(entry()))},
        {"file": _file(rss(entry())), "release": "drafts", "name": "x" * 200},
        {"file": "no file", "release": "drafts"},
    ],
)
def test_what_cannot_be_imported_comes_back_with_a_sentence_and_the_answers(answers: dict[str, object]) -> None:
    for value in answers.values():
        if isinstance(value, SimpleUploadedFile):
            value.seek(0)
    answer = _signed_in().post(ADDRESS, {"licence": "CC BY", **answers})
    assert answer.status_code == 422
    assert 'class="problems"' in answer.content.decode()
    assert "CC BY" in answer.content.decode()
    assert not Item.objects.exists()


def test_importing_is_for_editors() -> None:
    assert _signed_in("author").get(ADDRESS).status_code == 403
    assert _signed_in().get(ADDRESS).status_code == 200
    assert Client().get(ADDRESS).status_code == 302
