"""Form fields that several kinds share."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from perron.core.clock import BRUSSELS


class LocalMomentField(forms.CharField):
    """A date and time as a browser's `datetime-local` gives it, in Brussels; or ISO 8601 with its offset.

    Cleans to an aware datetime in UTC, or None. A time that the clocks skip in spring is refused; of one that
    comes twice in autumn the first is meant.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}))
        super().__init__(max_length=40, **kwargs)

    def clean(self, value: object) -> datetime | None:
        """Return the moment in UTC; raises `ValidationError`."""
        text = super().clean(value)
        return to_moment(text) if text else None


def to_moment(text: str, zone: ZoneInfo = BRUSSELS) -> datetime:
    """Return the UTC moment of an ISO 8601 text, read in `zone` if it has no offset."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = in_zone(moment, zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError(_("Write the date and time as 2026-12-24 18:30.")) from error


def in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """Return a naive local time as an aware one; raises `ValidationError` where the clocks skip it."""
    aware = local.replace(tzinfo=zone)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise ValidationError(_("That night the clocks go forward: this time does not exist. Choose another."))
    return aware
