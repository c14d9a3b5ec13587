"""A source that says it has moved for good (301, 308): believed once it has said so for a day, at every poll."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from perron.core.clock import now
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing.models import Connection, Origin, Source

# A mistake in somebody's server is found within a day.
_BELIEVED_AFTER = timedelta(days=1)
_LONGEST = 500


def where_it_moved(connection: Connection, moved: str) -> dict[str, Any]:
    """Return what to write down of the redirect that a poll met (`moved`, "" for none); after a day, follow it.

    In a transaction, if there is one.
    """
    if not moved or moved == connection.source.address or len(moved) > _LONGEST:
        return {"moved_to": "", "moved_since": None} if connection.moved_to else {}
    if moved != connection.moved_to or connection.moved_since is None:
        return {"moved_to": moved, "moved_since": now()}
    if now() - connection.moved_since < _BELIEVED_AFTER:
        return {}
    before = connection.source.address
    if not rename(connection.source, moved, by=Actor("source")):
        return {}
    return {"host": host_of(moved), "moved_from": before, "moved_to": "", "moved_since": None}


def rename(source: Source, address: str, *, by: Actor) -> bool:
    """Give a source another address, with the items that come from it; False if another source here has it."""
    if Source.objects.filter(community=source.community_id, address=address).exists():
        return False
    Origin.objects.filter(community=source.community_id, source=source.address).update(source=address)
    source.address = address
    source.save(update_fields=["address"])
    record("move", source, by=by, tenant=source.community_id)
    return True


def host_of(address: str) -> str:
    """Return the host of an address, as no two polls share it."""
    return (urlsplit(address).hostname or "")[:253]
