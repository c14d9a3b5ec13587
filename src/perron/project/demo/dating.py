"""Dates that move with the day on which the demo is loaded, so that "next Saturday" is always next Saturday.

A day is written `0` (today), `+9`, `-3`, or as a weekday: `sat` is the first Saturday after today, `sat+1` the one a
week later, `sat-1` a week earlier; `sat/+1` is the day after that Saturday. In details, a value `@sat 14:00` becomes a
local time and `@+12` a date. In texts, `{sat}` becomes "samedi 5 décembre" in the language of the text, and
`{+12:short}` "12 décembre".
"""

import re
from datetime import date, timedelta
from typing import Any

from django.utils import translation
from django.utils.formats import date_format

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = re.compile(rf"(?P<offset>[+-]?\d+)|(?P<weekday>{'|'.join(_WEEKDAYS)})(?P<weeks>[+-]\d+)?(?P<beside>/[+-]\d+)?")
_IN_TEXT = re.compile(r"\{([^{}:]+)(:short)?\}")
_FORMATS = {"fr": "l j F", "nl": "l j F", "de": "l, j. F", "en": "l j F"}
_SHORT = {"fr": "j F", "nl": "j F", "de": "j. F", "en": "j F"}


def day(spec: str, today: date) -> date:
    """Return the date that `spec` means on `today`; raises `ValueError` for what is none."""
    match = _DAY.fullmatch(spec)
    if match is None:
        raise ValueError(f"{spec!r} is no day: write 0, +9, -3, sat or sat+1")
    if match["offset"]:
        return today + timedelta(days=int(match["offset"]))
    ahead = (_WEEKDAYS.index(match["weekday"]) - today.weekday() - 1) % 7 + 1
    beside = int((match["beside"] or "/0")[1:])
    return today + timedelta(days=ahead + beside, weeks=int(match["weeks"] or 0))


def moment(spec: str, today: date) -> str:
    """Return `sat 14:00` as ISO 8601 in local time, and `sat` as a date."""
    which, _, time = spec.partition(" ")
    return f"{day(which, today)}T{time}" if time else f"{day(which, today)}"


def dated(value: Any, today: date) -> Any:
    """Return `value` (of TOML) with every text that begins with @ turned into its date."""
    if isinstance(value, dict):
        return {key: dated(inner, today) for key, inner in value.items()}
    if isinstance(value, list):
        return [dated(inner, today) for inner in value]
    return moment(value[1:], today) if isinstance(value, str) and value.startswith("@") else value


def worded(text: str, today: date, language: str) -> str:
    """Return `text` with its dates written out in `language`."""

    def written(match: re.Match[str]) -> str:
        when = day(match[1], today)
        with translation.override(language):
            text = date_format(when, (_SHORT if match[2] else _FORMATS)[language])
        # Only the first of a month is an ordinal in French.
        return re.sub(r"\b1\b", "1er", text) if language == "fr" and when.day == 1 else text

    return _IN_TEXT.sub(written, text)
