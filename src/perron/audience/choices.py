"""What somebody wants of a community: kinds of items, topics, areas, and how often. Lists are written as `|one|two|`,
which either database finds a word in, and as nothing at all where everything is wanted.

`wanting` and `wants` are one rule, for the database and for one choice at hand.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from perron.audience.models import Subscription
from perron.communities.models import Area, Community, Topic
from perron.communities.overlapping import Where
from perron.core.errors import Refused

# What communities publish (`publishing.kinds`, which audience does not know). Alerts come in any case.
KINDS = ("news", "event", "works", "document")
ALERT = "alert"
Rhythm = Subscription.Rhythm


@dataclass(frozen=True)
class Choice:
    """The kinds, topics and areas (their slugs) wanted; none of them: all. Alerts come of every kind and topic, and
    at once whatever the rhythm."""

    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    rhythm: str = Rhythm.AT_ONCE


@dataclass(frozen=True)
class About:
    """What an item is, as far as choices go: `where` it matters, of the areas of each community that has some."""

    kind: str
    topics: Collection[str] = ()
    where: Mapping[UUID, Where] = field(default_factory=dict)


def chosen(
    kinds: Iterable[str],
    topics: Iterable[str],
    areas: Iterable[str] = (),
    rhythm: str = Rhythm.AT_ONCE,
    *,
    of: Community | None = None,
) -> Choice:
    """Return a choice that holds what there is, of areas those `of` a community. Raises `Refused` for what is unknown;
    all kinds are no restriction."""
    kinds, topics, areas = set(kinds), set(topics), set(areas)
    if (
        not kinds <= set(KINDS)
        or rhythm not in Rhythm
        or Topic.objects.filter(slug__in=topics).count() != len(topics)
        or Area.objects.filter(community=of, slug__in=areas).count() != len(areas)
    ):
        raise Refused(_("Choose among what is offered."))
    return Choice(
        () if kinds == set(KINDS) else tuple(sorted(kinds)), tuple(sorted(topics)), tuple(sorted(areas)), rhythm
    )


def choice_of(row: Subscription) -> Choice:
    """Return what a subscription says."""
    return Choice(unpacked(row.kinds), unpacked(row.topics), unpacked(row.areas), row.rhythm)


def packed(words: Iterable[str]) -> str:
    """Return the words as a column holds them."""
    return "".join(f"|{word}" for word in words) + "|" if words else ""


def unpacked(column: str) -> tuple[str, ...]:
    """Return the words in a column."""
    return tuple(word for word in column.split("|") if word)


def wanting(about: About, communities: Collection[UUID]) -> Q:
    """Return which subscriptions to these communities want such an item, however often."""
    anywhere = [community for community in communities if community not in about.where]
    rows = Q(community__in=anywhere)
    for community, where in about.where.items():
        if community in communities:
            rows |= Q(community=community) & (_any("areas", where.here) | ~_any("areas", where.all))
    if about.kind == ALERT:
        return rows
    topics = Q(topics="") | _any("topics", about.topics) if about.topics else Q(topics="")
    return rows & (Q(kinds="") | Q(kinds__contains=f"|{about.kind}|")) & topics


def wants(choice: Choice, about: About, community: UUID) -> bool:
    """Say the same of a choice that was made of one community."""
    where = about.where.get(community)
    if where and where.all.intersection(choice.areas) and not where.here.intersection(choice.areas):
        return False
    if about.kind == ALERT:
        return True
    is_about = not choice.topics or not set(choice.topics).isdisjoint(about.topics)
    return (not choice.kinds or about.kind in choice.kinds) and is_about


def _any(column: str, words: Iterable[str]) -> Q:
    """Return which rows have one of these words, and none for no words."""
    found = Q(pk__in=[])
    for word in words:
        found |= Q(**{f"{column}__contains": f"|{word}|"})
    return found
