import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from perron.accounts.models import Person
from perron.communities.access import holds
from perron.communities.inviting import rules
from perron.communities.inviting.rules import NewAccount, accept, invite, look, send_again, waiting, withdraw
from perron.communities.membership import change_role, end, members_of
from perron.communities.models import Community, Invitation, Member
from perron.communities.permissions import RELEASE
from perron.communities.roles import Role
from perron.communities.writing import Unfit
from perron.core import clock
from perron.core.errors import Conflict, Gone, NotAllowed, NotFound, PerronError, Refused
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from perron.privacy.erasing import erase
from perron.privacy.models import AuditEntry
from perron.privacy.retaining import expire
from perron.privacy.subjects import of_address
from tests import making

pytestmark = pytest.mark.django_db
NEW = NewAccount("Anne Lambert", "three words together")


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def liege() -> Community:
    return making.community("liege")


def invited(at: Community, email: str = "anne@example.org", role: Role = Role.EDITOR, **more: Any) -> str:
    """Invite an address, and return the secret of the link that its letter brings."""
    invite(email, role, by=more.pop("by", SYSTEM), at=at)
    return newest_secret()


def newest_secret() -> str:
    link = Letter.objects.filter(kind="invitation").latest("written_at").context["link"]
    assert isinstance(link, str)
    return link.rstrip("/").rpartition("/")[2]


def test_somebody_without_an_account_chooses_a_password_and_is_a_member(client: Client, liege: Community) -> None:
    path = f"/account/invitation/{invited(liege)}/"
    page = client.get(path)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    # Programs that look at mail open links: nothing has happened.
    assert not Person.objects.exists()
    short = client.post(path, {"name": "Anne", "password": "short"})
    assert (short.status_code, Person.objects.count()) == (422, 0)
    answer = client.post(path, {"name": NEW.name, "password": NEW.password})
    assert answer["Location"] == "/studio/liege/"
    person = Person.objects.get()
    assert (person.email, person.name, person.check_password(NEW.password)) == ("anne@example.org", NEW.name, True)
    assert holds(person, RELEASE, liege)
    # Whoever works here sets up a second factor first.
    assert client.get("/studio/liege/")["Location"].startswith("/account/security/")
    assert {"invite", "open account", "accept invitation", "admit"} <= set(
        AuditEntry.objects.values_list("verb", flat=True)
    )


def test_somebody_with_an_account_signs_in_and_accepts(client: Client, liege: Community) -> None:
    person = making.person("anne@example.org")
    path = f"/account/invitation/{invited(liege, 'Anne@Example.ORG')}/"
    assert f"next={path}" in client.get(path).content.decode()
    # Whoever has the link cannot take the account over with it.
    assert client.post(path, {"name": "X", "password": NEW.password}).status_code == 200
    assert not members_of(liege)
    client.force_login(person)
    assert client.get(path).status_code == 200
    assert not members_of(liege)
    assert client.post(path).status_code == 302
    assert [member.person for member in members_of(liege)] == [person]
    person.refresh_from_db()
    assert person.check_password(making.PASSWORD)


def test_an_invitation_is_not_for_somebody_else(client: Client, liege: Community) -> None:
    path = f"/account/invitation/{invited(liege)}/"
    bert = making.person("bert@example.org")
    Person.objects.filter(pk=bert.pk).update(language="en")
    client.force_login(bert)
    for answer in (client.get(path), client.post(path, {"name": "Bert", "password": NEW.password})):
        assert answer.status_code == 403
        assert "another address" in answer.content.decode()
    assert not Member.objects.exists()
    assert waiting(liege).exists()


def _used(secret: str) -> None:
    accept(secret, signed_in=None, new=NEW)


def _withdrawn(_secret: str) -> None:
    withdraw(Invitation.objects.get(), by=SYSTEM)


def _sent_again(_secret: str) -> None:
    send_again(Invitation.objects.get(), by=SYSTEM)


def _replaced(_secret: str) -> None:
    invite("anne@example.org", Role.AUTHOR, by=SYSTEM, at=making.community("liege"))


@pytest.mark.parametrize(
    ("deed", "refusal", "sentence"),
    [
        (_used, Gone, "already"), (_withdrawn, Gone, "taken back"), (_sent_again, NotFound, "no invitation"),
        (_replaced, Gone, "taken back"),
    ],
)  # fmt: skip
def test_what_does_not_hold_any_more_is_refused_with_a_sentence(
    deed: Callable[[str], None], refusal: type[PerronError], sentence: str, client: Client, liege: Community
) -> None:
    secret = invited(liege)
    deed(secret)
    members = Member.objects.count()
    with pytest.raises(refusal, match=sentence):
        accept(secret, signed_in=None, new=NewAccount("Zoë", NEW.password))
    for answer in (client.get(f"/account/invitation/{secret}/"), client.post(f"/account/invitation/{secret}/", {})):
        assert answer.status_code == refusal.status
        assert sentence in answer.content.decode()
    assert Member.objects.count() == members


def test_an_invitation_is_too_old_after_seven_days_and_gone_soon_after(liege: Community) -> None:
    secret = invited(liege)
    with clock.travel(clock.now() + timedelta(days=6, hours=23)):
        assert look(secret)
        expire()
    with clock.travel(clock.now() + timedelta(days=7, seconds=1)):
        expire()
        with pytest.raises(Gone, match="seven days"):
            accept(secret, signed_in=None, new=NEW)
        assert not waiting(liege)
    with clock.travel(clock.now() + timedelta(days=11)):
        expire()
        assert not Invitation.objects.exists()


def test_the_address_leaves_when_its_owner_asks_for_it(liege: Community) -> None:
    secret = invited(liege)
    erase([of_address("anne@example.org")], by=SYSTEM)
    assert not Invitation.objects.exists()
    with pytest.raises(NotFound):
        look(secret)


def test_who_invites_does_not_learn_who_has_an_account(client: Client, liege: Community) -> None:
    making.person("anne@example.org")
    client.force_login(making.person(role=Role.ADMINISTRATOR, at=liege))
    pages = []
    for email in ("anne@example.org", "bert@example.org"):
        asked = {"invite": "1", "email": email, "role": "editor"}
        page = client.post("/desk/communities/liege/members/", asked, follow=True).content.decode()
        client.post("/desk/communities/liege/members/", {"withdraw": str(waiting(liege).get().pk)})
        client.get("/desk/communities/liege/members/")
        pages.append(re.sub(r'value="[\w-]+"', "", page.replace(email, "")))
    assert pages[0] == pages[1]


def test_a_right_that_ended_takes_its_invitations_along(liege: Community) -> None:
    making.person(role=Role.ADMINISTRATOR, at=liege)
    clerk = making.person(role=Role.ADMINISTRATOR, at=liege)
    making.person("partners@example.org", role=Role.ADMINISTRATOR, at=liege.partner)
    secret = invited(liege, by=clerk.actor)
    member = Member.objects.get(person=clerk)
    change_role(member, Role.EDITOR, by=SYSTEM)
    with pytest.raises(Gone, match="taken back"):
        accept(secret, signed_in=None, new=NEW)
    change_role(member, Role.ADMINISTRATOR, by=SYSTEM)
    secret = invited(liege, by=clerk.actor)
    end(Member.objects.get(person=clerk), by=SYSTEM)
    with pytest.raises(Gone, match="taken back"):
        look(secret)
    assert not Person.objects.filter(email="anne@example.org").exists()


def test_nobody_invites_to_more_than_they_may_give(liege: Community) -> None:
    clerk = making.person(role=Role.ADMINISTRATOR, at=liege).actor
    for at, role in (
        (liege.partner, Role.DPO),
        (None, Role.SUPPORT),
        (making.community("namur", partner=making.partner("o")), Role.AUTHOR),
    ):
        with pytest.raises(NotAllowed):
            invite("anne@example.org", role, by=clerk, at=at)
    with pytest.raises(NotAllowed):
        invite("anne@example.org", Role.SUPPORT, by=clerk, at=liege)
    assert not Letter.objects.exists()


@pytest.mark.once
def test_what_cannot_be_invited_is_refused(liege: Community) -> None:
    for email in ("", "nobody", "a@example.org\nBcc: b@example.org", "x" * 250 + "@example.org"):
        with pytest.raises(Unfit):
            invite(email, Role.AUTHOR, by=SYSTEM, at=liege)
    making.person("anne@example.org", role=Role.AUTHOR, at=liege)
    with pytest.raises(Conflict):
        invite("anne@example.org", Role.EDITOR, by=SYSTEM, at=liege)
    for _time in range(rules.A_DAY):
        invite("bert@example.org", Role.AUTHOR, by=SYSTEM, at=liege)
    with pytest.raises(Refused, match="tomorrow"):
        invite("bert@example.org", Role.AUTHOR, by=SYSTEM, at=liege)


def test_the_list_sends_again_and_takes_back(client: Client, liege: Community) -> None:
    client.force_login(making.person(role=Role.ADMINISTRATOR, at=liege))
    first = invited(liege)
    path = "/desk/communities/liege/members/"
    row = waiting(liege).get()
    assert row.email in client.get(path).content.decode()
    client.post(path, {"again": str(row.pk)})
    assert newest_secret() != first
    assert look(newest_secret()) == row
    assert Client().post(path, {"withdraw": str(row.pk)}).status_code == 302
    assert waiting(liege).exists()
    other = Invitation.objects.get(pk=row.pk)
    client.post(path, {"withdraw": str(other.pk)})
    assert not waiting(liege)
    assert client.post(path, {"withdraw": str(other.pk)}).status_code == 404
