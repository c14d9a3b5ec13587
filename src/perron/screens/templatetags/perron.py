"""The tags that every door's templates share: times, sizes, words in their language."""

from datetime import date, datetime
from typing import Any

from django import template
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from perron.core.clock import BRUSSELS
from perron.screens import moments

register = template.Library()


@register.filter
def day(value: date | datetime) -> SafeString:
    """`{{ details.deadline|day }}`: "Monday 23 November" as a `<time>`."""
    return moments.day_element(_date(value))


@register.filter
def short_day(value: date | datetime) -> SafeString:
    """`{{ story.published_at|short_day }}`: "Mon 23 Nov" as a `<time>`."""
    return moments.day_element(_date(value), short=True)


@register.filter
def weekday(value: date | datetime) -> str:
    """`{{ day|weekday }}`: "Monday"."""
    return moments.part_words(_date(value), "l")


@register.filter
def day_month(value: date | datetime) -> str:
    """`{{ day|day_month }}`: "23 November"."""
    return moments.day_month_words(_date(value))


@register.simple_tag
def leaf(start: datetime) -> SafeString:
    """`{% leaf start %}`: a day as on a tear-off calendar: weekday, number, month."""
    return moments.leaf_element(_date(start))


@register.filter
def moment(value: datetime) -> SafeString:
    """`{{ details.ends_at|moment }}`: day and clock time as a `<time>`."""
    return moments.moment_element(value)


@register.filter
def short_moment(value: datetime) -> SafeString:
    """`{{ details.ends_at|short_moment }}`: "Mon 23 Nov, 19:30" as a `<time>`."""
    return moments.moment_element(value, short=True)


@register.filter
def clock(value: datetime) -> SafeString:
    """`{{ start|clock }}`: "19:30" as a `<time>`."""
    return format_html('<time datetime="{}">{}</time>', moments.stamp(value), moments.clock_words(value))


@register.simple_tag
def span(
    start: datetime, end: datetime, all_day: bool = False, short: bool = False, beside_leaf: bool = False
) -> SafeString:
    """`{% span start end all_day=details.all_day %}`: when it takes place, its days and hours.

    `beside_leaf`: short, and without the day that the `leaf` beside it shows.
    """
    if beside_leaf:
        words = moments.hours_element(start, end, all_day=all_day)
    else:
        words = moments.span_element(start, end, all_day=all_day, short=short)
    kind = SafeString(" data-all-day") if all_day else ""
    return format_html(
        '<span data-from="{}" data-until="{}"{}>{}</span>', moments.stamp(start), moments.stamp(end), kind, words
    )


@register.simple_tag
def days(first: date, last: date, short: bool = False) -> SafeString:
    """`{% days details.starts_on details.ends_on %}`: "from … to …"."""
    return moments.days_element(first, last, short=short)


@register.simple_tag
def true_until(moment: datetime) -> SafeString:
    """` data-true-until="…"`: what the element says is wrong from that moment on; `app.js` takes it away then."""
    return format_html(' data-true-until="{}"', moments.stamp(moment))


@register.filter
def size(value: int) -> str:
    """`{{ file.size|size }}`: "1.2 MB", in French as people know it: "1,2 Mo"."""
    words = filesizeformat(value)
    return words.replace("io", "o") if get_language() == "fr" else words


@register.filter
def language_name(code: str) -> str:
    """`{{ story.language|language_name }}`: "Dutch", as it is written within a sentence of the page's language."""
    name = str(get_language_info(code)["name_translated"])
    return name.lower() if get_language() == "fr" else name


@register.simple_tag
def foreign(of: Any, column: str = "") -> SafeString:
    """` lang="nl"` for the texts of a story, a photo or a file that are not in the language of the page; else nothing.

    `column` is one of those that `Story.said` answers for.
    """
    language = of.said_in(column) if column else of.language if of.fell_back else ""
    return format_html(' lang="{}"', language) if language and language != get_language() else SafeString("")


def _date(value: date | datetime) -> date:
    return value.astimezone(BRUSSELS).date() if isinstance(value, datetime) else value
