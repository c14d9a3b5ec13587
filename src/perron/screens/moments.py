"""Days and times in words, in the language of the page and the time of Brussels.

Nothing here depends on the present moment but the year, which is left out when it is the current one: what a
page says of "in two hours" or "today" is filled in on the reader's device.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from django.utils.dateformat import format as date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from perron.core.clock import BRUSSELS, today

# Django's format characters; German puts a point after the day.
_DAY = {"de": "l, j. F", "en": "l j F"}
_SHORT = {"de": "D j. N", "en": "D j N"}
_OTHERS, _OTHERS_SHORT = "l j F", "D j N"


def day_words(day: date, *, short: bool = False) -> str:
    """Return "Monday 23 November", with the year when it is not the current one; `short` gives "Mon 23 Nov"."""
    return _words(day, get_language() or "en", short, day.year != today().year)


def clock_words(moment: datetime) -> str:
    """Return "19:30" in the time of Brussels."""
    return f"{moment.astimezone(BRUSSELS):%H:%M}"


def leaf_element(day: date) -> SafeString:
    """Return a day as on a tear-off calendar: weekday, number, month."""
    return _leaf(day, get_language() or "en")


def day_element(day: date, *, short: bool = False) -> SafeString:
    """Return a `<time>` for a calendar day."""
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), day_words(day, short=short))


def moment_element(moment: datetime, *, short: bool = False) -> SafeString:
    """Return a `<time>` for a moment: its day and its clock time."""
    local = moment.astimezone(BRUSSELS)
    words = f"{day_words(local.date(), short=short)}, {clock_words(local)}"
    return format_html('<time datetime="{}">{}</time>', stamp(moment), words)


def span_element(start: datetime, end: datetime, *, all_day: bool = False, short: bool = False) -> SafeString:
    """Return when something takes place: one day with its hours, or first and last day."""
    return _span(start, end, all_day, short, (get_language() or "en", today().year))


def hours_element(start: datetime, end: datetime, *, all_day: bool = False) -> SafeString:
    """Return when it takes place beside a leaf that shows the day: the hours. Several days, or those of another year,
    are named as `span_element` names them."""
    first, last = start.astimezone(BRUSSELS), end.astimezone(BRUSSELS)
    final = (last - timedelta(microseconds=1)).date() if last > first else last.date()
    if first.year != today().year or not (final == first.date() or (not all_day and _ends_at_night(first, last))):
        return span_element(start, end, all_day=all_day, short=True)
    if all_day:
        return format_html('<time datetime="{}">{}</time>', first.date().isoformat(), _("all day"))
    hours = [format_html('<time datetime="{}">{}</time>', stamp(one), clock_words(one)) for one in (start, end)]
    return hours[0] if start == end else format_html("{} – {}", *hours)


@lru_cache(maxsize=4096)
def _span(start: datetime, end: datetime, all_day: bool, short: bool, _depends_on: tuple[str, int]) -> SafeString:
    first, last = start.astimezone(BRUSSELS), end.astimezone(BRUSSELS)
    if all_day:
        final = (last - timedelta(microseconds=1)).date() if last > first else last.date()
        return days_element(first.date(), final, short=short)
    if start == end:
        return moment_element(start, short=short)
    if last.date() == first.date() or _ends_at_night(first, last):
        hours = format_html('<time datetime="{}">{}</time>', stamp(end), clock_words(end))
        return format_html("{} – {}", moment_element(start, short=short), hours)
    return format_html("{} – {}", moment_element(start, short=short), moment_element(end, short=short))


def _ends_at_night(first: datetime, last: datetime) -> bool:
    """Whether it ends in the small hours: they belong to the evening before."""
    return last - first < timedelta(hours=12) and last.hour < 6


def days_element(first: date, last: date, *, short: bool = False) -> SafeString:
    """Return one day, or "from … to …"."""
    if last <= first:
        return day_element(first, short=short)
    return mark_safe(  # noqa: S308 both parts are escaped, and so is the sentence
        format_html("{}", _("from %(first)s to %(last)s"))
        % {"first": day_element(first, short=short), "last": day_element(last, short=short)}
    )


def stamp(moment: datetime) -> str:
    """Return a moment as `<time datetime>` takes it, with Brussels' offset."""
    return moment.astimezone(BRUSSELS).isoformat(timespec="minutes")


def part_words(day: date, part: str) -> str:
    """Return one part of a day in words, by Django's format character ("l": weekday, "M": short month)."""
    return str(date_format(day, part))


def day_month_words(day: date) -> str:
    """Return "23 November"."""
    words = date_format(day, "j. F" if get_language() == "de" else "j F")
    return words.replace("1 ", "1er ", 1) if get_language() == "fr" and day.day == 1 else words


@lru_cache(maxsize=4096)
def _words(day: date, language: str, short: bool, with_year: bool) -> str:
    pattern = (_SHORT.get(language, _OTHERS_SHORT) if short else _DAY.get(language, _OTHERS)) + " Y" * with_year
    words = date_format(day, pattern)
    return words.replace(" 1 ", " 1er ", 1) if language == "fr" and day.day == 1 else words


@lru_cache(maxsize=4096)
def _leaf(day: date, _language: str) -> SafeString:
    return format_html(
        '<time class="leaf" datetime="{}"><span>{}</span><b>{}</b><span>{}</span></time>',
        day.isoformat(), part_words(day, "D"), day.day, part_words(day, "N").rstrip("."),
    )  # fmt: skip
