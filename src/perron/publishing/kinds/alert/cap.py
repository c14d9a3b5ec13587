"""An alert as a message of the Common Alerting Protocol (OASIS CAP 1.2, §3.2)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from lxml import etree

from perron.communities import communes
from perron.communities.models import Area, Community
from perron.communities.polygons import outlines
from perron.core.clock import BRUSSELS
from perron.core.language import localised
from perron.core.markdown import plain
from perron.core.text import for_xml, shorten
from perron.publishing.kinds.alert.model import AlertDetails, AlertMessage

MEDIA_TYPE = "application/cap+xml"
NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
_HEADLINE = 160


@dataclass(frozen=True, kw_only=True)
class Words:
    """What an alert says in one language; `html` is sanitised, `web` the absolute address of its page."""

    language: str
    title: str
    summary: str
    html: str
    web: str


def sender(community: Community) -> str:
    """Return who sends, unique and looking like an address (§3.2.1): the community at the installation's host."""
    return f"{community.slug}@{urlsplit(settings.PERRON_ORIGIN).hostname}"


def reference(message: AlertMessage) -> str:
    """Return how a later message names this one: sender, identifier and moment (§3.2.1, references)."""
    return f"{sender(message.community)},{message.identifier},{_moment(message.sent_at)}"


def write(
    message: AlertMessage,
    details: AlertDetails,
    words: Sequence[Words],
    *,
    areas: Sequence[Area],
    earlier: Sequence[AlertMessage] = (),
    source: str = "",
) -> str:
    """Return the message as XML: one `info` for each language, each with every area."""
    community = message.community
    elements = [
        _element("identifier", message.identifier),
        _element("sender", sender(community)),
        _element("sent", _moment(message.sent_at)),
        _element("status", details.status),
        _element("msgType", message.type),
        _element("source", source),
        _element("scope", "Public"),
        _element("note", _note(details, community)),
        _element("references", " ".join(reference(each) for each in earlier)),
        *(_info(message, details, each, areas) for each in words),
    ]
    alert = _with("alert", elements)
    etree.indent(alert)
    written: bytes = etree.tostring(alert, xml_declaration=True, encoding="UTF-8")
    return written.decode()


def _info(message: AlertMessage, details: AlertDetails, words: Words, areas: Sequence[Area]) -> etree._Element:
    community = message.community
    cancelled = message.type == AlertMessage.Type.CANCEL
    with translation.override(words.language):
        event = str(details.get_category_display())
    elements = [
        _element("language", _tag(words.language)),
        _element("category", details.category),
        _element("event", event),
        _element("responseType", "AllClear" if cancelled else ""),
        _element("urgency", AlertDetails.Urgency.PAST if cancelled else details.urgency),
        _element("severity", details.severity),
        _element("certainty", details.certainty),
        _element("effective", _moment(message.sent_at)),
        _element("onset", _moment(details.effective_at)),
        _element("expires", _moment(details.ends_at)),
        _element("senderName", community.name_in(words.language)),
        _element("headline", shorten(words.title, _HEADLINE)),
        _element("description", "\n\n".join(filter(None, (words.summary, plain(words.html))))),
        _element("instruction", localised(details.instructions, words.language, community.languages)),
        _element("web", words.web),
        _element("contact", ", ".join(filter(None, (community.phone, community.email)))),
        *_areas(community, areas, words.language),
    ]
    return _with("info", elements)


def _areas(community: Community, areas: Sequence[Area], language: str) -> list[etree._Element]:
    """Describe where it matters; without areas of its own, the commune of the community."""
    if not areas:
        commune = communes.by_nis(community.commune_nis)
        if commune is None:
            return [_area(community.name_in(language), [], [])]
        return [_area(commune.name_in(language), [], [commune.nis])]
    return [
        _area(
            localised(area.names, language, community.languages),
            outlines(area.polygon) if area.polygon else [],
            area.communes_nis,
        )
        for area in areas
    ]


def _area(description: str, polygons: Sequence[str], communes: Sequence[str]) -> etree._Element:
    geocodes = (_with("geocode", [_element("valueName", "NIS"), _element("value", nis)]) for nis in communes)
    outline = (_element("polygon", polygon) for polygon in polygons)
    return _with("area", [_element("areaDesc", description), *outline, *geocodes])


def _with(name: str, children: Iterable[etree._Element | None]) -> etree._Element:
    element = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    element.extend(child for child in children if child is not None)
    return element


def _element(name: str, text: str) -> etree._Element | None:
    """Return an element, or None where there is nothing to say: CAP knows no empty ones."""
    if not text:
        return None
    element = _with(name, [])
    element.text = for_xml(text)
    return element


def _note(details: AlertDetails, community: Community) -> str:
    """A note says what an exercise is for (§3.2.1): that nobody has to do anything."""
    if details.status == AlertDetails.Status.ACTUAL:
        return ""
    with translation.override(community.languages[0]):
        return translation.gettext("This is an exercise. Nothing has happened; nobody has to do anything.")


def _moment(moment: datetime) -> str:
    """CAP writes the offset in digits, never as Z (§3.3.2)."""
    return moment.astimezone(BRUSSELS).isoformat(timespec="seconds")


def _tag(language: str) -> str:
    """Return the language as it is spoken in Belgium (RFC 3066); English is nobody's there."""
    return language if language == "en" else f"{language}-BE"
