"""Where somebody is signed in, what a new browser sets off, and how often passwords may be tried."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from perron.accounts import attempts, devices
from perron.accounts.models import Person, Session
from perron.core.clock import now
from perron.core.errors import NotAllowed
from perron.letters.models import Letter
from perron.privacy.models import AuditEntry
from tests import making

pytestmark = pytest.mark.django_db

SIGN_IN = "/account/sign-in/"
FIREFOX = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"


@pytest.fixture(autouse=True)
def _no_earlier_attempts() -> None:
    cache.clear()


@pytest.fixture
def anne() -> Person:
    return making.person("anne@example.org")


def tries(client: Client, person: Person, password: str = making.PASSWORD, ip: str = "192.0.2.1") -> bool:
    form = {"login": person.email, "password": password}
    return client.post(SIGN_IN, form, REMOTE_ADDR=ip).status_code == 302


def browser(agent: str = FIREFOX) -> Client:
    return Client(headers={"user-agent": agent})


@pytest.mark.once
@pytest.mark.parametrize(
    ("agent", "label"),
    [
        (FIREFOX, "Firefox, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1",
         "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("curl/8.5", ""),
        ("<script>" * 1000, ""),
        ("", ""),
    ],
)  # fmt: skip
def test_of_a_device_two_words_are_kept(anne: Person, agent: str, label: str) -> None:
    assert tries(browser(agent), anne)
    row = Session.objects.get(person=anne)
    assert (row.device, row.seen_on) == (label, now().date())
    assert row.started_at is not None
    assert agent not in str(Session.objects.get(person=anne).get_decoded()) or not agent


def test_signing_in_changes_the_key_of_the_session(anne: Person) -> None:
    client = browser()
    client.get("/account/sign-in/passkey/", headers={"accept": "application/json"})
    before = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert Session.objects.get(pk=before).expire_date < now() + timedelta(minutes=11)
    assert tries(client, anne)
    row = Session.objects.get(person=anne)
    assert (row.pk != before, Session.objects.filter(pk=before).exists()) == (True, False)
    assert row.expire_date > now() + timedelta(days=13)


def test_a_new_browser_is_told_by_letter_and_a_known_one_is_not(anne: Person) -> None:
    first, second = browser(), browser()
    assert tries(first, anne)
    assert not Letter.objects.exists()
    assert tries(second, anne)
    letter = Letter.objects.get(kind="new-device")
    assert (letter.to, letter.context["device"]) == (anne.email, "Firefox, Android")
    for client in (first, second):
        client.post("/account/sign-out/")
        assert tries(client, anne)
    assert Letter.objects.count() == 1
    # What a browser knows says nothing about whom, and nothing once the password is another.
    cookie = first.cookies[settings.PERRON_DEVICE_COOKIE]
    assert str(anne.pk) not in cookie.value
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    anne.set_password("another long enough password")
    anne.save(update_fields=["password"])
    first.post("/account/sign-out/")
    assert tries(first, anne, "another long enough password")
    assert Letter.objects.count() == 2


@pytest.mark.once
def test_a_forged_cookie_is_of_no_use(anne: Person) -> None:
    tries(browser(), anne)
    client = browser()
    for forged in ("x", "W10:1:x", "[]"):
        client.cookies[settings.PERRON_DEVICE_COOKIE] = forged
        assert tries(client, anne)
        client.post("/account/sign-out/")
    assert Letter.objects.count() == 3


def test_sessions_are_ended_one_by_one_and_all_others_together(anne: Person) -> None:
    bert = making.person("bert@example.org")
    phone, tablet, laptop, other = browser(), browser(), browser("curl"), browser()
    for client, person in ((phone, anne), (tablet, anne), (laptop, anne), (other, bert)):
        assert tries(client, person)
    page = phone.get("/account/security/").content.decode()
    keys = list(Session.objects.values_list("session_key", flat=True))
    assert not any(key in page for key in keys)
    theirs = Session.objects.get(person=bert)
    assert phone.post(f"/account/security/sessions/{devices.reference_of(theirs)}/end/").status_code == 404
    with pytest.raises(NotAllowed):
        devices.end_others(anne, None, by=bert.actor)
    one = Session.objects.get(pk=tablet.cookies[settings.SESSION_COOKIE_NAME].value)
    phone.post(f"/account/security/sessions/{devices.reference_of(one)}/end/")
    assert [client.get("/studio/").status_code for client in (phone, tablet, laptop)] == [200, 302, 200]
    phone.post("/account/security/sessions/others/end/")
    assert [client.get("/studio/").status_code for client in (phone, laptop, other)] == [200, 302, 200]
    assert AuditEntry.objects.filter(verb="end sessions", actor_id=anne.pk).count() == 2


def test_a_new_password_signs_out_every_other_device_and_is_told(anne: Person) -> None:
    phone, laptop = browser(), browser()
    assert tries(phone, anne)
    assert tries(laptop, anne)
    new = {"password1": "another long enough password", "password2": "another long enough password"}
    assert phone.post("/account/security/password/", new | {"password2": "x"}).status_code == 422
    assert phone.post("/account/security/password/", new)["Location"] == "/account/security/"
    assert [client.get("/studio/").status_code for client in (phone, laptop)] == [200, 302]
    assert Session.objects.filter(person=anne).count() == 1
    assert Letter.objects.filter(context__what="password-changed").count() == 1


def fail(person: Person, times: int, ip: str = "192.0.2.1", client: Client | None = None) -> None:
    for number in range(times):
        tries(client or browser(), person, f"wrong wrong wrong {number}", ip)


def test_who_guesses_waits_longer_each_time_and_locks_out_nobody_else(
    anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = browser()
    assert tries(known, anne, ip="198.51.100.7")
    known.post("/account/sign-out/")
    fail(anne, attempts.FREE)
    assert not tries(browser(), anne)
    # Somebody elsewhere, and the known browser even in the same house, are not touched by it.
    assert tries(browser(), anne, ip="203.0.113.5")
    assert tries(known, anne)
    moment = now()
    for wait, passes in ((29, False), (31, True)):
        monkeypatch.setattr(attempts, "now", lambda wait=wait: moment + timedelta(seconds=wait))
        assert tries(browser(), anne) is passes


def test_a_clock_that_is_set_back_locks_out_nobody(anne: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attempts, "MANY", 8)
    fail(anne, 8)
    assert not tries(browser(), anne)
    moment = now()
    monkeypatch.setattr(attempts, "now", lambda: moment - timedelta(hours=2))
    assert tries(browser(), anne)


def test_many_clients_together_leave_only_known_browsers_and_mail(
    anne: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "MANY", 8)
    known = browser()
    assert tries(known, anne, ip="198.51.100.7")
    known.post("/account/sign-out/")
    for number in range(8):
        fail(anne, 1, f"192.0.2.{number}")
    assert not tries(browser(), anne, ip="203.0.113.5")
    assert tries(known, anne, ip="203.0.113.5")
    # Somebody else at the same address of the network has their own count.
    assert tries(browser(), making.person("bert@example.org"), ip="192.0.2.1")


def test_one_client_that_tries_every_address_waits(monkeypatch: pytest.MonkeyPatch, anne: Person) -> None:
    monkeypatch.setattr(attempts, "MANY", 8)
    for number in range(8):
        fail(making.person(f"p{number}@example.org"), 1, f"2001:db8::{number}")
    assert not tries(browser(), anne, ip="2001:db8::ffff")
    assert tries(browser(), anne, ip="2001:db8:0:1::1")


@pytest.mark.once
def test_a_header_of_the_client_does_not_make_it_another_client(anne: Person) -> None:
    fail(anne, attempts.FREE)
    for header in ("x-forwarded-for", "x-real-ip", "forwarded"):
        client = Client(headers={header: "203.0.113.9"})
        assert not tries(client, anne)
