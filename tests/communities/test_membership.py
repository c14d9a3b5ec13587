import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from perron.accounts.models import Person
from perron.communities.access import Scope, communities_of, holds, level_of
from perron.communities.membership import admit, change_role, end, grantable, members_of, permit_grant
from perron.communities.models import Member
from perron.communities.permissions import DESCRIBE, MANAGE_STAFF, RELEASE, WRITE, granted
from perron.communities.roles import ROLES, Level, Role
from perron.communities.writing import Unfit
from perron.core.errors import Conflict, NotAllowed, Refused
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.models import AuditEntry
from tests import making

pytestmark = pytest.mark.django_db


def test_the_program_admits_who_has_no_account() -> None:
    community = making.community()
    member = admit("Anne@Example.org", Role.AUTHOR, by=SYSTEM, at=community, name="Anne")
    person = Person.objects.get(email="anne@example.org")
    assert (member.person, person.name, person.has_usable_password()) == (person, "Anne", False)
    assert list(communities_of(person)) == [community]
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"open account", "admit"}
    assert all("anne" not in str(row.detail).lower() for row in AuditEntry.objects.all())


def test_somebody_with_an_account_keeps_their_password() -> None:
    person = making.person("anne@example.org")
    assert admit("ANNE@example.org", Role.SUPPORT, by=SYSTEM, at=None).person == person
    person.refresh_from_db()
    assert person.check_password(making.PASSWORD)


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x" * 250 + "@example.org", "a@example.org\nBcc: b@example.org", "<a@b.be>"]
)
def test_an_address_that_is_none_is_refused(email: str) -> None:
    with pytest.raises(Unfit):
        admit(email, Role.SUPPORT, by=SYSTEM, at=None)
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
        admit("anne@example.org", Role.SUPPORT, by=SYSTEM, at=None)


def test_nobody_gives_more_than_they_have() -> None:
    liege, namur = making.community("liege"), making.community("namur", partner=making.partner("other"))
    editor = making.person(role=Role.EDITOR, at=liege).actor
    clerk = making.person(role=Role.ADMINISTRATOR, at=liege).actor
    partners = making.person(role=Role.ADMINISTRATOR, at=liege.partner).actor
    officer = making.person(role=Role.DPO, at=liege.partner).actor
    operator = making.person(role=Role.ADMINISTRATOR).actor
    support, theirs = making.person(role=Role.SUPPORT).actor, making.person(role=Role.DPO).actor
    strangers = (Actor("source"), Actor("person"), Actor("address"))
    everybody: list[Scope] = [liege, namur, liege.partner, namur.partner, None]
    allowed: dict[Actor, list[Scope]] = {
        clerk: [liege], partners: [liege, liege.partner], operator: everybody, SYSTEM: everybody,
        **{by: [] for by in (editor, officer, support, theirs, *strangers)},
    }  # fmt: skip
    for by, scopes in allowed.items():
        for at in everybody:
            expected = list(ROLES[level_of(at)]) if at in scopes else []
            assert grantable(by, at) == expected, (by, at)
            for role in Role:
                if role not in expected:
                    with pytest.raises(NotAllowed):
                        permit_grant(by, at, role)


def test_an_administrators_role_allows_all_that_the_roles_beside_it_do() -> None:
    """Otherwise nobody could give them."""
    for level, roles in ROLES.items():
        for role in roles:
            assert granted(level, role) <= granted(level, Role.ADMINISTRATOR)


def test_a_role_of_another_level_is_refused_by_the_table() -> None:
    for at, role in ((None, Role.EDITOR), (making.partner(), Role.AUTHOR), (making.community(), Role.SUPPORT)):
        with pytest.raises(IntegrityError), transaction.atomic():
            making.person(role=role, at=at)


def test_only_the_program_admits_without_asking() -> None:
    with pytest.raises(NotAllowed, match="Invite"):
        admit("new@example.org", Role.AUTHOR, by=making.person(role=Role.ADMINISTRATOR).actor, at=making.community())


def test_ending_a_membership_revokes_at_once() -> None:
    community = making.community()
    making.person(role=Role.ADMINISTRATOR, at=community)
    person = making.person(role=Role.EDITOR, at=community)
    assert list(communities_of(person)) == [community]
    end(members_of(community).get(person=person), by=SYSTEM)
    assert (holds(person, WRITE, community), list(communities_of(person))) == (False, [])


def test_the_end_of_the_last_role_ends_all_sessions() -> None:
    liege, namur = making.community("liege"), making.community("namur")
    person = making.person("anne@example.org", role=Role.EDITOR, at=liege)
    Member.objects.create(person=person, role=Role.AUTHOR, community=namur)
    client = Client()
    client.force_login(person)
    end(members_of(liege).get(person=person), by=SYSTEM)
    assert client.get("/studio/namur/").status_code == 200
    end(members_of(namur).get(person=person), by=SYSTEM)
    assert not person.sessions.exists()
    assert client.get("/studio/")["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("scope", [Level.COMMUNITY, Level.PARTNER])
def test_who_leaves_by_a_button_is_signed_out_without_an_error(client: Client, scope: Level) -> None:
    liege = making.community("liege")
    at: Scope = liege if scope == Level.COMMUNITY else liege.partner
    path = "/desk/communities/liege/members/" if scope == Level.COMMUNITY else "/desk/partners/ville/members/"
    making.person(role=Role.ADMINISTRATOR, at=at)
    person = making.person(role=Role.ADMINISTRATOR, at=at)
    client.force_login(person)
    assert client.post(path, {"end": str(members_of(at).get(person=person).pk)}).status_code == 302
    assert client.get(path).status_code == 302


def test_the_last_administrator_of_the_operator_stays() -> None:
    person = making.person(role=Role.ADMINISTRATOR)
    making.person(role=Role.DPO)
    closed = making.person(role=Role.ADMINISTRATOR)
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    member = Member.objects.get(person=person)
    for by in (person.actor, SYSTEM):
        with pytest.raises(Refused, match="last administrator"):
            end(member, by=by)
        with pytest.raises(Refused, match="last administrator"):
            change_role(member, Role.DPO, by=by)
    assert holds(person, MANAGE_STAFF)


def test_the_last_administrator_of_a_community_leaves_only_by_somebody_above() -> None:
    community = making.community()
    clerk = making.person(role=Role.ADMINISTRATOR, at=community)
    member = Member.objects.get(person=clerk)
    with pytest.raises(Refused, match="last administrator"):
        end(member, by=clerk.actor)
    change_role(member, Role.EDITOR, by=making.person(role=Role.ADMINISTRATOR).actor)
    assert holds(clerk, RELEASE, community)
    assert not holds(clerk, DESCRIBE, community)
    end(member, by=clerk.actor)
    with pytest.raises(Conflict):
        end(member, by=SYSTEM)
    assert not holds(clerk, WRITE, community)


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
