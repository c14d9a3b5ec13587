"""Quiet hours of those who get something: what would come in them waits, and is looked at again when it is sent."""

from datetime import datetime, time
from typing import NamedTuple
from uuid import UUID

from perron.audience.matching import Wanting
from perron.audience.models import Recipient
from perron.audience.quiet import waits_until
from perron.core.clock import now
from perron.delivery.models import Dispatch
from perron.delivery.notifying import Endpoint
from perron.delivery.sources import NotNow
from perron.publishing.models import AlertDetails


class Reader(NamedTuple):
    """The quiet hours of who is written to by mail, and whether extreme danger passes them (`Recipient`)."""

    quiet_from: time | None
    quiet_until: time | None
    extreme_passes: bool


class Quiet:
    """The quiet hours as they are for one dispatch: extreme danger passes those of who chose so."""

    def __init__(self, dispatch: Dispatch) -> None:
        self._is_extreme = dispatch.release is not None and _is_extreme(dispatch.release.item_id)

    def waits_until(self, one: Wanting | Recipient | Endpoint | Reader, at: datetime) -> datetime | None:
        """Return until when this waits that would come then; None if it does not."""
        if self._is_extreme and one.extreme_passes:
            return None
        return waits_until(one.quiet_from, one.quiet_until, at)

    def respect(self, recipient: Recipient | Endpoint | Reader) -> None:
        """Raise `NotNow` within the recipient's quiet hours: they may have begun while it was on its way."""
        if until := self.waits_until(recipient, now()):
            raise NotNow(until)


def _is_extreme(item: UUID) -> bool:
    """Say whether an item is an alert of extreme danger; an exercise is none."""
    found = AlertDetails.objects.filter(item=item, severity=AlertDetails.Severity.EXTREME)
    return found.filter(status=AlertDetails.Status.ACTUAL).exists()
