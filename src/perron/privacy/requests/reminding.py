"""Nobody misses a deadline unseen: staff get a letter a week and a day before it, and every day once it is over."""

from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from perron.core.clock import today
from perron.privacy.acting import SYSTEM
from perron.privacy.auditing import record as audit
from perron.privacy.requests import telling
from perron.privacy.requests.finding import still_open
from perron.privacy.requests.states import OPEN
from perron.privacy.requests.tables import Request, State

WEEK, EVE = timedelta(days=7), timedelta(days=1)


def remind() -> int:
    """Remind staff of what is due soon or overdue, each request at most once a day; return of how many."""
    day = today()
    near = still_open().exclude(state=State.IDENTITY_ASKED).filter(due_on__lte=day + WEEK)
    return sum(_remind(row.pk, day) for row in near.only("pk"))


def _remind(pk: UUID, day: date) -> bool:
    with transaction.atomic():
        row = Request.objects.select_for_update().filter(pk=pk, state__in=OPEN).first()
        if row is None or not _is_time(row, day):
            return False
        row.reminded_on = day
        row.save(update_fields=["reminded_on"])
        letter = "request-overdue" if row.due_on < day else "request-due"
        telling.staff(row, letter)
        audit("remind", row, by=SYSTEM, due=row.due_on.isoformat())
    return True


def _is_time(row: Request, day: date) -> bool:
    """Say whether a reminder is due: the first within the last week, another on the last day but one, then daily."""
    if row.reminded_on is None or row.due_on < day:
        return row.reminded_on != day
    eve = row.due_on - EVE
    return row.reminded_on < eve <= day
