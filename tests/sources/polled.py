"""What tests of polling share: a connected source, a poll of it, and items by title."""

from datetime import UTC, datetime, timedelta
from typing import Any

from perron.communities.models import Community
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing.models import Connection, Item
from perron.publishing.sources import polling
from perron.publishing.sources.connecting import Chosen, connect
from tests import making

BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)


def connected(address: str, *, at: Community | None = None, **chosen: Any) -> Connection:
    how: dict[str, Any] = {"release": True, "vanishing": "withdraw", "name": "La feuille"}
    return connect(at or making.community(), address, Chosen(**how | chosen), by=SYSTEM)


def polled(connection: Connection, *, after: timedelta = timedelta(0)) -> Connection:
    """Poll it now, as if so much later."""
    with clock.travel(clock.now() + after):
        return polling.poll(connection)


def fresh(connection: Connection) -> Connection:
    return Connection.objects.select_related("source__community").get(pk=connection.pk)


def public() -> set[str]:
    return set(Item.objects.released().values_list("working_title", flat=True))
