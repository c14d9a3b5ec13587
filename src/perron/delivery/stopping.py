"""Ending what a message was about, and nothing else: by the button of a mail program, or since it was called junk."""

from uuid import UUID

from perron.audience.leaving import unsubscribe
from perron.audience.models import Recipient
from perron.privacy.tenancy.scope import as_program
from perron.publishing.models import Item
from perron.publishing.sharing.placing import showing


@as_program
def stop(recipient: Recipient, item: UUID | None, *, acknowledged: bool = True) -> None:
    """End a recipient's subscriptions to the communities that show an item; all of them where the message was about no
    one item (None), or about one that is not here any more. `acknowledged` as for `unsubscribe`."""
    found = Item.objects.filter(pk=item).first() if item else None
    for community in {found.community_id, *showing([found])} if found else [None]:
        unsubscribe(recipient, community=community, acknowledged=acknowledged)
