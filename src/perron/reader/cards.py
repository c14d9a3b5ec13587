"""A card: an item in a feed, as HTML; and the public document of a community that carries all its cards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from perron.communities import versions
from perron.core.clock import BRUSSELS, next_midnight, now
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, WorksDetails
from perron.publishing.presenting import Story, present_card
from perron.publishing.sharing.sameness import keys
from perron.reader.finding import community_here
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import Selected, Span, feed, origin_of


@dataclass(frozen=True)
class Card:
    """A story with its next times (of an event; of works their first and last moment)."""

    story: Story
    times: tuple[Span, ...] = ()
    # What tells that another card is the same story (`sameness.keys`), and who else published it.
    same: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def next(self) -> Span | None:
        """The next time at which an event takes place, or the one that it is about."""
        return self.times[0] if self.times else None

    @property
    def is_today(self) -> bool:
        """Whether this is an event that takes place today and is not over."""
        return self.story.kind == "event" and self.next is not None and self.next[0] < next_midnight()

    @property
    def html(self) -> SafeString:
        """The card as the kind's template renders it."""
        return mark_safe(  # noqa: S308 a template rendered it
            get_template(self.story.card).render(
                {"story": self.story, "next": self.next, "times": self.times, "also": self.also}
            )
        )


@at_the_edge()
def document(request: HttpRequest, language: str, community: str) -> HttpResponse:  # noqa: ARG001 a view
    """Answer with a community's public document, which the app merges with others on the device."""
    found = community_here(community)
    # What is pinned comes first; the sort keeps the order of the others.
    cards = sorted(made(feed([found]), language), key=lambda card: not card.story.is_pinned)
    body = {
        "community": {"slug": found.slug, "name": found.name_in(language), "kind": found.kind},
        "language": language,
        "changed": _utc(max((card.story.changed_at for card in cards), default=None)),
        "cards": [entry_of(card) for card in cards],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    return public(response, on=[versions.of_community(found)], until=true_until(cards))


def made(selected: Iterable[Selected], language: str) -> list[Card]:
    """Return the cards of selected items in a language."""
    rows = [(row, present_card(row.item, row.parts, language)) for row in selected]
    same = keys([(story, *origin_of(row.item)) for row, story in rows])
    return [
        Card(story, row.times or works_times(row.item), equal) for (row, story), equal in zip(rows, same, strict=True)
    ]


def true_until(cards: Iterable[Card]) -> datetime:
    """Return when the first of these cards changes by itself, or the day ends."""
    moment = now()
    moments = [next_midnight(moment)]
    for card in cards:
        details = card.story.details
        moments += [
            edge
            for edge in (
                card.story.expires_at,
                card.story.pinned_until,
                getattr(details, "effective_at", None),
                getattr(details, "ends_at", None),
                *(card.next or ()),
            )
            if edge and edge > moment
        ]
    return min(moments)


def works_times(item: Item) -> tuple[Span, ...]:
    """Return the first and the last moment of works; nothing for other kinds."""
    if item.kind != "works":
        return ()
    works: WorksDetails = item.worksdetails
    first = datetime.combine(works.starts_on, time(), BRUSSELS)
    last = datetime.combine(works.ends_on + timedelta(days=1), time(), BRUSSELS)
    return ((first.astimezone(UTC), last.astimezone(UTC)),)


def entry_of(card: Card) -> dict[str, Any]:
    """Return a card as the app takes it."""
    story = card.story
    entry: dict[str, Any] = {
        "id": str(story.id),
        "kind": story.kind,
        "path": story.path,
        "from": story.community_name,
        "published": _utc(story.published_at),
        "changed": _utc(story.changed_at),
        "until": _utc(story.expires_at),
        "topics": [topic.slug for topic in story.topics],
        "times": [[_utc(start), _utc(end)] for start, end in card.times],
        "same": card.same,
        "html": card.html,
    }
    if story.is_pinned:
        entry["pinned"] = _utc(story.pinned_until)
    if story.kind == KINDS["alert"].slug:
        entry["alert"] = {
            "from": _utc(story.details.effective_at),
            "until": _utc(story.details.ends_at),
            "severity": story.details.severity,
            "exercise": story.is_exercise,
        }
    return entry


def _utc(moment: datetime | None) -> str | None:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if moment else None
