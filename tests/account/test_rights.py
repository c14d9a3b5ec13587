"""What a person asks by themselves: signed in, or with a link that was mailed to their address."""

import pytest
from django.test import Client
from django.utils.html import escape

from perron.accounts.models import Person
from perron.privacy.acting import SYSTEM
from perron.privacy.models import Objection, Request, Restriction
from perron.privacy.policy.current import policy
from perron.privacy.requests import working
from perron.privacy.requests.grounds import Ground
from perron.privacy.requests.tables import Kind, State
from perron.privacy.subjects import of_address
from tests import making
from tests.requests.asking import ADDRESS, asked, by_link, letters, signed_in, staff

pytestmark = pytest.mark.django_db

START = "/account/rights/"


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return answer.content.decode()


def test_the_first_page_says_what_can_be_asked_and_how_long_it_takes() -> None:
    shown = page(Client(headers={"accept-language": "en"}), START)
    for said in ("Access", "Erasure", "one month", "Send me a link", "/account/sign-in/?next=/account/rights/",
                 policy().authority.complaint_page, policy().operator.telephone):  # fmt: skip
        assert escape(said) in shown
    assert signed_in(making.person()).get(START)["Location"] == by_link().get(START)["Location"] == "/account/data/"


def test_who_is_not_identified_begins_at_the_first_page() -> None:
    assert Client().get(f"{START}erasure/")["Location"] == f"{START}?wish=erasure"
    assert Client().post(f"{START}erasure/", {"sure": "on"})["Location"] == f"{START}?wish=erasure"
    assert Client().get(f"{START}requests/abcdefgh/")["Location"] == START
    assert signed_in(making.person()).get(f"{START}nonsense/").status_code == 404


@pytest.mark.parametrize("kind", list(Kind))
def test_every_right_has_a_page(kind: Kind) -> None:
    assert "<form" in page(by_link(), f"{START}{kind}/")


@pytest.mark.parametrize("kind", ["access", "portability"])
def test_a_copy_is_there_at_once_for_the_person_only(kind: str) -> None:
    client = signed_in(making.person())
    answer = client.post(f"{START}{kind}/", {"message": ""}, follow=True)
    row = Request.objects.get()
    assert (row.state, row.channel, row.identity) == (State.ANSWERED, "account", "account")
    path = f"{START}requests/{row.reference}/archive/"
    assert path in answer.content.decode()
    archive = client.get(path)
    assert (archive.status_code, archive["Content-Type"]) == (200, "application/zip")
    assert signed_in(making.person()).get(path).status_code == 404
    assert by_link().get(path).status_code == 404
    assert Client().get(path).status_code in {302, 404}
    assert [letter.kind for letter in letters()][:1] == ["request-answered"]


def test_what_people_must_read_gets_a_number_and_a_day() -> None:
    staff()
    client = by_link()
    assert client.post(f"{START}complaint/", {"message": " "}).status_code == 422
    answer = client.post(f"{START}complaint/", {"message": "Nobody called.", "name": "Exemple"}, follow=True)
    row = Request.objects.get()
    assert (row.state, row.email, row.subject_id) == (State.RECEIVED, ADDRESS, of_address(ADDRESS).id)
    assert row.reference in answer.content.decode()
    assert [letter.kind for letter in letters()] == ["rights-link", "request-received", "request-new"]
    assert client.post(f"{START}complaint/", {"message": "Again."}).status_code == 422


def test_erasure_says_before_what_goes_and_asks_to_be_sure() -> None:
    person = making.person()
    client = signed_in(person)
    shown = page(client, f"{START}erasure/")
    assert "Your account" in shown
    assert client.post(f"{START}erasure/", {}).status_code == 422
    assert Person.objects.filter(pk=person.pk).exists()
    receipt = client.post(f"{START}erasure/", {"sure": "on"})
    assert receipt.status_code == 200
    assert "erased" in receipt.content.decode()
    assert not Person.objects.filter(pk=person.pk, email=person.email).exists()
    assert letters("request-answered")[0].address == person.email
    assert client.get("/studio/").status_code == 302


def test_people_correct_their_own_name_and_language_there_and_then() -> None:
    person = making.person()
    client = signed_in(person)
    path = f"{START}rectification/"
    assert 'value="Anne Exemple"' in page(client, path)
    unchanged = {"account_name": "Anne Exemple", "account_language": "en", "message": ""}
    assert client.post(path, unchanged).status_code == 422
    client.post(path, unchanged | {"account_name": "Anna Voorbeeld", "account_language": "nl"})
    person.refresh_from_db()
    assert (person.name, person.language) == ("Anna Voorbeeld", "nl")
    assert Request.objects.get().state == State.ANSWERED
    client.post(path, unchanged | {"message": "My address is wrong too."})
    assert Request.objects.filter(state=State.RECEIVED).count() == 1


def test_objecting_to_promotion_ends_it_at_once() -> None:
    client = by_link()
    assert client.post(f"{START}objection/", {}).status_code == 422
    client.post(f"{START}objection/", {"activity": "E"})
    assert Objection.objects.get().state == Objection.State.UPHELD
    assert Request.objects.get().state == State.ANSWERED


def test_another_objection_counts_at_once_and_is_weighed_by_people() -> None:
    by_link().post(f"{START}objection/", {"activity": "G", "message": "My situation."})
    assert Objection.objects.get().state == Objection.State.RAISED
    assert Request.objects.get().state == State.RECEIVED


def test_data_are_set_aside_at_once() -> None:
    person = making.person()
    client = signed_in(person)
    assert client.post(f"{START}restriction/", {}).status_code == 422
    client.post(f"{START}restriction/", {"ground": "accuracy"})
    assert Restriction.objects.get().subject_id == person.pk


def test_a_consent_is_withdrawn_though_there_was_none() -> None:
    by_link().post(f"{START}withdrawal/", {"activity": "E"})
    assert Request.objects.get().state == State.ANSWERED


def test_a_request_is_seen_and_taken_back_by_whose_it_is_only() -> None:
    person = making.person()
    row = asked(person=person)
    path = f"{START}requests/{row.reference}/"
    for other in (signed_in(making.person()), by_link(), by_link(person.email)):
        assert other.get(path).status_code == 404
        assert other.post(f"{path}withdraw/").status_code == 404
    client = signed_in(person)
    assert "Take the request back" in page(client, path)
    client.post(f"{path}withdraw/")
    row.refresh_from_db()
    assert row.state == State.WITHDRAWN
    assert "Take the request back" not in page(client, path)
    assert client.post(f"{path}withdraw/").status_code == 409


def test_a_refusal_shows_where_to_complain() -> None:
    person = making.person()
    row = working.refuse(asked(person=person), Ground.UNFOUNDED, "Seven times today.", by=SYSTEM)
    shown = page(signed_in(person), f"{START}requests/{row.reference}/")
    assert "Seven times today." in shown
    assert policy().authority.body.street in shown
    assert policy().authority.complaint_page in shown


def test_what_is_said_among_staff_stays_there() -> None:
    person = making.person()
    row = asked(person=person)
    working.confirm_identity(row, "the voice on the telephone", by=SYSTEM)
    assert "the voice" not in page(signed_in(person), f"{START}requests/{row.reference}/")


@pytest.mark.parametrize("path", ["complaint/", "requests/{}/withdraw/", "link/", "leave/"])
def test_other_sites_post_nothing(path: str) -> None:
    person = making.person()
    row = asked(Kind.RECTIFICATION, person=person)
    answer = signed_in(person).post(START + path.format(row.reference), {"message": "Evil."},
                                    headers={"sec-fetch-site": "cross-site"})  # fmt: skip
    assert answer.status_code == 403
    row.refresh_from_db()
    assert (row.state, Request.objects.count()) == (State.RECEIVED, 1)
