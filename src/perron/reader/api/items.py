"""Items by filter, in pages that stay stable while things are released; and one item."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q

from perron.communities.models import Community, Place, Topic
from perron.core.clock import now
from perron.core.errors import Gone, NotFound
from perron.core.language import localised
from perron.publishing.corrections import corrections_of
from perron.publishing.models import AlertMessage, Item, ItemQuerySet, Occurrence, Placement
from perron.publishing.presenting import Story, present
from perron.publishing.search.asking import search
from perron.reader.api.asking import AskedItems, AskedSearch

NEXT_TIMES = 5
_MICROSECOND = timedelta(microseconds=1)
_FIRST = datetime(1, 1, 1, tzinfo=UTC)
_LAST = (datetime(9999, 12, 31, tzinfo=UTC) - _FIRST) // _MICROSECOND
_UUID = 32
_ACCEPTED = Q(state=Placement.State.ACCEPTED)


@dataclass(frozen=True)
class Told:
    """An item as a story, with what only the API tells: its next times and its messages."""

    story: Story
    times: tuple[Occurrence, ...]
    messages: tuple[AlertMessage, ...]
    # When, and what residents were told.
    corrections: tuple[tuple[datetime, str], ...] = ()


def page(asked: AskedItems) -> tuple[list[Told], str | None]:
    """Return the items of a page, newest first, and the cursor of the next.

    The cursor is the place of the last item in the order (published, id): what is released meanwhile comes
    before it and moves nothing.
    """
    items = _filtered(asked)
    if asked.cursor:
        items = _after(items, asked.cursor)
    rows = list(_with_everything(items.newest_first())[: asked.limit + 1])
    more = len(rows) > asked.limit
    rows = rows[: asked.limit]
    return _told(rows, asked.language), _cursor(rows[-1]) if more else None


def one(identifier: UUID, language: str | None) -> Told:
    """Return a public item; raises `NotFound`, or `Gone` for one that was public."""
    row = _with_everything(Item.objects.filter(pk=identifier)).first()
    if row is None or row.published_at is None:
        raise NotFound("There is no item with this identifier.")
    if not row.is_public:
        raise Gone("This item is not public any more.")
    return _told([row], language)[0]


def found(asked: AskedSearch) -> list[Told]:
    """Return the items that are found: those with all words in a title first, then the others, each latest first."""
    within = None
    if asked.community:
        within = list(Community.objects.filter(slug=asked.community).values_list("pk", flat=True))
    order = search(asked.q, communities=within, kind=asked.kind or "", most=asked.limit).items
    rows = {row.pk: row for row in _with_everything(Item.objects.released().filter(pk__in=order))}
    return _told([rows[key] for key in order if key in rows], asked.language)


def true_until(told: Sequence[Told]) -> datetime | None:
    """Return the next moment at which one of these reads differently: it expires, begins or ends."""
    moments = [
        moment
        for each in told
        for moment in (
            each.story.expires_at,
            getattr(each.story.details, "effective_at", None),
            getattr(each.story.details, "ends_at", None),
            *(occurrence.ends_at for occurrence in each.times[:1]),
        )
        if moment and moment > now()
    ]
    return min(moments, default=None)


def _filtered(asked: AskedItems) -> ItemQuerySet:
    """Ask for platforms, topics and areas with EXISTS: the index in the order of publication then leads, and a page
    is found without sorting everything."""
    items = Item.objects.released()
    if asked.kind:
        items = items.filter(kind=asked.kind)
    if asked.community:
        wanted = list(Community.objects.filter(slug=asked.community))
        own, of_others = Q(community__in=wanted), Placement.objects.filter(_ACCEPTED, community__in=wanted)
        items = items.filter(own | Exists(of_others.filter(item=OuterRef("pk"))) if of_others.exists() else own)
    if asked.platform:
        shown = Place.objects.filter(platform__slug=asked.platform, community=OuterRef("community"))
        of_others = Placement.objects.filter(_ACCEPTED, item=OuterRef("pk"), community__platforms__slug=asked.platform)
        items = items.filter(Exists(shown) | Exists(of_others))
    if asked.topic:
        about = Item.topics.through.objects.filter(topic__in=list(Topic.objects.filter(slug=asked.topic)))
        items = items.filter(Exists(about.filter(item=OuterRef("pk"))))
    if asked.area:
        items = items.filter(Exists(Item.areas.through.objects.filter(area=asked.area, item=OuterRef("pk"))))
    return items.filter(changed_at__gte=asked.since) if asked.since else items


def _after(items: ItemQuerySet, cursor: str) -> ItemQuerySet:
    moment = min(int(cursor[:-_UUID], 16), _LAST)
    published, last = _FIRST + moment * _MICROSECOND, UUID(cursor[-_UUID:])
    # The first condition lets the index begin where the page before ended.
    return items.filter(published_at__lte=published).exclude(published_at=published, pk__gte=last)


def _cursor(last: Item) -> str:
    assert last.published_at, "a released item was published"
    return f"{(last.published_at - _FIRST) // _MICROSECOND:015x}{last.pk.hex}"


def _with_everything(items: ItemQuerySet) -> ItemQuerySet:
    times = Occurrence.objects.filter(ends_at__gte=now()).order_by("starts_at")[:NEXT_TIMES]
    return items.with_all().prefetch_related(
        Prefetch("occurrences", times, to_attr="times"),
        Prefetch("messages", AlertMessage.objects.defer("xml").select_related("community"), to_attr="sent"),
        "community__platforms",
    )


def _told(rows: Sequence[Item], language: str | None) -> list[Told]:
    said = corrections_of(rows)
    told = []
    for row in rows:
        story = present(row, language or row.community.languages[0])
        corrected = tuple(
            (one.at, localised(one.words, story.language, row.community.languages))
            for one in said.get(row.pk, ())
            if one.words
        )
        told.append(Told(story, tuple(row.times), tuple(row.sent), corrected))  # type: ignore[attr-defined]
    return told
