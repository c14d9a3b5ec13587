"""Tells privacy whom a change of the policy concerns: those who have an account."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from perron.accounts.models import Person
from perron.privacy.announcing import Concerned, concerned
from perron.privacy.subjects import of_person


@concerned("account holders")
def account_holders(after: UUID | None, before: datetime, limit: int) -> Sequence[Concerned]:
    """Return the next of those who had an account before that moment, and have it still."""
    persons = Person.objects.filter(joined_at__lt=before, is_active=True).order_by("pk")
    if after:
        persons = persons.filter(pk__gt=after)
    return [Concerned(of_person(person.pk), person.email, person.language) for person in persons[:limit]]
