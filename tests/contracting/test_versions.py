"""A new version of the policy asks for what it changes; what was signed stays in force until it is replaced."""

from collections.abc import Iterator
from dataclasses import replace as with_changes
from datetime import timedelta

import pytest

from perron.communities.agreements import in_force
from perron.communities.contracting.standing import standing
from perron.communities.contracting.telling import ask_again
from perron.communities.models import Agreement, Partner
from perron.core.clock import today
from perron.letters.models import Letter
from perron.privacy.policy.current import policy, replace
from perron.privacy.policy.periods import Period
from perron.privacy.policy.values import Policy, Version
from tests import making
from tests.contracting.agreeing import Side, administrator, both_sign, operator, sign

pytestmark = pytest.mark.django_db
KIND = Agreement.Kind.CONTRACT


@pytest.fixture
def partner() -> Partner:
    made = making.partner(bound=False)
    both_sign(made, KIND)
    return made


@pytest.fixture
def changed(partner: Partner) -> Iterator[Policy]:
    """A next version, which keeps what staff did for a shorter time."""
    staff = policy().activities["staff"]
    deed = with_changes(staff.retentions["deed"], period=Period.parse("P2Y"))
    shorter = with_changes(staff, retentions={**staff.retentions, "deed": deed})
    with replace(_next(activities={**policy().activities, "staff": shorter})):
        yield policy()


def test_what_a_version_changes_is_to_be_signed_again(partner: Partner, changed: Policy) -> None:
    told = administrator(partner)
    before = in_force(partner, KIND)
    assert before
    assert standing(partner, KIND).state == "again"
    assert standing(partner, KIND).can_be_signed
    assert ask_again() == 2, "both administrators"
    assert ask_again() == 0
    letter = Letter.objects.get(to=told.email)
    assert (letter.kind, letter.context["again"]) == ("agreement-to-sign", True)
    assert in_force(partner, KIND) == before
    sign(partner, KIND, told, Side.PARTNER)
    assert in_force(partner, KIND) == before, "until the other side has signed too"
    after = sign(partner, KIND, operator(), Side.OPERATOR)
    assert in_force(partner, KIND) == after
    assert after.policy_version == changed.version.in_force
    assert standing(partner, KIND).state == "in_force"
    before.refresh_from_db()
    assert (before.replaced, before.due_on) == (True, None)


def test_a_version_that_changes_nothing_of_it_asks_nobody(partner: Partner) -> None:
    with replace(_next()):
        assert standing(partner, KIND).state == "in_force"
        assert ask_again() == 0
    assert not Letter.objects.exists()


def test_an_arrangement_of_before_is_measured_by_the_policy_of_then() -> None:
    other = making.partner("other", bound=False)
    row = both_sign(other, KIND)
    # Of 2022, when the policy had no services for partners.
    Agreement.objects.filter(pk=row.pk).update(policy_version="2022-05-26")
    assert standing(other, KIND).state == "again"


def _next(**changes: object) -> Policy:
    version = Version(announced=today(), in_force=today() + timedelta(days=1))
    return with_changes(policy(), version=version, **changes)  # type: ignore[arg-type]
