from datetime import timedelta

import pytest

from perron.accounts.models import Person
from perron.core import clock
from perron.letters.models import Letter
from perron.letters.pulling import pull_due
from perron.letters.rendering import render
from perron.privacy import restrictions
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry, Restriction
from perron.privacy.requests.tables import Kind
from perron.privacy.subjects import Subject, of_address, of_person
from tests import making
from tests.requests.asking import desk, signed_in, staff, written

pytestmark = pytest.mark.django_db

HOME = "/desk/restrictions/"
TOLD = {"to": "anne@example.org", "language": "nl", "reason": "Your name was right."}


def restricted(subject: Subject, **more: object) -> Restriction:
    return restrictions.restrict(subject, restrictions.Ground.ACCURACY, by=SYSTEM, **more)  # type: ignore[arg-type]


def test_staff_see_who_is_restricted_and_announce_the_end() -> None:
    person = making.person("anne@example.org")
    Person.objects.filter(pk=person.pk).update(name="Anne Lambert")
    row = written(Kind.RESTRICTION, person=of_person(person.pk), email=person.email, identified_by="known")
    client = desk()
    assert "stored and not used" not in client.get(f"/desk/requests/{row.reference}/").content.decode()
    restriction = restricted(of_person(person.pk), request=row.pk)
    assert "stored and not used" in client.get(f"/desk/requests/{row.reference}/").content.decode()
    assert "Anne Lambert" in client.get(HOME).content.decode()

    page = f"{HOME}{restriction.pk}/"
    assert "anne@example.org" in client.get(page).content.decode()
    assert client.post(page, TOLD | {"reason": " "}).status_code == 422
    assert client.post(page, TOLD).status_code == 302
    pull_due()
    letter = Letter.objects.get(kind="restriction-ends")
    assert (letter.to, letter.language) == ("anne@example.org", "nl")
    assert "Your name was right." in render(letter).text
    assert AuditEntry.objects.filter(verb="announce end of restriction", actor_id=staff().pk).exists()
    assert client.post(page, TOLD).status_code == 422
    assert "Send the notice" not in client.get(page).content.decode()

    with clock.travel(clock.now() + restrictions.NOTICE + timedelta(minutes=1)):
        assert restrictions.lift_due() == 1
        assert "Anne Lambert" not in client.get(HOME).content.decode()
        assert client.get(page).status_code == 200


def test_the_notice_goes_to_the_address_whose_data_are_restricted_and_to_no_other() -> None:
    restriction = restricted(of_address("anne@example.org"))
    page = f"{HOME}{restriction.pk}/"
    client = desk()
    for wrong in ("bert@example.org", "", "anne"):
        assert client.post(page, TOLD | {"to": wrong}).status_code == 422
    assert not Letter.objects.exists()
    assert client.post(page, TOLD | {"to": " Anne@example.org"}).status_code == 302


def test_it_is_the_operators_to_do() -> None:
    restriction = restricted(of_address("anne@example.org"))
    client = signed_in(making.person(role="administrator", at=making.community()))
    for page in (HOME, f"{HOME}{restriction.pk}/"):
        assert client.get(page).status_code == 403
    assert desk().get(f"{HOME}{making.person('x@example.org').pk}/").status_code == 404
