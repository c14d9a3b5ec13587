"""Which addresses the items lead to: read from their texts some time after each save, never while somebody waits."""

from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from perron.core.clock import today
from perron.publishing.advising.finding import Draft
from perron.publishing.advising.links import addresses
from perron.publishing.content import Content
from perron.publishing.leading.model import Address, Leads
from perron.publishing.models import Item

_AT_ONCE = 200
_MOST_OF_AN_ITEM = 100
_LONGEST = 2000
# Nobody has these (RFC 2606 §2, RFC 6761): demonstrations and manuals use them.
_MADE_UP = {"example", "test", "invalid", "localhost"}


def collect() -> int:
    """Read the items that changed since they were read last; return how many."""
    # Editions only grow: their sum is another after each save and each release.
    edition = F("edition") + Coalesce(F("released_edition"), 0)
    items = list(Item.objects.filter(links_read__lt=edition).order_by("pk")[:_AT_ONCE])
    for item in items:
        _read(item)
    if not items:
        Address.objects.filter(leads=None).delete()
    return len(items)


def digest(url: str) -> str:
    """Return what an address is found by."""
    return sha256(url.encode()).hexdigest()


def _read(item: Item) -> None:
    numbers = {item.edition, item.released_edition or item.edition}
    contents = item.revisions.filter(number__in=numbers).values_list("content", flat=True)
    urls = {url for content in contents for url in _urls(item.kind, Content.from_json(content))}
    with transaction.atomic():
        found = [Address(url=url, digest=digest(url), host=urlsplit(url).hostname or "") for url in sorted(urls)]
        Address.objects.bulk_create(found, ignore_conflicts=True)
        wanted = set(Address.objects.filter(digest__in=[one.digest for one in found]).values_list("pk", flat=True))
        item.leads.exclude(address__in=wanted).delete()
        Leads.objects.bulk_create([Leads(item=item, address_id=pk) for pk in wanted], ignore_conflicts=True)
        Item.objects.filter(pk=item.pk).update(links_read=item.edition + (item.released_edition or 0))


def _urls(kind: str, content: Content) -> list[str]:
    draft = Draft(kind=kind, languages=(), content=content, day=today())
    return [url for url in addresses(draft) if _is_elsewhere(url)][:_MOST_OF_AN_ITEM]


def _is_elsewhere(url: str) -> bool:
    """Leave out what is longer than an address, unreadable, made up, or on this very installation."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    own = host == urlsplit(settings.PERRON_ORIGIN).hostname
    return 0 < len(host) <= 253 and len(url) <= _LONGEST and not own and host.rpartition(".")[2] not in _MADE_UP
