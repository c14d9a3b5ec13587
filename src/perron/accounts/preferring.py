"""What a person prefers."""

from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.core.errors import NotAllowed
from perron.core.language import check_spoken
from perron.privacy.acting import Actor
from perron.privacy.auditing import record


def prefer_language(person: Person, language: str, *, by: Actor) -> Person:
    """Have the staff's screens speak `language` to `person`. Raises `NotAllowed` for anybody else's, `Refused`."""
    if by != person.actor:
        raise NotAllowed(_("Only the person themselves may choose this."))
    check_spoken(language)
    with transaction.atomic():
        person.language = language
        person.save(update_fields=["language"])
        record("prefer language", person, by=by, language=language)
    return person
