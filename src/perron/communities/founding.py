"""How partners, platforms, communities, topics and areas come to be, and how topics and areas go."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.access import permit
from perron.communities.describing import OPERATORS, OWN, PARTICULARS
from perron.communities.models import Area, Community, Partner, Place, Platform, Topic
from perron.communities.permissions import DESCRIBE, FOUND, KEEP_TOPICS
from perron.communities.writing import write
from perron.core.errors import Refused
from perron.core.identifiers import short_key
from perron.privacy.acting import Actor
from perron.privacy.auditing import record


def found_partner(*, by: Actor, name: str, is_operator: bool = False, **particulars: object) -> Partner:
    """Take up an organisation under contract; its slug is made from its name.

    `particulars` as in `describing.PARTICULARS`. `is_operator`: it is the operator itself, which needs no agreement.
    Raises `NotAllowed`, `Unfit`; `TypeError` for another column.
    """
    if unknown := set(particulars) - PARTICULARS:
        raise TypeError(f"a partner has no {', '.join(sorted(unknown))} to state")
    permit(by, FOUND)
    partner = Partner(slug=_free_slug(name), is_operator=is_operator)
    write(partner, {"name": name, **particulars}, by=by, verb="found", tenant=partner.pk)
    return partner


def found_community(*, by: Actor, partner: Partner, slug: str, **fields: object) -> Community:
    """Found a community of `partner` at the address `slug`, which stays; `fields` as in `describing.describe`.

    Raises `NotAllowed`, `Unfit`; `TypeError` for another column.
    """
    if unknown := set(fields) - OWN - OPERATORS:
        raise TypeError(f"a community has no {', '.join(sorted(unknown))} to describe")
    permit(by, FOUND)
    community = Community()
    write(
        community,
        {"partner": partner, "slug": slug, **fields},
        by=by,
        verb="found",
        tenant=community.pk,
        # Lists of all communities depend on those that there were.
        stale=[*versions.current(), versions.of_community(community)],
    )
    return community


def found_platform(*, by: Actor, partner: Partner, slug: str, **fields: object) -> Platform:
    """Found an app of `partner`, reached under `/p/{slug}/` and by its `host` if it has one.

    `fields`: `name`, `host`, `colour`, `languages`. Raises `NotAllowed`, `Unfit`.
    """
    permit(by, FOUND)
    platform = Platform()
    write(
        platform,
        {"partner": partner, "slug": slug, **fields},
        by=by,
        verb="found",
        tenant=partner.pk,
        # Lists of all platforms depend on those that there were.
        stale=[*versions.current(), versions.of_platform(platform)],
    )
    return platform


def show(platform: Platform, communities: Sequence[Community], *, by: Actor) -> None:
    """Let `platform` show exactly these communities, in this order. Raises `NotAllowed`."""
    permit(by, FOUND)
    with transaction.atomic():
        row = Platform.objects.select_for_update().get(pk=platform.pk)
        before = set(row.communities.values_list("pk", flat=True))
        Place.objects.filter(platform=row).exclude(community__in=communities).delete()
        for position, community in enumerate(dict.fromkeys(communities)):
            Place.objects.update_or_create(platform=row, community=community, defaults={"position": position})
        shown = [community.slug for community in communities]
        record("show", row, by=by, tenant=row.partner_id, communities=shown)
        # Where a community is at home is said with everything of it: links, feeds, the API.
        moved = before ^ {community.pk for community in communities}
        versions.bump([versions.of_platform(row), *map(versions.of_community, moved)])


def found_topic(*, by: Actor, slug: str, names: dict[str, str], position: int = 0) -> Topic:
    """Add a topic to the list of the installation. Raises `NotAllowed`, `Unfit`."""
    permit(by, KEEP_TOPICS)
    topic = Topic()
    write(topic, {"slug": slug, "names": names, "position": position}, by=by, verb="found", stale=versions.current())
    return topic


def remove_topic(topic: Topic, *, by: Actor) -> None:
    """Remove a topic that nothing is about. Raises `NotAllowed`; `Refused` while items carry it."""
    permit(by, KEEP_TOPICS)
    _remove(topic, by=by, tenant=None, stale=list(versions.current()))


def draw_area(
    community: Community,
    *,
    by: Actor,
    slug: str,
    names: dict[str, str],
    polygon: object = None,
    communes_nis: Sequence[str] = (),
) -> Area:
    """Draw an area: a GeoJSON polygon, whole communes (NIS codes), or both. Raises `NotAllowed`, `Unfit`."""
    permit(by, DESCRIBE, community)
    area = Area(community=community)
    fields = {"slug": slug, "names": names, "polygon": polygon, "communes_nis": list(communes_nis)}
    stale = [versions.of_community(community)]
    write(area, fields, by=by, verb="draw", tenant=community.pk, stale=stale)
    return area


def remove_area(area: Area, *, by: Actor) -> None:
    """Remove an area where nothing happens. Raises `NotAllowed`; `Refused` while items carry it."""
    permit(by, DESCRIBE, area.community)
    _remove(area, by=by, tenant=area.community, stale=[versions.of_community(area.community_id)])


def _remove(row: Topic | Area, *, by: Actor, tenant: Community | None, stale: list[str]) -> None:
    with transaction.atomic():
        kept = type(row)._default_manager.select_for_update().get(pk=row.pk)
        # The items are a floor above; the relation is theirs, its rows are counted by its name.
        if kept.items.exists():
            raise Refused(_("“%(name)s” is used by items. Take it off them first.") % {"name": kept})
        record("remove", kept, by=by, tenant=tenant.pk if tenant else None, slug=kept.slug)
        kept.delete()
        versions.bump(stale)


def _free_slug(name: str) -> str:
    slug = slugify(name)[:40].strip("-") or short_key()
    return slug if not Partner.objects.filter(slug=slug).exists() else f"{slug}-{short_key(4)}"
