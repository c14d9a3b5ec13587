"""What a person's devices ask: theirs only, by our own pages only, and nothing before or after they want it."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from perron.communities.models import SyncedChoice
from perron.communities.syncing import entries, keeping
from perron.core import clock
from perron.privacy import journal, restrictions
from perron.privacy.acting import SYSTEM
from perron.privacy.subjects import of_person
from tests import making
from tests.requests.asking import signed_in

pytestmark = pytest.mark.django_db

PATH, AT = "/account/choice/", "2026-01-02T03:04:05.678Z"


@pytest.fixture(autouse=True)
def _platforms() -> None:
    making.platform(making.community())
    making.platform(making.community(), slug="other", is_front=False)


def said(**lists: Any) -> dict[str, Any]:
    return entries.empty() | lists


def put(client: Client, choice: Any, on: Any = 0, **more: Any) -> Any:
    return client.put(PATH, json.dumps({"on": on, "choice": choice}), content_type="application/json", **more)


def begun() -> Client:
    client = signed_in(making.person())
    assert client.post(PATH).status_code == 200
    return client


def test_it_is_off_until_it_is_chosen_and_deleted_at_once_when_it_is_no_longer() -> None:
    client = signed_in(making.person())
    assert client.get(PATH).status_code == put(client, said()).status_code == 410
    assert SyncedChoice.objects.count() == 0
    made = client.post(PATH).json()
    assert client.post(PATH).json() == made == client.get(PATH).json()
    assert (made["version"], made["choice"]) == (0, entries.empty())
    assert client.delete(PATH).status_code == 204
    assert SyncedChoice.stored.count() == 0
    assert client.delete(PATH).status_code == 204
    assert client.get(PATH).status_code == 410


def test_the_switch_works_without_a_script() -> None:
    client = signed_in(making.person())
    client.post("/account/devices/", {"wanted": "on"})
    assert "It is on" in client.get("/account/devices/").content.decode()
    client.post("/account/devices/", {"wanted": "off"})
    assert SyncedChoice.stored.count() == 0
    assert Client().get("/account/devices/")["Location"].startswith("/account/sign-in/?next=/account/devices/")


def test_nobody_overwrites_what_they_have_not_seen() -> None:
    client = begun()
    one = said(communities={"liege": AT}, saved={"liege/fete-du-quai": AT}, language={"nl": AT})
    assert put(client, one).json()["version"] == 1
    assert put(client, one, on=1).json()["version"] == 1
    late = put(client, said(topics={"closed-since": AT}), on=0)
    assert (late.status_code, late.json()["version"], late.json()["choice"]) == (409, 1, one)
    assert client.get(PATH).json()["choice"] == one


def test_it_is_each_persons_own_on_each_platform() -> None:
    client = begun()
    put(client, said(communities={"liege": AT}))
    other = signed_in(making.person())
    assert other.get(PATH).status_code == 410
    other.delete(PATH)
    assert client.get(PATH, SCRIPT_NAME="/p/other", PATH_INFO=PATH).status_code == 410
    assert SyncedChoice.objects.get().communities == {"liege": AT}
    answer = Client().get(PATH)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.once
@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_other_origins_ask_nothing(method: str) -> None:
    client = begun()
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
    ):
        assert getattr(client, method)(PATH, headers=headers).status_code == 403
    assert SyncedChoice.objects.count() == 1


_MANY = {f"place-{number}": AT for number in range(41)}


@pytest.mark.once
@pytest.mark.parametrize(
    "choice",
    [
        None,
        [],
        {},
        said(more={}),
        said(communities=["liege"]),
        said(communities=_MANY),
        said(communities={"Liège": AT}),
        said(communities={"../studio": AT}),
        said(communities={"liege": 5}),
        said(communities={"liege": "2026-01-02"}),
        said(communities={"liege": "2026-13-32T25:00:00.000Z"}),
        said(communities={"a" * 81: AT}),
        said(saved={"liege": AT}),
        said(saved={"liege/x/y": AT}),
        said(language={"fr": AT, "nl": AT}),
        said(language={"xx": AT}),
        said(removed={}),
        said(communities={"liege": AT}, removed=entries.empty()["removed"] | {"communities": {"liege": AT}}),
    ],
)
def test_what_is_no_choice_is_refused_and_says_why(choice: Any) -> None:
    client = begun()
    answer = put(client, choice)
    assert answer.status_code == 422
    assert answer.json()["title"]
    assert client.get(PATH).json()["version"] == 0


@pytest.mark.once
def test_what_is_no_message_is_refused() -> None:
    client = begun()
    for on in (True, "0", None, 0.0, -1):
        assert put(client, said(), on=on).status_code in {409, 422}
    for body in (b"", b"{", b"[" * 50_000, b"\xff", b'{"on": NaN}'):
        assert client.put(PATH, body, content_type="application/json").status_code == 422
    assert client.put(PATH, b"{}", content_type="text/plain").status_code == 422
    assert client.put(PATH, b" " * 100_001, content_type="application/json").status_code == 413
    assert client.patch(PATH).status_code == 405
    # The fullest choice that the limits allow is taken.
    slug, path = "s" * 76 + "-", "s" * 80 + "/" + "s" * 76 + "-"
    full = {"communities": 40, "topics": 40, "saved": 100}
    lists = {key: {f"{path if key == 'saved' else slug}{n:03}": AT for n in range(most)} for key, most in full.items()}
    removed = {key: {f"{path if key == 'saved' else slug}{n:03}": AT for n in range(200, 300)} for key in full}
    assert put(client, said(**lists, language={"de": AT}, removed=removed)).status_code == 200


def test_a_device_whose_clock_is_ahead_does_not_have_the_last_word_for_as_long() -> None:
    client = begun()
    put(client, said(communities={"liege": "2099-01-01T00:00:00.000Z"}))
    with clock.travel(clock.now() + timedelta(minutes=1)):
        assert SyncedChoice.objects.get().communities["liege"] < entries._written(clock.now())


def test_while_data_are_set_aside_nothing_is_kept_in_step_and_switching_off_still_works() -> None:
    person = making.person()
    client = signed_in(person)
    client.post(PATH)
    restrictions.restrict(of_person(person.pk), restrictions.Ground.ACCURACY, by=SYSTEM)
    for answer in (client.get(PATH), put(client, said()), client.post(PATH)):
        assert answer.status_code == 403
    assert SyncedChoice.stored.count() == 1
    assert client.delete(PATH).status_code == 204
    assert SyncedChoice.stored.count() == 0


def test_what_was_switched_off_does_not_come_back_with_a_backup() -> None:
    person, began = making.person(), clock.now()
    platform = making.platform()
    keeping.begin(person, platform, by=person.actor)
    backup = SyncedChoice.objects.get()
    keeping.end(person, platform, by=person.actor)
    backup.save(force_insert=True)
    for _ in range(2):
        journal.replay(began)
        assert SyncedChoice.stored.count() == 0
