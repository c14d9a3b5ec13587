"""Who reads by e-mail, and the links of letters, for the pages that need no account."""

from urllib.parse import unquote

from perron.accounts import changing_address
from perron.audience import subscribing
from perron.audience.choices import Choice
from perron.audience.keys import key_of
from perron.communities.enrolling import opening
from perron.communities.inviting.rules import invite
from perron.communities.models import Community, Platform
from perron.communities.roles import Role
from perron.letters.models import Letter
from perron.outreach.newsletter import joining
from perron.privacy.acting import SYSTEM
from perron.publishing.kinds.registry import KINDS
from tests import making
from tests.delivery.town import reader

_LINKS = {
    "account-open": "sign_up_token",
    "address-leaves": "address_token",
    "news-confirm": "news_token",
    "subscription-confirm": "subscription_token",
    "invitation": "invitation",
}


def subscriber_of(*communities: Community) -> str:
    """Subscribe somebody to these, to the last one for one kind and one topic; return the key to the subscriptions."""
    for community in communities[:-1]:
        reader(community, "subscriber@example.org")
    last = reader(communities[-1], "subscriber@example.org", kinds=[next(iter(KINDS))], topics=["sport"])
    return key_of(last.pk)


def links_of_letters(at: Community) -> dict[str, str]:
    """Return what the links carry of who signs up, changes their address, subscribes, and is invited."""
    front, page = Platform.objects.get(is_front=True), "http://127.0.0.1/account/"
    opening.ask(front, "w@example.org", language="fr", age=13, refuses_promotion=False, page=page, elsewhere=page)
    mover = making.person("mover@example.org")
    changing_address.ask(mover, "moved@example.org", page=page, by=mover.actor)
    subscribing.ask("s@example.org", at, Choice(("event",), ("sport",)), language="fr", page=page)
    joining.ask("n@example.org", language="fr", age=13, page=page)
    invite("invited@example.org", Role.EDITOR, by=SYSTEM, at=at)
    found = Letter.objects.filter(kind__in=_LINKS).values_list("kind", "context__link")
    return {_LINKS[kind]: unquote(_secret(link)) for kind, link in found}


def _secret(link: str) -> str:
    return link.partition("token=")[2] or link.rstrip("/").rpartition("/")[2]
