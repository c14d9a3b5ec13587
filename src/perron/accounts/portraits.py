"""The photo of somebody's profile: checked and written anew like any picture here, shown to nobody else, gone when it
is taken away."""

from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person, Portrait
from perron.core import images
from perron.core.errors import NotAllowed, NotStored
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.files import doom


def show(person: Person, file: IO[bytes], *, by: Actor) -> Portrait:
    """Make a picture the photo of `person`; the one before is deleted.

    Raises `NotAllowed` for anybody else's, `Refused` or `TooLarge` with the sentence to show, `NotStored` if the disk
    is full.
    """
    _permit(person, by)
    data = images.portrait(file)
    portrait = Portrait(person=person)
    try:
        default_storage.save(portrait.file, ContentFile(data))
        with transaction.atomic():
            Person.objects.select_for_update().get(pk=person.pk)
            _take_away(person)
            portrait.save(force_insert=True)
            record("show portrait", portrait, by=by)
    except OSError as error:
        _discard(portrait)
        raise NotStored(_("There is no room to keep this file. Nothing was saved; tell the operator.")) from error
    except BaseException:
        _discard(portrait)
        raise
    return portrait


def take_away(person: Person, *, by: Actor) -> None:
    """Delete the photo of `person`; without one, nothing happens. Raises `NotAllowed` for anybody else's."""
    _permit(person, by)
    with transaction.atomic():
        for portrait in _take_away(person):
            record("take portrait away", portrait, by=by)


def of(person: Person) -> Portrait | None:
    """Return the photo of `person`."""
    return Portrait.objects.filter(person=person).first()


def _take_away(person: Person) -> list[Portrait]:
    there = list(Portrait.objects.select_for_update().filter(person=person))
    doom(portrait.file for portrait in there)
    Portrait.objects.filter(pk__in=[portrait.pk for portrait in there]).delete()
    return there


def _discard(portrait: Portrait) -> None:
    try:
        default_storage.delete(portrait.file)
    except OSError:
        return  # What cannot be taken away stays unreachable: no row names it.


def _permit(person: Person, by: Actor) -> None:
    if by != person.actor:
        raise NotAllowed(_("Only the person themselves may choose this."))
