"""Form fields that several kinds share."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.core.clock import BRUSSELS


def latitude_field() -> forms.FloatField:
    """Return a question for degrees north."""
    return _degrees(90, label=gettext_lazy("Latitude on the map"), help_text=gettext_lazy("For example 50.6451."))


def longitude_field() -> forms.FloatField:
    """Return a question for degrees east."""
    return _degrees(180, label=gettext_lazy("Longitude on the map"), help_text=gettext_lazy("For example 5.5734."))


def _degrees(most: int, **words: Any) -> forms.FloatField:
    number = forms.NumberInput(attrs={"inputmode": "decimal"})
    return forms.FloatField(min_value=-most, max_value=most, required=False, widget=number, **words)


def refuse_half_a_point(form: forms.Form, cleaned: dict[str, Any]) -> None:
    """Add an error to `form` if only one of the two numbers of a point is there."""
    point = {name: cleaned.get(name) for name in ("latitude", "longitude")}
    missing = [name for name, value in point.items() if value is None]
    if len(missing) == 1 and missing[0] not in form.errors:
        form.add_error(missing[0], _("A point has a latitude and a longitude. Write both, or neither."))


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


def to_moment(text: str) -> datetime:
    """Return the UTC moment of an ISO 8601 text, read in Brussels if it has no offset. Raises `ValidationError`."""
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = in_zone(moment, BRUSSELS)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValidationError(_("Write the date and time as 2026-12-24 18:30.")) from error


def in_zone(local: datetime, zone: ZoneInfo) -> datetime:
    """Return a naive local time as an aware one; raises `ValidationError` where the clocks skip it."""
    aware = local.replace(tzinfo=zone)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != local:
        raise ValidationError(_("That night the clocks go forward: this time does not exist. Choose another."))
    return aware
