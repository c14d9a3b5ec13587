"""R3: what is done as processor for a partner waits for its contract, and goes when that has ended."""

from datetime import timedelta

import pytest
from django.test import Client

from perron.audience.models import Recipient, Subscription
from perron.communities import membership
from perron.communities.agreements import service_is_covered
from perron.communities.applying.receiving import Applied, apply
from perron.communities.contracting.winding_down import wind_down_due, without_rule
from perron.communities.models import Agreement, Application, Community, Member
from perron.communities.roles import Role
from perron.core.clock import now, travel
from perron.core.errors import NotFound, Refused
from perron.letters.models import Letter
from perron.privacy import journal
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.evidence.tables import EvidenceEntry
from perron.privacy.models import Restriction
from perron.privacy.policy.current import policy
from perron.privacy.restrictions import restrict
from perron.privacy.subjects import known_address, of_address
from tests import making
from tests.contracting.agreeing import administrator, both_sign, end, operator

pytestmark = pytest.mark.django_db


def test_each_service_is_an_activity_of_its_own_with_a_way_out() -> None:
    own = {activity.id: activity for activity in policy().activities.values() if activity.role == "processor"}
    assert set(own) == {"staff", "applications", "subscriptions"}
    assert not any(activity.from_source for activity in own.values())
    assert without_rule() == set()


def test_no_service_takes_data_before_the_contract(client: Client) -> None:
    partner = making.partner(bound=False)
    commune = making.community()
    making.platform(commune)
    assert client.get("/fr/liege/join/").status_code == 404
    with pytest.raises(NotFound):
        _apply(commune, "anne@example.org")
    with pytest.raises(Refused, match=r"art\. 28.*Ville.*sign it first"):
        membership.admit("editor@example.org", Role.EDITOR, by=SYSTEM, at=commune)
    assert not Application.stored.exists()
    # Who signs must be able to come in.
    membership.admit("director@example.org", Role.ADMINISTRATOR, by=SYSTEM, at=partner)
    both_sign(partner, "contract")
    assert client.get("/fr/liege/join/").status_code == 200
    _apply(commune, "anne@example.org")
    membership.admit("editor@example.org", Role.EDITOR, by=SYSTEM, at=commune)


def test_the_arrangement_does_not_stand_for_the_contract() -> None:
    partner = making.partner(bound=False)
    both_sign(partner, "arrangement")
    assert not service_is_covered(partner, Activity.STAFF)
    assert service_is_covered(partner, Activity.PROMOTION), "not done for a partner"


def test_the_end_closes_at_once_and_erases_on_its_day(client: Client) -> None:
    ville, other = making.community(), making.community("namur", partner=making.partner("other"))
    making.platform(ville)
    editor = making.person("editor@example.org", role=Role.EDITOR, at=ville)
    elsewhere = making.person(role=Role.EDITOR, at=other)
    director = administrator(ville.partner)
    for commune in (ville, other):
        _apply(commune, "anne@example.org")
        _subscribe(commune, "anne@example.org")
    _subscribe(ville, "bert@example.org")
    end(Agreement.objects.get(partner=ville.partner, kind="contract"), director)
    assert client.get("/fr/liege/join/").status_code == 404
    told = Letter.objects.get(kind="agreement-ended")
    assert (told.to, told.context["partner"]) == (director.email, "Ville")
    with travel(now() + timedelta(days=29)):
        assert wind_down_due() == 0
        assert Member.objects.filter(person=editor).exists(), "there is time to fetch the data"
    with travel(now() + timedelta(days=31)):
        assert wind_down_due() == 1
        assert wind_down_due() == 0
    assert set(Application.stored.values_list("commune__slug", flat=True)) == {"namur"}
    assert set(Subscription.stored.values_list("community__slug", "recipient__email")) == {
        ("namur", "anne@example.org")
    }
    assert set(Recipient.stored.values_list("email", flat=True)) == {"anne@example.org"}
    assert set(Member.objects.values_list("person", flat=True)) == {elsewhere.pk}
    assert EvidenceEntry.objects.filter(deed="wind_down").count() == 1


def test_data_set_aside_stay_until_that_ends() -> None:
    commune = making.community()
    _apply(commune, "anne@example.org")
    subject = known_address("anne@example.org")
    assert subject
    restrict(subject, Restriction.Ground.CLAIMS, by=SYSTEM)
    ended = end(Agreement.objects.get(kind="contract"), operator())
    with travel(now() + timedelta(days=31)):
        assert wind_down_due() == 0
        assert Application.stored.exists()
        Restriction.objects.update(lifted_at=now())
        assert wind_down_due() == 1
    assert not Application.stored.exists()
    ended.refresh_from_db()
    assert ended.wound_down_at


def test_another_contract_before_the_day_keeps_everything() -> None:
    commune = making.community()
    _apply(commune, "anne@example.org")
    end(Agreement.objects.get(kind="contract"), operator())
    both_sign(commune.partner, "contract")
    with travel(now() + timedelta(days=31)):
        assert wind_down_due() == 1
    assert Application.stored.exists()
    assert Member.objects.filter(partner=commune.partner).exists()


def test_a_restore_ends_it_again() -> None:
    making.partner()
    begin, before = now(), Agreement.objects.get(kind="contract")
    ended = end(before, operator())
    # As the backup has it.
    before.save()
    assert Agreement.objects.get(kind="contract").is_in_force
    assert journal.replay(begin) == {"end_agreement": 1}
    again = Agreement.objects.get(kind="contract")
    assert not again.is_in_force
    assert again.due_on == ended.due_on


def _subscribe(commune: Community, email: str) -> None:
    recipient, _new = Recipient.stored.get_or_create(
        email=email, defaults={"subject_id": of_address(email).id, "language": "fr"}
    )
    Subscription.stored.create(recipient=recipient, community=commune)


def _apply(commune: Community, email: str) -> None:
    applied = Applied(kind="association", name="Club", contact="Anne Lambert", email=email, why="Nos activités.")
    apply(applied, commune, language="fr")
