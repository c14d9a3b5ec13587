"""What the templates of letters need."""

from datetime import datetime

from django import template
from django.utils.formats import date_format
from django.utils.translation import get_language

from perron.core.clock import BRUSSELS

register = template.Library()


@register.simple_tag
def colon() -> str:
    """`{{ label }}{% colon %} {{ said }}`: in French a space stands before it, at which no line breaks."""
    return "\N{NO-BREAK SPACE}:" if get_language() == "fr" else ":"


@register.filter
def day(value: str) -> str:
    """Return a date or moment of a letter's context (ISO 8601) as a day in words: "1 December 2026"."""
    moment = datetime.fromisoformat(value)
    local = moment.astimezone(BRUSSELS) if moment.tzinfo else moment
    return date_format(local, "j F Y")


@register.filter
def when(value: str) -> str:
    """Return a moment of a letter's context (ISO 8601) in words, in Brussels: "1 December 2026, 14:30"."""
    return date_format(datetime.fromisoformat(value).astimezone(BRUSSELS), "j F Y, H:i")
