"""CAP 1.1 and 1.2 (OASIS): messages, and the CAP fields in the entries of an Atom index. They become alerts.

An Update corrects the item of the message that it refers to, a Cancel withdraws it (CAP §3.2.1, `msgType`).
"""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from perron.publishing.kinds.alert.form import LONGEST, USUAL
from perron.publishing.kinds.alert.model import AlertDetails
from perron.publishing.sources.entry import Entry, Feed, Unreadable, Wording, identifier

NAMESPACE = "urn:oasis:names:tc:emergency:cap:"
_NAMESPACES = {f"{NAMESPACE}1.1", f"{NAMESPACE}1.2"}

_MARKUP = re.compile(r"<(?:br|p|a|ul|li|b|strong)\b", re.IGNORECASE)
_CHOICES = {"category": AlertDetails.Category, "urgency": AlertDetails.Urgency, "severity": AlertDetails.Severity,
            "certainty": AlertDetails.Certainty}  # fmt: skip


class _LeftOut(Exception):
    """The message is readable, but nothing for residents."""


def read(root: etree._Element) -> Feed:
    """Return the feed of the one message under `root`; raises `Unreadable`."""
    if str(root.tag).partition("}")[0].removeprefix("{") not in _NAMESPACES:
        raise Unreadable(_("This CAP message is of a version other than 1.1 and 1.2."))
    message = {name: _text(root, name) for name in ("identifier", "sender", "sent", "status", "msgType", "scope")}
    if missing := next((name for name in ("identifier", "sender", "sent") if not message[name]), ""):
        raise Unreadable(_("Line %(line)d: the message has no %(name)s.") % {"line": root.sourceline, "name": missing})
    infos = list(root.iterfind("{*}info"))
    feed = Feed(name=next((name for info in infos if (name := _text(info, "senderName"))), "") or message["sender"])
    where = _("alert %(identifier)s") % {"identifier": message["identifier"][:80]}
    try:
        feed.entries.append(_entry(root, message, infos, where))
    except _LeftOut as error:
        feed.skipped.append((where, str(error)))
    return feed


def take_indexed(feed: Feed, entry: Entry, fields: dict[str, Any]) -> None:
    """Add the alert that an Atom entry with CAP fields (names in lower case) stands for, or say why not."""
    message = {name: str(fields.get(name.lower(), "")) for name in ("status", "msgType", "scope", "sent")}
    notes: list[str] = []
    try:
        _check(message)
        values = {name: str(fields.get(name.lower(), "")) for name in (*_CHOICES, "onset", "effective", "expires")}
        sent = _moment(message["sent"]) or entry.published
        details = {"status": message["status"] or "Actual"} | _details(values, sent, notes)
    except _LeftOut as error:
        feed.skipped.append((entry.where, str(error)))
        return
    words = entry.wordings[0]
    body = words.body if words.is_html else _paragraphs(words.body, str(fields.get("areadesc", "")))
    wording = replace(words, title=words.title or str(fields.get("event", "")), body=body)
    feed.entries.append(
        replace(
            entry,
            kind="alert",
            wordings=(wording,),
            details=details,
            notes=tuple(notes),
            cancelled=message["msgType"] == "Cancel",
        )
    )


def _entry(root: etree._Element, message: dict[str, str], infos: list[etree._Element], where: str) -> Entry:
    _check(message)
    references = [part.split(",") for part in _text(root, "references").split()]
    notes: list[str] = []
    cancelled = message["msgType"] == "Cancel"
    if not infos and not cancelled:
        raise _LeftOut(_("It says nothing: it has no “info”."))
    values = {name: _text(infos[0], name) for name in (*_CHOICES, "onset", "effective", "expires")} if infos else {}
    sent = _moment(message["sent"])
    # Blocks for several areas may end one after the other: the item lasts as long as the last.
    ends = max((moment for info in infos if (moment := _moment(_text(info, "expires")))), default=None)
    return Entry(
        kind="alert",
        identifier=identifier(message["identifier"]),
        where=where,
        sender=message["sender"][:400],
        references=tuple(part[1] for part in references if len(part) == 3),
        cancelled=cancelled,
        wordings=_wordings(infos),
        details={"status": message["status"]} | (_details(values, sent, notes, ends) if not cancelled else {}),
        url=next((web for info in infos if (web := _text(info, "web"))), ""),
        published=sent,
        notes=tuple(notes),
    )


def _check(message: dict[str, str]) -> None:
    if message["scope"] in {"Restricted", "Private"}:
        raise _LeftOut(_("It is not for the public."))
    if message["status"] in {"System", "Draft"}:
        raise _LeftOut(_("It is a message between systems, or a draft."))
    if message["status"] not in {"", *AlertDetails.Status.values}:
        raise _LeftOut(_("It does not say whether it is real, an exercise or a test."))
    if message["msgType"] not in {"", "Alert", "Update", "Cancel"}:
        raise _LeftOut(_("It only answers another message."))


def _details(
    values: dict[str, str], sent: datetime | None, notes: list[str], ends: datetime | None = None
) -> dict[str, Any]:
    details: dict[str, Any] = {}
    for name, choices in _CHOICES.items():
        written = values.get(name, "")
        known = written in choices.values
        details[name] = written if known else ("Other" if name == "category" else "Unknown")
        if written and not known:
            notes.append(_("“%(value)s” is no %(name)s of CAP.") % {"value": written[:40], "name": name})
    begins = _moment(values.get("effective", "")) or sent or _moment(values.get("onset", ""))
    if begins is None:
        raise _LeftOut(_("It does not say from when it is valid."))
    ends = ends or _moment(values.get("expires", "")) or begins + USUAL
    if ends <= begins:
        raise _LeftOut(_("It ends before it begins."))
    if ends - begins > LONGEST:
        notes.append(_("It was shortened to 31 days, the longest that an alert lasts here."))
        ends = begins + LONGEST
    return details | {"effective_at": begins.isoformat(), "ends_at": ends.isoformat()}


def _wordings(infos: list[etree._Element]) -> tuple[Wording, ...]:
    """Return one wording per language; further blocks in the same language add their areas (CAP §3.2.2)."""
    found: dict[str, list[etree._Element]] = {}
    for info in infos:
        # Without a language it is American English: CAP §3.2.2.
        found.setdefault(_text(info, "language") or "en-US", []).append(info)
    return tuple(_wording(language, blocks) for language, blocks in found.items())


def _wording(language: str, blocks: list[etree._Element]) -> Wording:
    first = blocks[0]
    areas = [" ".join((area.text or "").split()) for block in blocks for area in block.iterfind("{*}area/{*}areaDesc")]
    described = _text(first, "description")
    instructions = _text(first, "instruction")
    files = [(_text(each, "resourceDesc"), _text(each, "uri")) for each in first.iterfind("{*}resource")
             if not _text(each, "mimeType").startswith("image/")]  # fmt: skip
    is_html = bool(_MARKUP.search(described))
    title = _text(first, "headline") or _text(first, "event")
    area = "; ".join(dict.fromkeys(area for area in areas if area and area != title))
    more = instructions if len(instructions) > 500 else ""
    if is_html:
        body = "".join([described, *(f"<p>{part}</p>" for part in (more, area) if part)])
    else:
        body = _paragraphs(described, more, area)
    return Wording(
        language=language,
        title=title,
        body=body,
        is_html=is_html,
        instructions=instructions,
        links=tuple((name or address, address) for name, address in files if address.startswith("http")),
    )


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part for part in parts if part.strip())


def _text(parent: etree._Element, name: str) -> str:
    return (parent.findtext(f"{{*}}{name}") or "").strip()


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    # Room for adding the longest duration, and for every database.
    return moment if 1970 <= moment.year <= 2200 else None
