"""Who may get the operator's news in tests, and a message to them."""

import re
from typing import Any

from django.test import Client

from perron.communities.contracting.contacts import add_contact
from perron.communities.models import Partner
from perron.letters.models import Letter
from perron.outreach.models import Campaign, NewsReader
from perron.outreach.newsletter import joining, sending, writing
from perron.outreach.newsletter.audience import bases, basis_named, by_consent, count
from perron.outreach.newsletter.writing import Written
from perron.privacy.acting import SYSTEM, Actor
from tests import making

PAGE = "https://perron.example/fr/newsletter/confirm/"
TEXT = "Nous avons refait la carte des travaux : elle montre maintenant chaque rue, et s'ouvre sans connexion, partout."


def token() -> str:
    """Return what the newest letter of confirmation holds."""
    link = Letter.objects.filter(kind="news-confirm").latest("written_at").context["link"]
    return str(re.sub(r".*token=", "", link)).replace("%3A", ":")


def stranger(email: str = "anne@example.org", language: str = "fr") -> NewsReader:
    """Have somebody ask for the news and confirm it."""
    joining.ask(email, language=language, age=13, page=PAGE)
    return joining.confirm(token())


def client_of(partner: Partner, email: str = "commune@example.org") -> None:
    """Note a contact for the contract."""
    add_contact(partner, by=SYSTEM, kind="contract", name="Dora", function="", email=email, phone="")


def basis(*, consent: bool) -> str:
    """Return the name of the audience that agreed, or of the other one, in the policy in force."""
    return next(each.id for each in bases() if by_consent(each) == consent)


def campaign(*, consent: bool = True, by: Actor = SYSTEM, **texts: str) -> Campaign:
    """Write a message; `texts` by language, a French one without."""
    texts = texts or {"fr": TEXT}
    headings = {language: f"La carte ({language})" for language in texts}
    return writing.begin(Written(basis(consent=consent), headings, texts), by=by)


def sent(message: Campaign, **more: Any) -> Campaign:
    """Send it to all whom it reaches now."""
    number = count(basis_named(message.basis))
    return sending.send(message, expected=message.edition, number=number, by=SYSTEM, **more)


def staff() -> Client:
    """Return an administrator of the operator, signed in."""
    client = Client()
    client.force_login(making.person("staff@operator.example", role="administrator"))
    return client
