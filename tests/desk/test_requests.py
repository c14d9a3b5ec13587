import pytest

from perron.accounts.models import Person
from perron.core.clock import today
from perron.privacy.models import AuditEntry, Proof, Request
from perron.privacy.requests.tables import Kind, State
from perron.privacy.subjects import of_person
from tests import making
from tests.requests.asking import asked, desk, letters, staff, written

pytestmark = pytest.mark.django_db

HOME = "/desk/requests/"


def entry(**more: object) -> dict[str, object]:
    return {"kind": "access", "channel": "letter", "received_on": str(today()), "name": "Brief",
            "email": "letter@example.org", "language": "en"} | more  # fmt: skip


def test_staff_enter_a_request_and_find_it_in_the_list() -> None:
    client = desk()
    answer = client.post(f"{HOME}new/", entry(message="All of it."))
    row = Request.objects.get()
    assert answer["Location"] == f"{HOME}{row.reference}/"
    assert row.reference in client.get(HOME).content.decode()
    assert "All of it." in client.get(f"{HOME}{row.reference}/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"received_on": ""}, {"received_on": "2999-01-01"}, {"kind": "x"}, {"email": "x"}, {"has_account": "on"},
              {"name": "", "email": ""}, {"channel": "account"}, {"activities": ["Z"]}],
)  # fmt: skip
def test_what_does_not_fit_is_said_and_nothing_entered(wrong: dict[str, object]) -> None:
    answer = desk().post(f"{HOME}new/", entry(**wrong))
    assert answer.status_code == 422
    assert not Request.objects.exists()


def test_a_request_goes_its_way_through_the_desk() -> None:
    client, row = desk(), written()
    path = f"{HOME}{row.reference}/"
    client.post(path, {"take_up": "1"})
    assert client.post(f"{path}ask_identity/", {"words": ""}).status_code == 422
    client.post(f"{path}ask_identity/", {"words": "Say your number."})
    row.refresh_from_db()
    assert row.state == State.IDENTITY_ASKED
    assert client.post(f"{path}extend/", {"words": "Much."}).status_code == 422
    client.post(f"{path}confirm_identity/", {"words": "Number was right."})
    client.post(f"{path}extend/", {"words": "Much to look for."})
    archive = client.get(f"{path}archive/")
    assert archive["Content-Type"] == "application/zip"
    assert AuditEntry.objects.filter(verb="fetch archive", actor_id=staff().pk).exists()
    client.post(f"{path}answer/", {"words": "It is in the envelope."})
    row.refresh_from_db()
    assert (row.state, row.assigned_to) == (State.ANSWERED, staff().pk)
    assert letters("request-answered")[0].context["words"] == "It is in the envelope."
    assert "Answer and close" not in client.get(path).content.decode()
    assert row.reference in client.get(f"{HOME}proofs/?q={row.reference}").content.decode()


def test_a_refusal_needs_a_ground_and_reasons() -> None:
    client, row = desk(), asked()
    path = f"{HOME}{row.reference}/refuse/"
    assert client.post(path, {"ground": "because", "words": "No."}).status_code == 422
    assert client.post(path, {"ground": "unfounded", "words": ""}).status_code == 422
    client.post(path, {"ground": "unfounded", "words": "No."})
    assert Proof.objects.get().outcome == State.REFUSED


def test_an_account_is_corrected_on_request() -> None:
    person = making.person()
    row = written(Kind.RECTIFICATION, person=of_person(person.pk), email=person.email, identified_by="known")
    client, path = desk(), f"{HOME}{row.reference}/rectify/"
    taken = client.post(path, {"name": "Anna", "email": staff().email, "language": "nl"})
    assert taken.status_code == 422
    client.post(path, {"name": "Anna Voorbeeld", "email": "Anna@Example.org", "language": "nl"})
    corrected = Person.objects.get(pk=person.pk)
    assert (corrected.name, corrected.email, corrected.language) == ("Anna Voorbeeld", "anna@example.org", "nl")
    assert client.get(f"{HOME}{asked().reference}/rectify/").status_code == 404


def test_recipients_are_told_from_the_page() -> None:
    person = making.person()
    row = written(Kind.ERASURE, person=of_person(person.pk), email=person.email)
    client, path = desk(), f"{HOME}{row.reference}/"
    assert 'value="host"' in client.get(path).content.decode()
    client.post(path, {"tell": "1", "recipients": ["host"]})
    told = row.parties.get(recipient="host")
    assert told.told_at
    client.post(path, {"acknowledge": str(told.pk)})
    told.refresh_from_db()
    assert told.acknowledged_at
    assert client.post(path, {"acknowledge": "nobody"}).status_code == 404


def test_the_late_come_first_and_are_said_to_be_late() -> None:
    early = written()
    late = written(email="late@example.org")
    Request.objects.filter(pk=late.pk).update(due_on="2026-01-02")
    shown = desk().get(HOME).content.decode()
    assert shown.index(late.reference) < shown.index(early.reference)
    assert "late since" in shown


@pytest.mark.parametrize("pressed", [{}, {"nonsense": "1"}, {"told": "\0"}, {"tell": "1", "recipients": "nobody"}])
def test_hostile_presses_do_nothing(pressed: dict[str, str]) -> None:
    row = asked()
    assert desk().post(f"{HOME}{row.reference}/", pressed).status_code in {302, 404, 422}
    row.refresh_from_db()
    assert row.state == State.RECEIVED
