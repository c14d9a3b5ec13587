"""Files that must go because their rows went. Their names are kept until they are gone, so that a kill loses none.

A file is never deleted before its row's deletion is committed: a transaction that fails keeps both.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress

from django.core.files.storage import default_storage
from django.db import transaction

from perron.privacy.models import DoomedFile

_BATCH = 500

_log = logging.getLogger(__name__)


def doom(names: Iterable[str]) -> None:
    """Have files of the default storage deleted once the transaction at hand has committed."""
    if DoomedFile.objects.bulk_create((DoomedFile(name=name) for name in names), batch_size=_BATCH):
        transaction.on_commit(delete_doomed, robust=True)


def delete_doomed() -> int:
    """Delete the files whose rows are gone, and return how many; safe to run twice. Run by the worker too.

    What the disk does not let go is logged and tried again at the next run.
    """
    gone = last = 0
    while rows := list(DoomedFile.objects.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        last = rows[-1].pk
        deleted = [row.pk for row in rows if _delete(row.name)]
        gone += DoomedFile.objects.filter(pk__in=deleted).delete()[0]
    return gone


def _delete(name: str) -> bool:
    try:
        default_storage.delete(name)
    except OSError:
        # Without the name, which somebody chose.
        _log.exception("A file of somebody who is gone could not be deleted; it is tried again.")
        return False
    with suppress(OSError):  # Something else is in its folder.
        if folder := name.rpartition("/")[0]:
            default_storage.delete(folder)
    return True
