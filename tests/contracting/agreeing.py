"""Two sides that sign, as tests need them."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from perron.accounts.models import Person
from perron.communities.contracting import ending, signing
from perron.communities.contracting.drawing_up import party, text_of
from perron.communities.models import Agreement, Member, Partner
from perron.communities.roles import Role
from perron.core.clock import today
from perron.privacy.policy.deeds import digest
from tests import making

Side = signing.Side
PDF = b"%PDF-1.7\n1 0 obj\n%%EOF\n"


def operator() -> Person:
    return making.person(role=Role.ADMINISTRATOR)


def administrator(of: Partner) -> Person:
    made = making.person()
    Member.objects.create(person=made, partner=of, role=Role.ADMINISTRATOR)
    return made


def sign(partner: Partner, kind: str, person: Person, side: str, **more: Any) -> Agreement:
    """Sign what would be drawn up today in French."""
    said: dict[str, Any] = {
        "name": "Anne Lambert",
        "capacity": "Directrice",
        "text_hash": digest(text_of(kind, party(partner), "fr")),
        "language": "fr",
        "informs_staff": side == Side.PARTNER,
    }
    return signing.sign(partner, kind, by=person.actor, side=side, **said | more)


def both_sign(partner: Partner, kind: str, **more: Any) -> Agreement:
    """Bring an agreement into force, signed by two who are made for it."""
    sign(partner, kind, administrator(partner), Side.PARTNER, **more)
    return sign(partner, kind, operator(), Side.OPERATOR)


def uploaded(partner: Partner, kind: str, person: Person, data: bytes = PDF, **more: Any) -> Agreement:
    said: dict[str, Any] = {"language": "fr", "signed_on": today(), "informs_staff": True}
    return signing.upload(partner, kind, BytesIO(data), by=person.actor, **said | more)


def end(agreement: Agreement, person: Person) -> Agreement:
    """End it, the data being erased after thirty days."""
    return ending.end(agreement, by=person.actor, hand_over="erase", due_on=today() + timedelta(days=30))
