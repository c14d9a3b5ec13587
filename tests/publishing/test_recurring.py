from datetime import datetime

import pytest

from perron.privacy.acting import SYSTEM
from perron.publishing import drafting
from perron.publishing.checking import check
from perron.publishing.content import Content
from perron.publishing.kinds.event.occurring import never_occurs
from perron.publishing.presenting import present_draft
from perron.publishing.sources.importing import Options, import_file
from tests import making

START = datetime(2026, 11, 24, 19)  # noqa: DTZ001 rules are local
HOSTILE = ["FREQ=DAILY;INTERVAL=0", "FREQ=WEEKLY;INTERVAL=-1", "INTERVAL=000;FREQ=YEARLY", "FREQ=DAILY;INTERVAL="]


@pytest.mark.parametrize("rule", HOSTILE)
def test_an_interval_that_never_gets_on_is_no_repetition(rule: str) -> None:
    # Not by expanding it: that would never end.
    assert never_occurs(rule, START)


@pytest.mark.parametrize("rule", ["FREQ=DAILY;INTERVAL=1", "FREQ=WEEKLY;INTERVAL=02", "FREQ=YEARLY"])
def test_an_interval_that_gets_on_is_one(rule: str) -> None:
    assert not never_occurs(rule, START)


@pytest.mark.django_db
def test_a_calendar_whose_rule_never_gets_on_is_left_out() -> None:
    lines = ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "UID:1", "SUMMARY:Marché", "DTSTART:20261124T190000",
             "RRULE:FREQ=DAILY;INTERVAL=0", "END:VEVENT", "END:VCALENDAR", ""]  # fmt: skip
    imported = import_file(making.community(), "\r\n".join(lines).encode(), "a.ics", Options(), by=SYSTEM)
    assert (imported.created, len(imported.skipped)) == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "details",
    [
        {"except_dates": "0001-01-01"},
        {"extra_dates": "9999-12-31T23:00"},
        {"moved": [{"at": "2026-11-24T19:00", "starts": "9999-12-31T23:00", "ends": "9999-12-31T23:59"}]},
    ],
)
def test_dates_beyond_what_can_be_reckoned_with_are_refused(details: dict[str, object]) -> None:
    community = making.community()
    content: Content = making.content("event", details=details)
    item = drafting.begin(community, "event", content, by=SYSTEM)
    assert [problem.field for problem in check(community, "event", content).problems] == list(details)
    assert present_draft(item, content, "fr")


@pytest.mark.django_db
def test_an_event_called_like_anothers_occurrence_is_left_out() -> None:
    def event(uid: str, *more: str) -> list[str]:
        return [
            "BEGIN:VEVENT",
            f"UID:{uid}",
            f"SUMMARY:{uid}{more[:1]}",
            "DTSTART:20261124T190000Z",
            *more,
            "END:VEVENT",
        ]

    apart = event("a", "RECURRENCE-ID:20261125T190000Z")
    lines = ["BEGIN:VCALENDAR", *event("a", "RRULE:FREQ=DAILY;COUNT=3"), *apart,
             *event("a#2026-11-25T19:00:00+00:00"), "END:VCALENDAR", ""]  # fmt: skip
    imported = import_file(making.community(), "\r\n".join(lines).encode(), "a.ics", Options(), by=SYSTEM)
    assert (imported.created, len(imported.skipped)) == (2, 1)
