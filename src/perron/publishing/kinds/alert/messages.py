"""The messages that an alert sends: the alert itself, its updates, its cancellation."""

from perron.communities.hosting import address_of, home
from perron.core.clock import now
from perron.publishing.kinds.alert import cap
from perron.publishing.models import AlertDetails, AlertMessage, Item, Release

_Type = AlertMessage.Type


def write_message(item: Item, what: str) -> None:
    """Keep, in the transaction of a release or withdrawal, the CAP message that goes with it. It never changes.

    An update or cancellation names all messages that are still in force (OASIS CAP 1.2, §3.2.1).
    """
    sent = list(item.messages.select_related("community"))
    in_force = _in_force(sent)
    again = _Type.UPDATE if in_force else _Type.ALERT
    number = len(sent) + 1
    message = AlertMessage(
        item=item,
        community=item.community,
        number=number,
        identifier=f"{item.pk}-{number}",
        type=_Type.CANCEL if what == Release.What.WITHDRAWN else again,
        sent_at=now(),
    )
    origin = getattr(item, "origin", None)
    message.xml = cap.write(
        message,
        AlertDetails.objects.get(item=item),
        _words(item),
        areas=list(item.areas.order_by("slug")),
        earlier=in_force,
        source=origin.name if origin else "",
    )
    message.save()


def _in_force(sent: list[AlertMessage]) -> list[AlertMessage]:
    cancelled = max((message.number for message in sent if message.type == _Type.CANCEL), default=0)
    return [message for message in sent if message.number > cancelled]


def _words(item: Item) -> list[cap.Words]:
    order = item.community.languages
    platform = home(item.community)
    texts = sorted(item.texts.all(), key=lambda text: order.index(text.language) if text.language in order else 9)
    return [
        cap.Words(
            language=text.language,
            title=text.title,
            summary=text.summary,
            html=text.html,
            web=f"{address_of(platform)}/{text.language}/{item.community.slug}/{item.slug}/" if platform else "",
        )
        for text in texts
    ]
