"""What goes wrong besides a kill: a mail server in all its moods, a disk that is full."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from unittest.mock import patch

from django.conf import settings
from django.db import DatabaseError, connection

from perron.channels.email import smtp
from perron.communities.models import Community
from perron.core import clock
from perron.delivery.carriers.mail import Mail
from perron.delivery.models import Delivery
from perron.delivery.sending import LEASE
from perron.delivery.working import deliver
from tests import making
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader
from tests.soak.killing import Cost

_READERS = 30
_LATER = timedelta(hours=3, minutes=30)
# Later than the longest pause after the eleventh of these, and sooner than what is released is no news any more.
_LAST = timedelta(hours=47)
_MOODS = {
    "in a good mood": "",
    "later": "450 4.2.1 try again",
    "at fault": "451 4.3.0 something broke",
    "overrun": "452 4.3.1 too much at once",
    "breaks off": "CLOSE",
    "at great length": "450-4.2.1 try\r\n450-4.2.1 again\r\n450 4.2.1 later",
    "closes": "421 4.3.2 going down",
    "hangs": "CLOSE",
}
# How long the program waits for an answer here, in seconds, instead of twenty; and how often a batch makes it wait.
_PATIENCE, _HANGS = 1.0, 1


def moods(name: str, wanted: int) -> Cost:
    """A server that is slow, hangs, puts off, fails, breaks off, or takes a mail and breaks off without saying so."""
    chance = random.Random(name)
    faults = dropped = lost = doubled = batch = 0
    while faults < wanted:
        batch += 1
        with _parish(batch) as (community, server), patch.object(smtp, "_PATIENCE", _PATIENCE):
            met: Counter[str] = Counter()

            def at_recipient(_line: str, met: Counter[str] = met) -> str:
                mood = chance.choice(list(_MOODS)) if chance.random() < 0.6 else "in a good mood"
                if mood == "hangs" and met[mood] < _HANGS:
                    time.sleep(1.3 * _PATIENCE)
                met[mood] += bool(_MOODS[mood])
                return _MOODS[mood]

            def at_content(_to: str, met: Counter[str] = met) -> str:
                time.sleep(chance.uniform(0, 0.01))
                met["drops"] += (drops := chance.random() < 0.1)
                return "250 CLOSE" if drops else chance.choice(["", "250-taken\r\n250 and thanks"])

            server.answers |= {"RCPT": at_recipient, "DATA.": at_content}
            for at in range(1, 12):
                _deliver(at * _LATER)
            server.answers.clear()
            _deliver(_LAST)
            dropped += met["drops"]
            faults += met.total()
            missing, twice = _counted(community, server)
            lost, doubled = lost + missing, doubled + twice
    return Cost(name, batch, faults, lost, doubled, most_doubled=dropped)


def full_disk(name: str, wanted: int) -> Cost:
    """A disk that is full while mails leave: with room again, all arrive; what could not be noted arrives twice."""
    chance = random.Random(name)
    faults = lost = doubled = batch = 0
    while faults < wanted:
        batch += 1
        with _parish(batch, f"hamlet-{name.replace(' ', '-')}") as (community, server):
            for at in range(1, 5):
                with _room_for(chance.randrange(0, 8)), suppress(DatabaseError):
                    _deliver(at * LEASE + timedelta(minutes=at))
                    continue
                faults += 1
            _deliver(10 * LEASE)
            missing, twice = _counted(community, server)
            lost, doubled = lost + missing, doubled + twice
    return Cost(name, batch, faults, lost, doubled, most_doubled=faults * Mail.in_flight)


for _scenario in (moods, full_disk):
    _scenario.kills_by_itself = True  # type: ignore[attr-defined]


@contextmanager
def _parish(number: int, name: str = "borough") -> Iterator[tuple[Community, MailServer]]:
    community = making.community(f"{name}-{number}", names={"fr": "Paroisse"})
    for one in range(_READERS):
        # A domain each: one that refuses is left in peace for a while, with all that goes to it.
        reader(community, f"reader@{name}-{number}-{one}.example")
    making.released(at=community)
    with MailServer() as server:
        settings.PERRON_MAIL = server.server
        yield community, server


def _deliver(after: timedelta) -> None:
    with clock.travel(clock.now() + timedelta(seconds=20) + after):
        deliver()


def _counted(community: Community, server: MailServer) -> tuple[int, int]:
    arrived = Counter(str(message["Message-ID"]) for message in server.messages())
    noted = Delivery.stored.filter(dispatch__release__community=community, state=Delivery.State.SENT).count()
    return _READERS - min(len(arrived), noted), arrived.total() - len(arrived)


@contextmanager
def _room_for(pages: int) -> Iterator[None]:
    """Let the database grow by so many pages and no more: SQLite then says what it says of a full disk."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        used = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {used + pages}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
