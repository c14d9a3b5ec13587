from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events
from django.test import Client

from perron.communities.models import Community
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting, releasing
from perron.publishing.models import Occurrence
from tests import making

pytestmark = pytest.mark.django_db

BRUSSELS = ZoneInfo("Europe/Brussels")
# A summer, so that series cross the night of 25 October 2026 when the clocks go back.
NOW = datetime(2026, 7, 1, 12, tzinfo=BRUSSELS)


@pytest.fixture
def liege() -> Community:
    community = making.community()
    making.platform(community)
    return community


def agenda(path: str = "/fr/liege/agenda.ics") -> tuple[bytes, Any]:
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    content = response.content
    return content, icalendar.Calendar.from_ical(content)


SERIES: list[dict[str, Any]] = [
    {"starts": "2026-07-04T19:00", "ends": "2026-07-04T21:30"},
    {"starts": "2026-07-04T19:00", "ends": ""},
    {"starts": "2026-07-04", "ends": "2026-07-06", "all_day": True},
    {"starts": "2026-07-07T18:00", "ends": "2026-07-07T20:00", "recurrence": "FREQ=WEEKLY"},
    {"starts": "2026-07-07T18:00", "ends": "2026-07-07T20:00", "recurrence": "FREQ=WEEKLY;UNTIL=20261110"},
    {"starts": "2026-07-07T18:00", "ends": "2026-07-07T20:00", "recurrence": "FREQ=WEEKLY;UNTIL=20261110T170000Z"},
    {"starts": "2026-07-07", "ends": "2026-07-07", "all_day": True, "recurrence": "FREQ=WEEKLY;UNTIL=20261110"},
    {"starts": "2026-07-07", "ends": "", "all_day": True, "recurrence": "FREQ=WEEKLY;COUNT=4",
     "except_dates": "20260714", "extra_dates": "20260801"},
    {"starts": "2026-07-07T18:00", "ends": "2026-07-07T20:00", "recurrence": "FREQ=DAILY;COUNT=9",
     "except_dates": "20260709\n20260710T180000", "extra_dates": "20260901T100000"},
    {"starts": "2026-07-31T09:00", "ends": "2026-07-31T10:00", "recurrence": "FREQ=MONTHLY;BYMONTHDAY=-1"},
    {"starts": "2026-10-24T22:00", "ends": "2026-10-25T05:00", "recurrence": "FREQ=YEARLY"},
    {"starts": "2026-07-07T18:00", "ends": "2026-07-07T20:00", "time_zone": "America/New_York",
     "recurrence": "FREQ=WEEKLY;BYDAY=TU,TH;COUNT=40"},
    {"starts": "2026-07-07T18:00", "ends": "2026-07-07T20:00", "time_zone": "UTC", "recurrence": "FREQ=WEEKLY;COUNT=3"},
    {"starts": "2026-07-07T18:00", "ends": "2026-07-07T20:00", "recurrence": "FREQ=WEEKLY;COUNT=4",
     "moved": [{"at": "2026-07-14T18:00", "starts": "2026-07-15T20:00", "ends": "2026-07-15T23:00"}]},
]  # fmt: skip


@pytest.mark.parametrize("details", SERIES)
def test_a_calendar_client_finds_the_times_that_we_show(liege: Community, details: dict[str, Any]) -> None:
    with clock.travel(NOW):
        making.released("event", at=liege, details=details)
        _, calendar = agenda()
    ours = set(Occurrence.objects.values_list("starts_at", "ends_at"))
    assert ours
    first, last = min(start for start, _ in ours), max(start for start, _ in ours)
    # Whole days have no zone there: a day more, and then only what we look ahead to.
    found = recurring_ical_events.of(calendar).between(first - timedelta(days=1), last + timedelta(days=1))
    theirs = {(moment(entry.start), moment(entry.end)) for entry in found if moment(entry.start) <= last}
    assert theirs == ours


def moment(when: date | datetime) -> datetime:
    return when if isinstance(when, datetime) else datetime(when.year, when.month, when.day, tzinfo=BRUSSELS)


def test_the_calendar_says_who_it_is_and_how_often_to_ask(liege: Community) -> None:
    Community.objects.update(descriptions={"fr": "Une ville, un fleuve"})
    making.released("event", at=liege)
    content, calendar = agenda()
    assert calendar["PRODID"]
    assert calendar["VERSION"] == "2.0"
    assert calendar["X-WR-CALNAME"] == calendar["NAME"]
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in content
    assert [zone.tz_name for zone in calendar.timezones] == ["Europe/Brussels"]
    assert b"\r\nX-WR-CALDESC:Une ville\\, un fleuve\r\n" in content
    # Neither has a default type (RFC 7986 §5.7, §5.8).
    assert b"\r\nSOURCE;VALUE=URI:http://testserver/fr/liege/agenda.ics\r\n" in content
    assert UUID(calendar["UID"])
    assert content.endswith(b"END:VCALENDAR\r\n")
    lines = content.split(b"\r\n")
    assert not any(b"\n" in line or len(line) > 75 for line in lines)


def test_an_event_has_everything_that_it_has_here(liege: Community) -> None:
    making.topic()
    item = making.released(
        "event",
        at=liege,
        title="Concert; gratuit, vraiment",
        topics=("culture",),
        details={"address": "Rue Haute 1", "latitude": 50.64, "longitude": 5.57, "price": "gratuit",
                 "registration_url": "https://example.org/inscription"},
    )  # fmt: skip
    _, calendar = agenda()
    (event,) = calendar.events
    assert event["UID"] == str(item.pk)
    assert event["SUMMARY"] == "Concert; gratuit, vraiment"
    assert event["LOCATION"] == "Place Saint-Lambert, Rue Haute 1"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (50.64, 5.57)
    assert event["URL"] == f"http://testserver/fr/liege/{item.slug}/"
    assert event["CATEGORIES"].to_ical() == b"Culture"
    assert event["STATUS"] == "CONFIRMED"
    assert "<" not in event["DESCRIPTION"]
    for part in ("En bref.", "Un texte important.", "gratuit", "https://example.org/inscription"):
        assert part in event["DESCRIPTION"]
    assert event["DTSTART"].dt.tzinfo is not None


def test_whole_days_are_dates_and_end_on_the_day_after(liege: Community) -> None:
    with clock.travel(NOW):
        making.released("event", at=liege, details=SERIES[2])
        content, _ = agenda()
    assert b"DTSTART;VALUE=DATE:20260704\r\n" in content
    assert b"DTEND;VALUE=DATE:20260707\r\n" in content


def test_a_correction_counts_up_and_a_withdrawal_takes_it_out(liege: Community) -> None:
    item = making.released("event", at=liege)
    before = agenda()[1].events[0]
    with clock.travel(clock.now() + timedelta(hours=1)):
        drafting.save(item, making.content("event", title="Reporté"), by=SYSTEM, expected=1)
        assert agenda()[1].events[0]["SUMMARY"] == "Marché de Noël"
        releasing.release(item, by=SYSTEM, expected=2)
        after = agenda()[1].events[0]
    assert before["UID"] == after["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (1, 2)
    assert before["LAST-MODIFIED"].dt < after["LAST-MODIFIED"].dt
    releasing.withdraw(item, by=SYSTEM)
    assert agenda()[1].events == []


def test_only_events_are_in_the_agenda_and_only_of_the_topic(liege: Community) -> None:
    making.topic()
    for kind in ("news", "works", "document", "alert"):
        making.released(kind, at=liege)
    making.released("event", at=liege, title="Concert", topics=("culture",))
    making.released("event", at=liege, title="Autre")
    assert {event["SUMMARY"] for event in agenda()[1].events} == {"Concert", "Autre"}
    assert [event["SUMMARY"] for event in agenda("/liege/topics/culture/agenda.ics")[1].events] == ["Concert"]
