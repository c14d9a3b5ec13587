"""Very many who subscribe to a community."""

from collections.abc import Iterable
from itertools import batched

from perron.audience.models import Channel, PushEndpoint, Recipient, Subscription
from perron.communities.models import Community
from perron.core.identifiers import uuid7
from tests.channels.push_service import Browser

_AT_ONCE = 10_000


def crowd(community: Community, channel: Channel, addresses: Iterable[str]) -> None:
    """Subscribe somebody at each of these addresses: of mail, or at a push service."""
    keys = Browser().keys()
    for some in batched(addresses, _AT_ONCE):
        made = [
            Recipient(subject_id=uuid7(), channel=channel, email=address if channel == Channel.EMAIL else "",
                      language="fr")
            for address in some
        ]  # fmt: skip
        Recipient.stored.bulk_create(made)
        if channel == Channel.PUSH:
            PushEndpoint.stored.bulk_create(
                PushEndpoint(recipient=one, endpoint=address, **keys) for one, address in zip(made, some, strict=True)
            )
        Subscription.stored.bulk_create([Subscription(recipient=one, community=community) for one in made])
