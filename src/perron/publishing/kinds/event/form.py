from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.core.clock import BRUSSELS
from perron.publishing.kinds.base import DetailsForm
from perron.publishing.kinds.event.occurring import MOST, validate_dates, validate_moved, validate_recurrence
from perron.publishing.kinds.fields import in_zone, latitude_field, longitude_field, refuse_half_a_point

_LONGEST = timedelta(days=366)
# As many as are kept of an event's occurrences, 16 characters and a line end each.
_DATES = MOST * 17


class EventForm(DetailsForm):
    """Asks for local times in the event's own zone; an all-day event gives its first and last day."""

    starts = forms.CharField(label=gettext_lazy("Starts"), max_length=19,
                             widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))  # fmt: skip
    ends = forms.CharField(label=gettext_lazy("Ends"), max_length=19, required=False,
                           widget=forms.DateTimeInput(attrs={"type": "datetime-local"}))  # fmt: skip
    all_day = forms.BooleanField(label=gettext_lazy("All day"), required=False)
    time_zone = forms.CharField(max_length=50, required=False, widget=forms.HiddenInput)
    recurrence = forms.CharField(label=gettext_lazy("Repeats"), max_length=500, required=False)
    except_dates = forms.CharField(label=gettext_lazy("Except on"), max_length=_DATES, required=False,
                                   widget=forms.Textarea)  # fmt: skip
    extra_dates = forms.CharField(max_length=_DATES, required=False, widget=forms.Textarea)
    moved = forms.JSONField(required=False, widget=forms.HiddenInput)
    place = forms.CharField(label=gettext_lazy("Place"), max_length=140, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    latitude = latitude_field()
    longitude = longitude_field()
    price = forms.CharField(label=gettext_lazy("Price"), max_length=80, required=False,
                            help_text=gettext_lazy("For example “free” or “€ 5, children € 2”."))  # fmt: skip
    registration_url = forms.URLField(label=gettext_lazy("Address for registration"), max_length=500, required=False,
                                      assume_scheme="https")  # fmt: skip

    def clean_time_zone(self) -> str:
        """Refuse a zone that the time zone database does not have."""
        name = self.cleaned_data["time_zone"] or BRUSSELS.key
        try:
            return ZoneInfo(name).key
        except (KeyError, ValueError, OSError) as error:
            raise ValidationError(_("There is no time zone of this name.")) from error

    def clean(self) -> dict[str, Any]:
        """Turn local times into moments, and look that the event ends after it starts."""
        cleaned = super().clean()
        refuse_half_a_point(self, cleaned)
        if not {"starts", "ends", "time_zone"} <= set(cleaned):
            return cleaned
        zone = ZoneInfo(cleaned["time_zone"])
        try:
            if cleaned.get("all_day"):
                span = _days(cleaned["starts"], cleaned["ends"], zone)
            else:
                span = _times(cleaned["starts"], cleaned["ends"], zone)
        except ValidationError as error:
            self.add_error("starts", error)
            return cleaned
        starts_at, ends_at = span
        if ends_at < starts_at:
            self.add_error("ends", _("The event ends before it starts. Change one of the two."))
        elif ends_at - starts_at > _LONGEST:
            self.add_error("ends", _("An event lasts at most a year. Use “Repeats” for what comes back."))
        recurrence = partial(validate_recurrence, start=starts_at.astimezone(zone).replace(tzinfo=None))
        for name, check in (("recurrence", recurrence), ("except_dates", validate_dates),
                            ("extra_dates", validate_dates), ("moved", validate_moved)):  # fmt: skip
            try:
                cleaned[name] = check(cleaned.get(name) or "")
            except ValidationError as error:
                self.add_error(name, error)
        cleaned.pop("starts", None)
        cleaned.pop("ends", None)
        return cleaned | {"starts_at": starts_at, "ends_at": ends_at}


def _times(starts: str, ends: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    start = in_zone(_local(starts), zone)
    # Without an end it ends when it starts: RFC 5545 §3.6.1.
    end = in_zone(_local(ends), zone) if ends else start
    return start.astimezone(UTC), end.astimezone(UTC)


def _days(starts: str, ends: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    first = _local(starts).date()
    last = _local(ends).date() if ends else first
    return _midnight(first, zone), _midnight(last + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _local(text: str) -> datetime:
    try:
        local = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Write the date and time as 2026-12-24 18:30.")) from error
    if local.tzinfo is not None or not 1970 <= local.year <= 2200:
        raise ValidationError(_("Write the date and time as 2026-12-24 18:30."))
    return local
