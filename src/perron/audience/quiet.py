"""Quiet hours: what would come in them waits until they end. They are hours of the wall clock in Belgium, so that they
begin and end at the same time in winter and summer."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from perron.audience.models import Recipient
from perron.core.clock import BRUSSELS, moments
from perron.core.errors import Refused
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.tenancy.scope import as_program


@as_program
def keep_quiet(recipient: Recipient, begins: time | None, ends: time | None, *, extreme_passes: bool) -> None:
    """Send nothing between these times; None for both: no quiet hours. Raises `Refused` for half of them, or none
    between them."""
    if (begins is None) != (ends is None) or (begins is not None and begins == ends):
        raise Refused(_("Give two different times, from when and until when, or none at all."))
    with transaction.atomic():
        row = Recipient.stored.select_for_update().filter(pk=recipient.pk).first()
        if row is None:
            return
        row.quiet_from, row.quiet_until = begins, ends
        row.extreme_passes = extreme_passes and begins is not None
        row.save(update_fields=["quiet_from", "quiet_until", "extreme_passes"])
        record("set quiet hours", row, by=Actor("address", recipient.subject_id))


def waits_until(begins: time | None, ends: time | None, at: datetime) -> datetime | None:
    """Return when the quiet hours end in which `at` falls; None where it falls in none."""
    if begins is None or ends is None:
        return None
    local = at.astimezone(BRUSSELS)
    clock = local.time().replace(second=0, microsecond=0, fold=0)
    within = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not within:
        return None
    days = (local.date(), local.date() + timedelta(days=1))
    return min(moment for day in days for moment in moments(day, ends) if moment > at)
