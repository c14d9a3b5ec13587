"""Opening hours: per weekday a list of from–to, and exceptions by date."""

import re
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def validate_opening_hours(hours: object) -> None:
    """Refuse anything but `{"week": {"mo": [["09:00", "12:00"], …]}, "exceptions": {"2026-12-25": []}}`."""
    if not isinstance(hours, dict) or set(hours) - {"week", "exceptions"}:
        raise ValidationError(_("Opening hours are a week and exceptions."))
    week, exceptions = hours.get("week", {}), hours.get("exceptions", {})
    if not isinstance(week, dict) or not isinstance(exceptions, dict) or set(week) - set(DAYS):
        raise ValidationError(_("Days are mo, tu, we, th, fr, sa, su."))
    for day in exceptions:
        try:
            date.fromisoformat(day)
        except ValueError as error:
            raise ValidationError(_("Write an exception's date as 2026-12-25.")) from error
    for spans in (*week.values(), *exceptions.values()):
        _validate_spans(spans)


def spans_on(hours: dict[str, Any], day: date) -> list[tuple[str, str]]:
    """Return the (from, to) of `day`, as "HH:MM" of local time; empty when closed."""
    exceptions = hours.get("exceptions", {})
    key = day.isoformat()
    spans = exceptions[key] if key in exceptions else hours.get("week", {}).get(DAYS[day.weekday()], [])
    return [(start, end) for start, end in spans]


def _validate_spans(spans: object) -> None:
    if not isinstance(spans, list):
        raise ValidationError(_("Hours of a day are a list of from and to."))
    previous = ""
    for span in spans:
        if (
            not isinstance(span, list)
            or len(span) != 2
            or not all(isinstance(t, str) and _TIME.fullmatch(t) for t in span)
        ):
            raise ValidationError(_("Write hours as 09:00 to 12:00."))
        start, end = span
        if not previous <= start < end:
            raise ValidationError(_("Hours end after they start, and come in order."))
        previous = end
