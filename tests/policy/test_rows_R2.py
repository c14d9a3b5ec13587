"""R2: operator and partner are joint controllers of accounts; no sign-up before their arrangement is in force."""

from dataclasses import replace as with_changes

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils.html import escape

from perron.communities.agreements import sign_up_is_open
from perron.communities.contracting.keeping import file_name
from perron.communities.models import Agreement, Partner
from perron.core.language import LANGUAGES
from perron.privacy.models import AuditEntry
from perron.privacy.policy.current import policy, replace
from tests import making
from tests.contracting.agreeing import administrator, both_sign, operator

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/partners/ville/agreements/arrangement/"


def test_sign_up_opens_with_the_second_signature_and_closes_at_the_end(client: Client) -> None:
    partner = making.partner(bound=False)
    platform = making.platform(making.community())
    assert not sign_up_is_open(platform)
    assert "have not signed it yet" in _essence(client)
    signed = [_signs(client, person) for person in (administrator(partner), operator())]
    assert signed == ["waits for the operator’s signature", "in force since"]
    assert sign_up_is_open(platform)
    assert "it is in force between Letsgocity S.A. and Ville since" in _essence(client)
    assert client.post(f"{ADDRESS}end/", {"sure": "on"}).status_code == 302
    assert not sign_up_is_open(platform)
    assert "have not signed it yet" in _essence(client)
    ended = Agreement.objects.get()
    verbs = AuditEntry.objects.filter(object_id=ended.pk).order_by("at").values_list("verb", flat=True)
    assert list(verbs) == ["sign agreement", "sign agreement", "bring agreement into force", "end agreement"]
    assert default_storage.exists(file_name(ended)), "it proves what was agreed"


def test_an_organisation_above_can_bind_those_below(client: Client) -> None:
    above = making.partner("ville", bound=False)
    below = Partner.objects.create(slug="cpas", name="CPAS", parent=above)
    platform = making.platform(slug="app", is_front=False, partner=below)
    both_sign(above, "arrangement")
    assert not sign_up_is_open(platform), "the arrangement is the commune's alone"
    both_sign(above, "arrangement", with_children=True)
    assert sign_up_is_open(platform)
    client.force_login(administrator(below))
    page = client.get("/desk/partners/cpas/agreements/").content.decode()
    assert "Ville, " in page, "by whom it is bound"


def test_the_operator_needs_none_with_itself_nor_where_it_decides_alone() -> None:
    own = Partner.objects.create(slug="own", name="Operator", is_operator=True)
    assert sign_up_is_open(making.platform(slug="own", partner=own))
    partner = making.partner("other", bound=False)
    other = making.platform(slug="other", is_front=False, partner=partner)
    assert not sign_up_is_open(other)
    accounts = with_changes(policy().activities["C"], role="controller", counterpart="")
    with replace(with_changes(policy(), activities={**policy().activities, "C": accounts})):
        assert sign_up_is_open(other)


def test_the_essence_is_public_and_says_that_either_side_answers(client: Client) -> None:
    making.platform(making.community())
    for language in LANGUAGES:
        page = client.get(f"/{language}/privacy/arrangement/").content.decode()
        assert escape(policy().operator.name) in page
        assert "Ville" in page
    assert "exercise every right towards either of the two" in client.get("/en/privacy/arrangement/").content.decode()


def _essence(client: Client) -> str:
    return client.get("/en/privacy/arrangement/").content.decode()


def _signs(client: Client, person: object) -> str:
    """Sign by the screen as `person`; return the state that the list of agreements says then."""
    client.force_login(person)  # type: ignore[arg-type]
    client.cookies["django_language"] = "en"
    page = client.get(f"{ADDRESS}sign/?language=nl", HTTP_ACCEPT_LANGUAGE="en")
    first = page.context["form"].initial
    said = {"name": "Anne", "capacity": "Director", "read": "on", **{k: first[k] for k in ("text_hash", "language")}}
    assert client.post(f"{ADDRESS}sign/", said).status_code == 302
    row = Agreement.objects.get()
    assert row.language == "nl"
    return "in force since" if row.is_in_force else "waits for the operator’s signature"
