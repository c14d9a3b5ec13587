"""What lies on the operator's desk, for the pages of the desk."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from perron.accounts.models import Person
from perron.communities.models import Community, Platform
from perron.core.clock import now
from perron.letters import outbox
from perron.letters.models import Letter
from perron.letters.posting import post_due
from perron.letters.writing import write
from perron.outreach.contact import answering
from perron.outreach.contact.receiving import Written, receive
from perron.outreach.newsletter import audience, writing
from perron.outreach.newsletter.leaving import key_of
from perron.outreach.newsletter.writing import Written as News
from perron.privacy.acting import SYSTEM
from perron.privacy.breaches import entering, informing
from perron.privacy.breaches.entering import Facts
from perron.privacy.breaches.tables import Breach, Risk
from perron.privacy.evidence.chain import JSON
from perron.privacy.evidence.recording import record
from perron.privacy.models import Restriction
from perron.privacy.requests.permitting import Tenant
from perron.privacy.restrictions import restrict
from perron.privacy.subjects import of_address, of_person


def letters_to(whose: Person) -> str:
    """Write a letter that stays in the outbox, and one that could not be sent; return the first one's name."""
    link = {"link": "https://app.example.org/account/password/1-x/"}
    for to in ("lost@example.org", whose.email):
        with transaction.atomic():
            write("password-reset", to=to, subject=of_person(whose.pk), language="fr", context=link, by=SYSTEM)
        if to != whose.email:
            Letter.objects.update(ended_at=now(), failure="550 5.1.1")
    post_due()
    return outbox.newest()[0].name


def evidence_about(whose: Person) -> str:
    """Record something about the editor; return whose it is."""
    about: dict[str, JSON] = {"activity": "E", "stores": {"accounts.Person": "kept", "audience.Subscription": "erased"}}
    with transaction.atomic():
        record("erase", of_person(whose.pk), by=whose.actor, about=about)
    return str(whose.pk)


def breach_at(at: Community) -> None:
    """Enter a breach whose clock has run out, and tell a partner of it."""
    facts = Facts(known_at=now() - timedelta(hours=80), happened="Un disque de sauvegarde a été volé.", people=1200)
    made = entering.enter(facts, by=SYSTEM)
    Breach.objects.filter(pk=made.pk).update(reference="disk")
    informing.tell_partners(made, [Tenant(at.partner.pk, at.partner.name)], by=SYSTEM)
    entering.weigh(made, Risk.HIGH, "Des adresses et des mots de passe.", by=SYSTEM)


def restriction() -> UUID:
    """Return the restriction of somebody who is known by an address."""
    with transaction.atomic():
        return restrict(of_address("set-aside@example.org"), Restriction.Ground.ACCURACY, by=SYSTEM).pk


def news_of(operator: Person) -> dict[str, str]:
    """Return a draft of the operator's newsletter, with something to say of it, and the key of who gets it."""
    words = {"fr": "La carte est NOUVELLE !!", "nl": "De kaart is nieuw"}
    texts = {"fr": "## Ce qui change\n\nTout. [Voir](http://perron.example/)", "nl": "Alles.\n\n- een\n- twee"}
    draft = writing.begin(News(audience.bases()[0].id, words, texts), by=operator.actor)
    return {"campaign": str(draft.pk), "news_key": key_of(operator.pk)}


def conversation(operator: Person) -> UUID:
    """Return a conversation with a question, an answer and a note."""
    asked = Written(first_name="Anne", name="Lambert", email="anne@example.org", telephone="+32 4 123 45 67",
                    function="Secrétaire", heading="Une question", text="Bonjour,\n\nune question.")  # fmt: skip
    made = receive(asked, language="fr", platform=Platform.objects.get(is_front=True))
    answering.answer(made, "Une réponse.", by=operator.actor)
    answering.note(made, "Rappeler lundi.", by=operator.actor)
    receive(asked, language="fr")
    return made.pk
