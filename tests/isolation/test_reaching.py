"""What is asked of a partner by somebody who acts for nobody, or for another one, gets the same answer as ever."""

import re

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from perron.audience import leaving, subscribing
from perron.audience.choices import Choice
from perron.audience.models import Subscription
from perron.communities.access import anyone, holders, holds
from perron.communities.agreements import Kind, in_force, service_is_covered, sign_up_is_open
from perron.communities.contracting.standing import standing
from perron.communities.identity.rules import providers_for, set_up
from perron.communities.inviting.rules import invite
from perron.communities.membership import end
from perron.communities.models import Community, Invitation, Member
from perron.communities.permissions import FOUND, RELEASE
from perron.communities.roles import Role
from perron.communities.strong_staff import StrongStaffMiddleware, is_staff
from perron.communities.tenancy import TenancyMiddleware
from perron.core.errors import Refused
from perron.letters.models import Letter
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.tenancy.scope import NOBODY, acting, acting_for, current
from tests import making
from tests.contracting.agreeing import both_sign
from tests.studio.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def liege() -> Community:
    return making.community("liege")


def test_roles_are_what_they_are_whoever_asks(liege: Community) -> None:
    editor, operator = making.person(role=Role.EDITOR, at=liege), making.person(role=Role.ADMINISTRATOR)
    with acting(NOBODY):
        # Otherwise no second factor would be asked for, and no letter written.
        assert is_staff(editor)
        assert holds(editor, RELEASE, liege)
        assert holds(operator, FOUND)
        people = [holders(RELEASE, liege), holders(FOUND)]
        assert [list(found) for found in people] == [[editor], [operator]]


def test_public_pages_know_what_was_agreed(liege: Community) -> None:
    platform = making.platform(liege)
    unbound = making.partner("unbound", bound=False)
    with acting(NOBODY):
        assert sign_up_is_open(platform)
        assert service_is_covered(liege.partner, Activity.SUBSCRIPTIONS)
        assert in_force(unbound, Kind.CONTRACT) is None


def test_a_sub_organisation_reads_the_agreement_that_covers_it(liege: Community) -> None:
    above, below = making.partner("commune", bound=False), making.partner("welfare", bound=False)
    below.parent = above
    below.save()
    agreement = both_sign(above, Kind.CONTRACT, with_children=True)
    person = making.person()
    Member.objects.create(person=person, partner=below, role=Role.ADMINISTRATOR)
    with acting_for(below.pk):
        binding = standing(below, Kind.CONTRACT).binding
        assert binding == agreement
        assert len(binding.signatures.all()) == 2
    there = f"/desk/partners/{{}}/agreements/{agreement.pk}.pdf"
    assert signed_in(person).get(there.format("welfare")).status_code == 200
    assert signed_in(person).get(there.format("commune")).status_code == 404
    stranger = making.person()
    Member.objects.create(person=stranger, partner=liege.partner, role=Role.ADMINISTRATOR)
    assert signed_in(stranger).get(there.format(liege.partner.slug)).status_code == 404


@pytest.mark.parametrize("role", [Role.EDITOR, Role.ADMINISTRATOR])
def test_an_invitation_is_taken_up_by_whoever_has_its_link(liege: Community, role: Role) -> None:
    """An editor of a community, an administrator of the operator: rows of a partner, and of none."""
    invite("new@example.org", role, by=SYSTEM, at=liege if role == Role.EDITOR else None)
    path = "/" + str(Letter.objects.get(kind="invitation").context["link"]).split("/", 3)[3]
    client = Client()
    assert client.get(path).status_code == 200
    answer = client.post(path, {"name": "Anne Lambert", "password": "three words together"})
    assert answer.status_code == 302
    assert Member.objects.get(person__email="new@example.org").role == role


def test_letters_to_one_address_are_counted_over_all_partners(liege: Community) -> None:
    boss = making.person(role=Role.ADMINISTRATOR, at=liege)
    for number in range(5):
        other = making.community(f"c{number}", partner=making.partner(f"p{number}"))
        invite("new@example.org", Role.EDITOR, by=SYSTEM, at=other)
    with acting_for(liege.partner_id), pytest.raises(Refused, match="today"):
        invite("new@example.org", Role.EDITOR, by=boss.actor, at=liege)
    assert Invitation.objects.count() == 5


def test_a_last_role_is_the_last_of_all(liege: Community) -> None:
    boss = making.person(role=Role.ADMINISTRATOR, at=liege)
    both = making.person(role=Role.EDITOR, at=liege)
    Member.objects.create(person=both, partner=making.partner("namur"), role=Role.ADMINISTRATOR)
    making.sign_in(Client(), both)
    with acting_for(liege.partner_id):
        end(Member.objects.get(person=both, community=liege), by=boss.actor)
    assert both.sessions.exists(), "signed out although they act for somebody else"


def test_a_provider_opens_no_account_that_acts_for_others_too(liege: Community) -> None:
    provider = set_up(liege.partner, by=SYSTEM, issuer="https://sign.example", client_id="a", secret="b", is_on=True)
    own, both = making.person(role=Role.EDITOR, at=liege), making.person(role=Role.EDITOR, at=liege)
    Member.objects.create(person=both, partner=making.partner("namur"), role=Role.ADMINISTRATOR)
    with acting_for(liege.partner_id):
        assert providers_for(both) == []
    with acting(NOBODY):
        assert providers_for(own) == [provider]


def test_readers_subscribe_and_leave_without_an_account(liege: Community) -> None:
    making.platform(liege)
    page = "https://perron.example/fr/subscription/confirm/"
    with acting(NOBODY):
        subscribing.ask("lea@example.org", liege, Choice(), language="fr", page=page)
        link = str(Letter.objects.get(kind="subscription-confirm").context["link"])
        token = re.sub(r".*token=", "", link).replace("%3A", ":")
        recipient = subscribing.confirm(token)
        assert [row.community for row in subscribing.subscriptions_of(recipient)] == [liege]
        subscribing.change(recipient, liege, Choice(("alert",)))
        assert subscribing.subscriptions_of(recipient)[0].kinds
        assert leaving.unsubscribe(recipient) == 1
    assert not Subscription.stored.exists()


def test_who_lacks_the_second_factor_acts_for_nobody_on_public_pages(liege: Community) -> None:
    client, scopes = Client(), []
    client.force_login(making.person(role=Role.EDITOR, at=liege))
    request = RequestFactory().get("/fr/liege/")
    request.session = client.session
    request.COOKIES[settings.SESSION_COOKIE_NAME] = str(client.session.session_key)
    del request.session["account_authentication_methods"]

    def answer(request: HttpRequest) -> HttpResponse:
        assert request.user.is_authenticated
        scopes.append(current())
        StrongStaffMiddleware(answer).process_view(request, anyone(answer), (), {})
        scopes.append(current())
        return HttpResponse()

    TenancyMiddleware(answer)(request)
    assert [str(scope) for scope in scopes] == [str(liege.partner_id), ""]
