from datetime import timedelta

import pytest

from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.project.sweeping import Sweeper, lanes, sweep, sweepers
from perron.publishing import releasing
from perron.publishing.extending import extend_occurrences
from perron.publishing.kinds.event.occurring import HORIZON
from perron.publishing.models import Item, Occurrence
from tests import making


@pytest.mark.django_db
def test_the_worker_releases_what_is_due() -> None:
    item = making.draft()
    releasing.schedule(item, clock.now() + timedelta(minutes=1), by=SYSTEM, expected=1)
    sweep(sweepers())
    assert not Item.objects.released().exists()
    with clock.travel(clock.now() + timedelta(minutes=2)):
        sweep(sweepers())
    assert Item.objects.released().get() == item


@pytest.mark.django_db
def test_a_weekly_event_still_takes_place_in_two_years() -> None:
    item = making.released("event", details={"recurrence": "FREQ=WEEKLY"})
    later = clock.now() + timedelta(days=730)
    with clock.travel(later):
        assert not Occurrence.objects.filter(starts_at__gt=clock.now()).exists()
        assert extend_occurrences() == 1
        upcoming = Occurrence.objects.filter(item=item, starts_at__gt=clock.now())
        assert upcoming.count() in range(HORIZON.days // 7 - 1, HORIZON.days // 7 + 2)
        assert not Occurrence.objects.filter(ends_at__lt=clock.now() - timedelta(days=32)).exists()
        assert extend_occurrences() == 0


@pytest.mark.django_db
def test_what_is_over_or_withdrawn_does_not_come_back() -> None:
    making.released("event")
    weekly = making.released("event", details={"recurrence": "FREQ=WEEKLY"})
    releasing.withdraw(weekly, by=SYSTEM)
    with clock.travel(clock.now() + timedelta(days=100)):
        assert extend_occurrences() == 0
    assert not Occurrence.objects.filter(item=weekly).exists()


@pytest.mark.django_db
def test_an_event_beyond_the_horizon_comes_within_it() -> None:
    day = (clock.now() + HORIZON + timedelta(days=30)).date()
    item = making.released("event", details={"starts": f"{day}T10:00", "ends": f"{day}T12:00"})
    assert not Occurrence.objects.exists()
    with clock.travel(clock.now() + timedelta(days=60)):
        assert extend_occurrences() == 1
    assert Occurrence.objects.get().item == item


@pytest.mark.django_db
def test_one_sweeper_that_fails_does_not_end_the_others(caplog: pytest.LogCaptureFixture) -> None:
    ran = []

    def fail() -> None:
        ran.append("first")
        raise OSError("no disk")

    rounds = [Sweeper("first", fail, every=0), Sweeper("second", lambda: ran.append("second"), every=3600)]
    sweep(rounds)
    sweep(rounds)
    assert ran == ["first", "second", "first"]
    assert "first" in caplog.text


@pytest.mark.django_db
def test_an_idle_tick_is_one_query_for_each_thing_that_cannot_wait(django_assert_num_queries: object) -> None:
    rounds = sweepers()
    sweep(rounds)
    for sweeper in rounds:
        sweeper.due -= 1
    assert callable(django_assert_num_queries)
    # Items that are to be released, and letters.
    with django_assert_num_queries(2):
        sweep(rounds)


def test_what_waits_for_somebody_outside_holds_up_nothing_else() -> None:
    main, *others = lanes(sweepers())
    assert "release what is due" in {sweeper.name for sweeper in main}
    assert ["post letters" in {sweeper.name for sweeper in lane} for lane in others].count(True) == 1
