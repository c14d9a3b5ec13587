"""Sessions in the program's own table, each with its person. Django finds this module by `SESSION_ENGINE`."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from perron.accounts.devices import DEVICE, SEEN, STARTED
from perron.accounts.models import Session


class SessionStore(DatabaseSessions):
    """Django's sessions in the database, which say whose they are."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return the table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row for `data`, with whoever signed in with it."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.person_id = UUID(data[SESSION_KEY]) if SESSION_KEY in data else None
        if row.person_id:
            row.started_at = datetime.fromisoformat(data[STARTED]) if STARTED in data else None
            row.seen_on = date.fromisoformat(data[SEEN]) if SEEN in data else None
            row.device = data.get(DEVICE, "")
        return row
