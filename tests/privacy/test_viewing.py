from datetime import timedelta

import pytest

from perron.core.clock import now, travel
from perron.core.identifiers import uuid7
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.models import Look
from perron.privacy.subjects import Subject
from perron.privacy.viewing import looks_at, seen

pytestmark = pytest.mark.django_db
ANNE, BERT = Subject("person", uuid7()), Subject("address", uuid7())


def _staff() -> Actor:
    return Actor("person", uuid7())


def test_who_saw_whose_data_is_kept_and_the_person_reads_all_of_it_but_the_name() -> None:
    staff = _staff()
    seen(staff, [ANNE, BERT], what="application", why="a support case", on_behalf_of="Ville")
    assert Look.objects.filter(viewer_id=staff.id).count() == 2
    [look] = looks_at(ANNE)
    assert (look.what, look.why, look.organisation) == ("your application to publish", "a support case", "Ville")
    assert str(staff.id) not in repr(look)


def test_openings_of_the_same_within_an_hour_are_one_row() -> None:
    staff = _staff()
    for _again in range(3):
        seen(staff, [ANNE], what="request")
    assert Look.objects.count() == 1
    seen(staff, [ANNE], what="account")
    seen(staff, [ANNE], what="request", why="another case")
    seen(_staff(), [ANNE], what="request")
    assert Look.objects.count() == 4
    with travel(now() + timedelta(hours=1, seconds=1)):
        seen(staff, [ANNE], what="request")
    assert Look.objects.count() == 5


def test_nobody_is_told_that_they_saw_themselves() -> None:
    seen(Actor("person", ANNE.id), [ANNE], what="account")
    assert looks_at(ANNE) == []
    seen(SYSTEM, [ANNE], what="archive")
    assert [look.organisation for look in looks_at(ANNE)] == ["Letsgocity S.A."]


def test_what_was_seen_has_a_name() -> None:
    with pytest.raises(ValueError, match="everything"):
        seen(_staff(), [ANNE], what="everything")
