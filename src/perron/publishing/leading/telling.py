"""What editors are told of the addresses that their texts lead to, whoever else led there first."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from perron.communities.models import Community
from perron.core.clock import BRUSSELS, now
from perron.privacy.tenancy.scope import as_program
from perron.publishing.leading.collecting import digest
from perron.publishing.leading.model import Address, Leads
from perron.publishing.models import Item

_State = Address.State


@as_program
def dead_among(urls: Iterable[str]) -> dict[str, str]:
    """Return which of the addresses are dead, each with the reason in a sentence."""
    found = Address.objects.filter(digest__in=[digest(url) for url in urls], state=_State.DEAD)
    return {address.url: reason(address) for address in found}


@as_program
def unclear_among(urls: Iterable[str]) -> list[str]:
    """Return which of the addresses could not be checked."""
    found = Address.objects.filter(digest__in=[digest(url) for url in urls], state=_State.UNCLEAR)
    return list(found.order_by("url").values_list("url", flat=True))


def leads_of(community: Community, state: str) -> QuerySet[Leads]:
    """Return where a community's drafts and public items lead to addresses in that state."""
    shown = Q(item__state__in=[Item.State.DRAFT, Item.State.SCHEDULED]) | (
        Q(item__state=Item.State.RELEASED) & (Q(item__expires_at=None) | Q(item__expires_at__gt=now()))
    )
    return Leads.objects.filter(shown, item__community=community, address__state=state)


def reason(address: Address) -> str:
    """Say why a dead address is called so, and since when."""
    assert address.failing_since is not None
    since = date_format(address.failing_since.astimezone(BRUSSELS))
    if address.failure:
        sentence = _("The site says that there is no such page (%(status)d), since %(day)s at the latest.")
        return sentence % {"status": address.failure, "day": since}
    return _("No site answers there, since %(day)s at the latest.") % {"day": since}
