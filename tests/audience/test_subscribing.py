"""Subscribing by e-mail: nobody has a row before they confirmed, and everybody leaves by one press."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from perron.audience import leaving, subscribing
from perron.audience.choices import Choice, chosen
from perron.audience.keys import key_of, opened
from perron.audience.models import Recipient, Subscription
from perron.communities.models import Community
from perron.core import clock
from perron.core.errors import Gone, NotFound, Refused
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.privacy import journal
from perron.privacy.erasing import erase
from perron.privacy.models import Addressee
from tests import making

pytestmark = pytest.mark.django_db

PAGE = "https://perron.example/fr/subscription/confirm/"


@pytest.fixture(autouse=True)
def liege(monkeypatch: pytest.MonkeyPatch) -> Community:
    monkeypatch.setattr(subscribing, "service_is_covered", lambda *_: True)
    community = making.community(names={"fr": "Liège"})
    making.platform(community)
    return community


def token() -> str:
    link = Letter.objects.filter(kind="subscription-confirm").latest("written_at").context["link"]
    return str(re.sub(r".*token=", "", link)).replace("%3A", ":")


def subscribed(community: Community, email: str = "anne@example.org") -> Recipient:
    subscribing.ask(email, community, Choice(), language="fr", page=PAGE)
    return subscribing.confirm(token())


def test_nobody_has_a_row_before_they_confirmed(liege: Community) -> None:
    subscribing.ask("anne@example.org", liege, Choice(), language="fr", page=PAGE)
    assert not Recipient.stored.exists()
    assert not Subscription.stored.exists()
    made = subscribing.confirm(token())
    assert (made.email, made.language) == ("anne@example.org", "fr")
    assert Subscription.objects.get().community == liege


def test_twice_is_as_good_as_once(liege: Community) -> None:
    subscribed(liege)
    subscribing.confirm(token())
    assert Subscription.stored.count() == 1


def test_a_link_that_was_altered_or_is_too_old_subscribes_nobody(liege: Community) -> None:
    subscribing.ask("anne@example.org", liege, Choice(), language="fr", page=PAGE)
    link = token()
    forged = signing.dumps(["eve@example.org", str(liege.pk), [], [], "fr", 0], salt="another")
    for wrong in (link[:-1], link + "x", "", forged):
        with pytest.raises(Gone):
            subscribing.confirm(wrong)
    with clock.travel(clock.now() + timedelta(days=2, minutes=1)), pytest.raises(Gone):
        subscribing.confirm(link)
    assert not Recipient.stored.exists()


@pytest.mark.once
@pytest.mark.parametrize(
    "address", ["", "nobody", "a@example.org\nBcc: b@example.org", "a@" + "x" * 320 + ".example", "a b@example.org"]
)
def test_what_is_no_address_is_refused(liege: Community, address: str) -> None:
    with pytest.raises(Refused):
        subscribing.ask(address, liege, Choice(), language="fr", page=PAGE)
    assert not Letter.objects.exists()


def test_an_international_domain_is_written_in_one_way(liege: Community) -> None:
    assert subscribed(liege, email="anne@Bücher.example").email == "anne@xn--bcher-kva.example"


def test_nobody_fills_a_strangers_mailbox(liege: Community) -> None:
    for _ in range(5):
        subscribing.ask("anne@example.org", liege, Choice(), language="fr", page=PAGE)
    assert Letter.objects.count() == subscribing.A_DAY


def test_what_is_unknown_cannot_be_chosen(liege: Community) -> None:
    making.topic("culture")
    making.area(liege, "centre", 0)
    making.area(making.community("namur"), "citadelle", 0)
    assert chosen(["news"], ["culture"], ["centre"], "daily", of=liege) == Choice(
        ("news",), ("culture",), ("centre",), "daily"
    )
    assert chosen(["news", "event", "works", "document"], []) == Choice()
    wrongs: list[Any] = [
        (["alert"], []),
        (["news"], ["|"]),
        ([], ["x"]),
        ([], [], ["citadelle"]),
        ([], [], [], "hourly"),
    ]
    for wrong in wrongs:
        with pytest.raises(Refused):
            chosen(*wrong, of=liege)


def test_who_unsubscribes_is_gone_and_told_so_once(liege: Community) -> None:
    recipient = subscribed(liege)
    Letter.objects.all().delete()
    assert leaving.unsubscribe(recipient) == 1
    assert leaving.unsubscribe(recipient) == 0
    assert not Recipient.stored.exists()
    assert [letter.kind for letter in Letter.objects.all()] == ["subscription-ended"]
    with pytest.raises(Gone):
        opened(key_of(recipient.pk))


def test_of_a_letter_that_was_sent_not_even_the_address_stays(liege: Community) -> None:
    recipient = subscribed(liege)
    post_due()
    leaving.unsubscribe(recipient)
    assert sorted(letter.to for letter in Letter.objects.all()) == ["", "anne@example.org"]
    post_due()
    assert [letter.to for letter in Letter.objects.all()] == ["", ""]


def test_from_one_of_two_communities(liege: Community) -> None:
    other = making.community("herstal")
    recipient = subscribed(liege)
    assert subscribed(other).pk == recipient.pk
    leaving.unsubscribe(recipient, community=liege.pk)
    assert Subscription.objects.get().community == other


def test_a_restore_brings_nobody_back(liege: Community) -> None:
    recipient = subscribed(liege)
    subject, mark = recipient.subject, Addressee.objects.get(pk=recipient.subject_id).fingerprint
    leaving.unsubscribe(recipient)
    # As a backup from before would have it.
    Recipient.stored.create(pk=recipient.pk, subject_id=subject.id, email="anne@example.org", language="fr")
    Subscription.stored.create(recipient_id=recipient.pk, community=liege)
    assert mark
    journal.replay(clock.now() - timedelta(hours=1))
    assert not Recipient.stored.exists()
    assert not Subscription.stored.exists()


def test_erasure_takes_all_of_it(liege: Community) -> None:
    recipient = subscribed(liege)
    erase([recipient.subject], by=making.person(role="administrator").actor)
    assert not Recipient.stored.exists()
    assert not Subscription.stored.exists()


def test_without_the_contract_there_is_nothing_to_subscribe_to(
    liege: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipient = subscribed(liege)
    monkeypatch.setattr(subscribing, "service_is_covered", lambda *_: False)
    with pytest.raises(NotFound):
        subscribing.ask("b@example.org", liege, Choice(), language="fr", page=PAGE)
    with pytest.raises(Gone):
        subscribing.confirm(token())
    assert Client().get("/fr/liege/subscribe/").status_code == 404
    # Who subscribed before can still leave.
    assert Client().post(f"/fr/subscription/{key_of(recipient.pk)}/stop/").status_code == 200
    assert not Recipient.stored.exists()


def test_on_the_screens_from_the_form_to_the_last_press(liege: Community) -> None:
    making.topic("culture")
    http = Client()
    form = {"email": "anne@example.org", "kind": "event", "topic": "culture", "website": ""}
    wrong = http.post("/fr/liege/subscribe/", form | {"email": "anne", "rhythm": "weekly"})
    assert wrong.status_code == 422
    for ticked in ("event", "culture", "weekly"):
        assert f'value="{ticked}" checked' in wrong.content.decode()
    assert http.post("/fr/liege/subscribe/", form | {"kind": "alert"}).status_code == 422
    assert http.post("/fr/liege/subscribe/", form | {"website": "x"}).status_code == 422
    foreign = http.post("/fr/liege/subscribe/", form, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert not Letter.objects.exists()
    assert http.post("/fr/liege/subscribe/", form).headers["Location"] == "/fr/liege/subscribe/sent/"
    assert http.get("/fr/liege/subscribe/sent/").status_code == 200
    link = f"/fr/subscription/confirm/?token={token()}"
    # What looks at mail opens links; nothing happens by it.
    for method in (http.get, http.head):
        assert method(link).status_code == 200
    assert not Recipient.stored.exists()
    own = http.post("/fr/subscription/confirm/", {"token": token()}).headers["Location"]
    page = http.get(own).content.decode()
    assert "Votre adresse est confirmée" in page
    assert "a…@example.org" in page
    assert "anne@" not in page
    assert Subscription.objects.get().kinds == "|event|"
    assert http.post(own, {"change": str(liege.pk), "kind": "news"}).status_code == 302
    assert Subscription.objects.get().kinds == "|news|"
    own = own.partition("?")[0]
    assert http.get(f"{own}stop/").status_code == 302
    assert http.head(f"{own}stop/").status_code == 302
    assert Recipient.stored.count() == 1
    assert http.post(own, {"stop": str(liege.pk)}).status_code == 200
    assert not Recipient.stored.exists()
    assert http.get(own).status_code == 410
    # Pressed twice, or by the mail program after the reader: it is as it should be.
    assert http.post(f"{own}stop/", {"List-Unsubscribe": "One-Click"}).status_code == 200


def test_messages_come_in_the_language_that_was_chosen_last(liege: Community) -> None:
    anne = subscribed(liege)
    http, own = Client(), f"/fr/subscription/{key_of(anne.pk)}/"
    assert http.post(own, {"language": "de"}).headers["Location"] == own.replace("/fr/", "/de/", 1) + "?done=saved"
    assert Recipient.stored.get().language == "de"
    assert http.post(own, {"language": "xx"}).status_code == 422
    subscribing.ask("anne@example.org", liege, Choice(), language="nl", page=PAGE)
    subscribing.confirm(token())
    assert Recipient.stored.get().language == "nl"
