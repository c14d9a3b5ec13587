import html
import json
import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.letters.models import Letter
from perron.privacy.models import AuditEntry
from tests import making
from tests.account.software_passkey import Device

pytestmark = pytest.mark.django_db

HOST = "app.example.org"
NEW, BY_PASSKEY = "/account/security/passkeys/new/", "/account/sign-in/passkey/"


@pytest.fixture(autouse=True)
def _one_host(settings: Settings) -> None:
    cache.clear()
    settings.PERRON_HOSTS = [*settings.PERRON_HOSTS, HOST, "other.example.org"]


def browser(host: str = HOST) -> Client:
    return Client(headers={"host": host, "user-agent": "Mozilla/5.0 (Android 15) Firefox/140.0"})


def options_on(page: str) -> dict[str, Any]:
    found = re.search(r'data-options="([^"]+)"', page)
    assert found
    return dict(json.loads(html.unescape(found[1])))


def with_passkey(person: Person, **more: Any) -> Device:
    """Have the person make a passkey on the page, and return the device that has it."""
    client, device = browser(), Device(f"https://{HOST}", HOST, **more)
    client.force_login(person)
    page = client.get(NEW, secure=True).content.decode()
    answer = client.post(NEW, {"name": "", "credential": device.make(options_on(page))}, secure=True)
    assert answer.status_code in {302, 422}
    return device


def show(device: Device, client: Client | None = None, next: str = "") -> Any:  # noqa: A002 as the field is called
    client = client or browser()
    asked = client.get(BY_PASSKEY, secure=True, headers={"accept": "application/json"}).json()
    form = {"credential": device.show(asked["request_options"]), "next": next}
    return client.post(BY_PASSKEY, form, secure=True)


def test_a_passkey_signs_in_alone_and_counts_for_both_factors() -> None:
    person = making.person(role="editor", at=making.community())
    device, client = with_passkey(person), browser()
    assert show(device, client, next="/studio/liege/items/")["Location"] == "/studio/liege/items/"
    assert client.get("/studio/liege/items/", secure=True).status_code == 200
    row = Authenticator.objects.get(type="webauthn")
    assert (row.wrap().name, row.user_id) == ("Firefox, Android", person.pk)
    assert AuditEntry.objects.filter(verb="passkey-added", object_id=person.pk, actor_id=person.pk).count() == 1
    assert Letter.objects.filter(kind="sign-in-changed", context__what="passkey-added").count() == 1


def test_after_the_password_the_passkey_is_asked_for() -> None:
    person = making.person(role="editor", at=making.community())
    device, client = with_passkey(person), browser()
    form = {"login": person.email, "password": making.PASSWORD}
    second = client.post("/account/sign-in/", form, secure=True)["Location"]
    assert client.get("/studio/liege/items/", secure=True).status_code == 302
    page = client.get(second, secure=True).content.decode()
    assert client.post(second, {"credential": device.show(options_on(page))}, secure=True)["Location"] == "/studio/"
    assert client.get("/studio/liege/items/", secure=True).status_code == 200


@pytest.mark.once
@pytest.mark.parametrize(
    ("origin", "rp"),
    [
        ("https://evil.example", HOST),
        ("https://evil.example", "evil.example"),
        # fido2 alone would take a subdomain, which may be somebody else's.
        (f"https://evil.{HOST}", HOST),
        (f"http://{HOST}", HOST),
        (f"https://{HOST}:8443", HOST),
        (f"https://{HOST}", "example.org"),
    ],
)
def test_a_passkey_of_another_site_is_refused(origin: str, rp: str) -> None:
    person = making.person()
    device = with_passkey(person)
    assert show(device)["Location"] == "/account/"
    device.origin, device.rp = origin, rp
    client = browser()
    assert show(device, client)["Location"] == "/account/sign-in/"
    assert 'role="status"' in client.get("/account/sign-in/", secure=True).content.decode()
    # Nor is one taken that was made there.
    made = Device(origin, rp)
    client.force_login(person)
    page = client.get(NEW, secure=True).content.decode()
    assert client.post(NEW, {"credential": made.make(options_on(page))}, secure=True).status_code == 422
    assert Authenticator.objects.filter(type="webauthn").count() == 1


def test_what_was_shown_once_does_not_count_again() -> None:
    device, client = with_passkey(making.person()), browser()
    asked = client.get(BY_PASSKEY, secure=True, headers={"accept": "application/json"}).json()
    form = {"credential": device.show(asked["request_options"])}
    assert client.post(BY_PASSKEY, form, secure=True)["Location"] == "/account/"
    assert browser().post(BY_PASSKEY, form, secure=True)["Location"] == "/account/sign-in/"
    other = browser()
    other.get(BY_PASSKEY, secure=True, headers={"accept": "application/json"})
    assert other.post(BY_PASSKEY, form, secure=True)["Location"] == "/account/sign-in/"


@pytest.mark.once
def test_a_device_that_does_not_check_who_holds_it_makes_no_passkey_and_shows_none() -> None:
    with_passkey(making.person(), verifies=False)
    assert not Authenticator.objects.exists()
    device = with_passkey(making.person())
    device.verifies = False
    assert show(device)["Location"] == "/account/sign-in/"


@pytest.mark.once
@pytest.mark.parametrize(
    "sent", ["", "{}", "[]", "null", "7", '{"response": 7}', '{"response": {"userHandle": "eA"}}', "x"]
)
def test_what_is_no_passkey_is_refused(sent: str) -> None:
    client = browser()
    assert client.post(BY_PASSKEY, {"credential": sent}, secure=True)["Location"] == "/account/sign-in/"
    client.force_login(making.person())
    for path in (NEW, "/account/confirm/"):
        assert client.post(path, {"credential": sent}, secure=True).status_code == 422


@pytest.mark.once
def test_on_another_host_the_page_says_where_the_passkey_works_and_takes_a_code() -> None:
    person = making.person(role="editor", at=making.community())
    with_passkey(person)
    making.app(person)
    client = browser("other.example.org")
    form = {"login": person.email, "password": making.PASSWORD}
    second = client.post("/account/sign-in/", form, secure=True)["Location"]
    page = client.get(second, secure=True).content.decode()
    assert HOST in page
    assert "data-passkey" not in page
    assert client.post(second, {"code": making.code()}, secure=True)["Location"] == "/studio/"


@pytest.mark.once
def test_at_an_address_of_numbers_the_page_leads_to_localhost() -> None:
    page = Client(headers={"host": "127.0.0.1:8000"}).get("/account/sign-in/?next=/desk/").content.decode()
    assert 'href="http://localhost:8000/account/sign-in/?next=/desk/"' in page
    assert "data-impossible" in page
