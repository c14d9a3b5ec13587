"""How many subscribe to a community, for those who publish there. Numbers are rounded down to whole tens before they
leave this module, and what is below ten is 0: so no small number is shown, nor found by taking one from another, nor by
comparing today's with yesterday's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from perron.audience.models import Channel, Subscription
from perron.communities.models import Community, Topic
from perron.privacy.tenancy.scope import as_program

STEP = 10


@dataclass(frozen=True)
class Subscribers:
    """How many there are, by which channel, and how many of them are told of each topic (by slug): rounded, 0 for
    fewer than ten."""

    total: int
    channels: Mapping[Channel, int]
    topics: Mapping[str, int]


@as_program
def subscribers(community: Community, topics: Iterable[Topic]) -> Subscribers:
    """Return how many subscribe to a community, which the one who asks may see. Who chose no topic is told of each."""
    slugs = [topic.slug for topic in topics]
    told = {
        f"topic_{place}": Count("pk", filter=Q(topics="") | Q(topics__contains=f"|{slug}|"))
        for place, slug in enumerate(slugs)
    }
    by = {channel.name: Count("pk", filter=Q(recipient__channel=channel)) for channel in Channel}
    found = Subscription.objects.filter(community=community).aggregate(total=Count("pk"), **told, **by)
    return Subscribers(
        rounded(found["total"]),
        {channel: rounded(found[channel.name]) for channel in Channel},
        {slug: rounded(found[f"topic_{place}"]) for place, slug in enumerate(slugs)},
    )


def by_community(communities: Iterable[Community]) -> dict[Community, int]:
    """Return how many subscribe to each community: rounded, 0 for fewer than ten."""
    rows = Subscription.objects.filter(community__in=communities).order_by()
    found = dict(rows.values_list("community").annotate(number=Count("pk")))
    return {community: rounded(found.get(community.pk, 0)) for community in communities}


def said(number: int) -> str:
    """Return a rounded number in words: "20 or more"."""
    return _("%(number)d or more") % {"number": number} if number else _("fewer than %(step)d") % {"step": STEP}


def rounded(number: int) -> int:
    """Return the whole tens of a number."""
    return number - number % STEP
