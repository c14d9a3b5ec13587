"""Correcting what an account says (GDPR art. 16)."""

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.accounts.naming import clean_name
from perron.core.errors import NotAllowed, Refused
from perron.core.language import check_spoken
from perron.core.mail_addresses import mail_address
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.requests.carrying_out import exercise, note_done
from perron.privacy.requests.entering import Wish
from perron.privacy.requests.permitting import permit_handler
from perron.privacy.requests.tables import Request
from perron.privacy.subjects import of_person


def rectify(
    person: Person,
    *,
    by: Actor,
    name: str | None = None,
    first_name: str | None = None,
    language: str | None = None,
    email: str | None = None,
) -> list[str]:
    """Correct what is given, and return the columns that changed.

    People correct their own names and language. The address, by which they sign in, they change by links to both
    addresses (`changing_address`); who lost the old one has it corrected by staff. Raises `NotAllowed`; `Refused` for
    what cannot be a name, a language or an address, or for an address somebody else has.
    """
    if by != person.actor:
        permit_handler(by)
    elif email is not None:
        raise NotAllowed(_("Change your address in your account: it is confirmed at both addresses."))
    if language is not None:
        check_spoken(language)
    wanted = {
        "name": None if name is None else clean_name(name),
        "first_name": None if first_name is None else clean_name(first_name),
        "language": language,
        "email": None if email is None else mail_address(email).lower(),
    }
    with transaction.atomic():
        row = Person.objects.select_for_update().get(pk=person.pk)
        changed = [column for column, value in wanted.items() if value is not None and getattr(row, column) != value]
        if not changed:
            return []
        former = row.email
        for column in changed:
            setattr(row, column, wanted[column])
        _check(row)
        row.save(update_fields=changed)
        if "email" in changed:
            # Nobody has shown that the new address is theirs.
            EmailAddress.objects.filter(user=row, email__iexact=former).update(email=row.email, verified=False)
        record("rectify", row, by=by, columns=changed)
    person.refresh_from_db()
    return changed


def rectify_oneself(person: Person, wish: Wish, *, name: str, language: str, first_name: str | None = None) -> Request:
    """Correct one's own names and language at once, and return the request that proves it.

    A message is for staff, who answer it. Raises `Refused` where nothing is different and nothing written.
    """
    about = of_person(person.pk)
    with transaction.atomic():
        changed = rectify(person, by=person.actor, name=name, first_name=first_name, language=language)
        if wish.message.strip():
            return exercise(wish, by=person.actor, subjects=[about])
        if not changed:
            raise Refused(_("Nothing is different. Change something, or write what is wrong."))
        return note_done(wish, _("What you changed is corrected."), by=person.actor, about=about,
                         facts={"columns": changed})  # fmt: skip


def _check(row: Person) -> None:
    try:
        row.full_clean(exclude=["password"])
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
