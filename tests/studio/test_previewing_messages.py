"""The previews of what leaves: the mail and the notification as they would be sent, before anything is, for nobody."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from perron.audience.keys import key_of
from perron.channels.email.mailing import OWN_PLACE
from perron.communities.models import Community
from perron.delivery import notifying, writing
from perron.delivery.models import Dispatch
from perron.delivery.releases import dispatch_of
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.content import Words
from perron.publishing.kinds.registry import KINDS
from perron.publishing.lending.rules import lend
from perron.publishing.models import Item
from tests import making
from tests.delivery.town import reader

LONG = "Travaux de nuit sur le pont " * 5


def inside(item: Item, channel: str, language: str = "fr") -> str:
    return f"/studio/liege/items/{item.pk}/preview/{language}/{channel}/"


def parsed(answer: Any) -> BeautifulSoup:
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def sent(item: Item) -> Dispatch:
    releasing.release(item, by=SYSTEM, expected=item.edition)
    return dispatch_of(Item.objects.get(pk=item.pk).releases.latest("at"))


def words(page: BeautifulSoup) -> list[str]:
    return list(page.stripped_strings)


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_is_shown_as_it_will_leave_by_mail(kind: str, liege: Community, author: Client) -> None:
    reader_of = reader(liege, "anne@example.org")
    item = making.draft(kind, at=liege)
    page, text = parsed(author.get(inside(item, "mail"))), parsed(author.get(inside(item, "mail-text")))
    assert "anne@example.org" not in str(page) + str(text)
    assert key_of(reader_of.pk) not in str(page) + str(text)
    mail, own_pages = writing.written(sent(item), "fr")
    assert words(page) == words(BeautifulSoup(mail.html, "html.parser"))
    links = [
        link["href"]
        for link in BeautifulSoup(mail.html.replace(OWN_PLACE, f"{own_pages}…/"), "html.parser").select("a")
    ]
    assert [link["href"] for link in page.select("a")] == links
    shown = text.select_one("pre")
    assert shown
    assert shown.get_text().strip() == mail.text.replace(OWN_PLACE, f"{own_pages}…/").strip()
    assert mail.sender.address in text.get_text()
    assert mail.heading in text.get_text()


@pytest.mark.parametrize("kind", ["news", "alert"])
def test_a_draft_is_shown_as_devices_will_be_told(kind: str, liege: Community, author: Client) -> None:
    item = making.draft(kind, at=liege, texts={"fr": Words(title=LONG[:135], summary=LONG * 2, body="Texte.")})
    page = parsed(author.get(inside(item, "push")))
    told = json.loads(notifying.written(sent(item), "fr"))["notification"]
    assert {each.get_text() for each in page.select(".push-title")} == {told["title"]}
    assert {each.get_text() for each in page.select(".push-body")} == {told["body"]}
    assert told["title"].endswith("…"), "longer than a device gets"
    assert [each.get_text() for each in page.select(".push-deeds span")] == ["Lire", "Ce que je reçois"]
    assert ("reste à l’écran" in page.get_text()) == (kind == "alert")


def test_an_alert_that_is_public_is_shown_as_its_update(liege: Community, author: Client) -> None:
    item = making.released("alert", at=liege)
    drafting.save(item, making.content("alert", title="Eau coupée"), by=SYSTEM, expected=item.edition)
    found = words(parsed(author.get(inside(item, "mail"))))
    assert "Alerte, mise à jour\xa0: Eau coupée" in found
    assert any("Mis à jour" in each for each in found)


def test_each_language_has_its_own_and_the_text_a_frame_below(liege: Community, author: Client) -> None:
    item = making.draft(at=liege, texts={"fr": Words(title="Marché"), "nl": Words(title="Markt")})
    page = parsed(author.get(f"/studio/liege/items/{item.pk}/preview/?channel=mail&language=nl"))
    frames = [frame["src"] for frame in page.select("iframe")]
    assert frames == [inside(item, "mail", "nl")] * 2 + [inside(item, "mail-text", "nl")]
    tabs = [tab["href"] for tab in page.select(".channels a")]
    assert not any("mail-text" in str(tab) for tab in tabs)
    assert parsed(author.get(f"/studio/liege/items/{item.pk}/preview/?channel=mail-text")).select(
        '.channels a[aria-current][href*="channel=mail&"]'
    )
    assert "Lees alles" in parsed(author.get(inside(item, "mail", "nl"))).get_text()


def test_a_mail_brings_its_style_and_fetches_and_runs_nothing(liege: Community, author: Client) -> None:
    item = making.draft(at=liege, texts={"fr": Words(title="<b>Titre</b>", summary="<script>alert(1)</script>")})
    answer = author.get(inside(item, "mail"))
    rules = answer["Content-Security-Policy"]
    assert "default-src 'none'" in rules
    assert "script-src 'none'" in rules
    assert "frame-ancestors 'self'" in rules
    assert parsed(answer).select("script, h1 b") == []
    assert "'unsafe-inline'" not in author.get(inside(item, "push"))["Content-Security-Policy"]
    assert Client().get(inside(item, "mail")).status_code == 302


@pytest.mark.parametrize("channel", ["mail", "mail-text", "push"])
def test_a_colleague_with_a_lent_address_sees_them_as_a_draft(channel: str, liege: Community) -> None:
    item = making.draft(at=liege)
    _loan, secret = lend(item, by=making.person("author@example.org", role="author", at=liege).actor)
    page = parsed(Client().get(f"/studio/~{secret}/fr/{channel}/"))
    assert "Marché de Noël" in page.get_text()
    assert "Brouillon" in page.get_text()
