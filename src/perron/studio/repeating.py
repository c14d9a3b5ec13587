"""The editor's questions about when an event comes back, in plain words."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.core.clock import BRUSSELS
from perron.publishing.content import Content
from perron.publishing.kinds.event import repeating
from perron.publishing.kinds.event.occurring import validate_recurrence
from perron.publishing.kinds.event.repeating import CODES, Pace, Repeat

NEVER, KEEP = "", "keep"


class RepeatForm(forms.Form):
    """Every so often, on which days, until when."""

    repeat = forms.ChoiceField(
        label=gettext_lazy("Repeats"),
        required=False,
        choices=[
            (NEVER, gettext_lazy("Does not repeat")),
            (Pace.DAY, gettext_lazy("Every day")),
            (Pace.WEEK, gettext_lazy("Every week")),
            (Pace.FORTNIGHT, gettext_lazy("Every two weeks")),
            (Pace.MONTH, gettext_lazy("Every month, on the same date")),
            (Pace.MONTH_WEEKDAY, gettext_lazy("Every month, on the same weekday (for example the first Saturday)")),
            (Pace.YEAR, gettext_lazy("Every year")),
        ],
    )
    repeat_days = forms.MultipleChoiceField(
        label=gettext_lazy("On these days"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(code, WEEKDAYS[place]) for place, code in enumerate(CODES)],
        help_text=gettext_lazy("For a weekly event; without a choice, the weekday on which it starts."))  # fmt: skip
    repeat_until = forms.DateField(
        label=gettext_lazy("Last day"), required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("Leave it empty if it goes on."))  # fmt: skip
    repeat_times = forms.IntegerField(
        label=gettext_lazy("Or how many times"), required=False, min_value=1, max_value=750
    )

    def __init__(self, data: Any = None, *, kept: str = "", **kwargs: Any) -> None:
        """Offer to keep `kept`, a rule for which there are no questions here, in words."""
        super().__init__(data, **kwargs)
        field = self.fields["repeat"]
        assert isinstance(field, forms.ChoiceField)
        if kept:
            sentence = _("Keep as imported: %(words)s") % {"words": repeating.words(kept)}
            field.choices = [(KEEP, sentence), *list(field.choices)]  # type: ignore[arg-type]

    def clean(self) -> dict[str, Any]:
        """Look that it ends once."""
        cleaned = super().clean() or {}
        if cleaned.get("repeat_until") and cleaned.get("repeat_times"):
            self.add_error("repeat_times", _("Give the last day or how many times, not both."))
        return cleaned


def form_for(content: Content, data: Any = None) -> RepeatForm:
    """Return the questions as `content` answers them, or bound to `data`."""
    rule = _valid(content)
    repeat = repeating.read(rule, _start(content), _zone(content)) if rule else None
    return RepeatForm(data, kept="" if repeat else rule, initial=_answers(rule, repeat))


def written(form: RepeatForm, post: Any, before: Content, after: Content) -> Content:
    """Return `after` with the repetition that the valid `form` asks for; an untouched one stays as it was."""
    rule = _rule(form, before, after)
    dates = [value.strip()[:20] for value in post.getlist("except_on") if value.strip()]
    kept = str(before.details.get("except_dates", "")).split()
    moved = before.details.get("starts") != after.details.get("starts") and form.cleaned_data["repeat"] != KEEP
    details = after.details | {"recurrence": rule, "except_dates": _excepted(dates, kept, after, restamp=moved)}
    return Content.from_json(after.to_json() | {"details": details})


def except_days(content: Content) -> list[str]:
    """Return the days on which it does not take place, as a date field shows them."""
    return list(dict.fromkeys(_day_of(line) for line in str(content.details.get("except_dates", "")).split()))


def _rule(form: RepeatForm, before: Content, after: Content) -> str:
    answers = form.cleaned_data
    rule = str(before.details.get("recurrence", ""))
    if answers["repeat"] == KEEP:
        return rule
    if answers["repeat"] == NEVER:
        return ""
    pace = Pace(answers["repeat"])
    weekly = pace in {Pace.WEEK, Pace.FORTNIGHT}
    days = tuple(code for code in CODES if code in answers["repeat_days"]) if weekly else ()
    wanted = Repeat(pace, days, answers["repeat_until"], answers["repeat_times"])
    same_frame = all(before.details.get(name) == after.details.get(name) for name in ("starts", "all_day"))
    if same_frame and rule and repeating.read(rule, _start(before), _zone(before)) == wanted:
        return rule
    return repeating.write(wanted, _start(after), zone=_zone(after), all_day=bool(after.details.get("all_day")))


def _excepted(days: list[str], kept: list[str], content: Content, *, restamp: bool) -> str:
    """Exact moments where they are known: calendar programs need them (RFC 5545 §3.8.5.1)."""
    start = str(content.details.get("starts", ""))
    hour = start[11:16] if len(start) >= 16 and not content.details.get("all_day") else ""
    by_day = {} if restamp else {_day_of(line): line for line in kept}
    return "\n".join(by_day.get(day) or (f"{day}T{hour}" if hour else day) for day in dict.fromkeys(days))


def _day_of(line: str) -> str:
    try:
        return datetime.fromisoformat(line).date().isoformat()
    except ValueError:
        return line


def _answers(rule: str, repeat: Repeat | None) -> dict[str, Any]:
    if repeat is None:
        return {"repeat": KEEP if rule else NEVER}
    return {
        "repeat": repeat.pace,
        "repeat_days": repeat.days,
        "repeat_until": repeat.until,
        "repeat_times": repeat.times,
    }


def _valid(content: Content) -> str:
    try:
        start = datetime.combine(_start(content), datetime.min.time())
        return validate_recurrence(str(content.details.get("recurrence", "")), start)
    except ValidationError:
        return ""


def _start(content: Content) -> date:
    try:
        return datetime.fromisoformat(str(content.details.get("starts", ""))).date()
    except ValueError:
        # Without a start there is no rule that depends on it; any Thursday does.
        return date(1970, 1, 1)


def _zone(content: Content) -> ZoneInfo:
    try:
        return ZoneInfo(str(content.details.get("time_zone") or BRUSSELS.key))
    except (KeyError, ValueError, OSError):
        return BRUSSELS
