"""A community with readers by mail and on devices, and programs that are told."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from perron.audience import webhooks
from perron.audience.choices import Choice, packed
from perron.audience.models import Channel, PushEndpoint, Recipient, Subscription, Webhook
from perron.communities.models import Community
from perron.core.clock import now
from perron.delivery.ending import close_dispatches
from perron.delivery.models import Delivery, Dispatch
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.subjects import of_address
from perron.publishing.models import Item
from tests import making
from tests.channels.hook_server import HookServer
from tests.channels.push_service import Browser


def reader(
    community: Community,
    email: str = "",
    *,
    language: str = "fr",
    kinds: Iterable[str] = (),
    topics: Iterable[str] = (),
    areas: Iterable[str] = (),
    **columns: Any,
) -> Recipient:
    """Subscribe somebody, as if they had confirmed; `columns` are others of `Subscription`."""
    email = email or f"reader{Recipient.stored.count()}@example.org"
    own = {"email": email, "language": language}
    made = Recipient.stored.get_or_create(subject_id=of_address(email).id, defaults=own)[0]
    lists = {"kinds": packed(list(kinds)), "topics": packed(list(topics)), "areas": packed(list(areas))}
    Subscription.stored.create(recipient=made, community=community, **lists, **columns)
    return made


def device(
    community: Community,
    endpoint: str,
    browser: Browser | None = None,
    *,
    language: str = "fr",
    kinds: Iterable[str] = (),
) -> Recipient:
    """Subscribe a device that its push service knows as `endpoint`."""
    keys = (browser or Browser()).keys()
    columns = {"channel": Channel.PUSH, "language": language}
    made, is_new = Recipient.stored.get_or_create(subject_id=of_address(endpoint).id, defaults=columns)
    if is_new:
        PushEndpoint.stored.create(recipient=made, endpoint=endpoint, **keys)
    Subscription.stored.create(recipient=made, community=community, kinds=packed(list(kinds)))
    return made


def webhook(
    community: Community,
    receiver: HookServer,
    path: str = "/hook",
    *,
    language: str = "fr",
    kinds: Iterable[str] = (),
    topics: Iterable[str] = (),
) -> tuple[Webhook, str]:
    """Have a server called; return it and its secret."""
    choice = Choice(tuple(kinds), tuple(topics))
    return webhooks.begin(community, receiver.address(path), choice, language=language, by=SYSTEM)


def undelivered(community: Community, email: str, *, title: str = "Marché") -> Dispatch:
    """Plant a release whose message did not reach somebody."""
    dispatch = _sent(reader(community, email), making.released(at=community, title=title), state="failed",
                     failure="550 5.1.1", due_at=now(), ended_at=now())  # fmt: skip
    close_dispatches()
    return dispatch


def under_way(item: Item, email: str) -> None:
    """Plant a message about an item that waits, for longer than any test takes."""
    _sent(reader(item.community, email), item, due_at=now() + timedelta(days=999))


def _sent(recipient: Recipient, item: Item, **how: Any) -> Dispatch:
    release = item.releases.get()
    dispatch = Dispatch.objects.create(
        source="release", about=release.pk, release=release, priority=10, not_before=now(),
        expires_at=now() + timedelta(days=999), expanded_at=now(),
    )  # fmt: skip
    Delivery.stored.create(
        dispatch=dispatch, activity=Activity.SUBSCRIPTIONS, subject_kind="address", subject_id=recipient.subject_id,
        channel="email", recipient_id=recipient.pk, **how,
    )  # fmt: skip
    return dispatch
