"""Communities and items to measure with: 600 communities, one with very many items, one with few."""

import random
from datetime import date, timedelta

from django.db import transaction
from tests import making

from perron.communities.models import Community, Partner, Place, Platform
from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.project.preparing import prepare
from perron.publishing import drafting
from perron.publishing.content import Words
from perron.publishing.models import Item, Revision
from perron.publishing.releasing import release_many

COMMUNITIES = 600
MANY, FEW = 10_000, 100
_KINDS = ["news"] * 12 + ["event"] * 4 + ["works"] * 2 + ["document"]
_BATCH = 500
# Three years, in minutes.
_YEARS = 3 * 365 * 24 * 60
_TEXT = "Le conseil communal se réunit ce lundi à l'hôtel de ville. La séance est publique. "


def build() -> None:
    """Make the installation of PERRON_HOME: `big` with 10,000 items, `small` with 100, the others with a few each."""
    prepare()
    partner = Partner.objects.create(slug="bench", name="Bench")
    platform = Platform.objects.create(partner=partner, slug="front", name="Front", is_front=True)
    named = ["big", "small", "fresh", "size-20", "size-30", "size-40", "size-60"]
    slugs = [*named, *(f"town-{number}" for number in range(COMMUNITIES - len(named)))]
    communities = Community.objects.bulk_create(
        Community(partner=partner, slug=slug, kind="commune", names={"fr": slug.title()}, fictional=True)
        for slug in slugs
    )
    Place.objects.bulk_create(Place(platform=platform, community=community) for community in communities)
    add(communities[0], MANY)
    add(communities[1], FEW)
    for community in communities[2:]:
        add(community, int(community.slug.removeprefix("size-")) if community.slug.startswith("size-") else 3)


def add(community: Community, count: int) -> None:
    """Release `count` items of all kinds, published over the last three years."""
    chance = random.Random(community.slug)
    for first in range(0, count, _BATCH):
        size = min(_BATCH, count - first)
        with transaction.atomic():
            batch = []
            for number in range(first, first + size):
                kind = chance.choice(_KINDS)
                published = now() - timedelta(minutes=chance.randrange(_YEARS))
                words = Words(title=f"Annonce {number} de {community}", summary=_TEXT[:90], body=_TEXT * 6)
                content = making.content(kind, texts={"fr": words}, details=_days(kind, published.date(), chance))
                item = drafting.new_item(community, kind, content, by=SYSTEM)
                item.published_at = published
                batch.append((item, content))
            Item.objects.bulk_create([item for item, _ in batch])
            Revision.objects.bulk_create([drafting.revision(item, content, by=SYSTEM) for item, content in batch])
            release_many(batch, by=SYSTEM)


def _days(kind: str, announced: date, chance: random.Random) -> dict[str, str]:
    """Return when it takes place: within two months of being announced, so that few things are current."""
    day = announced + timedelta(days=chance.randrange(60))
    if kind == "event":
        return {"starts": f"{day}T19:00", "ends": f"{day}T21:00"}
    if kind == "works":
        return {"starts_on": str(day), "ends_on": str(day + timedelta(days=20))}
    return {}
