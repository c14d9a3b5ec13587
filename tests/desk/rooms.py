"""Every address of the desk and of the studio's pages about people, with something real behind it.

A 404 would prove nothing. Whose data the pages show is in `Planted`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.test import Client
from django.urls import URLPattern

from perron.communities.applying.receiving import Applied, apply
from perron.communities.contracting.contacts import add_contact
from perron.communities.contracting.keeping import kept
from perron.communities.models import Agreement, Area, Community, Partner
from perron.communities.roles import Role
from perron.core.clock import now
from perron.desk.urls import urlpatterns
from perron.letters import bounces, outbox
from perron.letters.models import Bounce
from perron.letters.posting import post_due
from perron.outreach.contact.receiving import Written, receive
from perron.outreach.newsletter import audience, writing
from perron.outreach.newsletter.writing import Written as WrittenNews
from perron.privacy.acting import SYSTEM
from perron.privacy.breaches import entering
from perron.privacy.breaches.entering import Facts
from perron.privacy.declaring import Activity
from perron.privacy.models import Breach, BreachParty, Party, Restriction
from perron.privacy.restrictions import restrict
from perron.privacy.subjects import Subject, of_address, of_person
from perron.publishing.handing_over import preparing
from perron.publishing.models import Archive
from tests import making
from tests.delivery.town import undelivered
from tests.letters.writing_letters import letter
from tests.requests.asking import written


@dataclass(frozen=True)
class Planted:
    """What stands in the addresses, and whose data there are."""

    real: dict[str, str]
    people: dict[str, Subject]


def planted() -> Planted:
    """Plant one of everything, and people who may be shown on some page."""
    community = making.community()
    making.platform(community)
    making.topic("culture")
    Area.objects.create(community=community, slug="centre", names={"fr": "Centre"}, communes_nis=["62063"])
    real = {"partner": "ville", "platform": "front", "community": "liege", "topic": "culture", "area": "centre"}
    asked = written(identified_by="known at the counter")
    Party.objects.create(
        request=asked, capacity="joint", recipient="partner", tenant_id=making.partner().pk, told_at=now()
    )
    anne = receive(
        Written(first_name="Anne", name="Lambert", email="anne@example.org", heading="Question", text="Bonjour."),
        language="fr",
    )
    bert = of_address("bert@example.org")
    mail = _in_the_outbox()
    real |= {
        "letter": str(letter("policy-changes").pk),
        "name": mail.name,
        "reference": asked.reference,
        "deed": "answer",
        "conversation": str(anne.pk),
        "restriction": str(restrict(bert, Restriction.Ground.ACCURACY, by=SYSTEM).pk),
    }
    real["dispatch"] = str(undelivered(community, "gone@example.org").pk)
    bounces.note(Subject("address", mail.whose), "5.1.1")
    real["bounce"] = str(Bounce.stored.get().pk)
    preparing.ask(community.partner, by=SYSTEM)
    Archive.objects.update(asked_by=making.person(role=Role.ADMINISTRATOR))
    assert preparing.prepare_due() == 1
    real["archive"] = str(Archive.objects.get().pk)
    real |= {"kind": "contract", "agreement": str(_signed_document())}
    # Both a request and a breach have a reference: the same one here.
    facts = Facts(known_at=now(), happened="A backup disk was stolen.")
    breach = entering.enter(facts, by=SYSTEM)
    Breach.objects.filter(pk=breach.pk).update(reference=asked.reference)
    BreachParty.objects.create(breach=breach, tenant_id=making.partner().pk, name="Ville", told_at=now())
    words = {"fr": "Bonjour."}
    message = writing.begin(WrittenNews(audience.bases()[0].id, words, words), by=SYSTEM)
    real |= {"campaign": str(message.pk), "language": "fr", "look": "light"}
    people = {
        "conversation": anne.subject,
        "delivery": of_address("gone@example.org"),
        "restriction": bert,
        "request": of_address("letter@example.org"),
    }
    return Planted(real, people | {"letter": Subject("address", mail.whose)})


def applied(planted: Planted) -> Subject:
    """Plant an application as well, and return who applies."""
    written = {"kind": "association", "name": "Les Amis", "contact": "Chris", "email": "chris@example.org", "why": "…"}
    made = apply(Applied(**written), Community.objects.get(slug="liege"), language="fr")
    planted.real["application"] = str(made.pk)
    return made.subject


def signed() -> Subject:
    """Have somebody sign the agreements in the program as well, and return whom."""
    signer = making.person()
    for agreement in Agreement.objects.all():
        agreement.signatures.create(
            side="partner", person=signer, name="Anne", capacity="Mayor", text_hash=agreement.text_hash
        )
    return of_person(signer.pk)


def contact() -> Subject:
    """Plant a contact of the partner, and return whom."""
    add_contact(
        making.partner(), by=SYSTEM, kind="officer", name="Dora", function="", email="dora@example.org", phone=""
    )
    return of_address("dora@example.org")


def addresses(planted: Planted, routes: Iterable[URLPattern] = urlpatterns, door: str = "/desk/") -> dict[str, str]:
    """Return the address of each route by its name."""
    real = planted.real
    deeds = {"breach-deed": "correct"}
    return {
        str(route.name): door + filled(route, real | {"deed": deeds.get(str(route.name), real["deed"])})
        for route in routes
    }


def filled(route: URLPattern, real: dict[str, str]) -> str:
    path = str(route.pattern)
    for name, value in real.items():
        path = re.sub(rf"<\w+:{name}>", value, path)
    assert "<" not in path
    return path


def say_why(client: Client) -> None:
    """Say why the operator's staff open a partner's data, for each partner that there is."""
    for partner in Partner.objects.all():
        page = f"/desk/partners/{partner.slug}/reason/"
        assert client.post(page, {"why": "support case 4711"}).status_code == 302


def _signed_document() -> UUID:
    row = Agreement.objects.get(kind="contract", partner__slug="ville")
    with kept(row, b"%PDF-1.7 %%EOF"):
        row.save()
    return row.pk


def _in_the_outbox() -> outbox.Kept:
    letter("policy-changes", activity=Activity.RIGHTS, context={"day": "2026-12-01", "changes": "", "link": ""})
    post_due()
    return outbox.newest()[0]
