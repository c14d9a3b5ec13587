"""What is killed at its work: releasing, importing, the retention sweep, an erasure, deliveries, letters."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import connection

from perron.accounts.models import Person, Session
from perron.communities import versions
from perron.core import clock
from perron.delivery.carriers.mail import Mail
from perron.delivery.models import Delivery
from perron.delivery.sending import LEASE
from perron.delivery.working import deliver
from perron.privacy import erasing, journal, retaining
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.models import AuditEntry, UnfinishedErasure
from perron.privacy.subjects import of_person
from perron.publishing import releasing
from perron.publishing.models import Item, Origin, Release, Text
from perron.publishing.sources import importing
from perron.publishing.sources.importing import Options, import_file
from tests import making, planting
from tests.channels.mail_server import MailServer
from tests.delivery.town import reader as subscribe
from tests.letters.killing import posted_under_kills
from tests.soak import faults, providers
from tests.soak.alert import alert
from tests.soak.killing import Cost, Round
from tests.soak.overtaking import overtaking
from tests.sources.writing_files import entry, rss

LONG_AGO = datetime(2020, 3, 4, tzinfo=UTC)
# Small, so that a kill meets many of them.
importing.BATCH, retaining.BATCH, erasing.BATCH = 10, 50, 25


def releases(number: int) -> Round:
    """Thirty drafts: each comes out whole and once, with its outbox row, its audit row and its new version."""
    community = making.community(f"town-{number}")
    items = [making.draft(at=community) for _ in range(30)]
    rows, before = Item.objects.filter(community=community), _version(community.pk)

    def release() -> None:
        for item in rows.exclude(state=Item.State.RELEASED):
            releasing.release(item, by=SYSTEM, expected=item.edition)

    def lost() -> int:
        audited = AuditEntry.objects.filter(
            object_id__in=[item.pk for item in items], verb=Release.What.RELEASED
        ).count()
        there = (rows.filter(state=Item.State.RELEASED).count(), Text.objects.filter(item__in=rows).count(),
                 audited, Release.objects.filter(item__in=rows).count(), _version(community.pk) - before)  # fmt: skip
        return len(items) - min(there)

    return Round(release, release, lost, lambda: max(0, Release.objects.filter(item__in=rows).count() - len(items)))


def imports(number: int) -> Round:
    """A feed of sixty entries: read again after the kill, each is one item, and a third time changes nothing."""
    community = making.community(f"village-{number}")
    feed = rss(*(entry(str(guid), f"Titre {guid}") for guid in range(60)))

    def bring() -> importing.Imported:
        return import_file(community, feed, "feed.rss", Options(release=True), by=Actor("source"))

    def lost() -> int:
        whole = Item.objects.filter(community=community, state=Item.State.RELEASED, texts__isnull=False)
        return 60 - min(whole.count(), Origin.objects.filter(community=community).count())

    def doubled() -> int:
        again = bring()
        return Item.objects.filter(community=community).count() - 60 + again.created + again.changed

    return Round(bring, bring, lost, doubled)


def retention(number: int) -> Round:
    """Five hundred rows that are due and fifty that are not: the next sweep takes the rest, and nothing else."""
    moment = LONG_AGO + timedelta(days=number)
    kept = _trail(clock.now(), 50)
    due = _trail(moment, 500)

    def lost() -> int:
        overdue = sum(retaining.expire(dry_run=True).overdue.values())
        return _missing(kept) + overdue + len(due) - _missing(due)

    return Round(retaining.expire, retaining.expire, lost, lambda: 0)


def erasure(_number: int) -> Round:
    """Somebody with 300 sessions: all go, whenever the kill comes, and nobody else loses one."""
    anne, bert = making.person(), making.person()
    sessions = next(table for table in planting.personal_tables() if table.model is Session)
    planting.plant(sessions, of_person(anne.pk), 300)
    planting.plant(sessions, of_person(bert.pk), 30)

    def erase() -> None:
        erasing.erase([of_person(anne.pk)], by=SYSTEM)

    def go_on() -> None:
        with clock.travel(clock.now() + timedelta(hours=1)):
            erasing.go_on_with_unfinished()
        if not any(entry.subject.id == anne.pk for entry in journal.entries()):
            # Killed before it began: whoever asked, asks again.
            assert Session.objects.filter(person=anne).count() == 300
            erase()
        elif Session.objects.filter(person=anne).exists():
            # Killed between the journal and the first commit.
            assert Session.objects.filter(person=anne).count() == 300
            erase()

    def lost() -> int:
        left = Session.objects.filter(person=anne).count() + UnfinishedErasure.objects.count()
        known = Person.objects.filter(pk=anne.pk, email=anne.email).count()
        return left + known + 30 - Session.objects.filter(person=bert).count()

    return Round(erase, go_on, lost, lambda: 0)


def deliveries(number: int) -> Round:
    """A release to 120 readers by mail: each gets it, and twice at most what the worker had in flight at a kill."""
    community = making.community(f"parish-{number}", names={"fr": "Paroisse"})
    for reader in range(120):
        subscribe(community, f"reader{reader}@parish-{number}.example")
    making.released(at=community)
    server = MailServer().__enter__()

    def deliver_at(moment: timedelta) -> None:
        settings.PERRON_MAIL = server.server
        with clock.travel(clock.now() + moment):
            deliver()

    def messages() -> list[str]:
        return [str(message["Message-ID"]) for message in server.messages()]

    def lost() -> int:
        noted = Delivery.stored.filter(dispatch__release__community=community, state=Delivery.State.SENT).count()
        return 120 - min(len(set(messages())), noted)

    return Round(
        lambda: deliver_at(timedelta(seconds=20)),
        # When the lease of what was in flight has run out.
        lambda: deliver_at(LEASE + timedelta(minutes=1)),
        lost,
        lambda: len(messages()) - len(set(messages())),
        in_flight=Mail.in_flight,
    )


def letters(name: str, wanted: int) -> Cost:
    """Letters posted by a program that is killed: all arrive, and twice at most the one on its way at a kill."""
    kills = lost = doubled = batch = 0
    while kills < wanted:
        batch += 1
        posted = posted_under_kills(70, seed=batch)
        kills += posted.kills
        lost += len(posted.written - set(posted.arrived))
        doubled += posted.arrived.total() - len(posted.arrived)
    return Cost(name, batch, kills, lost, doubled, most_doubled=kills)


letters.kills_by_itself = True  # type: ignore[attr-defined]

SCENARIOS = {
    "releases": releases, "imports": imports, "retention": retention, "erasure": erasure, "deliveries": deliveries,
    "letters": letters, "moods": faults.moods, "push": providers.push, "calls": providers.calls,
    "alert": alert, "overtaking": overtaking,
}  # fmt: skip
if connection.vendor == "sqlite":
    # PostgreSQL has no such limit that could be set.
    SCENARIOS["full disk"] = faults.full_disk


def _version(community: object) -> int:
    return versions.current().get(f"community:{community}", 0)


def _trail(at: datetime, number: int) -> list[AuditEntry]:
    nothing = "00000000-0000-0000-0000-000000000001"
    rows = (AuditEntry(at=at, verb="draft", object_kind="item", object_id=nothing) for _ in range(number))
    return AuditEntry.objects.bulk_create(rows)


def _missing(rows: list[AuditEntry]) -> int:
    return len(rows) - AuditEntry.objects.filter(pk__in=[row.pk for row in rows]).count()
