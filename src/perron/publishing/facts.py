"""What a feed reader shows of a kind's details: pairs of a label and a text, in the active language."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from perron.core.clock import BRUSSELS
from perron.publishing.presenting import Story


def facts(story: Story) -> list[tuple[str, str]]:
    """Return the facts of a story, those that are known."""
    by_kind = {"event": _event, "alert": _alert, "works": _works, "document": _document}
    if story.details is None or story.kind not in by_kind:
        return []
    return [(label, text) for label, text in by_kind[story.kind](story, story.details) if text]


def _event(_story: Story, details: Any) -> Iterator[tuple[str, str]]:
    zone = ZoneInfo(details.time_zone)
    if details.all_day:
        last = details.ends_at.astimezone(zone).date() - timedelta(days=1)
        yield _("When"), _days(details.starts_at.astimezone(zone).date(), last)
    else:
        yield _("When"), _times(details.starts_at, details.ends_at, zone)
    yield _("Where"), ", ".join(filter(None, (details.place, details.address)))
    yield _("Price"), details.price
    yield _("Registration"), details.registration_url


def _alert(story: Story, details: Any) -> Iterator[tuple[str, str]]:
    yield _("What to do"), story.instruction
    yield _("In force"), _times(details.effective_at, details.ends_at, BRUSSELS)
    yield _("Severity"), str(details.get_severity_display())


def _works(story: Story, details: Any) -> Iterator[tuple[str, str]]:
    yield _("When"), _days(details.starts_on, details.ends_on)
    yield _("Where"), details.place
    yield _("Way round"), story.detour
    yield _("Who is affected"), story.affected


def _document(_story: Story, details: Any) -> Iterator[tuple[str, str]]:
    yield _("Document"), str(details.get_type_display())
    yield _("Reference"), details.reference
    yield _("Last day to react"), date_format(details.deadline) if details.deadline else ""


def _times(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    first, last = start.astimezone(zone), end.astimezone(zone)
    begins = date_format(first, "DATETIME_FORMAT")
    if first == last:
        return begins
    return f"{begins} – {date_format(last, 'TIME_FORMAT' if first.date() == last.date() else 'DATETIME_FORMAT')}"


def _days(first: date, last: date) -> str:
    return date_format(first) if first == last else f"{date_format(first)} – {date_format(last)}"
