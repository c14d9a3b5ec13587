"""The source that releases are. A release commits its row in the outbox; here each gets one dispatch."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from perron.audience.matching import Wanting, who_wants
from perron.audience.models import Channel, Recipient
from perron.core.clock import now
from perron.delivery import dispatching
from perron.delivery.about import about
from perron.delivery.calling import WebhookWriter
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.notifying import Endpoint, PushWriter
from perron.delivery.quiet import Quiet, Reader
from perron.delivery.sources import To, Wanted, Writer
from perron.delivery.writing import MailWriter
from perron.privacy.among import Keys
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject
from perron.publishing.kinds.alert.model import AlertDetails
from perron.publishing.models import Item, Release
from perron.publishing.sharing.placing import showing
from perron.publishing.working.undoing import GRACE, PROMISED

NAME = "release"
# What is found later than this was released while nothing ran: it is no news any more.
LATEST = timedelta(days=2)
# What an import dates back further is no news either.
_OLDEST_NEWS = timedelta(days=1)
_ALERTS_WAIT = timedelta(0)
_OTHERS_WAIT = PROMISED + GRACE

_What = Release.What
# What a message needs to know of whom it goes to; one look for all channels, and no more columns than that.
_OF_RECIPIENT = (
    *("pk", "channel", "language", "email", "quiet_from", "quiet_until", "extreme_passes"),
    *("endpoint__endpoint", "endpoint__p256dh", "endpoint__auth"),
)


def dispatch_releases() -> int:
    """Make a dispatch of each release that has none, of corrections and withdrawals too; return how many.

    Several workers may do so at once.
    """
    found = list(releases_due().select_related("item__community").order_by("at")[:500])
    if not found:
        return 0
    made = Dispatch.objects.bulk_create(map(dispatch_of, found), ignore_conflicts=True)
    return len(made)


def releases_due() -> QuerySet[Release]:
    """Return those that have no dispatch, while they are news."""
    return Release.objects.filter(at__gt=now() - LATEST, dispatches=None).exclude(what=_What.UNDONE)


class Releases:
    """What communities release, for those who subscribe to it."""

    activity = Activity.SUBSCRIPTIONS

    def wanted(self, dispatch: Dispatch, *, after: UUID | None, most: int) -> Sequence[Wanted]:
        """Return who subscribes to a community that shows the item, wants what it is about, and can be told this."""
        release = release_of(dispatch)
        communities = {release.item.community_id, *showing([release.item])}
        what = about(release.item, communities)
        found = who_wants(
            communities,
            what,
            by=_channels(release),
            also=None if release.what == _What.RELEASED else _have_it(release.item),
            only_also=() if _is_for_all(release) else (Channel.PUSH,),
            after=after,
            most=most,
        )
        return wanted_of(dispatch, found)

    def is_still_news(self, dispatch: Dispatch) -> bool:
        """Say whether it still tells what is so: in time, and not taken back. Of what changed again, only the newest
        word goes."""
        release = release_of(dispatch)
        item = release.item
        if dispatch.expires_at <= now():
            return False
        if release.what == _What.WITHDRAWN:
            return item.state == Item.State.WITHDRAWN
        says_all = release.what == _What.RELEASED and item.kind != "alert"
        return item.is_public and (says_all or item.released_edition == release.edition)

    def recipients(self, ids: Collection[UUID]) -> Mapping[UUID, To]:
        """Return those who have not unsubscribed."""
        there: dict[UUID, To] = {}
        programs: list[UUID] = []
        rows = Recipient.stored.filter(pk__among=Keys.of(ids)).values_list(*_OF_RECIPIENT)
        for key, channel, language, email, *quiet, endpoint, p256dh, auth in rows:
            if channel == Channel.WEBHOOK:
                programs.append(key)
            elif channel == Channel.EMAIL:
                there[key] = To(email, language, Reader(*quiet))
            elif endpoint:
                there[key] = To(endpoint, language, Endpoint(endpoint, p256dh, auth, *quiet))
        if programs:
            found = Recipient.stored.filter(pk__in=programs).select_related("webhook__community")
            there |= {each.pk: To(each.webhook.address, each.language, each) for each in found}
        return there

    def writer(self, dispatch: Dispatch) -> "_Writer":
        """Return what writes it, for each channel in its way."""
        return _Writer(dispatch)


class _Writer:
    def __init__(self, dispatch: Dispatch) -> None:
        self._by_channel: dict[Channel, Writer] = {
            Channel.EMAIL: MailWriter(dispatch),
            Channel.PUSH: PushWriter(dispatch),
            Channel.WEBHOOK: WebhookWriter(dispatch),
        }
        self._quiet = Quiet(dispatch)

    def to(self, to: To, delivery: Delivery) -> Any:
        self._quiet.respect(to.row)
        return self._by_channel[Channel(delivery.channel)].to(to, delivery)


def wanted_of(dispatch: Dispatch, found: Iterable[Wanting]) -> list[Wanted]:
    """Return these as who is to get a dispatch of a release, each when their quiet hours allow it."""
    quiet = Quiet(dispatch)
    moment = max(dispatch.not_before, now())
    return [
        Wanted(
            each.subscription,
            each.recipient,
            Subject("address", each.subject),
            Channel(each.channel),
            quiet.waits_until(each, moment),
        )
        for each in found
    ]


def release_of(dispatch: Dispatch) -> Release:
    """Return the release that a dispatch tells of."""
    assert dispatch.release is not None
    return dispatch.release


def _is_for_all(release: Release) -> bool:
    return release.what == _What.RELEASED or release.item.kind == "alert"


def _channels(release: Release) -> tuple[Channel, ...]:
    """Return by which ways this can be told: alerts with their updates and end (CAP: they refer to the first) and
    first releases by all. What else changes, to programs, which keep a copy, and to devices that were sent it, where it
    takes the place of what they show; no mail can."""
    return tuple(Channel) if _is_for_all(release) else (Channel.PUSH, Channel.WEBHOOK)


def _have_it(item: Item) -> QuerySet[Any]:
    """Return who was sent the item before: they keep a copy, also of what is about something else by now."""
    sent = Delivery.stored.filter(dispatch__release__item=item, state=Delivery.State.SENT)
    return sent.values("recipient_id")


def dispatch_of(release: Release) -> Dispatch:
    """Return the unsaved dispatch of a release."""
    is_alert = release.item.kind == "alert"
    return Dispatch(
        source=NAME,
        about=release.pk,
        release=release,
        share=release.item.community.partner_id,
        priority=dispatching.ALERT if is_alert else dispatching.ITEM,
        not_before=release.at + (_ALERTS_WAIT if is_alert else _OTHERS_WAIT),
        expires_at=_expiry(release.item, release),
    )


def _expiry(item: Item, release: Release) -> datetime:
    """Return when it is of no use any more: an alert with its end, what was dated back at once."""
    latest = release.at + LATEST
    if item.kind == "alert":
        details = AlertDetails.objects.filter(item=item).first()
        return latest if release.what == _What.WITHDRAWN or details is None else max(release.at, details.ends_at)
    if release.what != _What.RELEASED:
        return latest
    if item.published_at and item.published_at < release.at - _OLDEST_NEWS:
        return release.at
    return min(latest, item.expires_at or latest)
