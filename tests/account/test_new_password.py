import re

import pytest
from django.core.cache import cache
from django.test import Client

from perron.accounts.models import Person
from perron.letters import outbox
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.privacy.models import AuditEntry
from tests import making

pytestmark = pytest.mark.django_db

NEW = "another long enough password"


@pytest.fixture(autouse=True)
def _no_earlier_attempts(settings: object, tmp_path: object) -> None:
    cache.clear()
    settings.PERRON_HOME = tmp_path  # type: ignore[attr-defined]


def ask(email: str) -> str:
    response = Client().post("/account/password/", {"email": email})
    assert response["Location"] == "/account/password/sent/"
    return Client().get("/account/password/sent/").content.decode()


def link_in_letter() -> str:
    post_due()
    found = re.search(r"http://testserver(/account/password/\S+)", outbox.newest()[0].text)
    assert found
    return found[1]


def signs_in(person: Person, password: str) -> bool:
    response = Client().post("/account/sign-in/", {"login": person.email, "password": password})
    return response.status_code == 302


def test_somebody_who_forgot_the_password_chooses_another_by_letter() -> None:
    person = making.person("anne@example.org")
    elsewhere = Client()
    elsewhere.force_login(person)
    Person.objects.filter(pk=person.pk).update(language="nl")
    ask("Anne@example.org")
    letter = Letter.objects.get()
    assert (letter.kind, letter.to, letter.language) == ("password-reset", "anne@example.org", "nl")
    client = Client()
    page = client.get(link_in_letter(), follow=True)
    assert "password1" in page.content.decode()
    address = page.redirect_chain[-1][0]
    assert letter.context["link"] not in address
    answer = client.post(address, {"password1": NEW, "password2": NEW}, follow=True)
    assert answer.redirect_chain[-1][0] == "/account/password/chosen/"
    assert signs_in(person, NEW)
    assert not signs_in(person, making.PASSWORD)
    assert elsewhere.get("/studio/").status_code == 302
    assert AuditEntry.objects.filter(verb="set password", object_id=person.pk, actor_id=person.pk).count() == 1


def test_the_link_works_once() -> None:
    making.person("anne@example.org")
    ask("anne@example.org")
    link = link_in_letter()
    client = Client()
    address = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(address, {"password1": NEW, "password2": NEW})
    again = Client().get(link, follow=True).content.decode()
    assert "password1" not in again
    assert "/account/password/" in again


def test_it_does_not_say_who_has_an_account() -> None:
    making.person("anne@example.org")
    assert ask("anne@example.org") == ask("nobody@example.org")
    assert [letter.to for letter in Letter.objects.all()] == ["anne@example.org"]


@pytest.mark.parametrize("email", ["", "anne", "<script>@example.org"])
def test_what_is_no_address_is_said(email: str) -> None:
    response = Client().post("/account/password/", {"email": email})
    page = response.content.decode()
    assert response.status_code == 200
    assert 'role="alert"' in page
    assert "<script>@" not in page


@pytest.mark.parametrize(
    ("first", "second"), [("short", "short"), (NEW, "different"), ("password1234", "password1234")]
)
def test_a_password_that_does_not_fit_is_said(first: str, second: str) -> None:
    person = making.person("anne@example.org")
    ask("anne@example.org")
    client = Client()
    address = client.get(link_in_letter(), follow=True).redirect_chain[-1][0]
    page = client.post(address, {"password1": first, "password2": second}).content.decode()
    assert 'role="alert"' in page
    assert signs_in(person, making.PASSWORD)
