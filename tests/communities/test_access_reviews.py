from datetime import timedelta

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.communities.access_reviews.rules import EVERY, PATIENCE, ask_for_reviews, open_review, overdue, review
from perron.communities.membership import members_of
from perron.communities.models import Community
from perron.communities.roles import Role
from perron.core import clock
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.letters.models import Letter
from perron.privacy.models import AuditEntry
from tests import making

pytestmark = pytest.mark.django_db


@pytest.fixture
def liege() -> Community:
    """A community with an administrator and an editor, beside an operator."""
    community = making.community("liege")
    making.person("clerk@example.org", role=Role.ADMINISTRATOR, at=community)
    making.person("editor@example.org", role=Role.EDITOR, at=community)
    making.person("operator@example.org", role=Role.ADMINISTRATOR)
    return community


def _asked() -> list[str]:
    return sorted(Letter.objects.filter(kind="access-review").values_list("to", flat=True))


def test_each_is_asked_once_a_year(liege: Community) -> None:
    assert ask_for_reviews() == 0
    year = clock.now() + EVERY
    with clock.travel(year):
        assert (ask_for_reviews(), ask_for_reviews()) == (2, 0)
        assert _asked() == ["clerk@example.org", "operator@example.org"]
    with clock.travel(year + EVERY - timedelta(minutes=1)):
        assert ask_for_reviews() == 0
    with clock.travel(year + EVERY):
        assert ask_for_reviews() == 2


def test_where_nobody_administers_who_does_above_is_asked() -> None:
    community = making.community("liege")
    making.person(role=Role.AUTHOR, at=community)
    making.person("partners@example.org", role=Role.ADMINISTRATOR, at=community.partner)
    with clock.travel(clock.now() + EVERY):
        assert ask_for_reviews() == 2
    assert _asked() == ["partners@example.org", "partners@example.org"]


def test_the_notice_leads_to_a_page_that_confirms_or_ends_each(client: Client, liege: Community) -> None:
    clerk, editor = members_of(liege)
    with clock.travel(clock.now() + EVERY):
        ask_for_reviews()
        Person.objects.update(language="en")
        client.force_login(Person.objects.get(pk=clerk.person_id))
        path = "/desk/communities/liege/members/review/"
        for page in ("/studio/liege/", "/desk/communities/liege/members/"):
            assert "review/" in client.get(page).content.decode()
        assert "never signed in" in client.get(path).content.decode()
        # Somebody was forgotten: nothing happens, and what was chosen is kept.
        answer = client.post(path, {f"member-{clerk.pk}": "keep"})
        assert answer.status_code == 422
        assert f'name="member-{clerk.pk}" value="keep" checked' in answer.content.decode()
        answer = client.post(path, {f"member-{clerk.pk}": "keep", f"member-{editor.pk}": "end"})
        assert answer["Location"] == "/desk/communities/liege/members/"
        assert list(members_of(liege)) == [clerk]
        assert open_review(liege) is None
        assert "review/" not in client.get("/studio/liege/").content.decode()
    for verb in ("confirm access", "end membership", "review access"):
        row = AuditEntry.objects.get(verb=verb)
        assert (row.actor_id, row.tenant_id) == (clerk.person_id, liege.pk)


def test_it_does_not_end_the_last_administrator_nor_somebody_unseen(liege: Community) -> None:
    clerk, editor = members_of(liege)
    with pytest.raises(Refused, match="last administrator"):
        review(liege, keep=[editor.pk], ending=[clerk.pk], by=clerk.person.actor)
    making.person(role=Role.AUTHOR, at=liege)
    with pytest.raises(Conflict):
        review(liege, keep=[clerk.pk, editor.pk], ending=[], by=clerk.person.actor)
    with pytest.raises(NotAllowed):
        review(liege, keep=[clerk.pk, editor.pk], ending=[], by=editor.person.actor)
    assert members_of(liege).count() == 3


def test_what_is_overdue_is_seen_in_the_desk(client: Client, liege: Community) -> None:
    client.force_login(members_of(None).get().person)
    with clock.travel(clock.now() + EVERY):
        ask_for_reviews()
        assert not overdue()
        assert "/desk/members/review/" in client.get("/desk/").content.decode()
    with clock.travel(clock.now() + EVERY + PATIENCE):
        assert [late.scope for late in overdue()] == [liege, None] or [late.scope for late in overdue()] == [
            None,
            liege,
        ]
        assert "/desk/communities/liege/members/review/" in client.get("/desk/").content.decode()
