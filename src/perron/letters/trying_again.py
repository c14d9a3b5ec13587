"""Letters that were given up: somebody at the operator's looks why, and has them tried again."""

from django.db import transaction
from django.utils.translation import gettext as _

from perron.core.clock import now
from perron.core.errors import Conflict
from perron.letters.models import Letter
from perron.privacy.acting import Actor
from perron.privacy.auditing import record


def try_again(letter: Letter, *, by: Actor) -> None:
    """Have a letter that was given up sent after all, as if it were written now. Raises `Conflict` for any other, and
    for one whose address is forgotten."""
    with transaction.atomic():
        moment = now()
        given_up = Letter.objects.given_up().filter(pk=letter.pk).exclude(to="")
        if not given_up.update(ended_at=None, written_at=moment, due_at=moment, tries=0):
            raise Conflict(
                _("This letter was not given up, its address is forgotten, or somebody else had it sent already.")
            )
        record("try letter again", letter, by=by, kind=letter.kind)
