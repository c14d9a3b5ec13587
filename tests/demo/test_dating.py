from datetime import date, timedelta

import pytest

from perron.core.language import LANGUAGES
from perron.project.demo import dating

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("0", 0),
        ("+9", 9),
        ("-3", -3),
        ("mon", 7),
        ("tue", 1),
        ("sun", 6),
        ("sun+1", 13),
        ("sun-1", -1),
        ("mon-1", 0),
        ("mon/+1", 8),
        ("sat+1/-2", 10),
    ],
)
def test_a_day_is_told_from_today(spec: str, expected: int) -> None:
    assert dating.day(spec, MONDAY) == MONDAY + timedelta(days=expected)


@pytest.mark.parametrize("today", [MONDAY + timedelta(days=n) for n in range(14)])
def test_a_weekday_is_always_the_next_one(today: date) -> None:
    saturday = dating.day("sat", today)
    assert saturday.weekday() == 5
    assert today < saturday <= today + timedelta(days=7)


@pytest.mark.parametrize("spec", ["", "soon", "sat 9", "9 days", "satur"])
def test_what_is_no_day_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="no day"):
        dating.day(spec, MONDAY)


def test_details_carry_dates_and_local_times() -> None:
    written = {"starts": "@sat 14:00", "ends_on": "@+1", "list": ["@0"], "mail": "a@b.example", "all_day": True}
    assert dating.dated(written, MONDAY) == {
        "starts": "2026-11-28T14:00", "ends_on": "2026-11-24", "list": ["2026-11-23"],
        "mail": "a@b.example", "all_day": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "expected"),
    [("fr", "mardi 1er décembre, 11 décembre"), ("nl", "dinsdag 1 december, 11 december"),
     ("de", "Dienstag, 1. Dezember, 11. Dezember"), ("en", "Tuesday 1 December, 11 December")],
)  # fmt: skip
def test_dates_in_texts_speak_the_language_of_the_text(language: str, expected: str) -> None:
    assert language in LANGUAGES
    assert dating.worded("{+8}, {+18:short}", MONDAY, language) == expected
