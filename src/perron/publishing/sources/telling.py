"""What staff is told of a source by letter: that it has failed for a day, once an outage; that it works again; that it
has waited a day for somebody to decide."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import override

from perron.accounts.models import Person
from perron.communities.access import holders, may
from perron.communities.permissions import DESCRIBE, IMPORT
from perron.communities.roles import Level
from perron.core.clock import now
from perron.letters.writing import compose, write_many
from perron.privacy.acting import SYSTEM
from perron.privacy.subjects import of_person
from perron.publishing.models import Connection
from perron.publishing.sources.health import explained, health

# Where letters lead: the studio keeps this address.
PAGE = "/studio/{community}/sources/{source}/"
_PATIENCE = timedelta(days=1)
_AT_ONCE = 100


def tell_of_outages() -> int:
    """Write of the sources that have failed for a day; return of how many. Once an outage, by whichever worker."""
    old = Connection.objects.filter(paused="", told_at=None, failing_since__lte=now() - _PATIENCE)
    told = 0
    for key in list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            locked = Connection.objects.select_for_update().select_related(None)
            connection = locked.filter(pk=key, told_at=None, failing_since__isnull=False).first()
            if connection:
                _write(connection, "source-failing", connection.problem)
                Connection.objects.filter(pk=key).update(told_at=now())
                told += 1
    return told


def tell_of_holds() -> int:
    """Write of the sources that have waited for a decision for a day; return of how many. Once a hold."""
    untold = Q(held_told_at=None) | Q(held_told_at__lt=F("held_at"))
    old = Connection.objects.filter(untold, paused="", held_at__lte=now() - _PATIENCE)
    told = 0
    for key in list(old.values_list("pk", flat=True)[:_AT_ONCE]):
        with transaction.atomic():
            connection = Connection.objects.select_for_update().select_related(None).filter(untold, pk=key).first()
            if connection and connection.held_at:
                _write(connection, "source-held", "")
                Connection.objects.filter(pk=key).update(held_told_at=now())
                told += 1
    return told


def tell_of_end(connection: Connection) -> None:
    """Write that a source is gone for good. In the transaction that pauses it."""
    _write(connection, "source-gone", "gone")


def tell_of_recovery(connection: Connection) -> None:
    """Write that a source works again, of whose outage was written. In the transaction that notes it."""
    _write(connection, "source-works", "")


def _write(connection: Connection, letter: str, code: str) -> None:
    source = connection.source
    link = settings.PERRON_ORIGIN + PAGE.format(community=source.community.slug, source=source.pk)
    letters = []
    for person in _readers(connection):
        with override(person.language):
            sentence, advice = _words(connection, letter, code)
        context = {
            "source": str(source),
            "community": source.community.name_in(person.language),
            "since_day": (_since(connection, letter) or now()).isoformat(),
            "sentence": sentence,
            "advice": advice,
            "link": link,
        }
        letters.append(
            compose(letter, to=person.email, subject=of_person(person.pk), language=person.language, context=context)
        )
    write_many(letters, by=SYSTEM)


def _words(connection: Connection, letter: str, code: str) -> tuple[str, str]:
    if letter == "source-held":
        stands = health(connection)
        return stands.sentence, stands.advice
    return explained(code, connection.detail) if code else ("", "")


def _since(connection: Connection, letter: str) -> datetime | None:
    return connection.held_at if letter == "source-held" else connection.failing_since


def _readers(connection: Connection) -> list[Person]:
    """Return who connected it, if they are still an editor there, and the community's administrators.

    A community without any of them is told of by its partner's.
    """
    community = connection.source.community
    by = connection.source.connected_by
    own = [by] if by and by.is_active and may(by.actor, IMPORT, community) else []
    found = [*own, *holders(DESCRIBE, community)]
    return list(dict.fromkeys(found or holders(DESCRIBE, community, level=Level.PARTNER)))
