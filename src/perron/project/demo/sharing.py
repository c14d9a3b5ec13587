"""What the demo's water company offers to communes: one accepted, one that waits, one declined."""

from perron.communities.models import Community
from perron.privacy.acting import SYSTEM
from perron.project.demo.entries import name, table
from perron.publishing.models import Item
from perron.publishing.sharing import answering, placing


def offer_some(communities: dict[str, Community]) -> None:
    """Offer what nobody offered yet, and give the demo's answers."""
    for row in table("places")["offer"]:
        community = communities[row["to"]]
        item = Item.objects.filter(pk=name(f"item:{row['of']}/{row['item']}")).first()
        if item is None or item.state != Item.State.RELEASED:
            continue
        for placement in placing.offer(item, [community], by=SYSTEM):
            if row.get("accepted"):
                answering.accept(placement, by=SYSTEM)
            elif "declined" in row:
                answering.decline(placement, row["declined"], by=SYSTEM)
