"""An alert to very many, by web push and by mail, while one of the two workers is killed again and again: at making the
list, and at sending."""

import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db.models import Count, QuerySet, Sum

from perron.audience.models import Channel
from perron.channels.email.server import Server
from perron.core import clock
from perron.delivery.carriers.mail import Mail
from perron.delivery.carriers.push import WebPush
from perron.delivery.dispatching import _SHARD
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.releases import releases_due
from perron.delivery.working import deliver
from tests import making
from tests.delivery.crowd import crowd
from tests.soak.killing import Cost
from tests.soak.receivers import Receipts, receiving
from tests.soak.workers import LEASE, MAKING, SENDING, Worker, wait_for

_FOR_EACH_KILL, _MOST = 1_000, 100_000
# One of so many reads by mail; the others have a device.
_BY_MAIL = 33
_AT_ONCE = WebPush.in_flight + Mail.in_flight
# Of the kills, so many come while the list is being made.
_WHILE_MAKING = 0.1
_FEWEST = 4
# Seconds that one takes, about.
_A_SHARD, _A_BATCH = 0.15, 0.05
_A_LOOK = 0.005
# So many kills may leave messages behind that nobody sends before their leases end.
_HELD_UP = 30


@dataclass
class _Tally:
    """Of all alerts together. `in_flight`: what killed workers had leased, each time that they had it."""

    alerts: int = 0
    kills: int = 0
    at: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    receipts: int = 0
    doubled: int = 0
    in_flight: int = 0
    lost: int = 0


def alert(name: str, wanted: int) -> Cost:
    """Each recipient has one row, which says sent, and at least one receipt; twice came at most what was in flight."""
    number, kills = min(wanted * _FOR_EACH_KILL, _MOST), max(wanted, _FEWEST)
    tally = _Tally()
    community = making.community("metropolis", names={"fr": "Métropole"})
    with receivers() as (receipts, origin):
        by_mail = number // _BY_MAIL
        crowd(community, Channel.EMAIL, (f"reader{each}@example.org" for each in range(by_mail)))
        crowd(community, Channel.PUSH, (f"{origin}/push/{each}" for each in range(number - by_mail)))
        while tally.kills < kills:
            tally.alerts += 1
            begun = receipts.seen()
            release = making.released("alert", at=community).releases.get()
            killer = _Killer(number, random.Random(f"{name} {tally.alerts}"), tally)
            killer.kill_at({MAKING}, max(1, int(kills * _WHILE_MAKING)), _made, _is_being_made)
            killer.kill_at(set(SENDING), kills - tally.kills, partial(_since, begun, receipts), _is_under_way)
            killer.end()
            # What the last of the killed had is due again.
            with clock.travel(clock.now() + LEASE + timedelta(minutes=1)):
                deliver()
            _count(Dispatch.objects.get(release=release), number, receipts.lines()[begun:], tally)
    return Cost(
        name, tally.alerts, tally.kills, tally.lost, tally.doubled,
        most_doubled=min(tally.in_flight, tally.kills * _AT_ONCE), more=_told(number, tally),
    )  # fmt: skip


@contextmanager
def receivers() -> Iterator[tuple[Receipts, str]]:
    """Have what is sent taken; yield the receipts, and the origin of the push service."""
    with tempfile.TemporaryDirectory(prefix="perron-receipts-") as folder:
        receipts = Receipts(Path(folder) / "receipts")
        with receiving("push", receipts) as push, receiving("mail", receipts) as mail:
            settings.PERRON_PUSH_NETWORKS = ["127.0.0.0/8"]
            settings.PERRON_MAIL = Server("127.0.0.1", mail, "none")
            yield receipts, f"http://127.0.0.1:{push}"


class _Killer:
    """Has two workers, and kills one of them at random moments, each time that so much has been done."""

    def __init__(self, number: int, chance: random.Random, tally: _Tally) -> None:
        self._number, self._chance, self._tally = number, chance, tally
        self._workers = [Worker(), Worker()]

    def kill_at(self, at: set[str], kills: int, done: Callable[[], int], goes_on: Callable[[], bool]) -> None:
        """Kill so often who is at this, until it goes on no more."""
        begun = done()
        last = self._number - (_SHARD if MAKING in at else _AT_ONCE * min(kills, _HELD_UP))
        for moment in sorted(self._chance.randint(begun, max(begun, last)) for _ in range(kills)):
            wait_for(partial(_has_come, moment, done, goes_on))
            # One that came when nothing was in hand any more does not count.
            while goes_on() and not self._kill_one(at):
                pass

    def end(self) -> None:
        """Let them do what there is to do, and end them."""
        wait_for(lambda: not (_is_being_made() or _is_due() or any(worker.busy for worker in self._workers)))
        for worker in self._workers:
            worker.kill()

    def _kill_one(self, at: set[str]) -> bool:
        busy = [place for place, worker in enumerate(self._workers) if worker.busy & at]
        if not busy:
            time.sleep(_A_LOOK)
            return False
        place = self._chance.choice(busy)
        time.sleep(self._chance.uniform(0, _A_SHARD if MAKING in at else _A_BATCH))
        met = self._workers[place].kill()
        self._workers[place] = Worker()
        self._tally.kills += bool(met)
        self._tally.at.update(met)
        self._tally.at["sending"] += bool(met & set(SENDING))
        return bool(met)


def _has_come(moment: int, done: Callable[[], int], goes_on: Callable[[], bool]) -> bool:
    return done() >= moment or not goes_on()


def _since(begun: int, receipts: Receipts) -> int:
    return receipts.seen() - begun


def _open() -> QuerySet[Delivery]:
    return Delivery.stored.filter(dispatch__ended_at=None)


def _made() -> int:
    return _open().count()


def _is_being_made() -> bool:
    return releases_due().exists() or Dispatch.objects.filter(expanded_at=None, ended_at=None).exists()


def _is_under_way() -> bool:
    return Dispatch.objects.filter(ended_at=None).exists()


def _is_due() -> bool:
    return _open().filter(state=Delivery.State.WAITING, due_at__lte=clock.now()).exists()


def _count(dispatch: Dispatch, number: int, lines: list[str], tally: _Tally) -> None:
    """Compare the ledger with what came."""
    rows, came = Delivery.stored.filter(dispatch=dispatch), Counter(lines)
    counted = rows.aggregate(rows=Count("pk"), recipients=Count("recipient_id", distinct=True), tries=Sum("tries"))
    sent = rows.filter(state=Delivery.State.SENT).count()
    said = dispatch.tally.get("sent", 0) if dispatch.ended_at and len(dispatch.tally) == 1 else 0
    tally.lost += max(abs(number - each) for each in (counted["rows"], counted["recipients"], sent, said, len(came)))
    tally.rows += counted["rows"]
    tally.receipts += len(lines)
    tally.doubled += came.total() - len(came)
    tally.in_flight += counted["tries"] - counted["rows"]


def _told(number: int, tally: _Tally) -> str:
    return (
        f"{number:,} recipients, {tally.rows:,} rows of {tally.alerts} alerts, {tally.receipts:,} receipts; of the "
        f"kills {tally.at[MAKING]} met the making of the list and {tally.at['sending']} the sending "
        f"({tally.at['push']} notifications, {tally.at['email']} mails), with {tally.in_flight} in flight"
    )


alert.kills_by_itself = True  # type: ignore[attr-defined]
