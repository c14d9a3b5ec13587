"""Telling a person by letter what changed in how they sign in: so that they notice when it was not them."""

from collections.abc import Mapping

from django.conf import settings

from perron.accounts.models import Person
from perron.letters.writing import write
from perron.privacy.acting import Actor
from perron.privacy.subjects import of_person


def tell(person: Person, what: str, *, by: Actor, **more: str | int) -> None:
    """Write the letter about a change: `what` is one of the cases of `letters/sign-in-changed.txt`."""
    _write(person, "sign-in-changed", {"what": what, **more}, by)


def tell_new_device(person: Person, device: str, *, by: Actor) -> None:
    """Write the letter about somebody signing in on a device where they never did before."""
    _write(person, "new-device", {"device": device}, by)


def _write(person: Person, kind: str, context: Mapping[str, str | int], by: Actor) -> None:
    links = {
        "password": f"{settings.PERRON_ORIGIN}/account/password/",
        "security": f"{settings.PERRON_ORIGIN}/account/security/",
    }
    write(
        kind,
        to=person.email,
        subject=of_person(person.pk),
        language=person.language,
        context={**links, **context},
        by=by,
    )
