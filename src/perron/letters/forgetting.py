"""Forgetting where letters went, when their reader closes the account; the fact that they were sent remains."""

from collections.abc import Collection
from uuid import UUID

from perron.core.clock import now
from perron.letters.models import Letter
from perron.privacy.declaring import Activity
from perron.privacy.reasons import Reason


def forget_addresses(subjects: Collection[UUID]) -> None:
    """Take the addresses out of all letters about `subjects`, but for those that still go out.

    What waits about the account itself would not be cleared any more, and ends here.
    """
    letters = Letter.objects.filter(subject_id__in=subjects)
    moot = letters.filter(activity=Activity.ACCOUNTS, ended_at=None)
    moot.update(ended_at=now(), context={}, failure=f"not cleared: {Reason.CLOSED}")
    letters.filter(ended_at__isnull=False).update(to="")
