"""A domain that asks for less gets less, and no other does."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from perron.channels.email.pacing import Domains
from perron.channels.email.transport import NotSent
from perron.core import clock as core

pytestmark = pytest.mark.once


class Clock:
    """The clock, standing still until it is moved by so many seconds."""

    def __init__(self) -> None:
        self.moment = core.now()

    def move(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)
        core._travelled.set(self.moment)


@pytest.fixture
def clock() -> Iterator[Clock]:
    with core.travel(core.now()):
        yield Clock()


def in_a_minute(domains: Domains, clock: Clock, address: str, *, taken: bool = False) -> int:
    """Return how many messages go to an address within a minute, if one is tried every tenth of a second."""
    gone = 0
    for _ in range(600):
        clock.move(0.1)
        if not domains.wait(address):
            gone += 1
            if taken:
                domains.taken(address)
    return gone


@pytest.mark.parametrize("answer", ["421", "450 4.7.1", "451 4.3.2", "452", "421 4.7.28"])
def test_a_domain_that_says_it_is_too_much_gets_at_most_thirty_a_minute(clock: Clock, answer: str) -> None:
    domains = Domains()
    domains.refused("anne@slow.example", NotSent(answer, permanent=False))
    assert domains.wait("bart@slow.example", urgent=True) == pytest.approx(2)
    assert 25 <= in_a_minute(domains, clock, "bart@slow.example") <= 30
    domains.refused("anne@slow.example", NotSent(answer, permanent=False))
    assert 12 <= in_a_minute(domains, clock, "bart@slow.example") <= 15
    assert in_a_minute(domains, clock, "carla@other.example") == 600


@pytest.mark.parametrize("answer", ["450 4.2.1", "550 5.1.1", "552 5.2.2", "450 4.1.8"])
def test_what_is_said_of_one_mailbox_slows_no_domain(clock: Clock, answer: str) -> None:
    domains = Domains()
    domains.refused("anne@example.org", NotSent(answer, permanent=answer[0] == "5"))
    assert in_a_minute(domains, clock, "bart@example.org") == 600


def test_it_is_soon_as_fast_again_as_it_likes(clock: Clock) -> None:
    domains = Domains()
    domains.refused("anne@slow.example", NotSent("421", permanent=False))
    in_a_minute(domains, clock, "anne@slow.example", taken=True)
    assert in_a_minute(domains, clock, "anne@slow.example", taken=True) == 600


def test_a_domain_that_does_not_answer_is_left_alone_ever_longer(clock: Clock) -> None:
    domains = Domains()
    waits = []
    for _ in range(5):
        domains.refused("anne@dead.example", NotSent("connection lost", permanent=False))
        waits.append(domains.wait("anne@dead.example", urgent=True))
    assert waits == pytest.approx([2, 16, 128, 900, 900])
    assert domains.wait("bart@other.example") == 0


def test_it_remembers_no_more_than_a_thousand_domains(clock: Clock) -> None:
    domains = Domains()
    for number in range(1_500):
        domains.refused(f"anne@d{number}.example", NotSent("421", permanent=False))
    assert len(domains._slow) == 1_000
    assert domains.wait("anne@d1499.example") > 0


def test_a_clock_that_is_set_back_makes_nobody_wait_longer(clock: Clock) -> None:
    domains = Domains()
    domains.refused("anne@slow.example", NotSent("421", permanent=False))
    clock.move(-7_200)
    assert domains.wait("anne@slow.example") == 0
