"""A draft where it will be seen, and shown to a colleague without an account."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import Refused
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.lending.rules import lend
from perron.publishing.models import Item, Loan
from perron.statistics.models import PageCount
from perron.studio.channels import CHANNELS
from tests import making


def share(client: Client, item: Item, which: str = "newest") -> str:
    """Press the button; return the path of the address."""
    page = client.post(f"/studio/liege/items/{item.pk}/share/", {"which": which}).content.decode()
    found = re.search(r'value="http://testserver(/studio/~[^"]+)"', page)
    assert found
    return found[1]


@pytest.fixture
def item(liege: Community) -> Item:
    return making.draft(title="Marché de Noël")


@pytest.fixture
def path(item: Item, author: Client) -> str:
    return share(author, item)


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("kind", ["news", "event", "alert", "works", "document"])
def test_each_kind_is_previewed_in_each_channel(liege: Community, author: Client, kind: str, channel: str) -> None:
    item = making.draft(kind, title="Marché de Noël")
    page = author.get(f"/studio/liege/items/{item.pk}/preview/?channel={channel}&language=fr").content.decode()
    inside = f"/studio/liege/items/{item.pk}/preview/fr/{channel}/"
    assert inside in page
    framed = author.get(inside)
    assert "Marché de Noël" in framed.content.decode()
    assert "script-src 'none'" in framed["Content-Security-Policy"]
    assert framed["Cache-Control"] == "no-store"


def test_a_channel_that_there_is_not(item: Item, author: Client) -> None:
    assert author.get(f"/studio/liege/items/{item.pk}/preview/fr/pigeon/").status_code == 404


def test_the_sheet_has_the_rules_of_print(client: Client, db: None) -> None:
    css = client.get("/studio/paper.css")
    assert css["Content-Type"] == "text/css; charset=utf-8"
    assert ".tabs" in css.content.decode()
    assert css.content.decode().count("{") == css.content.decode().count("}")


def test_who_has_the_address_reads_the_draft_without_an_account(path: str, item: Item) -> None:
    stranger = Client(headers={"Accept-Language": "en"})
    page = stranger.get(path)
    assert "A draft of Liege, not public" in page.content.decode()
    assert "can read it until" in page.content.decode()
    for channel in CHANNELS:
        framed = stranger.get(f"{path}fr/{channel}/")
        assert "Marché de Noël" in framed.content.decode()
        assert framed["X-Frame-Options"] == "SAMEORIGIN"
        for answer in (page, framed):
            assert answer["X-Robots-Tag"] == "noindex, nofollow"
            assert answer["Referrer-Policy"] == "no-referrer"
            assert answer["Cache-Control"] == "no-store"
            assert not answer.cookies
            assert "Perron-Counted" not in answer
    assert not PageCount.objects.exists()


def test_the_secret_is_kept_nowhere(path: str, item: Item, author: Client) -> None:
    secret = path.strip("/").rpartition("~")[2]
    row = Loan.objects.values().get()
    assert secret not in str(row)
    assert secret not in author.get(f"/studio/liege/items/{item.pk}/preview/").content.decode()
    assert secret not in str(list(AuditEntry.objects.values()))


def test_one_address_follows_the_text_and_one_keeps_it(item: Item, author: Client) -> None:
    newest, this = share(author, item), share(author, item, which="this")
    drafting.save(item, making.content(title="Marché de Pâques"), by=SYSTEM, expected=1)
    assert "Pâques" in Client().get(f"{newest}fr/page/").content.decode()
    assert "Noël" in Client().get(f"{this}fr/page/").content.decode()


def test_it_ends_after_seven_days(path: str) -> None:
    with clock.travel(clock.now() + timedelta(days=6, hours=23)):
        assert Client().get(path).status_code == 200
    with clock.travel(clock.now() + timedelta(days=7, minutes=1)):
        for address in (path, f"{path}fr/page/"):
            answer = Client(headers={"Accept-Language": "en"}).get(address)
            assert answer.status_code == 410
            assert "seven days" in answer.content.decode()


def test_it_is_taken_back_and_the_trail_says_by_whom(path: str, item: Item, author: Client) -> None:
    loan = Loan.objects.get()
    author.post(f"/studio/liege/items/{item.pk}/share/{loan.pk}/")
    answer = Client(headers={"Accept-Language": "en"}).get(path)
    assert answer.status_code == 410
    assert "taken it back" in answer.content.decode()
    trail = AuditEntry.objects.filter(verb__in=["lend", "take back"]).order_by("at")
    assert [(entry.verb, entry.actor_id) for entry in trail] == [
        ("lend", loan.made_by_id),
        ("take back", loan.made_by_id),
    ]


def test_a_draft_that_was_deleted_or_withdrawn_says_so(path: str, item: Item, author: Client) -> None:
    english = Client(headers={"Accept-Language": "en"})
    other = making.draft(title="Brocante")
    its = share(author, other)
    drafting.discard(item, by=SYSTEM)
    answer = english.get(path)
    assert (answer.status_code, "This draft was deleted." in answer.content.decode()) == (410, True)
    releasing.withdraw(releasing.release(other, by=SYSTEM, expected=1), by=SYSTEM)
    answer = english.get(its)
    assert (answer.status_code, "withdrawn from the public" in answer.content.decode()) == (410, True)


def test_a_guessed_address_opens_nothing(path: str) -> None:
    assert Client().get("/studio/~guess/").status_code == 404
    assert Client().get(f"{path[:-2]}/").status_code == 404


def test_only_members_share_and_take_back(path: str, item: Item, editor: Client) -> None:
    loan = Loan.objects.get()
    namur = making.community("namur")
    theirs = making.draft(at=namur)
    assert Client().post(f"/studio/liege/items/{item.pk}/share/").status_code == 302
    assert editor.post(f"/studio/namur/items/{theirs.pk}/share/").status_code == 404
    assert editor.post(f"/studio/liege/items/{theirs.pk}/share/").status_code == 404
    assert editor.get(f"/studio/liege/items/{item.pk}/share/").status_code == 405
    assert Client().post(f"/studio/liege/items/{item.pk}/share/{loan.pk}/").status_code == 302
    assert Client().get(path).status_code == 200


def test_so_many_and_no_more(item: Item, author: Client) -> None:
    for _ in range(20):
        lend(item, by=SYSTEM)
    with pytest.raises(Refused):
        lend(item, by=SYSTEM)
    answer = author.post(f"/studio/liege/items/{item.pk}/share/", {"which": "newest"})
    assert answer.status_code == 422
    assert "Take one back first" in answer.content.decode()
