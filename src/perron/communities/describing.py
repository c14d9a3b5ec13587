"""What partners, platforms and communities say of themselves. Who may is in `permissions`."""

from django.db import transaction

from perron.communities import versions
from perron.communities.access import permit
from perron.communities.models import Area, Community, Partner, Platform, Topic
from perron.communities.permissions import DESCRIBE, FOUND, KEEP_TOPICS
from perron.communities.writing import write
from perron.privacy.acting import Actor

# What a community's own administrators may change; the rest is the operator's.
OWN = frozenset({"names", "descriptions", "languages", "street", "postal_code", "locality", "latitude", "longitude",
                 "phone", "email", "website", "opening_hours", "second_reader"})  # fmt: skip
OPERATORS = frozenset({"partner", "kind", "commune_nis", "fictional"})
# Who a partner is, besides its name.
PARTICULARS = frozenset({"enterprise_number", "street", "postal_code", "locality", "parent"})


def describe(community: Community, *, by: Actor, **fields: object) -> Community:
    """Change columns of `community` (those in `OWN`, and for the operator those in `OPERATORS`); return it as saved.

    Texts are cleaned; `names` and `descriptions` are `{language: text}`. Its address (slug) does not change: links,
    feeds and printed codes lead there. Raises `NotAllowed`, `Unfit`; `TypeError` for a column that is not its own.
    """
    if unknown := set(fields) - OWN - OPERATORS:
        raise TypeError(f"a community has no {', '.join(sorted(unknown))} to describe")
    permit(by, DESCRIBE, community)
    if set(fields) & OPERATORS:
        permit(by, FOUND)
    with transaction.atomic():
        row = Community.objects.select_for_update().get(pk=community.pk)
        stale = [versions.of_community(row)]
        if set(fields) & OPERATORS:
            # Whose it is, and whether it is fictional, decides on which platform's map it is listed.
            stale += map(versions.of_platform, row.platforms.all())
        write(row, fields, by=by, verb="describe", tenant=row.pk, stale=stale)
    return row


def describe_partner(partner: Partner, *, by: Actor, name: str, **particulars: object) -> Partner:
    """Change a partner's name and particulars (`PARTICULARS`; "" for none). What was signed keeps the former ones.

    Raises `NotAllowed`, `Unfit`; `TypeError` for another column.
    """
    if unknown := set(particulars) - PARTICULARS:
        raise TypeError(f"a partner has no {', '.join(sorted(unknown))} to state")
    permit(by, FOUND)
    with transaction.atomic():
        row = Partner.objects.select_for_update().get(pk=partner.pk)
        write(row, {"name": name, **particulars}, by=by, verb="describe", tenant=row.pk)
    return row


def describe_platform(platform: Platform, *, by: Actor, **fields: object) -> Platform:
    """Change a platform: `partner`, `name`, `host` ("" to be reached by path), `colour`, `languages`, `is_front`.

    The front platform answers on hosts that no platform claims; making one the front takes it from the other.
    Raises `NotAllowed`, `Unfit`; `TypeError` for another column.
    """
    if unknown := set(fields) - {"partner", "name", "host", "colour", "languages", "is_front"}:
        raise TypeError(f"a platform has no {', '.join(sorted(unknown))} to describe")
    permit(by, FOUND)
    with transaction.atomic():
        row = Platform.objects.select_for_update().get(pk=platform.pk)
        # Its address stands in what is said of its communities elsewhere: in the API, and for search engines.
        stale = [versions.of_platform(row), *map(versions.of_community, row.communities.all())]
        if fields.get("is_front") and not row.is_front:
            # The front platform answers for every community.
            stale += [*versions.current(), *_step_back()]
        write(row, fields, by=by, verb="describe", tenant=row.partner_id, stale=stale)
    return row


def describe_topic(topic: Topic, *, by: Actor, names: dict[str, str], position: int) -> Topic:
    """Rename or move a topic; every page may show it. Raises `NotAllowed`, `Unfit`."""
    permit(by, KEEP_TOPICS)
    with transaction.atomic():
        row = Topic.objects.select_for_update().get(pk=topic.pk)
        write(row, {"names": names, "position": position}, by=by, verb="describe", stale=versions.current())
    return row


def redraw(area: Area, *, by: Actor, names: dict[str, str], polygon: object, communes_nis: list[str]) -> Area:
    """Change an area's names and shape: a GeoJSON polygon, communes, or both. Raises `NotAllowed`, `Unfit`."""
    permit(by, DESCRIBE, area.community)
    with transaction.atomic():
        row = Area.objects.select_for_update().select_related("community").get(pk=area.pk)
        fields = {"names": names, "polygon": polygon, "communes_nis": communes_nis}
        stale = [versions.of_community(row.community_id)]
        write(row, fields, by=by, verb="redraw", tenant=row.community_id, stale=stale)
    return row


def _step_back() -> list[str]:
    former = list(Platform.objects.select_for_update().filter(is_front=True))
    Platform.objects.filter(pk__in=[platform.pk for platform in former]).update(is_front=False)
    return [versions.of_platform(platform) for platform in former]
