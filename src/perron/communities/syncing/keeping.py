"""Keeping somebody's devices in step: begun and ended by themselves, and nothing is kept before or after.

The devices merge; here is only what they agreed on last. What they write leaves no trail of its own: when somebody
reads, and on how many devices, is not noted.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.models import Platform, SyncedChoice
from perron.communities.syncing import entries
from perron.core.clock import now
from perron.core.errors import Conflict, Gone, NotAllowed
from perron.privacy import journal, restrictions
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import record
from perron.privacy.leaving import scrub
from perron.privacy.subjects import Subject, of_person


class Outdated(Conflict):
    """Another device wrote in the meantime; `choice` is what stands there now, to merge with."""

    def __init__(self, choice: SyncedChoice) -> None:
        super().__init__(_("Another device changed this in the meantime."))
        self.choice = choice


def begin(person: Person, platform: Platform, *, by: Actor) -> SyncedChoice:
    """Begin to keep the choice of `person` on `platform`, for their devices; begun already, nothing changes.

    Raises `NotAllowed` for anybody else's, or while the person's data are set aside.
    """
    _permit(person, by)
    with transaction.atomic():
        made, is_new = SyncedChoice.objects.get_or_create(person=person, platform=platform, defaults=entries.empty())
        if is_new:
            record("begin syncing", made, by=by)
    return made


def look(person: Person, platform: Platform, *, by: Actor) -> SyncedChoice:
    """Return what is kept. Raises `NotAllowed` as `begin` does, and `Gone` where nothing is kept."""
    _permit(person, by)
    found = SyncedChoice.objects.filter(person=person, platform=platform).first()
    if found is None:
        raise _off()
    return found


def keep(person: Person, platform: Platform, said: Any, *, on: int, by: Actor) -> SyncedChoice:
    """Keep what a device says (`entries`), which has seen version `on`.

    Raises `NotAllowed` and `Gone` as `look` does, `Outdated` when another device wrote since, `Refused` for what is no
    choice.
    """
    columns = entries.read(said)
    _permit(person, by)
    with transaction.atomic():
        row = SyncedChoice.objects.select_for_update().filter(person=person, platform=platform).first()
        if row is None:
            raise _off()
        if row.version != on:
            raise Outdated(row)
        if any(getattr(row, column) != value for column, value in columns.items()):
            for column, value in columns.items():
                setattr(row, column, value)
            row.version += 1
            row.changed_at = now()
            row.save(update_fields=[*columns, "version", "changed_at"])
    return row


def end(person: Person, platform: Platform, *, by: Actor) -> None:
    """Forget what is kept of `person` for `platform`, at once; the devices keep their own. Where nothing is, no error.

    It goes although the person's data may be set aside: they ask for it themselves.
    """
    if by != person.actor:
        raise NotAllowed(_("Only the person themselves may choose this."))
    with transaction.atomic():
        row = SyncedChoice.stored.select_for_update().filter(person=person, platform=platform).first()
        if row:
            _forget(row, by=by)


def platforms_of(person: Person) -> list[SyncedChoice]:
    """Return what is kept of somebody, platform by platform, also while their data are set aside."""
    return list(SyncedChoice.stored.filter(person=person).select_related("platform").order_by("platform__name"))


@journal.replays("end_syncing")
def _end_again(_subject: Subject, detail: Mapping[str, str]) -> None:
    row = SyncedChoice.stored.filter(pk=detail["choice"]).first()
    if row:
        _forget(row, by=SYSTEM)


def _forget(row: SyncedChoice, *, by: Actor) -> None:
    record("end syncing", row, by=by)
    journal.write("end_syncing", of_person(row.person_id), choice=str(row.pk))
    row.delete()
    scrub()


def _permit(person: Person, by: Actor) -> None:
    if by != person.actor:
        raise NotAllowed(_("Only the person themselves may choose this."))
    if restrictions.in_force(of_person(person.pk)).exists():
        raise NotAllowed(_("Your data are set aside: until that ends, your devices are not kept in step."))


def _off() -> Gone:
    return Gone(_("Your devices are not kept in step here."))
