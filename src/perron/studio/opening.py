"""The questions about opening hours: two spans a day, and the days that differ."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.opening_hours import DAYS, validate_opening_hours

_USUAL_SPANS = 2
_SPARE_EXCEPTIONS = 3
_TIME = {"type": "time", "size": 5}
_LOOSE = re.compile(r"(\d{1,2})\s*[:hH.u]?\s*(\d{2})?")


class ClockField(forms.CharField):
    """A time of day: "9:00", "9h", "09.30" and the like become "09:00"."""

    widget = forms.TextInput(attrs=_TIME)

    def clean(self, value: object) -> str:
        """Return "HH:MM", or ""."""
        text = str(super().clean(value)).strip()
        match = _LOOSE.fullmatch(text) if text else None
        if text and (match is None or int(match[1]) > 24 or int(match[2] or 0) > 59):
            raise ValidationError(_("Write the time as 09:00."))
        return f"{int(match[1]):02}:{int(match[2] or 0):02}" if match else ""


class OpeningHoursForm(forms.Form):
    """Asks for the week, and for dates on which it is different."""

    def __init__(self, data: Any = None, *, hours: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(data, initial=_answers(hours), **kwargs)
        self.exceptions = range(len(hours.get("exceptions", {})) + _SPARE_EXCEPTIONS)
        # Imported hours may open more often than twice a day; none of it is dropped.
        busiest = max((len(spans) for part in hours.values() for spans in part.values()), default=0)
        self.spans = range(1, max(_USUAL_SPANS, busiest) + 1)
        for key in (*DAYS, *(f"exception{number}" for number in self.exceptions)):
            for span in self.spans:
                self.fields[f"{key}_from{span}"] = ClockField(label=gettext_lazy("From"), required=False, max_length=8)
                self.fields[f"{key}_to{span}"] = ClockField(label=gettext_lazy("To"), required=False, max_length=8)
        for number in self.exceptions:
            self.fields[f"exception{number}_date"] = forms.DateField(
                label=gettext_lazy("Date"),
                required=False,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            )

    def clean(self) -> dict[str, Any]:
        """Put the answers together as `communities.opening_hours` keeps them."""
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        week = {day: spans for day in DAYS if (spans := self._spans(day))}
        exceptions = {
            cleaned[f"exception{number}_date"].isoformat(): self._spans(f"exception{number}")
            for number in self.exceptions
            if cleaned.get(f"exception{number}_date")
        }
        hours: dict[str, Any] = {"week": week} | ({"exceptions": exceptions} if exceptions else {})
        if not self.errors:
            validate_opening_hours(hours)
        return {"opening_hours": hours if week or exceptions else {}}

    @property
    def days(self) -> list[dict[str, Any]]:
        """The week's rows for the template."""
        return [self._row(day, str(WEEKDAYS[place])) for place, day in enumerate(DAYS)]

    @property
    def others(self) -> list[dict[str, Any]]:
        """The rows of the days that differ."""
        return [
            self._row(f"exception{number}", "") | {"date": self[f"exception{number}_date"]}
            for number in self.exceptions
        ]

    def _row(self, key: str, label: str) -> dict[str, Any]:
        pairs = [(self[f"{key}_from{span}"], self[f"{key}_to{span}"]) for span in self.spans]
        return {"key": key, "label": label, "pairs": pairs, "wrong": any(f.errors for pair in pairs for f in pair)}

    def _spans(self, key: str) -> list[list[str]]:
        spans = []
        for span in self.spans:
            start, end = self.cleaned_data[f"{key}_from{span}"], self.cleaned_data[f"{key}_to{span}"]
            if bool(start) != bool(end):
                self.add_error(f"{key}_to{span}" if start else f"{key}_from{span}", _("Give both, from and to."))
                return []
            if start and not start < end:
                self.add_error(f"{key}_to{span}", _("It closes before it opens. Change one of the two."))
                return []
            if start:
                spans.append([start, end])
            if len(spans) > 1 and spans[-2][1] > spans[-1][0]:
                self.add_error(f"{key}_from{span}", _("This opening begins before the one before it has ended."))
                return []
        return spans


def _answers(hours: dict[str, Any]) -> dict[str, Any]:
    answers: dict[str, Any] = {}
    rows = dict(hours.get("week", {}))
    for number, (day, spans) in enumerate(sorted(hours.get("exceptions", {}).items())):
        answers[f"exception{number}_date"] = date.fromisoformat(day)
        rows[f"exception{number}"] = spans
    for key, spans in rows.items():
        for place, (start, end) in enumerate(spans, 1):
            answers |= {f"{key}_from{place}": start, f"{key}_to{place}": end}
    return answers
