import pytest
from django.core.cache import cache
from django.test import Client

from perron.accounts.models import Person
from tests import making

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


def sign_in(client: Client, person: Person, **more: str) -> str:
    response = client.post(SIGN_IN, {"login": person.email, "password": making.PASSWORD} | more)
    return response["Location"] if response.status_code == 302 else str(response.status_code)


def test_the_page_is_ours_and_asks_for_an_address_and_a_password() -> None:
    response = Client().get(SIGN_IN)
    page = response.content.decode()
    assert 'name="login"' in page
    assert 'autocomplete="current-password"' in page
    assert "account/account.css" in page
    assert response["Cache-Control"] == "no-store"


def test_signing_in_leads_to_the_studio_or_where_one_was_going() -> None:
    person = making.person(role="editor", at=making.community())
    assert sign_in(Client(), person) == "/studio/"
    assert sign_in(Client(), person, next="/studio/liege/items/") == "/studio/liege/items/"


def test_the_studio_begins_with_its_work_and_not_with_a_greeting() -> None:
    client = Client(headers={"accept-language": "nl"})
    person = making.person(role="editor", at=making.community())
    response = client.post(SIGN_IN, {"login": person.email, "password": making.PASSWORD}, follow=True)
    assert response.redirect_chain
    assert list(response.context["messages"]) == []


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_it_never_leads_elsewhere(target: str) -> None:
    assert sign_in(Client(), making.person(), next=target) == "/account/"


@pytest.mark.parametrize(
    ("login", "password"),
    [("", ""), ("nobody", "x"), ("nobody@example.org", "wrong"), ("x" * 300 + "@example.org", "x"),
     ("a\0@example.org", "x"), ("anne@example.org", "x" * 10_000), ("<script>@example.org", "🔑")],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_the_address_stays(login: str, password: str) -> None:
    making.person("anne@example.org")
    response = Client().post(SIGN_IN, {"login": login, "password": password})
    assert response.status_code == 200
    page = response.content.decode()
    assert 'role="alert"' in page
    assert "<script>@" not in page
    if login == "nobody@example.org":
        assert 'value="nobody@example.org"' in page


def test_after_five_wrong_passwords_signing_in_pauses() -> None:
    person = making.person()
    client = Client()
    for _attempt in range(5):
        client.post(SIGN_IN, {"login": person.email, "password": "wrong wrong wrong"})
    assert sign_in(client, person) != "/studio/"


def test_signing_out_needs_the_button() -> None:
    client = Client()
    client.force_login(making.person())
    assert client.get("/account/sign-out/").status_code == 405
    assert client.get("/studio/").status_code == 200
    assert client.post("/account/sign-out/")["Location"] == SIGN_IN
    assert client.get("/studio/").status_code == 302


def test_a_closed_account_does_not_sign_in() -> None:
    person = making.person()
    person.is_active = False
    person.save()
    client = Client()
    assert sign_in(client, person) == "403"
    assert client.get("/studio/").status_code == 302


def test_a_person_chooses_the_language_of_their_screens() -> None:
    person = making.person()
    client = Client()
    client.force_login(person)
    answer = client.post("/account/language/", {"language": "nl", "next": "/studio/"})
    assert answer["Location"] == "/studio/"
    assert 'lang="nl"' in client.get("/studio/").content.decode()
    for wrong in ("xx", "", "nl\0", "<script>"):
        assert client.post("/account/language/", {"language": wrong}).status_code == 422
    assert client.post("/account/language/", {"language": "de", "next": "//evil.example"})["Location"] == "/studio/"
    person.refresh_from_db()
    assert person.language == "de"
    assert client.get("/account/language/").status_code == 405


def test_the_language_is_for_those_signed_in() -> None:
    assert Client().post("/account/language/", {"language": "nl"})["Location"].startswith(SIGN_IN)
