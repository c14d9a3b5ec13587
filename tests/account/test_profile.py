"""The account's own pages: names, photo, another address, closing."""

from datetime import timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from perron.accounts.models import AddressChange, Person, Portrait
from perron.core import clock
from perron.letters.models import Letter
from perron.privacy.models import AuditEntry
from tests import making
from tests.account.residents import ADDRESS, ADDRESS_LINK, PASSWORD, browser, resident, token
from tests.images import pictures
from tests.requests.asking import signed_in

pytestmark = pytest.mark.django_db

NEW = "zoe.neuve@example.org"


def _upload(client: Client, name: str = "moi.jpg", data: bytes | None = None) -> int:
    data = data or pictures.encoded(pictures.halves(), exif=b"Exif\0\0secret position").read()
    return client.post("/account/photo/", {"photo": SimpleUploadedFile(name, data)}).status_code


def _files(settings: Settings) -> list[str]:
    return sorted(path.name for path in (Path(settings.MEDIA_ROOT) / "portraits").glob("*"))


def test_people_correct_what_they_are_called_and_read() -> None:
    person = making.person()
    client = signed_in(person)
    said = {"first_name": " Zoé ", "name": "d’Ursel", "language": "nl"}
    assert client.post("/account/", said)["Location"] == "/account/"
    person.refresh_from_db()
    assert (person.first_name, person.name, person.language) == ("Zoé", "d’Ursel", "nl")
    assert 'lang="nl"' in client.get("/account/").text
    wrong = client.post("/account/", said | {"name": "Мartin"})
    assert (wrong.status_code, Person.objects.get(pk=person.pk).name) == (422, "d’Ursel")
    assert client.post("/account/", said | {"language": "xx"}).status_code == 422


def test_a_photo_is_written_anew_seen_by_its_person_alone_and_really_deleted(settings: Settings) -> None:
    client, other = signed_in(making.person()), signed_in(making.person())
    assert _upload(client) == 302
    first = Portrait.objects.get()
    address = f"/account/photo/{first.pk}.webp"
    answer = client.get(address)
    data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/webp", "no-store")
    assert b"secret position" not in data
    (name,) = _files(settings)
    assert Image.open(Path(settings.MEDIA_ROOT) / "portraits" / name).size == (320, 320)
    assert address in client.get("/account/").text
    assert other.get(address).status_code == 404
    assert Client().get(address).status_code == 302
    assert Client().get(f"/media/portraits/{first.pk}.webp").status_code == 404


def test_another_photo_and_none_leave_no_file(settings: Settings, django_capture_on_commit_callbacks: object) -> None:
    client = signed_in(making.person())
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        _upload(client)
        _upload(client)
    assert _files(settings) == [f"{Portrait.objects.get().pk}.webp"]
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        client.post("/account/photo/", {"remove": "yes"})
    assert (_files(settings), Portrait.objects.count()) == ([], 0)


@pytest.mark.once
@pytest.mark.parametrize(
    "data", [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", b"\xff\xd8\xff\xe0broken"]
)
def test_what_is_no_photo_is_said_and_nothing_kept(settings: Settings, data: bytes) -> None:
    assert _upload(signed_in(making.person()), data=data or b" ") == 422
    assert _files(settings) == []


def _ask(client: Client, email: str = NEW) -> None:
    assert client.post("/account/address/", {"email": email})["Location"] == "/account/"


def _press(kind: str, to: str, **more: str) -> int:
    return browser().post(ADDRESS_LINK, {"token": token(kind, to)} | more).status_code


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_an_address_changes_once_both_addresses_say_so(order: tuple[int, int]) -> None:
    person, client = resident()
    _ask(client)
    sides = [("address-leaves", ADDRESS), ("address-comes", NEW)]
    for kind, to in sides:
        for method in ("get", "head"):
            assert getattr(browser(), method)(ADDRESS_LINK, {"token": token(kind, to)}).status_code == 200
    for position in order:
        person.refresh_from_db()
        assert person.email == ADDRESS
        assert NEW in client.get("/account/").text
        # Twice from one side is not from both.
        assert [_press(*sides[position]), _press(*sides[position])][0] == 200
    person.refresh_from_db()
    assert person.email == NEW
    assert list(EmailAddress.objects.values_list("email", "verified", "primary")) == [(NEW, True, True)]
    assert set(Letter.objects.filter(kind="address-changed").values_list("to", flat=True)) == {ADDRESS, NEW}
    assert browser().post("/account/sign-in/", {"login": NEW, "password": PASSWORD}).status_code == 302
    assert AuditEntry.objects.filter(verb="change address", actor_id=person.pk).count() == 1


def test_the_old_address_can_stop_the_change_and_old_links_do_nothing() -> None:
    person, client = resident()
    _ask(client)
    replaced = token("address-comes", NEW)
    _ask(client)
    assert browser().post(ADDRESS_LINK, {"token": replaced}).status_code == 410
    assert _press("address-comes", NEW) == 200
    assert _press("address-leaves", ADDRESS, stop="yes") == 200
    assert _press("address-leaves", ADDRESS) == 410
    _ask(client)
    with clock.travel(clock.now() + timedelta(days=1)):
        assert _press("address-leaves", ADDRESS) == 410
    person.refresh_from_db()
    assert (person.email, AddressChange.objects.count()) == (ADDRESS, 3)


def test_an_address_that_has_an_account_is_told_there_and_not_here() -> None:
    person, client = resident()
    making.person(NEW)
    _ask(client)
    assert Letter.objects.filter(kind="address-taken", to=NEW).count() == 1
    assert not Letter.objects.filter(kind="address-comes").exists()
    assert _press("address-leaves", ADDRESS) == 200
    person.refresh_from_db()
    assert person.email == ADDRESS


def test_an_address_that_got_an_account_meanwhile_is_not_taken_from_it() -> None:
    person, client = resident()
    _ask(client)
    assert _press("address-leaves", ADDRESS) == 200
    making.person(NEW)
    assert _press("address-comes", NEW) == 409
    person.refresh_from_db()
    assert person.email == ADDRESS


def test_whoever_only_found_the_screen_open_changes_and_closes_nothing() -> None:
    person, _client = resident()
    with clock.travel(clock.now() - timedelta(minutes=10)):
        left_open = signed_in(person)
    for path in ("/account/address/", "/account/close/"):
        assert left_open.get(path).status_code == 200
        asked = left_open.post(path, {"email": NEW})
        assert asked["Location"].startswith("/account/confirm/")
        wrong = left_open.post("/account/confirm/", {"password": "not the right one"})
        assert wrong.status_code == 422
    person.refresh_from_db()
    assert (person.closed_at, AddressChange.objects.count()) == (None, 0)
    # The right one carries out what waited.
    closed = left_open.post("/account/confirm/", {"password": PASSWORD, "next": "/account/close/"})
    assert "Your account is closed" in closed.text
    assert not Person.objects.filter(pk=person.pk).exists()


def test_the_last_administrator_is_told_what_to_do_first() -> None:
    client = signed_in(making.person(role="administrator", at=making.community()))
    answer = client.post("/account/close/")
    assert answer.status_code == 422
    assert "Make somebody else administrator first" in answer.text
    assert Person.objects.count() == 1
