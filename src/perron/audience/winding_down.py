"""Subscriptions go when the contract with the partner, for which they are kept, has ended (GDPR art. 28(3)(g)); each
reader is told once of those that they had with it."""

from collections import defaultdict
from uuid import UUID

from django.db import transaction
from pydantic import JsonValue

from perron.audience.models import Recipient, Subscription
from perron.communities.contracting.winding_down import processed_for
from perron.communities.models import Community, Partner
from perron.letters.models import Letter
from perron.letters.writing import compose, write_many
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity, Delete
from perron.privacy.leaving import delete, take

_AT_ONCE = 500


@processed_for(Activity.SUBSCRIPTIONS)
def end_those_of(partner: Partner) -> tuple[int, int]:
    """End the subscriptions to a partner's communities; return how many went, and how many stay in restriction."""
    gone = 0
    while went := _end_some(partner):
        gone += went
    return gone, Subscription.stored.filter(community__partner=partner).count()


def _end_some(partner: Partner) -> int:
    with transaction.atomic():
        rows = Subscription.objects.filter(community__partner=partner)
        # Whole readers: who had several is told of all of them in one letter.
        keys = list(rows.order_by("recipient").values_list("recipient", flat=True).distinct()[:_AT_ONCE])
        if not keys:
            return 0
        # An address goes with its last subscription, of whichever partner: nobody ends another of it meanwhile.
        readers = Recipient.stored.select_for_update().in_bulk(keys)
        communities: dict[UUID, list[Community]] = defaultdict(list)
        ended = list(rows.filter(recipient__in=readers).select_related("community").order_by("since"))
        for row in ended:
            communities[row.recipient_id].append(row.community)
        told = [(readers[key], ones) for key, ones in communities.items() if readers[key].email]
        write_many([_letter(reader, partner, ones) for reader, ones in told], by=SYSTEM)
        went = delete(Subscription.stored.filter(pk__in=[row.pk for row in ended]))
        left = Subscription.stored.filter(recipient__in=readers).values_list("recipient", flat=True)
        if alone := readers.keys() - set(left):
            take(Recipient.stored.filter(pk__in=alone), Delete(), "erasure")
    return went


def _letter(reader: Recipient, partner: Partner, communities: list[Community]) -> Letter:
    names: list[JsonValue] = [community.name_in(reader.language) for community in communities]
    context: dict[str, JsonValue] = {"partner": partner.name, "communities": names}
    return compose("subscription-closed", to=reader.email, subject=reader.subject, language=reader.language,
                   context=context)  # fmt: skip
