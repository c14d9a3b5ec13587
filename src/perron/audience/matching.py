"""Who wants an item: subscriptions walked by their keys, so that a million of them take no more memory than a shard."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from perron.audience.choices import ALERT, About, Rhythm, wanting
from perron.audience.models import Channel, Subscription, Webhook


@dataclass(frozen=True, slots=True)
class Wanting:
    """One recipient who wants it, by one subscription, and their quiet hours."""

    subscription: UUID
    recipient: UUID
    subject: UUID
    channel: str
    quiet_from: time | None
    quiet_until: time | None
    extreme_passes: bool


def who_wants(
    communities: Collection[UUID],
    about: About,
    *,
    by: Collection[Channel],
    also: QuerySet[Any] | None = None,
    besides: Iterable[QuerySet[Any, Any]] = (),
    only_also: Collection[Channel] = (),
    after: UUID | None,
    most: int,
) -> list[Wanting]:
    """Return the next `most` who want such an item, shown by these communities, as soon as it is there.

    In the order of their subscriptions, from the one behind `after`, and only those reached `by` these channels;
    whoever subscribes to two of the communities is among them twice. Not among them are those whose data are
    restricted, webhooks that are not on, and those of `besides`: queries for recipients. `also` has the identifiers of
    recipients who are to get it whatever it is about now; of those reached by the channels in `only_also`, nobody else.
    """
    wanted = wanting(about, communities)
    if also is not None:
        wanted |= Q(community__in=communities, recipient__in=also)
    not_called = Webhook.stored.exclude(state=Webhook.State.ON).values("pk")
    rows = Subscription.objects.filter(wanted).exclude(recipient__in=not_called).order_by("id")
    if about.kind != ALERT:
        rows = rows.filter(rhythm=Rhythm.AT_ONCE)
    if set(by) != set(Channel):
        rows = rows.filter(recipient__channel__in=by)
    for others in besides:
        rows = rows.exclude(recipient__in=others)
    if also is not None and only_also:
        rows = rows.filter(~Q(recipient__channel__in=only_also) | Q(recipient__in=also))
    if after:
        rows = rows.filter(id__gt=after)
    own = ("subject_id", "channel", "quiet_from", "quiet_until", "extreme_passes")
    columns = rows.values_list("id", "recipient_id", *(f"recipient__{column}" for column in own))[:most]
    return [Wanting(*row) for row in columns]


def collecting(communities: Collection[UUID], about: About) -> QuerySet[Subscription]:
    """Return the subscriptions to these communities that have such an item wait for a digest."""
    if about.kind == ALERT:
        return Subscription.objects.none()
    return Subscription.objects.filter(wanting(about, communities), collected_since__isnull=False)
