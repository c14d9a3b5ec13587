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
from perron.reader.finding import community_here
from perron.reader.public import at_the_edge, public
from perron.reader.selecting import Selected, Span, feed


@dataclass(frozen=True)
class Card:
    """A story with its next times (of an event; of works their first and last moment)."""

    story: Story
    times: tuple[Span, ...] = ()

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
            get_template(self.story.card).render({"story": self.story, "next": self.next, "times": self.times})
        )


@at_the_edge()
def document(request: HttpRequest, language: str, community: str) -> HttpResponse:  # noqa: ARG001 a view
    """Answer with a community's public document, which the app merges with others on the device."""
    found = community_here(community)
    cards = made(feed([found]), language)
    body = {
        "community": {"slug": found.slug, "name": found.name_in(language), "kind": found.kind},
        "language": language,
        "changed": _utc(max((card.story.changed_at for card in cards), default=None)),
        "cards": [_entry(card) for card in cards],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "separators": (",", ":")})
    return public(response, on=[versions.of_community(found)], until=true_until(cards))


def made(selected: Iterable[Selected], language: str) -> list[Card]:
    """Return the cards of selected items in a language."""
    return [Card(present_card(row.item, row.parts, language), row.times or works_times(row.item)) for row in selected]


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


def _entry(card: Card) -> dict[str, Any]:
    story = card.story
    entry: dict[str, Any] = {
        "id": str(story.id),
        "kind": story.kind,
        "path": story.path,
        "published": _utc(story.published_at),
        "changed": _utc(story.changed_at),
        "until": _utc(story.expires_at),
        "topics": [topic.slug for topic in story.topics],
        "times": [[_utc(start), _utc(end)] for start, end in card.times],
        "html": card.html,
    }
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
