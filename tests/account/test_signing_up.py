"""Signing up: who has an account is not told, links work once, and what looks like something else is not taken."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from perron.accounts import opening
from perron.accounts.models import Person, SignUp
from perron.communities.models import Agreement, Enrolment
from perron.core import clock
from perron.core.errors import Refused
from perron.letters.models import Letter
from perron.privacy import objections
from perron.privacy.declaring import Activity
from perron.privacy.subjects import of_person
from tests import making
from tests.account.residents import ADDRESS, LINK, PASSWORD, SIGN_UP, asks, browser, opens, token, tokens, town

pytestmark = pytest.mark.django_db


@contextmanager
def _hashes() -> Iterator[list[str]]:
    """Collect the passwords that are hashed."""
    hashed: list[str] = []
    real = MD5PasswordHasher.encode

    def encode(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return real(self, password, salt)

    with patch.object(MD5PasswordHasher, "encode", encode):
        yield hashed


def test_an_address_with_an_account_gets_the_same_answer_by_the_same_work() -> None:
    town()
    making.person("anne.known@example.org")
    asks("warm.upp@example.org")
    answers, queries = [], []
    with _hashes() as hashed:
        for email in ("anne.known@example.org", "anne.other@example.org"):
            with CaptureQueriesContext(connection) as captured:
                answers.append(asks(email).replace(email, "…"))
            queries.append([query["sql"].split(" ")[0] for query in captured.captured_queries])
    assert answers[0] == answers[1]
    assert queries[0] == queries[1]
    assert hashed == []
    kinds = dict(Letter.objects.values_list("to", "kind"))
    assert kinds["anne.known@example.org"] == "account-there"
    assert kinds["anne.other@example.org"] == "account-open"
    assert Person.objects.count() == 1


def test_nobody_has_an_account_before_the_address_is_confirmed() -> None:
    town()
    page = browser().get(SIGN_UP)
    assert "10 years" in page.text
    assert not page.cookies
    asks()
    assert not Person.objects.exists()
    assert not EmailAddress.objects.exists()
    client = opens(token())
    person = Person.objects.get()
    assert (person.email, person.full_name, person.declared_age, person.language) == (ADDRESS, "Zoé Martin", 13, "en")
    assert EmailAddress.objects.get().verified
    assert Enrolment.objects.get().person == person
    assert "Zoé Martin" in client.get("/account/").text
    assert (
        browser().post("/account/sign-in/", {"login": ADDRESS.upper(), "password": PASSWORD})["Location"] == "/account/"
    )


def test_programs_that_look_at_links_open_nothing() -> None:
    town()
    asks()
    carried = token()
    for method in ("get", "head", "options"):
        assert getattr(browser(), method)(f"{LINK}?token={carried}").status_code == 200
    assert not Person.objects.exists()
    assert opens(carried)


def test_a_link_works_once_and_for_a_day() -> None:
    town()
    asks()
    asks()
    first, late = tokens()
    with clock.travel(clock.now() + timedelta(days=1)):
        assert browser().get(LINK, {"token": late}).status_code == 410
    opens(first)
    said = {"token": first, "password": PASSWORD}
    assert browser().post(LINK, said).status_code == 410
    # The other link was for the same address, which has an account by now.
    assert browser().post(LINK, said | {"token": late}).status_code == 410
    for wrong in ("", "x", first[:-3], first + "x"):
        assert browser().get(LINK, {"token": wrong}).status_code == 410
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_confirm_at_once_open_one_account() -> None:
    town()
    asks()
    asks()

    def confirm(carried: str) -> int:
        try:
            return browser().post(LINK, {"token": carried, "password": PASSWORD}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as tabs:
        answers = sorted(tabs.map(confirm, tokens() * 2))
    assert answers == [302, 410, 410, 410]
    assert (Person.objects.count(), EmailAddress.objects.count()) == (1, 1)


@pytest.mark.once
@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("zoе@example.org", "two alphabets"),  # A Cyrillic letter among Latin ones.
        ("zoe@exаmple.org", "two alphabets"),
        ("зоя@example.org", "Write an e-mail address"),
        ("zoe@@example.org", "Write an e-mail address"),
        ("zoe", "Write an e-mail address"),
        ("zoe\r\nBcc: x@example.org", "Write an e-mail address"),
        ("z" * 300 + "@example.org", "254"),
    ],
)
def test_what_is_no_address_is_said_and_nothing_sent(email: str, words: str) -> None:
    town()
    response = browser().post(SIGN_UP, {"email": email, "of_age": "on"})
    assert response.status_code == 422
    assert words in response.text
    assert not Letter.objects.exists()


def test_an_international_address_is_one_however_it_is_written() -> None:
    town()
    asks("zoe@école.be")
    opens(token())
    person = Person.objects.get()
    assert person.email == "zoe@xn--cole-9oa.be"
    for typed in ("ZOE@ÉCOLE.be", person.email):
        assert browser().post("/account/sign-in/", {"login": typed, "password": PASSWORD}).status_code == 302
    asks("Zoe@E\u0301cole.be")
    assert Letter.objects.latest("written_at").kind == "account-there"


@pytest.mark.once
@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"password": "fourteen chars"}, "at least 15"),
        ({"password": "x" * 257}, "256"),
        ({"password": ADDRESS}, "similar"),
        ({"password": "1q2w3e4r5t6y7u8i9o0p"}, "common"),
        ({"first_name": "Zое"}, "two alphabets"),
        ({"name": "M" * 101}, "100"),
    ],
)
def test_what_cannot_be_a_password_or_a_name_is_said(said: dict[str, str], words: str) -> None:
    town()
    asks()
    carried = token()
    response = browser().post(LINK, {"token": carried, "password": PASSWORD} | said)
    assert response.status_code == 422
    assert words in response.text
    opens(carried)


def test_names_are_kept_in_their_usual_form_and_those_of_other_alphabets_whole() -> None:
    town()
    asks()
    opens(token(), first_name="Ｚｏｅ\u200b\u202e  Anne", name="Δημήτρης Шевченко")
    person = Person.objects.get()
    assert (person.first_name, person.name) == ("Zoe Anne", "Δημήτρης Шевченко")


@pytest.mark.once
def test_ten_megabytes_are_neither_read_nor_hashed() -> None:
    town()
    asks()
    carried, much = token(), "x" * 10_000_000
    with _hashes() as hashed:
        for said in ({"name": much}, {"password": much}, {"token": much}):
            assert browser().post(LINK, {"token": carried, "password": PASSWORD} | said).status_code == 400
        assert browser().post("/account/sign-in/", {"login": ADDRESS, "password": "x" * 2_000_000}).status_code == 200
    assert hashed == []
    assert not Person.objects.exists()


@pytest.mark.once
def test_a_password_is_the_same_on_every_keyboard_and_hashed_by_argon2(settings: object) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # type: ignore[attr-defined]
    person = making.person()
    person.set_password("mot de passe très long — 🔑 ﬁn")
    assert str(person.password).startswith("argon2$argon2id$")
    assert person.check_password("mot de passe tre\u0300s long — 🔑 fin")
    assert not person.check_password("mot de passe tres long — 🔑 fin")


@pytest.mark.once
def test_nobody_too_young_and_nobody_without_saying_so() -> None:
    town()
    response = browser().post(SIGN_UP, {"email": ADDRESS})
    assert response.status_code == 422
    assert "I am 13 or older" in response.text
    assert not SignUp.objects.exists()
    with pytest.raises(Refused, match="13"):
        opening.ask(opening.Asked(ADDRESS, "en", age=12), place="", page="", elsewhere="")


@pytest.mark.parametrize("refuses", [True, False])
def test_news_can_be_refused_where_the_address_is_asked(*, refuses: bool) -> None:
    town()
    asks(**({"no_promotion": "on"} if refuses else {}))
    opens(token())
    whose = of_person(Person.objects.get().pk)
    assert objections.has_objected(whose, Activity.PROMOTION) == refuses
    assert objections.has_objected(ADDRESS, Activity.PROMOTION) == refuses


def test_one_address_gets_few_letters() -> None:
    town()
    answers = {asks() for _ in range(6)}
    assert len(answers) == 1
    assert Letter.objects.count() == opening.AN_HOUR
    with clock.travel(clock.now() + timedelta(minutes=61)):
        asks()
    assert Letter.objects.count() == opening.AN_HOUR + 1


def test_where_the_arrangement_has_ended_no_account_is_opened_any_more() -> None:
    town()
    asks()
    Agreement.objects.filter(kind="arrangement").update(ended_at=clock.now())
    assert browser().get(SIGN_UP).status_code == 404
    assert browser().post(SIGN_UP, {"email": "other@example.org", "of_age": "on"}).status_code == 404
    assert browser().post(LINK, {"token": token(), "password": PASSWORD}).status_code == 410
    assert (Letter.objects.count(), Person.objects.count()) == (1, 0)


@pytest.mark.once
def test_other_sites_cannot_sign_anybody_up() -> None:
    town()
    foreign = {"Sec-Fetch-Site": "cross-site"}
    assert browser().post(SIGN_UP, {"email": ADDRESS, "of_age": "on"}, headers=foreign).status_code == 403
    asks()
    answer = browser().post(LINK, {"token": token(), "password": PASSWORD}, headers=foreign)
    assert (answer.status_code, Person.objects.count()) == (403, 0)


def test_whoever_prefers_a_passkey_opens_the_account_without_a_password() -> None:
    town()
    asks()
    answer = browser().post(LINK, {"token": token(), "by": "passkey"})
    assert answer["Location"] == "/account/security/passkeys/new/"
    assert not Person.objects.get().has_usable_password()
