"""The nights in which summer begins and ends: what goes by the hour goes once, whether its hour is skipped or comes
twice."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError

from perron.audience.models import Recipient
from perron.communities.models import Community
from perron.core import clock
from perron.core.clock import BRUSSELS
from perron.delivery.digests import rounds
from perron.delivery.working import deliver
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.kinds.fields import to_moment
from perron.publishing.models import Item, Occurrence
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader

pytestmark = [pytest.mark.django_db, pytest.mark.once]

# At two, clocks go forward to three; at three, back to two.
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
STEP, DAY = timedelta(minutes=30), timedelta(days=1)
TWICE = pytest.mark.parametrize("day", [SPRING, AUTUMN])


def begin_of(day: date) -> datetime:
    return clock.end_of_day(day - DAY)


def arrivals(server: MailServer, first: datetime, last: datetime) -> list[str]:
    """Deliver every half hour; return what clocks showed whenever a mail arrived."""
    shown = []
    moment = first
    while moment < last:
        with clock.travel(moment):
            rounds.begin_round()
            shown += [f"{moment.astimezone(BRUSSELS):%d %H:%M}"] * deliver()
        moment += STEP
    return shown


@TWICE
@pytest.mark.parametrize("morning", [time(7), time(2, 30)])
def test_of_such_a_day_there_is_one_digest_and_one_of_its_week(
    liege: Community, server: MailServer, day: date, morning: time, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rounds, "MORNING", morning)
    since = begin_of(day) - DAY
    with clock.travel(since):
        reader(liege, "daily@example.org", rhythm="daily", since=since - DAY, collected_since=since)
        reader(liege, "weekly@example.org", rhythm="weekly", since=since - DAY, collected_since=since)
    for number in range(2):
        with clock.travel(since + timedelta(hours=12) + number * DAY):
            making.released(at=liege, title=f"Nouvelle {number}")
    shown = arrivals(server, begin_of(day) + STEP, begin_of(day + DAY))
    # Half past two of a night that goes from two to three is half past three.
    at = "03:30" if (day, morning) == (SPRING, time(2, 30)) else f"{morning:%H:%M}"
    assert shown == [f"{day.day} {at}"]
    # The day after is a Monday.
    shown = arrivals(server, begin_of(day + DAY), begin_of(day + DAY) + timedelta(hours=8))
    assert shown == [f"{(day + DAY).day:02} {morning:%H:%M}"] * 2
    subjects = sorted((to, str(message["Subject"])) for to, message in server.taken)
    assert [to for to, _subject in subjects] == ["daily@example.org"] * 2 + ["weekly@example.org"]
    assert [subject for _to, subject in subjects][:2] == ["Nouvelle 0", "Nouvelle 1"]


@pytest.mark.parametrize(
    ("day", "quiet", "arrives"),
    [
        (SPRING, (time(22), time(2, 30)), "28 03:00"),
        (SPRING, (time(2, 30), time(7)), "28 01:00"),
        (AUTUMN, (time(22), time(2, 30)), "31 02:30"),
        (AUTUMN, (time(1), time(3)), "31 03:00"),
    ],
)
def test_an_alert_of_that_night_arrives_once_when_quiet_hours_are_over(
    liege: Community, server: MailServer, day: date, quiet: tuple[time, time], arrives: str
) -> None:
    anne = reader(liege, "anne@example.org")
    Recipient.stored.filter(pk=anne.pk).update(quiet_from=quiet[0], quiet_until=quiet[1])
    one = begin_of(day) + timedelta(hours=1)
    with clock.travel(one):
        making.released("alert", at=liege, details={"ends_at": f"{day}T23:00"})
    assert arrivals(server, one, begin_of(day) + timedelta(hours=8)) == [arrives]


def test_what_is_scheduled_for_a_skipped_hour_is_refused_and_for_one_that_comes_twice_goes_out_once() -> None:
    with pytest.raises(ValidationError, match="clocks go forward"):
        to_moment(f"{SPRING}T02:30")
    with clock.travel(begin_of(AUTUMN)):
        item = making.draft()
        releasing.schedule(item, to_moment(f"{AUTUMN}T02:30"), by=SYSTEM, expected=1)
    released = []
    for step in range(10):
        with clock.travel(begin_of(AUTUMN) + step * STEP):
            released += [clock.now()] * releasing.release_due()
    assert released == [datetime(2027, 10, 31, 0, 30, tzinfo=UTC)], "the first of the two"
    assert Item.objects.get().releases.count() == 1


@TWICE
def test_an_event_of_every_day_takes_place_once_that_night(day: date) -> None:
    with clock.travel(begin_of(day) - 5 * DAY):
        hours = {"starts": f"{day - DAY}T02:30", "ends": f"{day - DAY}T04:30"}
        making.released("event", details=hours | {"recurrence": "FREQ=DAILY;COUNT=3"})
    found = [
        each.astimezone(BRUSSELS)
        for each in Occurrence.objects.order_by("starts_at").values_list("starts_at", flat=True)
    ]
    assert [each.date() for each in found] == [day - DAY, day, day + DAY]
    assert [f"{each:%H:%M}" for each in found] == ["02:30", "03:30" if day == SPRING else "02:30", "02:30"]
