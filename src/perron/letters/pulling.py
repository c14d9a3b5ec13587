"""Fetches what privacy must tell people: each notice that is due becomes a letter, exactly once."""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from perron.core.clock import now
from perron.letters.models import Letter
from perron.letters.writing import compose, write_many
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.notices import Notice
from perron.privacy.subjects import of_row

_AT_ONCE = 200
_BATCHES = 50

_log = logging.getLogger(__name__)


def pull_due() -> int:
    """Make letters of the notices that are due, at most 50 batches of 200; return how many were made."""
    made = 0
    for _batch in range(_BATCHES):
        pulled = _pull()
        made += pulled
        if pulled < _AT_ONCE:
            break
    return made


def notices_due() -> QuerySet[Notice]:
    """Return those of which a letter is to be made now."""
    return Notice.objects.filter(due_at__lte=now())


def _pull() -> int:
    if not notices_due().exists():
        return 0
    with transaction.atomic():
        # The rows stay locked until the letters are written; another worker takes those behind them.
        taken = list(notices_due().select_for_update(skip_locked=True).order_by("due_at")[:_AT_ONCE])
        letters = {notice.pk: letter for notice in taken if (letter := _letter(notice))}
        write_many(letters.values(), by=SYSTEM)
        Notice.objects.filter(pk__in=letters).delete()
    return len(taken)


def _letter(notice: Notice) -> Letter | None:
    """Return the letter; None if it cannot be written, which is tried again a day later, behind all others."""
    try:
        return compose(
            notice.kind,
            to=notice.address,
            subject=of_row(notice),
            language=notice.language,
            context=notice.context,
            activity=Activity(notice.activity) if notice.activity else None,
        )
    except ValueError:
        _log.exception("A notice of the kind “%s” could not be made a letter.", notice.kind)
        Notice.objects.filter(pk=notice.pk).update(due_at=now() + timedelta(days=1))
        return None
