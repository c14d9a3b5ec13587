"""B: who uses the contact tab is answered; the clock restarts with each contact; a year after the last it is gone."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.core import clock
from perron.letters.models import Letter
from perron.letters.rendering import render
from perron.outreach.models import Conversation, Message
from perron.privacy import restrictions
from perron.privacy.policy.current import policy
from perron.privacy.retaining import expire
from perron.privacy.subjects import known_address
from tests import making

pytestmark = pytest.mark.django_db

FORM = {
    "first_name": "Anne",
    "name": "Lambert",
    "function": "Secrétaire communale",
    "email": "anne.lambert@example.org",
    "telephone": "+32 4 123 45 67",
    "heading": "Une app pour notre commune",
    "text": "Bonjour,\n\nnous aimerions rejoindre la plateforme.",
}


@pytest.fixture
def staff(client: Client) -> Person:
    making.platform(making.community())
    person = making.person("staff@example.org", role="administrator")
    client.force_login(person)
    return person


def _write(**changes: str) -> Conversation:
    visitor = Client()
    answer = visitor.post("/fr/contact/", FORM | changes, headers={"Sec-Fetch-Site": "same-origin"})
    assert (answer.status_code, answer["Location"]) == (302, "/fr/contact/sent/")
    assert not visitor.cookies
    assert visitor.get("/fr/contact/sent/").status_code == 200
    return Conversation.objects.latest("began_at")


def test_b_the_form_says_what_happens_to_the_data_and_sets_no_cookie(staff: Person) -> None:
    visitor = Client()
    page = visitor.get("/fr/contact/")
    assert page.status_code == 200
    assert not visitor.cookies
    assert "1 an" in page.text
    assert policy().operator.name in page.text


def test_b_somebody_writes_is_answered_in_a_thread_and_writes_again(client: Client, staff: Person) -> None:
    conversation = _write()
    receipt = Letter.objects.get()
    assert (receipt.to, receipt.language) == (FORM["email"], "fr")
    assert conversation.reference in render(receipt).text
    assert "rejoindre" not in render(receipt).text

    assert FORM["heading"] in client.get("/desk/contact/").text
    address = f"/desk/contact/{conversation.pk}/"
    page = client.get(address).text
    assert all(word in page for word in ("Anne Lambert", "Secrétaire communale", "nous aimerions rejoindre"))

    answer = client.post(address, {"deed": "answer", "text": "Avec plaisir.", "seen": "1"})
    assert answer.status_code == 302
    letter = Letter.objects.exclude(pk=receipt.pk).get()
    assert (letter.to, letter.references) == (FORM["email"], [receipt.message_id])
    assert "Avec plaisir." in render(letter).text
    assert f"Re: {FORM['heading']}" in render(letter).heading

    client.post(address, {"deed": "received", "text": "Quand commençons-nous ?"})
    client.post(address, {"deed": "note", "text": "Appeler lundi."})
    client.post(address, {"deed": "answer", "text": "Lundi."})
    third = Letter.objects.latest("written_at")
    assert third.references == [receipt.message_id, letter.message_id]
    page = client.get(address).text
    said = [page.index(word) for word in ("nous aimerions", "Avec plaisir.", "Quand commen", "Appeler lundi.")]
    assert said == sorted(said)
    client.post(address, {"deed": "close"})
    conversation.refresh_from_db()
    assert (conversation.state, conversation.assigned_to) == ("closed", staff)


def test_b_the_year_begins_again_with_each_contact_and_then_all_of_it_is_gone(client: Client, staff: Person) -> None:
    conversation = _write()
    address = f"/desk/contact/{conversation.pk}/"
    began = clock.now()

    def left(at: datetime) -> int:
        with clock.travel(at):
            expire()
        return Conversation.stored.count()

    with clock.travel(began + timedelta(days=300)):
        client.force_login(staff)
        client.post(address, {"deed": "answer", "text": "Encore un mot."})
    assert left(began + timedelta(days=400)) == 1
    with clock.travel(began + timedelta(days=500)):
        client.force_login(staff)
        client.post(address, {"deed": "received", "text": "Merci."})
        client.post(address, {"deed": "note", "text": "Une note n’est pas un contact."})
    with clock.travel(began + timedelta(days=800)):
        client.force_login(staff)
        client.post(address, {"deed": "note", "text": "Toujours pas."})
    assert left(began + timedelta(days=860)) == 1
    assert left(began + timedelta(days=867)) == 0
    assert not Message.stored.exists()


def test_b_whoever_is_restricted_is_stored_and_not_used(client: Client, staff: Person) -> None:
    conversation = _write()
    address = f"/desk/contact/{conversation.pk}/"
    subject = known_address(FORM["email"])
    assert subject
    restrictions.restrict(subject, restrictions.Ground.ACCURACY, by=staff.actor)
    page = client.get("/desk/contact/?state=any").text
    assert FORM["heading"] not in page
    assert re.search(r"1 .{5,40}GDPR art. 18|1 .{0,200}art. 18", page, re.DOTALL)
    assert client.get(address).status_code == 404
    assert client.post(address, {"deed": "answer", "text": "Bonjour."}).status_code == 404
    assert (Conversation.stored.count(), Message.stored.count(), Message.objects.count()) == (1, 1, 0)
