"""Tells privacy who has an account."""

from perron.accounts.models import Person
from perron.privacy import standing
from perron.privacy.among import Key, Keys


@standing.tells("person", "account_holder")
def account_holders(persons: Keys) -> standing.Known:
    """Return the key and the address of those who have an open account."""
    return Person.objects.filter(pk__among=persons).values_list(Key("pk"), "email")
