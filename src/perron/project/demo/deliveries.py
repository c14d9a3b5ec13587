"""Who hears from the demo's first community, and what became of one message: some got it, some did not."""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from perron.audience import webhooks
from perron.audience.choices import Choice
from perron.audience.models import Channel, Recipient, Subscription, Webhook
from perron.audience.subscribing import takes_subscriptions
from perron.communities.models import Community
from perron.core.clock import now
from perron.delivery.dispatching import ITEM
from perron.delivery.ending import close_dispatches
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.releases import NAME
from perron.letters import bounces
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.subjects import of_address
from perron.publishing.models import Release

_COMMUNITY = "liege"
_READERS = ("anne.lecteur@example.org", "bart.lezer@example.org", "claire.partie@example.org")
_STATE = Delivery.State
# Nobody is there, and nobody is called: one is paused, the other was switched off.
_HOOKS: dict[str, dict[str, str]] = {
    "https://site.example/perron/hook": {"state": Webhook.State.PAUSED},
    "https://affichage.example/hooks/centre": {"state": Webhook.State.OFF, "failure": "http 503"},
}


def bring_in(communities: Mapping[str, Community]) -> None:
    """Make the readers, the webhooks and the message, unless they are there or nobody can subscribe."""
    community = communities.get(_COMMUNITY)
    if community is None or not takes_subscriptions(community) or Webhook.stored.exists():
        return
    with transaction.atomic():
        readers = [_reader(community, email) for email in _READERS]
        for address, columns in _HOOKS.items():
            made, _secret = webhooks.begin(community, address, Choice(), language=community.languages[0], by=SYSTEM)
            Webhook.objects.filter(pk=made.pk).update(taken_at=now() - timedelta(days=6), **columns)
            readers.append(made.recipient)
        _send(community, readers)


def _reader(community: Community, email: str) -> Recipient:
    language = community.languages[0]
    made = Recipient.stored.get_or_create(
        subject_id=of_address(email).id, defaults={"email": email, "language": language}
    )
    Subscription.stored.get_or_create(recipient=made[0], community=community)
    return made[0]


def _send(community: Community, readers: list[Recipient]) -> None:
    """Have the community's newest news reach the first readers, and not those behind them."""
    released = Release.objects.filter(item__community=community, item__kind="news", what=Release.What.RELEASED)
    release = released.filter(dispatches=None).order_by("-item__published_at").first()
    if release is None:
        return
    dispatch = Dispatch.objects.create(
        source=NAME, about=release.pk, release=release, priority=ITEM, not_before=release.at,
        expires_at=release.at + timedelta(days=2), expanded_at=now(),
    )  # fmt: skip
    for place, reader in enumerate(readers):
        state, failure = (_STATE.SENT, "") if place < 2 else (_STATE.FAILED, "550 5.1.1")
        if reader.channel == Channel.WEBHOOK:
            state, failure = _STATE.GIVEN_UP, "http 503"
        elif failure:
            bounces.note(reader.subject, "5.1.1")
        Delivery.stored.create(
            dispatch=dispatch, activity=Activity.SUBSCRIPTIONS, subject_kind="address", subject_id=reader.subject_id,
            channel=reader.channel, recipient_id=reader.pk, state=state, failure=failure,
            due_at=release.at, tries=1, ended_at=now(),
        )  # fmt: skip
    close_dispatches()
