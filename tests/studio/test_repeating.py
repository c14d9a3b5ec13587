"""Repetition in plain words: through the form to the rule and back."""

from datetime import date

import pytest
from django.test import Client
from django.utils import translation

from perron.communities.models import Community
from perron.core.clock import BRUSSELS
from perron.publishing import drafting
from perron.publishing.kinds.event import repeating
from perron.publishing.kinds.event.repeating import Pace, Repeat
from perron.publishing.models import Item, Occurrence
from tests import making

START = date(2027, 1, 9)  # a Saturday, the second of its month


@pytest.mark.parametrize(
    ("repeat", "rule"),
    [
        (Repeat(Pace.DAY), "FREQ=DAILY"),
        (Repeat(Pace.WEEK, ("MO", "WE")), "FREQ=WEEKLY;BYDAY=MO,WE"),
        (Repeat(Pace.FORTNIGHT), "FREQ=WEEKLY;INTERVAL=2"),
        (Repeat(Pace.MONTH, until=date(2027, 6, 30)), "FREQ=MONTHLY;UNTIL=20270630T215959Z"),
        (Repeat(Pace.MONTH_WEEKDAY, times=4), "FREQ=MONTHLY;BYDAY=2SA;COUNT=4"),
        (Repeat(Pace.YEAR), "FREQ=YEARLY"),
    ],
)
def test_what_is_written_is_read_back(repeat: Repeat, rule: str) -> None:
    assert repeating.write(repeat, START, zone=BRUSSELS, all_day=False) == rule
    assert repeating.read(rule, START, BRUSSELS) == repeat


def test_the_end_of_an_all_day_event_is_a_date() -> None:
    repeat = Repeat(Pace.WEEK, until=date(2027, 6, 30))
    assert repeating.write(repeat, START, zone=BRUSSELS, all_day=True) == "FREQ=WEEKLY;UNTIL=20270630"


@pytest.mark.parametrize(
    ("rule", "repeat"),
    [
        ("FREQ=MONTHLY;BYMONTHDAY=9", Repeat(Pace.MONTH)),
        ("FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=9", Repeat(Pace.YEAR)),
        ("FREQ=WEEKLY;WKST=SU;BYDAY=WE,MO", Repeat(Pace.WEEK, ("MO", "WE"))),
        ("RRULE:FREQ=DAILY;INTERVAL=1", Repeat(Pace.DAY)),
    ],
)
def test_other_spellings_of_the_same_are_understood(rule: str, repeat: Repeat) -> None:
    assert repeating.read(rule, START, BRUSSELS) == repeat


@pytest.mark.parametrize(
    "rule",
    ["FREQ=MONTHLY;INTERVAL=3", "FREQ=MONTHLY;BYDAY=3SA", "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO",
     "FREQ=YEARLY;BYDAY=MO", "FREQ=MONTHLY;BYDAY=2SA;BYSETPOS=1", "FREQ=DAILY;COUNT=many",
     "FREQ=DAILY;UNTIL=later", ""],
)  # fmt: skip
def test_what_the_form_cannot_say_is_left_alone(rule: str) -> None:
    assert repeating.read(rule, START, BRUSSELS) is None


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ("FREQ=MONTHLY;INTERVAL=3;BYDAY=2SU", "Every 3 months on Sunday number 2"),
        ("FREQ=MONTHLY;BYDAY=-1FR;COUNT=5", "Every month on the last Friday 5 times in all"),
        ("FREQ=YEARLY;BYMONTH=7;BYMONTHDAY=21", "Every year on the 21 of the month in July"),
    ],
)
def test_a_rule_is_said_in_words(rule: str, sentence: str) -> None:
    with translation.override("en"):
        assert repeating.words(rule) == sentence


def test_an_event_repeats_as_the_form_says(liege: Community, editor: Client) -> None:
    answers = {"title_fr": "Marché", "starts": "2027-01-09T08:00", "ends": "2027-01-09T12:00", "repeat": "week",
               "repeat_days": ["SA", "SU"], "repeat_until": "2027-01-31", "except_on": ["2027-01-16", ""],
               "action": "release"}  # fmt: skip
    response = editor.post("/studio/liege/new/event/", answers)
    assert response.status_code == 302
    days = [start.astimezone(BRUSSELS).day for start in Occurrence.objects.values_list("starts_at", flat=True)]
    assert sorted(days) == [9, 10, 17, 23, 24, 30, 31]
    item = Item.objects.get()
    assert item.eventdetails.except_dates == "20270116T080000"
    form = editor.get(f"/studio/liege/items/{item.pk}/").content.decode()
    assert 'value="2027-01-31"' in form
    assert 'value="2027-01-16"' in form


def test_an_imported_rule_survives_the_form_and_is_said_in_words(liege: Community, editor: Client) -> None:
    imported = {"starts": "2027-01-10T19:00", "recurrence": "FREQ=MONTHLY;INTERVAL=3;BYDAY=2SU",
                "except_dates": "20270411T190000", "extra_dates": "20270501T190000"}  # fmt: skip
    item = making.draft("event", at=liege, details=imported)
    page = f"/studio/liege/items/{item.pk}/"
    assert "Keep as imported: Every 3 months on Sunday number 2" in editor.get(page).content.decode()
    answers = {"edition": 1, "title_fr": "Autre titre", "starts": "2027-01-10T19:00", "repeat": "keep",
               "except_on": ["2027-04-11", "2027-07-11"]}  # fmt: skip
    editor.post(page, answers)
    item.refresh_from_db()
    details = drafting.newest(item).details
    assert details["recurrence"] == imported["recurrence"]
    assert details["extra_dates"] == imported["extra_dates"]
    assert details["except_dates"].split() == ["20270411T190000", "2027-07-11T19:00"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"repeat": "sometimes"},
        {"repeat": "week", "repeat_until": "someday"},
        {"repeat": "week", "repeat_times": "0"},
        {"repeat": "week", "repeat_times": "3", "repeat_until": "2027-02-01"},
        {"repeat": "week", "repeat_days": "XX"},
    ],
)
def test_an_answer_that_cannot_be_is_said_and_the_rest_is_kept(
    wrong: dict[str, str], liege: Community, editor: Client
) -> None:
    response = editor.post("/studio/liege/new/event/", {"title_fr": "Marché", "action": "save"} | wrong)
    assert response.status_code == 422
    assert "There is something to change" in response.content.decode()
    assert Item.objects.get().working_title == "Marché"
