"""A message of the operator: written, looked at, tried on oneself, sent to one audience, stopped; and what is in it."""

import html
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client

from perron.communities.models import Platform
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.delivery import dispatching, sending
from perron.delivery.carriers.mail import Mail
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.working import deliver
from perron.letters.posting import post_due
from perron.outreach.models import Campaign, NewsReader
from perron.outreach.newsletter import leaving, writing
from perron.outreach.newsletter import sending as campaigns
from perron.outreach.newsletter.audience import basis_named, count
from perron.outreach.newsletter.writing import Written
from perron.privacy import objections
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.models import AuditEntry
from perron.privacy.retaining import expire
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader
from tests.outreach.readers import TEXT, basis, campaign, client_of, sent, staff, stranger

pytestmark = pytest.mark.django_db


def numbers(message: Campaign) -> Counter[str]:
    return campaigns.progress(message).numbers


def addresses(server: MailServer) -> list[str]:
    return sorted(address for address, _message in server.taken)


def test_each_gets_it_once_in_their_language_or_the_first_there_is(front: Platform, server: MailServer) -> None:
    stranger("anne@example.org", "fr")
    stranger("bart@example.org", "nl")
    stranger("cora@example.org", "de")
    making.person("user@example.org")
    message = sent(campaign(consent=True, fr=f"## Titre\n\n{TEXT}", nl="Wij hebben de kaart **vernieuwd**."))
    assert deliver() == 3
    assert addresses(server) == ["anne@example.org", "bart@example.org", "cora@example.org"]
    taken = dict(server.taken)
    assert taken["bart@example.org"]["Subject"] == "La carte (nl)"
    assert taken["cora@example.org"]["Subject"] == "La carte (fr)"
    page = taken["cora@example.org"].get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert '<html lang="de"' in page
    assert '<main class="stem" lang="fr"' in page
    assert "<h2>Titre</h2>" in page
    assert "Art. 6 Abs. 1" in page or "art. 6(1)(a)" in page
    assert numbers(message) == Counter(sent=3)
    assert campaigns.progress(message).is_over
    assert deliver() == 0
    expire(as_of=clock.now() + timedelta(days=120))
    assert not Delivery.stored.exists()
    assert numbers(message) == Counter(sent=3)


def test_each_message_says_why_and_ends_by_one_press_and_follows_nobody(front: Platform, server: MailServer) -> None:
    client_of(front.partner)
    stranger("anne@example.org")
    sent(campaign(consent=False, fr=f"{TEXT} [La carte](https://perron.example/carte)."))
    deliver()
    [(address, message)] = server.taken
    assert address == "commune@example.org"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"].startswith("<newsletter.")
    path = re.sub(r"^<https?://[^/]+|>$", "", str(message["List-Unsubscribe"]))
    for part in ("plain", "html"):
        body = message.get_body((part,))
        assert body is not None
        said = html.unescape(body.get_content())
        assert said.count(path.removesuffix("stop/")) == 1
        assert "art. 6(1)(f)" in said
        assert "https://perron.example/carte" in said
        assert not re.search(r"<img|src=|@import|url\(", said)
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert objections.has_objected("commune@example.org", Activity.PROMOTION)
    assert count(basis_named(basis(consent=False))) == 0


def test_who_refuses_before_it_leaves_does_not_get_it(front: Platform, server: MailServer) -> None:
    stranger("anne@example.org")
    stranger("bart@example.org")
    message = sent(campaign())
    dispatching.expand()
    leaving.stop_for("anne@example.org", language="fr", by=SYSTEM)
    # The same, while the row is still there: the clearance says no.
    NewsReader.stored.create(
        pk=Delivery.stored.order_by("pk")[0].recipient_id,
        subject_id=Delivery.stored.order_by("pk")[0].subject_id,
        email="anne@example.org",
        language="fr",
    )
    deliver()
    assert addresses(server) == ["bart@example.org"]
    assert numbers(message) == Counter(sent=1, refused=1)


def test_an_alert_overtakes_a_newsletter_on_its_way(front: Platform, server: MailServer) -> None:
    liege = front.communities.get()
    for number in range(25):
        stranger(f"reader{number}@example.org")
    reader(liege, "resident@example.org")
    sent(campaign())
    dispatching.expand(shard=15)
    assert sending.send_due(Mail(), limit=5) == 5
    making.released("alert", at=liege, title="Crue")
    deliver()
    headings = [str(message["Subject"]) for _to, message in server.taken]
    assert headings.index("Alerte\xa0: Crue") == 5
    assert len(headings) == 26
    assert Dispatch.objects.get(source="campaign").priority == dispatching.CAMPAIGN == 30


def test_what_has_not_left_stays_when_somebody_stops_it(front: Platform, server: MailServer) -> None:
    for number in range(7):
        stranger(f"reader{number}@example.org")
    message = sent(campaign())
    dispatching.expand(shard=5)
    assert sending.send_due(Mail(), limit=2) == 2
    campaigns.stop(message, by=SYSTEM)
    deliver()
    assert len(server.taken) == 2
    assert numbers(message) == Counter(sent=2, expired=3)
    with pytest.raises(Conflict):
        campaigns.stop(message, by=SYSTEM)


def test_it_is_sent_at_its_moment_and_can_be_a_draft_again_before(front: Platform, server: MailServer) -> None:
    stranger()
    at = clock.now() + timedelta(days=3)
    message = sent(campaign(), at=at)
    assert (campaigns.begin_due(), deliver()) == (0, 0)
    assert campaigns.stop(message, by=SYSTEM).state == Campaign.State.DRAFT
    message = sent(Campaign.objects.get(), at=at)
    with clock.travel(at):
        # Who came meanwhile gets it too.
        stranger("later@example.org")
        assert (campaigns.begin_due(), campaigns.begin_due()) == (1, 0)
        assert deliver() == 2
    for wrong in (clock.now() - timedelta(minutes=1), clock.now() + timedelta(days=400)):
        with pytest.raises(Refused, match="still to come"):
            sent(campaign(), at=wrong)


def test_it_is_sent_only_as_it_was_confirmed(front: Platform) -> None:
    message = campaign(by=making.person(role="support").actor)
    with pytest.raises(Refused, match="reaches nobody"):
        sent(message)
    stranger()
    for number, expected in ((2, 1), (1, 7)):
        with pytest.raises(Conflict):
            campaigns.send(message, number=number, expected=expected, by=SYSTEM)
    for role in ("support", "dpo"):
        with pytest.raises(NotAllowed):
            campaigns.send(message, number=1, expected=1, by=making.person(role=role).actor)
    with pytest.raises(NotAllowed):
        campaign(by=making.person(role="dpo").actor)
    sent(message)
    for deed in (lambda: sent(message), lambda: writing.discard(message, by=SYSTEM)):
        with pytest.raises(Conflict):
            deed()
    with pytest.raises(Refused, match="no such audience"):
        writing.begin(Written("everybody", {"fr": "x"}, {"fr": "x"}), by=SYSTEM)
    assert {"write campaign", "send campaign"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_at_the_desk_from_the_first_word_to_the_last_message(front: Platform, server: MailServer) -> None:
    stranger("anne@example.org")
    desk = staff()
    form = {"basis": basis(consent=True), "heading_fr": "", "text_fr": TEXT, "seen": "0"}
    assert desk.post("/desk/news/new/", form | {"basis": "x"}).status_code == 422
    assert desk.post("/desk/news/new/", form).status_code == 422
    path = desk.post("/desk/news/new/", form | {"heading_fr": "La carte"})["Location"]
    edit = f"{path}edit/"
    assert desk.post(edit, form | {"heading_fr": "Le plan", "seen": "1"}).status_code == 302
    late = desk.post(edit, form | {"heading_fr": "Trop tard", "seen": "1"})
    assert late.status_code == 422
    assert "Trop tard" in late.text
    assert "Le plan" in desk.get(path).text
    for language, look in (("fr", "light"), ("de", "dark")):
        page = desk.get(f"{path}{language}/{look}/")
        assert TEXT in html.unescape(page.text)
        assert "prefers-color-scheme" not in page.text
        assert "sandbox" in page["Content-Security-Policy"]
    assert desk.get(f"{path}fr/sepia/").status_code == 404
    assert desk.post(path, {"deed": "test", "language": "nl"}).status_code == 302
    assert post_due() == 2, "the test, and what Anne confirmed by"
    test = dict(server.taken)["staff@operator.example"]
    assert (test["Subject"], test["List-Unsubscribe"]) == ("Proef: Le plan", None)
    server.taken.clear()
    confirming = desk.get(f"{path}send/")
    assert re.search(r"<h1>[^<]*1[^<]*</h1>", confirming.text)
    assert desk.post(f"{path}send/", {"seen": "2", "number": "5", "at": ""}).status_code == 422
    assert desk.post(f"{path}send/", {"seen": "2", "number": "1", "at": ""})["Location"] == path
    assert deliver() == 1
    assert addresses(server) == ["anne@example.org"]
    assert desk.get(f"{path}send/").status_code == 302
    late = desk.post(path, {"deed": "stop"})
    assert late.status_code == 409
    assert "Il n’y a plus rien à arrêter" in late.text, "said on the page itself, which still shows how far it is"
    assert "Le plan" in late.text
    assert desk.post(path, {"deed": "frame"}).status_code == 404
    assert "Le plan" in desk.get("/desk/news/").text
    made = campaign()
    planned = {"seen": "1", "number": "1", "at": f"{clock.now() + timedelta(days=2):%Y-%m-%dT%H:%M}"}
    assert desk.post(f"/desk/news/{made.pk}/send/", planned).status_code == 302
    assert "C’est de nouveau un brouillon" in desk.post(f"/desk/news/{made.pk}/", {"deed": "stop"}, follow=True).text
    assert desk.post(f"/desk/news/{made.pk}/", {"deed": "discard"}).status_code == 302
    assert not Campaign.objects.filter(pk=made.pk).exists()
