"""X3: objection to what rests on legitimate interest: absolute for promotion, considered and answered otherwise."""

import pytest
from django.test import Client
from django.utils.html import escape

from perron.core import clock
from perron.privacy import journal
from perron.privacy.clearing import NotCleared, clear
from perron.privacy.declaring import Activity
from perron.privacy.models import EvidenceEntry, Objection, Request, Stop
from perron.privacy.reasons import Reason
from perron.privacy.requests.deadlines import Deadline
from perron.privacy.requests.tables import Kind, State
from perron.privacy.subjects import of_person
from tests import making
from tests.requests.asking import by_link, desk, letters, signed_in, staff

pytestmark = pytest.mark.django_db

DATA, DECIDE, OBJECTION = "/account/data/", "/account/data/decide/", "/account/rights/objection/"
SITUATION, GROUNDS = "I am known in town.", "The figures name nobody, and fraud is being looked into."


def shown(client: Client, path: str = DATA) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def refused(subject: object, activity: Activity) -> Reason | None:
    try:
        clear(subject, activity)  # type: ignore[arg-type]
    except NotCleared as refusal:
        return refusal.reason
    return None


def test_promotion_ends_by_one_button_at_once_and_begins_again_by_a_consent_only() -> None:
    person = making.person("anne@example.org")
    subject, client = of_person(person.pk), signed_in(person)
    assert refused(subject, Activity.PROMOTION) is None
    assert "Stop this" in shown(client)

    receipt = client.post(DECIDE, {"activity": "E", "wanted": "stop"})["Location"]
    assert refused(subject, Activity.PROMOTION) == Reason.OBJECTED
    row = Request.objects.get(kind=Kind.OBJECTION)
    assert (row.state, receipt) == (State.ANSWERED, f"/account/rights/requests/{row.reference}/")
    assert [letter.kind for letter in letters()] == ["request-answered"]
    assert Stop.objects.count() == 1
    assert "Stop this" not in shown(client)

    agrees = {"activity": "E", "wanted": "allow", "purpose": "others"}
    assert client.post(DECIDE, agrees).status_code == 422
    client.post(DECIDE, agrees | {"of_age": "yes"})
    assert refused(subject, Activity.PROMOTION) is None
    history = shown(client)
    assert "You agreed" in history
    assert "You objected" in history


def test_another_objection_is_considered_answered_and_counts_meanwhile() -> None:
    staff()
    person = making.person("anne@example.org")
    subject, client = of_person(person.pk), signed_in(person)
    form = client.post(DECIDE, {"activity": "G", "wanted": "stop"})["Location"]
    assert form == f"{OBJECTION}?activity=G"
    assert "checked" in shown(client, form)
    client.post(OBJECTION, {"activity": "G", "message": SITUATION})
    row = Request.objects.get()
    assert (row.state, row.due_on) == (State.RECEIVED, Deadline(clock.today()).day)
    assert [letter.kind for letter in letters()] == ["request-received", "request-new"]
    # Set aside until it is known whose grounds weigh more (GDPR art. 18(1)(d)).
    assert refused(subject, Activity.SOCIAL) == Reason.OBJECTED
    waiting = shown(client)
    assert "stopped while we weigh your objection" in waiting
    assert f'<a href="/account/rights/requests/{row.reference}/">' in waiting

    # Another objection does not wait for the answer to this one.
    client.post(DECIDE, {"activity": "E", "wanted": "stop"})
    assert refused(subject, Activity.PROMOTION) == Reason.OBJECTED

    at = f"/desk/requests/{row.reference}/"
    handler = desk()
    handler.post(at, {"take_up": "1"})
    assert handler.post(f"{at}refuse/", {"ground": "compelling", "words": " "}).status_code == 422
    handler.post(f"{at}refuse/", {"ground": "compelling", "words": GROUNDS})
    assert Objection.objects.get(activity="G").state == Objection.State.REFUSED
    assert refused(subject, Activity.SOCIAL) != Reason.OBJECTED
    for path in (DATA, f"/account/rights/requests/{row.reference}/"):
        assert escape(GROUNDS) in shown(client, path)
    assert letters("request-refused")[0].context["words"] == GROUNDS
    assert "answer_objection" in EvidenceEntry.objects.values_list("deed", flat=True)


def test_an_objection_that_is_upheld_stays_until_it_is_taken_back() -> None:
    person = making.person("anne@example.org")
    subject, client, began = of_person(person.pk), signed_in(person), clock.now()
    client.post(OBJECTION, {"activity": "G", "message": SITUATION})
    row, handler = Request.objects.get(), desk()
    handler.post(f"/desk/requests/{row.reference}/", {"take_up": "1"})
    handler.post(f"/desk/requests/{row.reference}/answer/", {"words": "We leave you out."})
    assert refused(subject, Activity.SOCIAL) == Reason.OBJECTED
    assert "We leave you out." in shown(client)
    client.post(DECIDE, {"activity": "G", "wanted": "take_back"})
    assert refused(subject, Activity.SOCIAL) != Reason.OBJECTED
    Objection.objects.all().delete()
    journal.replay(began)
    assert refused(subject, Activity.SOCIAL) != Reason.OBJECTED


def test_who_has_no_account_objects_by_the_mailed_link_for_their_address_only() -> None:
    client, other = by_link(), by_link("other@example.org")
    client.post(DECIDE, {"activity": "E", "wanted": "allow", "purpose": "others", "of_age": "yes"})
    assert "Withdraw my consent" in shown(client)
    client.post(DECIDE, {"activity": "E", "wanted": "stop"})
    assert Request.objects.get().kind == Kind.WITHDRAWAL
    assert "Withdraw my consent" not in shown(client)
    assert "You agreed" not in shown(other)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({}, 404),
        ({"activity": "C", "wanted": "stop"}, 404),
        ({"activity": "E", "wanted": "allow", "purpose": "clients", "of_age": "yes"}, 404),
        ({"activity": "E", "wanted": "nonsense"}, 302),
    ],
)
def test_what_is_no_switch_changes_nothing(said: dict[str, str], status: int) -> None:
    assert signed_in(making.person()).post(DECIDE, said).status_code == status
    assert (Objection.objects.count(), Request.objects.count()) == (0, 0)


def test_nobody_else_presses_a_switch() -> None:
    said = {"activity": "E", "wanted": "stop"}
    assert Client().post(DECIDE, said)["Location"] == "/account/rights/"
    foreign = {"sec-fetch-site": "cross-site"}
    assert signed_in(making.person()).post(DECIDE, said, headers=foreign).status_code == 403
    assert Objection.objects.count() == 0
