"""Tells privacy which addresses belong to an account, and which closed account had an address."""

from collections.abc import Iterator

from allauth.account.models import EmailAddress

from perron.accounts.models import Person
from perron.privacy.models import Addressee
from perron.privacy.same_person import tells_who_else
from perron.privacy.subjects import Subject, known_address, of_person


@tells_who_else
def addresses_and_accounts(subject: Subject) -> Iterator[Subject]:
    """Yield the confirmed addresses of an account, or the closed accounts of an address.

    A typed address proves nothing. Whose account is open signs in to it.
    """
    if subject.kind == "person":
        confirmed = EmailAddress.objects.filter(user=subject.id, verified=True).values_list("email", flat=True)
        yield from (found for email in confirmed if (found := known_address(email)))
    else:
        mark = Addressee.objects.filter(pk=subject.id).values_list("fingerprint", flat=True).first()
        closed = Person.stored.filter(fingerprint=mark).exclude(closed_at=None) if mark else Person.stored.none()
        yield from (of_person(person) for person in closed.values_list("pk", flat=True))
