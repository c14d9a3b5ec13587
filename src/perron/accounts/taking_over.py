"""Taking over what another program sent about oneself: what one is called, and in which language one reads."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.core.errors import NotAllowed, Refused
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.copies.tables import Reception
from perron.privacy.receiving import note_taken

WHAT = ("name", "first_name", "language")


def take_over(person: Person, reception: Reception, what: Collection[str], *, by: Actor) -> Person:
    """Have `person` called or read as a received copy says, for those of `WHAT` that they chose.

    Raises `NotAllowed` for anybody else's account or copy, `Refused` if nothing was chosen.
    """
    if by != person.actor or reception.person_id != person.pk:
        raise NotAllowed(_("Only the person themselves may choose this."))
    chosen = [column for column in WHAT if column in what and column in reception.offers]
    if not chosen:
        raise Refused(_("Choose at least one thing to take over."))
    with transaction.atomic():
        for column in chosen:
            setattr(person, column, reception.offers[column])
        person.save(update_fields=chosen)
        record("take over", person, by=by, columns=chosen)
        note_taken(reception, chosen, by=by)
    return person
