import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client

from perron.accounts import codes, factors
from perron.accounts.closing import close
from perron.accounts.models import Person
from perron.accounts.telling import tell
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.privacy import encrypting
from perron.privacy.models import AuditEntry
from tests import making

pytestmark = pytest.mark.django_db

CONFIRM = "/account/confirm/"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def anne() -> Person:
    return making.person("anne@example.org")


def confirms(client: Client, code: str) -> bool:
    return client.post(CONFIRM, {"code": code, "next": "/studio/"}).status_code == 302


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def letters() -> list[str]:
    return [letter.context["what"] for letter in Letter.objects.filter(kind="sign-in-changed").order_by("pk")]


def test_an_app_is_set_up_with_the_code_that_it_shows_and_gives_recovery_codes(anne: Person) -> None:
    client = signed_in(anne)
    page = client.get("/account/security/app/new/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert secret[:4] in page
    assert client.post("/account/security/app/new/", {"code": "000000"}).status_code == 422
    assert not factors.has_second_factor(anne)
    answer = client.post("/account/security/app/new/", {"code": making.code(secret), "next": "/studio/"})
    assert answer["Location"] == "/account/security/codes/?next=%2Fstudio%2F"
    shown = client.get(answer["Location"]).content.decode()
    assert all(f"{code[:4]} {code[4:]}" in shown for code in codes.unseen_codes(anne))
    assert client.post(answer["Location"], {"next": "/studio/"})["Location"] == "/studio/"
    assert codes.unseen_codes(anne) == []
    assert factors.has_second_factor(anne)
    assert letters() == ["app-added"]


def test_neither_secret_lies_readable_in_the_table(anne: Person) -> None:
    making.app(anne)
    factors.renew_codes(anne, by=anne.actor)
    for row in Authenticator.objects.all():
        assert making.SECRET not in str(row.data)
        assert all(str(value).startswith("v1:") for key, value in row.data.items() if key in {"secret", "seed"})
    sealed = encrypting.encrypt("x")
    assert (encrypting.decrypt(sealed), sealed != encrypting.encrypt("x")) == ("x", True)
    for wrong in (sealed[:-4] + "AAA=", "x", ""):
        with pytest.raises(ValueError, match="encrypted"):
            encrypting.decrypt(wrong)


def test_a_code_of_the_app_counts_once_in_every_process(anne: Person) -> None:
    making.app(anne)
    client, code = signed_in(anne), making.code()
    assert confirms(client, code)
    # Another process has a memory of its own.
    cache.clear()
    assert not confirms(client, code)
    assert not confirms(signed_in(anne), making.code(after=-1))
    assert confirms(client, making.code(after=1))
    assert not confirms(client, making.code(after=5))


def test_a_recovery_code_counts_once_and_is_told(anne: Person) -> None:
    making.app(anne)
    factors.renew_codes(anne, by=anne.actor)
    first, *others = codes.unseen_codes(anne)
    assert confirms(signed_in(anne), f" {first[:4]} {first[4:]} ")
    assert not confirms(signed_in(anne), first)
    assert (letters(), codes.codes_left(anne)) == (["codes-made", "code-used"], len(others))
    factors.renew_codes(anne, by=anne.actor)
    assert not confirms(signed_in(anne), others[0])


def test_with_the_last_factor_its_recovery_codes_go(anne: Person) -> None:
    row = making.app(anne)
    factors.renew_codes(anne, by=anne.actor)
    client = signed_in(anne)
    path = f"/account/security/factors/{row.pk}/remove/"
    assert client.get(path).status_code == 200
    assert client.post(path)["Location"] == "/account/security/"
    assert not Authenticator.objects.exists()
    assert AuditEntry.objects.filter(verb="app-removed", object_id=anne.pk).count() == 1


def test_nobody_changes_anothers(anne: Person) -> None:
    bert, row = making.person("bert@example.org"), making.app(anne)
    for deed in (
        lambda: factors.add_app(anne, making.SECRET, making.code(), by=bert.actor),
        lambda: factors.add_passkey(anne, "", {}, by=bert.actor),
        lambda: factors.remove(anne, row, by=bert.actor),
        lambda: factors.remove(bert, row, by=bert.actor),
        lambda: factors.renew_codes(anne, by=bert.actor),
        lambda: factors.renew_codes(bert, by=bert.actor),
    ):
        with pytest.raises(NotAllowed):
            deed()
    assert signed_in(bert).post(f"/account/security/factors/{row.pk}/remove/").status_code == 404
    with pytest.raises(Conflict):
        factors.add_app(anne, making.SECRET, making.code(), by=anne.actor)
    with pytest.raises(Refused):
        factors.add_app(bert, making.SECRET, "12", by=bert.actor)


@pytest.mark.once
@pytest.mark.parametrize(
    "path", ["passkeys/new/", "app/new/", "password/", "codes/", "codes/new/", "factors/1/remove/"]
)
def test_how_one_signs_in_changes_only_when_one_has_just_shown_who_one_is(anne: Person, path: str) -> None:
    making.app(anne)
    client = Client()
    making.sign_in(client, anne, lasts=-factors.RECENT * 2)
    assert client.post(f"/account/security/{path}")["Location"].startswith(CONFIRM)
    asked = client.get(f"/account/security/{path}")
    assert asked.status_code == 405 or asked["Location"].startswith(CONFIRM)
    assert Client().post(f"/account/security/{path}")["Location"].startswith("/account/sign-in/")


def test_without_a_second_factor_the_password_confirms(anne: Person) -> None:
    client = Client()
    client.post("/account/sign-in/", {"login": anne.email, "password": making.PASSWORD})
    assert client.get("/account/security/password/").status_code == 200
    session = client.session
    session["account_authentication_methods"][0]["at"] -= factors.RECENT.total_seconds()
    session.save()
    asked = client.get("/account/security/password/")["Location"]
    assert client.post(asked, {"password": "wrong wrong wrong"}).status_code == 422
    form = {"password": making.PASSWORD, "next": "/account/security/password/"}
    assert client.post(asked, form)["Location"] == "/account/security/password/"
    # Whoever has a factor cannot go round it.
    making.app(anne)
    assert client.get("/account/security/password/").status_code == 302
    assert client.post(asked, form).status_code == 422


def test_everything_goes_when_the_account_is_closed(anne: Person) -> None:
    making.app(anne)
    factors.renew_codes(anne, by=anne.actor)
    close(anne, by=anne.actor)
    assert not Authenticator.objects.exists()


@pytest.mark.once
@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_every_letter_can_be_written_in_every_language(anne: Person, language: str) -> None:
    cases = ["passkey-added", "passkey-removed", "app-added", "app-removed", "codes-made", "code-used",
                  "password-changed", "factors-reset", "provider-linked"]  # fmt: skip
    Person.objects.filter(pk=anne.pk).update(language=language)
    anne.refresh_from_db()
    for what in cases:
        tell(anne, what, by=anne.actor, left=3)
    post_due()
    assert Letter.objects.filter(was_sent=False).count() == 0
