"""What staff decides about a source: connect, change, pause, resume, disconnect, and what becomes of what it lost."""

from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from perron.communities.access import permit
from perron.communities.models import Community
from perron.communities.permissions import IMPORT
from perron.core.clock import now
from perron.core.errors import Conflict
from perron.core.text import clean_line, shorten
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing.models import Connection, Source
from perron.publishing.sources.mapping import Paths
from perron.publishing.sources.moving import host_of
from perron.publishing.sources.vanishing import decide

MOST = 100
_LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What somebody chose for a source: into drafts or released, what becomes of what vanishes, what readers are told.

    `paths` is for a list that is JSON of its own.
    """

    release: bool = False
    vanishing: str = Connection.Vanishing.KEEP
    name: str = ""
    licence: str = ""
    paths: Paths = field(default_factory=Paths)


def connect(community: Community, address: str, chosen: Chosen, *, by: Actor) -> Connection:
    """Have the source at `address` polled from now on; it is due at once.

    What was imported from this address before belongs to it. Raises `NotAllowed`, and `Conflict` if it is connected
    here already or there are too many.
    """
    permit(by, IMPORT, community)
    if len(address) > _LONGEST:
        raise Conflict(_("The address is too long. Ask whoever runs that site for a shorter one."))
    if Connection.objects.filter(source__community=community).count() >= MOST:
        raise Conflict(_("A community has at most %(most)d sources. Disconnect one first.") % {"most": MOST})
    try:
        with transaction.atomic():
            source, _made = Source.objects.get_or_create(community=community, address=address)
            # What it held when it was imported by hand says nothing of how it is to be taken now.
            source.name, source.digest = _line(chosen.name) or source.name, ""
            connection = Connection(source=source, host=host_of(address))
            _choose(connection, chosen)
            connection.save(force_insert=True)
            source.connected_at, source.connected_by_id = now(), by.id if by.kind == "person" else None
            source.save()
            record("connect", source, by=by, tenant=community.pk, release=chosen.release, vanishing=chosen.vanishing)
    except IntegrityError as error:
        raise Conflict(_("This source is connected already.")) from error
    return connection


def change(connection: Connection, chosen: Chosen, *, by: Actor) -> Connection:
    """Change what was chosen; everything it holds is looked at again with its next poll, which is due at once."""
    _permit(connection, by)
    with transaction.atomic():
        row = _lock(connection)
        row.source.name, row.source.digest = _line(chosen.name) or row.source.name, ""
        row.source.save(update_fields=["name", "digest"])
        # The whole file is wanted once more.
        row.etag = row.last_modified = ""
        row.due_at = now()
        # A poll that is at it knows the old choice: it writes nothing down.
        row.polling_until = None
        _choose(row, chosen)
        row.save(
            update_fields=[
                "release",
                "vanishing",
                "licence",
                "mapping",
                "etag",
                "last_modified",
                "due_at",
                "polling_until",
            ]
        )
        record("change source", row.source, by=by, tenant=row.source.community_id, release=chosen.release,
               vanishing=chosen.vanishing)  # fmt: skip
    return row


def pause(connection: Connection, *, by: Actor) -> None:
    """Poll it no more until it is resumed."""
    _permit(connection, by)
    with transaction.atomic():
        row = _lock(connection)
        if row.paused:
            raise Conflict(_("It is paused already."))
        row.paused = Connection.Pause.BY_HAND
        row.save(update_fields=["paused"])
        record("pause", row.source, by=by, tenant=row.source.community_id)


def resume(connection: Connection, *, by: Actor) -> None:
    """Poll it again, from now on, as if it had never failed."""
    _permit(connection, by)
    with transaction.atomic():
        row = _lock(connection)
        if not row.paused:
            raise Conflict(_("It is not paused."))
        row.paused, row.due_at = Connection.Pause.NOT, now()
        row.failures, row.failing_since, row.told_at, row.problem, row.detail = 0, None, None, "", ""
        row.save(update_fields=["paused", "due_at", "failures", "failing_since", "told_at", "problem", "detail"])
        record("resume", row.source, by=by, tenant=row.source.community_id)


def disconnect(connection: Connection, *, by: Actor) -> None:
    """End the connection. The items stay, and so does where they come from: connected again, nothing is doubled."""
    _permit(connection, by)
    with transaction.atomic():
        row = _lock(connection)
        record("disconnect", row.source, by=by, tenant=row.source.community_id)
        row.source.connected_at = row.source.connected_by = None
        row.source.save(update_fields=["connected_at", "connected_by"])
        row.delete()


def answer_loss(connection: Connection, *, withdraw: bool, by: Actor) -> int:
    """Say what becomes of the items whose entries the source lost; return how many were withdrawn."""
    _permit(connection, by)
    with transaction.atomic():
        row = _lock(connection)
        if row.held_at is None:
            raise Conflict(_("There is nothing to decide any more: the source has its entries again, or somebody did."))
        lost = row.lost
        withdrawn = decide(row, withdraw=withdraw, by=by)
        row.save(update_fields=["held_at", "lost", "lost_of"])
        record("answer loss", row.source, by=by, tenant=row.source.community_id, lost=lost, withdrawn=withdrawn)
    return withdrawn


def _permit(connection: Connection, by: Actor) -> None:
    permit(by, IMPORT, connection.source.community)


def _lock(connection: Connection) -> Connection:
    row = Connection.objects.select_for_update(of=("self",)).select_related("source__community")
    found = row.filter(pk=connection.pk).first()
    if found is None:
        raise Conflict(_("Somebody else disconnected this source already."))
    return found


def _choose(connection: Connection, chosen: Chosen) -> None:
    connection.release, connection.vanishing = chosen.release, chosen.vanishing
    connection.licence, connection.mapping = _line(chosen.licence), chosen.paths.to_json()


def _line(text: str) -> str:
    return shorten(clean_line(text), 140)
