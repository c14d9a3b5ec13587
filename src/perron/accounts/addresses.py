"""Which addresses are known to be an account's own."""

from allauth.account.models import EmailAddress
from django.db import transaction

from perron.accounts.models import Person
from perron.privacy.auditing import record


def confirm_address(person: Person) -> None:
    """Note that `person` reads the mail of the account's address: they came by a link that was sent there."""
    with transaction.atomic():
        if EmailAddress.objects.filter(user=person).exclude(email=person.email).exists():
            # The link may have gone to another one.
            return
        EmailAddress.objects.update_or_create(
            user=person, email=person.email, defaults={"verified": True, "primary": True}
        )
        record("confirm address", person, by=person.actor)
