import threading
import time
from datetime import timedelta
from functools import partial

import pytest
from django.db import OperationalError, transaction
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from perron.core import clock, waking
from perron.delivery.working import SENDERS
from perron.privacy.acting import SYSTEM
from perron.project import rounds as beating
from perron.project.nudging import nudge
from perron.project.rounds import Lane, Pulse, with_work
from perron.project.sweeping import Sweeper, carry_out, sweep, sweepers
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
def test_what_there_is_to_do_is_one_question(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        assert with_work(sweepers()) == []
    item = making.draft()
    releasing.schedule(item, clock.now() + timedelta(minutes=1), by=SYSTEM, expected=1)
    making.released("alert")
    with django_assert_num_queries(1):
        assert _named(with_work(sweepers())) == ["make deliveries of what there is to say"]
    with clock.travel(clock.now() + timedelta(minutes=2)):
        assert _named(with_work(sweepers())) == ["release what is due", "make deliveries of what there is to say"]


@pytest.mark.once
def test_what_another_process_leaves_to_do_is_seen_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(beating, "PERIOD", 30.0)
    looks = threading.Semaphore(0)
    pulse = Pulse([], lambda _: None)
    monkeypatch.setattr(pulse, "look", looks.release)
    thread = threading.Thread(target=pulse.run, daemon=True)
    thread.start()
    try:
        assert looks.acquire(timeout=5)
        assert not looks.acquire(timeout=0.2)
        nudge()
        assert looks.acquire(timeout=5)
    finally:
        waking.stopping.set()
        pulse.hurry()
        thread.join(5)
        waking.stopping.clear()


@pytest.mark.django_db
def test_the_pulse_begins_what_has_work_and_what_the_clock_says() -> None:
    rounds = [
        Sweeper("has work", bool, every=3600, work=(lambda: Item.objects.filter(kind="alert"),)),
        Sweeper("by the clock", bool, every=3600),
        Sweeper("again and again", bool, every=0),
    ]
    begun: list[Sweeper] = []
    pulse = Pulse(rounds, begun.append)
    pulse.look()
    assert _named(begun) == _named(rounds)
    making.released("alert")
    begun.clear()
    pulse.look()
    assert _named(begun) == ["has work", "again and again"]


@pytest.mark.django_db
def test_a_question_that_fails_is_asked_again(caplog: pytest.LogCaptureFixture) -> None:
    def no_answer() -> QuerySet[Item]:
        raise OperationalError("the server closed the connection unexpectedly")

    begun: list[Sweeper] = []
    has_work = Sweeper("has work", bool, every=3600, work=(no_answer,), due=time.monotonic() + 60)
    pulse = Pulse([has_work, Sweeper("by the clock", bool, every=0)], begun.append)
    pulse.look()
    pulse.look()
    assert _named(begun) == ["by the clock"] * 2
    assert len(caplog.records) == 1
    has_work.work = (Item.objects.all,)
    making.draft()
    pulse.look()
    assert _named(begun)[2:] == ["has work", "by the clock"]


@pytest.mark.django_db(transaction=True)
def test_a_hint_comes_when_the_change_is_committed(monkeypatch: pytest.MonkeyPatch) -> None:
    hints: list[str] = []
    monkeypatch.setattr(waking, "_listeners", [lambda: hints.append("look")])
    with transaction.atomic():
        making.released("alert")
        assert not hints
    assert hints
    hints.clear()
    with transaction.atomic():
        making.released("alert")
        transaction.set_rollback(True)
    assert not hints


def test_a_lane_does_what_is_wanted_in_turn_and_ends_when_it_is_done() -> None:
    did: list[str] = []
    told = threading.Event()
    lane = Lane("main", told.set)

    def do(name: str) -> bool:
        did.append(name)
        return True

    for name in ("first", "second", "first"):
        lane.want(Sweeper(name, partial(do, name), every=0))
    lane.start()
    assert told.wait(10)
    lane.want(Sweeper("ends it", lane.end, every=0))
    lane.join(10)
    assert did == ["first", "second"]


def test_what_takes_long_or_waits_for_somebody_outside_holds_up_nothing_else() -> None:
    alone = {"release what is due", "poll sources", *(f"deliver by {channel}" for channel, *_ in SENDERS)}
    for lane in {sweeper.lane for sweeper in sweepers() if sweeper.name in alone}:
        assert len([sweeper for sweeper in sweepers() if sweeper.lane == lane]) == 1


def _named(rounds: list[Sweeper]) -> list[str]:
    return [sweeper.name for sweeper in rounds]


def test_two_threads_of_one_process_do_not_work_in_one_lane_at_once() -> None:
    together: list[int] = []
    inside = threading.Semaphore(0)

    def work() -> None:
        inside.release()
        time.sleep(0.1)
        together.append(inside._value)
        inside.acquire()

    both = [threading.Thread(target=carry_out, args=(Sweeper(name, work, 0, "post"),)) for name in ("one", "other")]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert together == [1, 1]
