"""The index of a community's alerts: Atom, with an entry for each CAP message, the newest first."""

from collections.abc import Iterable

from django.urls import get_script_prefix
from django.utils.html import escape
from lxml import etree

from perron.core.identifiers import made_at
from perron.core.language import pick
from perron.core.text import for_xml
from perron.publishing.kinds.alert import cap
from perron.publishing.kinds.alert.model import marked
from perron.publishing.models import AlertMessage, Item
from perron.publishing.sharing.placing import placed_in
from perron.reader.feeds import atom
from perron.reader.feeds.channel import LENGTH, Channel

MEDIA_TYPE = atom.MEDIA_TYPE


def message_path(message: AlertMessage) -> str:
    """Return the path at which a message stays for good; it carries all its languages."""
    return f"{get_script_prefix()}{message.community.slug}/alerts/{message.identifier}.cap"


def sent(channel: Channel) -> list[AlertMessage]:
    """Return the newest messages, updates and cancellations too."""
    messages = AlertMessage.objects.select_related("community").order_by("-sent_at", "-number")
    if channel.topic:
        messages = messages.filter(item__topics=channel.topic)
    of_others = placed_in(Item.objects.all(), [channel.community])
    found: dict[int, AlertMessage] = {}
    for half in (messages.filter(community=channel.community), messages.filter(item__in=of_others)):
        found |= {message.pk: message for message in half[:LENGTH]}
    return sorted(found.values(), key=lambda message: (message.sent_at, message.number), reverse=True)[:LENGTH]


def write(channel: Channel, messages: Iterable[AlertMessage]) -> str:
    """Return the index as XML: each entry is made from its message, and leads to it and to the page for people."""
    messages = list(messages)
    changed_at = messages[0].sent_at if messages else made_at(channel.community.pk)
    feed = atom.begin(channel, changed_at, part="alerts")
    for message in messages:
        alert = etree.fromstring(message.xml.encode(), atom.PARSER)
        language, info = _info(alert, channel)
        status, page = _text(alert, "status"), _text(info, "web")
        feed.add_item(
            marked(_text(info, "headline"), status),
            channel.absolute(message_path(message)),
            for_xml(escape(_text(info, "description"))) or None,  # type: ignore[arg-type]
            author_name=_text(info, "senderName"),
            pubdate=message.sent_at,
            updateddate=message.sent_at,
            unique_id=f"tag:{cap.sender(message.community)},2026:{message.identifier}",
            categories=[status, str(message.type), _text(info, "severity")],
            language=language,
            links=[("related", "text/html", page)] if page else [],
        )
    return feed.writeString("utf-8")


def _info(alert: etree._Element, channel: Channel) -> tuple[str, etree._Element]:
    by_language = {_text(info, "language")[:2]: info for info in alert.iterfind("{*}info")}
    language = pick(by_language, channel.language, channel.community.languages)
    assert language, "a message speaks at least one language"
    return language, by_language[language]


def _text(element: etree._Element, name: str) -> str:
    return element.findtext(f"{{*}}{name}") or ""
