"""Until when a page made from the policy is true."""

from datetime import datetime, timedelta

from perron.core.clock import end_of_day, today
from perron.privacy.policy.current import versions


def next_change() -> datetime | None:
    """Return the midnight at which an announced version of the policy comes into force; None while there is none."""
    coming = [version.version.in_force for version in versions() if version.version.in_force > today()]
    return end_of_day(min(coming) - timedelta(days=1)) if coming else None
