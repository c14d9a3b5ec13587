import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
import recurring_ical_events

from perron.core import clock
from perron.core.errors import Refused
from perron.publishing.kinds.event.form import EventForm
from perron.publishing.kinds.event.model import EventDetails
from perron.publishing.kinds.event.occurring import HORIZON, PAST, occurrences
from perron.publishing.sources import reading
from perron.publishing.sources.entry import Entry
from perron.publishing.sources.moments import NotUsable, start_and_end
from tests.sources.writing_files import calendar, event

type Span = tuple[datetime, datetime]

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
OUTSIDE = Path(__file__).parents[2].parent / "shared" / "data" / "calendars"
# The awkward calendars that the two libraries bring along for their own tests, and how many of them both can read.
CORPORA = [
    (Path(recurring_ical_events.__file__).parent / "test" / "calendars", 85),
    (Path(icalendar.__file__).parent / "tests" / "calendars", 40),
    (OUTSIDE, 5),
]
# An event that ends before it starts is refused here, and turned round there; words of a whole range are one item's.
DIFFERENT = {"end_before_start_event", "issue_132_swapped_start_and_end", "issue_75_range_parameter"}


@pytest.mark.parametrize(("folder", "least"), CORPORA, ids=["recurring-ical-events", "icalendar", "outside"])
def test_events_take_place_when_recurring_ical_events_says(folder: Path, least: int) -> None:
    if not folder.exists():
        pytest.skip(f"{folder.name} is not here")
    outcomes = {path.stem: _same(path) for path in folder.rglob("*.ics") if path.stem not in DIFFERENT}
    assert [name for name, same in outcomes.items() if same is False] == []
    assert sum(same is True for same in outcomes.values()) >= least


@pytest.mark.skipif(not OUTSIDE.exists(), reason="the files from outside are not here")
@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("waste-test", 112),
        ("waste-recurring", 4),
        ("pacific_fiji", 1),
        ("multiple_calendar_components", 3),
        ("rfc_7265_appendix_example_2_ical", 1),
        ("america_new_york_forward_reference", 1),
    ],
)
def test_every_event_of_the_files_from_outside_is_found(name: str, entries: int) -> None:
    feed = reading.read((OUTSIDE / f"{name}.ics").read_bytes())
    assert (len(feed.entries), feed.skipped) == (entries, [])


@pytest.mark.parametrize(
    ("lines", "zone", "starts"),
    [
        (["DTSTART;TZID=Europe/London:20261120T190000"], "Europe/London", "2026-11-20T19:00:00"),
        (["DTSTART;TZID=Romance Standard Time:20261120T190000"], "Europe/Paris", "2026-11-20T19:00:00"),
        (["DTSTART;TZID=/freeassociation.sourceforge.net/Europe/Brussels:20261120T190000"], "Europe/Brussels", ""),
        (["DTSTART:20261120T190000Z"], "Europe/Brussels", "2026-11-20T20:00:00"),
        (["DTSTART:20261120T190000"], "Europe/Brussels", "2026-11-20T19:00:00"),
        (["DTSTART:20261120T190000Z", "RRULE:FREQ=WEEKLY"], "UTC", "2026-11-20T19:00:00"),
        (["DTSTART;TZID=Nowhere/Land:20261120T190000"], "Europe/Brussels", "2026-11-20T19:00:00"),
        # 02:30 does not exist on that night; 02:30 comes twice on the other.
        (["DTSTART;TZID=Europe/Brussels:20260329T023000"], "Europe/Brussels", "2026-03-29T03:30:00"),
        (["DTSTART:20261025T013000Z"], "UTC", "2026-10-25T01:30:00"),
    ],
)
def test_time_zones_survive(lines: list[str], zone: str, starts: str) -> None:
    details = _one(*lines).details
    assert details["time_zone"] == zone
    assert details["starts"] == (starts or "2026-11-20T19:00:00")


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261226"], "2026-12-25"),
        (["DTSTART;VALUE=DATE:20261224"], "2026-12-24"),
        (["DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261224"], "2026-12-24"),
        (["DTSTART;VALUE=DATE:20261224", "DURATION:P3D"], "2026-12-26"),
        (["DTSTART;VALUE=DATE:20240229"], "2024-02-29"),
    ],
)
def test_the_end_of_a_day_is_exclusive(lines: list[str], last: str) -> None:
    assert _one(*lines).details["ends"] == last


def test_a_29_february_recurs_in_leap_years_only() -> None:
    with clock.travel(datetime(2028, 1, 1, tzinfo=UTC)):
        found = _taking_place(_one("DTSTART;VALUE=DATE:20240229", "RRULE:FREQ=YEARLY"), since=AT)
    assert [begin.date().isoformat() for begin, _end in found] == ["2028-02-28"]


def test_a_weekly_event_keeps_its_hour_when_the_clocks_change() -> None:
    with clock.travel(AT):
        found = _taking_place(_one("DTSTART;TZID=Europe/Brussels:20261001T190000", "RRULE:FREQ=WEEKLY"), since=AT)
    assert {begin.astimezone(ZoneInfo("Europe/Brussels")).hour for begin, _end in found} == {19}
    assert len(found) > 50


def test_exceptions_moves_and_cancellations_of_single_dates_are_taken_over() -> None:
    series = event(
        "DTSTART;TZID=Europe/Brussels:20261201T190000",
        "DURATION:PT2H",
        "RRULE:FREQ=DAILY;COUNT=5",
        "EXDATE;TZID=Europe/Brussels:20261202T190000",
        "RDATE;TZID=Europe/Brussels:20261210T190000",
    )
    moved = event(
        "DTSTART;TZID=Europe/Brussels:20261203T210000",
        "DURATION:PT1H",
        "RECURRENCE-ID;TZID=Europe/Brussels:20261203T190000",
    )
    renamed = event("DTSTART;TZID=Europe/Brussels:20261204T190000", "DURATION:PT2H", summary="Concert de gala").replace(
        "END:VEVENT", "RECURRENCE-ID;TZID=Europe/Brussels:20261204T190000\nEND:VEVENT"
    )
    off = event(
        "DTSTART;TZID=Europe/Brussels:20261205T190000",
        "STATUS:CANCELLED",
        "RECURRENCE-ID;TZID=Europe/Brussels:20261205T190000",
    )
    with clock.travel(AT):
        feed = reading.read(calendar(series, moved, renamed, off))
        main, gala = feed.entries
        days = [(begin.day, begin.hour, (end - begin).seconds // 3600) for begin, end in _taking_place(main, since=AT)]
    assert days == [(1, 18, 2), (3, 20, 1), (10, 18, 2)]
    assert (gala.wordings[0].title, gala.details["starts"]) == ("Concert de gala", "2026-12-04T19:00:00")


@pytest.mark.parametrize(
    "lines",
    [
        ["DTSTART:20261120T190000Z", "DTEND:20261120T180000Z"],
        ["DTSTART:20261120T190000Z", "DURATION:-PT1H"],
        ["DTSTART:20261120T190000Z", "RRULE:FREQ=SECONDLY"],
        ["DTSTART:20261120T190000Z", "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"],
        ["DTSTART:20261120T190000Z", "RRULE:FREQ=FORTNIGHTLY"],
        ["DTSTART:18991231T190000Z"],
        ["DTSTART:nonsense"],
        ["SUMMARY:no start"],
        ["DTSTART:20261120T190000Z", "CLASS:PRIVATE"],
    ],
)
def test_an_event_that_cannot_be_kept_is_named_and_the_others_go_in(lines: list[str]) -> None:
    feed = reading.read(calendar(event(*lines, uid="bad"), event("DTSTART:20261120T190000Z", uid="good")))
    assert [entry.identifier for entry in feed.entries] == ["good"]
    assert len(feed.skipped) == 1
    assert feed.skipped[0][1]


def test_a_recurrence_without_end_is_bounded() -> None:
    with clock.travel(AT):
        found = _taking_place(_one("DTSTART;VALUE=DATE:19700101", "RRULE:FREQ=DAILY"), since=AT - PAST)
    assert 400 < len(found) <= (HORIZON + PAST).days + 1


def test_rules_beyond_ours_become_single_dates() -> None:
    with clock.travel(AT):
        entry = _one("DTSTART:20261201T080000Z", "RRULE:FREQ=DAILY;BYHOUR=8,20;COUNT=6")
        found = _taking_place(entry, since=AT)
    assert [(begin.day, begin.hour) for begin, _end in found] == [(1, 8), (1, 20), (2, 8), (2, 20), (3, 8), (3, 20)]
    assert entry.notes


def test_one_calendar_does_not_lend_its_zones_to_the_next() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Ours\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0900\nTZOFFSETTO:+0900\n"
        "END:STANDARD\nEND:VTIMEZONE"
    )
    first, second = (
        reading.read(calendar(*extra, event("DTSTART;TZID=Ours:20261120T190000"))) for extra in ((zone,), ())
    )
    assert first.entries[0].details["time_zone"] != second.entries[0].details["time_zone"] == "Europe/Brussels"


def _same(path: Path) -> bool | None:
    """Say whether both find the same times under the same titles; None if one of them cannot read the file."""
    data = path.read_bytes()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            calendars = icalendar.Calendar.from_ical(data, multiple=True)
            at = max(_first(calendars) + timedelta(days=20), datetime(1975, 1, 1, tzinfo=UTC))
            expected = _expected(calendars, at)
        except (ValueError, KeyError, AttributeError, TypeError, NotUsable):
            return None
    with clock.travel(at):
        try:
            entries = reading.read(data).entries
        except Refused:
            return None
        taken = [entry for entry in entries if not entry.cancelled]
        found = {(*span, each.wordings[0].title) for each in taken for span in _taking_place(each, since=at - PAST)}
        return {each for each in found if _touches((each[0], each[1]), at)} == expected


def _one(*lines: str) -> Entry:
    [entry] = reading.read(calendar(event(*lines))).entries
    return entry


def _taking_place(entry: Entry, *, since: datetime) -> list[Span]:
    form = EventForm(entry.details, languages=["fr"])
    assert form.is_valid(), form.errors
    return occurrences(EventDetails(**form.values()), since=since)


def _first(calendars: list[icalendar.Calendar]) -> datetime:
    starts = [start_and_end(found)[0] for each in calendars for found in each.walk("VEVENT")]
    return min(datetime(start.year, start.month, start.day, tzinfo=UTC) for start in starts)


def _expected(calendars: list[icalendar.Calendar], at: datetime) -> set[tuple[datetime, datetime, str]]:
    expected = set()
    for each in calendars:
        zone = ZoneInfo(str(each.get("X-WR-TIMEZONE", "Europe/Brussels")))
        window = (at - PAST - timedelta(days=2), at + HORIZON + timedelta(days=2))
        for found in recurring_ical_events.of(each).between(*window):
            is_off = str(found.get("STATUS", "")).upper() == "CANCELLED"
            if is_off or str(found.get("CLASS", "")).upper() in {"PRIVATE", "CONFIDENTIAL"}:
                continue
            span = tuple(_utc(moment, zone) for moment in start_and_end(found))
            if _touches((span[0], span[1]), at):
                expected.add((span[0], span[1], str(found.get("SUMMARY", "")).strip()))
    return expected


def _utc(moment: object, zone: ZoneInfo) -> datetime:
    if not isinstance(moment, datetime):
        moment = datetime.fromisoformat(str(moment))
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _touches(span: Span, at: datetime) -> bool:
    first, last = at - PAST, at + HORIZON - timedelta(days=3)
    return span[0] < last and (span[1] > first or span[0] >= first)
