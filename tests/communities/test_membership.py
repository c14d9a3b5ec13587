from typing import Any

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.communities.access import Role, communities_of, is_operator, role_in
from perron.communities.membership import admit, change_role, end, members_of
from perron.communities.models import Member
from perron.communities.writing import Unfit
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.models import AuditEntry
from tests import making

pytestmark = pytest.mark.django_db


def test_somebody_without_an_account_gets_one_with_a_first_password() -> None:
    community = making.community()
    admission = admit("Anne@Example.org", Role.AUTHOR, by=SYSTEM, at=community, name="Anne")
    person = Person.objects.get(email__iexact="anne@example.org")
    assert person.check_password(admission.password)
    assert role_in(person, community) == Role.AUTHOR
    assert Client().login(email="anne@example.org", password=admission.password)
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"open account", "admit"}
    assert all("anne" not in str(row.detail).lower() for row in AuditEntry.objects.all())


def test_somebody_with_an_account_keeps_their_password() -> None:
    person = making.person("anne@example.org")
    admission = admit("ANNE@example.org", Role.EDITOR, by=SYSTEM, at=None)
    assert (admission.member.person, admission.password) == (person, "")
    person.refresh_from_db()
    assert person.check_password(making.PASSWORD)


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x" * 250 + "@example.org", "a@example.org\nBcc: b@example.org", "<a@b.be>"]
)
def test_an_address_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(Unfit):
        admit(email, Role.AUTHOR, by=SYSTEM, at=None)
    assert not Person.objects.exists()


def test_a_member_is_one_once() -> None:
    community = making.community()
    making.person("anne@example.org", role=Role.AUTHOR, at=community)
    with pytest.raises(Conflict):
        admit("anne@example.org", Role.EDITOR, by=SYSTEM, at=community)


def test_a_closed_account_is_not_admitted() -> None:
    person = making.person("anne@example.org")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    with pytest.raises(Refused, match="closed"):
        admit("anne@example.org", Role.AUTHOR, by=SYSTEM, at=None)


def test_nobody_gives_more_than_they_have() -> None:
    liege, namur = making.community("liege"), making.community("namur", partner=making.partner("other"))
    editor = making.person(role=Role.EDITOR, at=liege).actor
    clerk = making.person(role=Role.ADMINISTRATOR, at=liege).actor
    everywhere = making.person(role=Role.EDITOR).actor
    partners = making.person()
    Member.objects.create(person=partners, partner=liege.partner, role=Role.ADMINISTRATOR)
    refused: list[tuple[Actor, Any]] = [
        (editor, liege), (everywhere, liege), (clerk, namur), (clerk, liege.partner), (clerk, None),
        (partners.actor, namur), (partners.actor, namur.partner), (partners.actor, None),
        (Actor("source"), liege), (Actor("source"), None), (Actor("person"), liege),
    ]  # fmt: skip
    for by, at in refused:
        with pytest.raises(NotAllowed):
            admit("new@example.org", Role.AUTHOR, by=by, at=at)
    assert not Person.objects.filter(email="new@example.org").exists()
    for by, at in ((clerk, liege), (partners.actor, liege), (partners.actor, liege.partner)):
        member = admit("new@example.org", Role.ADMINISTRATOR, by=by, at=at).member
        end(member, by=by)


def test_ending_a_membership_revokes_at_once() -> None:
    community = making.community()
    making.person(role=Role.ADMINISTRATOR, at=community)
    person = making.person(role=Role.EDITOR, at=community)
    assert list(communities_of(person)) == [community]
    end(members_of(community).get(person=person), by=SYSTEM)
    assert (role_in(person, community), list(communities_of(person))) == (None, [])


def test_the_last_administrator_of_the_operator_stays() -> None:
    person = making.person(role=Role.ADMINISTRATOR)
    making.person(role=Role.EDITOR)
    closed = making.person(role=Role.ADMINISTRATOR)
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    member = Member.objects.get(person=person)
    for by in (person.actor, SYSTEM):
        with pytest.raises(Refused, match="last administrator"):
            end(member, by=by)
        with pytest.raises(Refused, match="last administrator"):
            change_role(member, Role.EDITOR, by=by)
    assert is_operator(person)


def test_the_last_administrator_of_a_community_leaves_only_by_somebody_above() -> None:
    community = making.community()
    clerk = making.person(role=Role.ADMINISTRATOR, at=community)
    member = Member.objects.get(person=clerk)
    with pytest.raises(Refused, match="last administrator"):
        end(member, by=clerk.actor)
    change_role(member, Role.EDITOR, by=making.person(role=Role.ADMINISTRATOR).actor)
    assert role_in(clerk, community) == Role.EDITOR
    end(member, by=clerk.actor)
    with pytest.raises(Conflict):
        end(member, by=SYSTEM)
    assert role_in(clerk, community) is None


def test_a_member_does_not_change_other_members() -> None:
    community = making.community()
    making.person(role=Role.ADMINISTRATOR, at=community)
    editor, author = making.person(role=Role.EDITOR, at=community), making.person(role=Role.AUTHOR, at=community)
    member = Member.objects.get(person=author)
    for deed in (lambda: end(member, by=editor.actor), lambda: change_role(member, Role.EDITOR, by=author.actor)):
        with pytest.raises(NotAllowed):
            deed()
    member.refresh_from_db()
    assert member.role == Role.AUTHOR
