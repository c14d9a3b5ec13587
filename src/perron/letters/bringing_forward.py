"""What to do about a clock that was set back: letters written just before are ahead of it, and would wait until it has
caught up: somebody who signs in for hours."""

from datetime import timedelta

from django.db.models import F, QuerySet

from perron.core.clock import now
from perron.letters.models import Letter

# More than two machines' clocks differ.
_AHEAD = timedelta(minutes=2)


def bring_forward() -> int:
    """Let letters that wait go on as if they had been written now; return how many.

    What a worker has taken stays its own for as long as it would have been.
    """
    found = list(ahead())
    for letter in found:
        by = letter.written_at - now()
        rows = ahead().filter(pk=letter.pk, written_at=letter.written_at)
        rows.update(due_at=F("due_at") - by, written_at=now())
    return len(found)


def ahead() -> QuerySet[Letter]:
    """Return the letters that wait and were written later than it is now."""
    return Letter.objects.waiting().filter(written_at__gt=now() + _AHEAD)
