"""Archives for the screens: asking only writes a row, the worker makes them, and after some days they are gone.

Where a contract ends and its data are handed over first (GDPR art. 28(3)(g)), nobody has to ask: the worker makes the
archive at once, tells the partner's administrators by letter, and keeps it until the day on which the data go.
"""

import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override

from perron.accounts.models import Person
from perron.communities.access import holders, permit
from perron.communities.contracting.winding_down import handed_over_first
from perron.communities.models import Agreement, Partner
from perron.communities.permissions import HAND_OVER
from perron.core.clock import now, today
from perron.core.errors import NotFound, PerronError, Refused
from perron.letters.writing import write
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import record
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.subjects import of_person
from perron.publishing.handing_over.tables import Archive
from perron.publishing.handing_over.writing import hand_over

KEPT = timedelta(days=7)
# Longer than the largest archive takes: then whoever was at it has died.
_CLAIM = timedelta(hours=6)


def ask(partner: Partner, *, by: Actor) -> Archive:
    """Have everything of `partner` written to an archive. Raises `NotAllowed`; `Refused` while one is being made."""
    permit(by, HAND_OVER, partner)
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=partner.pk)
        if Archive.objects.filter(partner=partner, made_at=None, problem="").exists():
            raise Refused(_("An archive is being made already. It will be here when it is ready."))
        archive = Archive.objects.create(partner=partner, asked_by_id=by.id if by.kind == "person" else None)
        record("ask for archive", archive, by=by, tenant=partner.pk)
    return archive


def archives_of(partner: Partner) -> list[Archive]:
    """Return what was asked for and is not gone, newest first."""
    return list(Archive.objects.filter(partner=partner).order_by("-asked_at"))


def open_archive(partner: Partner, key: UUID, *, by: Actor) -> tuple[Archive, IO[bytes]]:
    """Return an archive of `partner` and its file, to be read by who asks; the trail says so. Raises `NotFound`."""
    permit(by, HAND_OVER, partner)
    archive = Archive.objects.filter(partner=partner, pk=key, made_at__isnull=False).first()
    if archive is None:
        raise NotFound(_("There is no such archive, or it is gone."))
    with transaction.atomic():
        record("download archive", archive, by=by, tenant=partner.pk)
    return archive, default_storage.open(file_of(archive))


def prepare_due() -> int:
    """Make what was asked for, and delete what is old; return how many were made. Run by the worker."""
    over = Q(agreement=None, asked_at__lt=now() - KEPT) | Q(agreement__due_on__lte=today())
    for old in Archive.objects.filter(over):
        # The file first: a kill in between leaves a row that says so, not a file that nobody knows of.
        default_storage.delete(file_of(old))
        old.delete()
    _ask_for_what_is_promised()
    made = 0
    while archive := _claim():
        _make(archive)
        made += 1
    return made


def archives_due() -> QuerySet[Archive]:
    """Return those that are to be made and that nobody makes."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now())
    # What is promised is tried again; somebody who asked reads why there is none, and asks again.
    wanted = Q(problem="") | Q(agreement__isnull=False)
    return Archive.objects.filter(free, wanted, made_at=None)


def _ask_for_what_is_promised() -> None:
    for agreement, partner in handed_over_first():
        if not Archive.objects.filter(agreement=agreement, partner=partner).exists():
            with transaction.atomic(), suppress(IntegrityError):
                archive = Archive.objects.create(agreement=agreement, partner=partner)
                record("ask for archive", archive, by=SYSTEM, tenant=partner.pk)


def file_of(archive: Archive) -> str:
    """Return the name of the archive in the file storage; nothing serves it but to who may have it."""
    return f"archives/{archive.pk}.zip"


def files_of(archives: QuerySet[Archive]) -> Iterator[str]:
    """Return the names of the files of several."""
    return map(file_of, archives.iterator())


def _claim() -> Archive | None:
    with transaction.atomic():
        archive = archives_due().select_for_update(skip_locked=True, of=("self",)).order_by("asked_at").first()
        if archive:
            archive.claimed_until = now() + _CLAIM
            archive.save(update_fields=["claimed_until"])
    return archive


def _make(archive: Archive) -> None:
    asker = Person.objects.filter(pk=archive.asked_by_id).first() if archive.asked_by_id else None
    by = SYSTEM if archive.agreement_id else asker.actor if asker else Actor("person")
    try:
        with tempfile.TemporaryFile() as file, override(asker.language if asker else None):
            written = hand_over(archive.partner, file, by=by)
            file.seek(0)
            default_storage.delete(file_of(archive))
            default_storage.save(file_of(archive), File(file))
    except (PerronError, OSError) as error:
        said = error.message if isinstance(error, PerronError) else _("There is no room for the archive.")
        Archive.objects.filter(pk=archive.pk).update(problem=said[:300])
        return
    archive.made_at, archive.size, archive.sha256, archive.problem = now(), written.size, written.sha256, ""
    with transaction.atomic():
        archive.save(update_fields=["made_at", "size", "sha256", "problem"])
        if archive.agreement:
            _tell(archive, archive.agreement)


def _tell(archive: Archive, agreement: Agreement) -> None:
    assert agreement.due_on
    if not policy().does(Activity.CONTRACTS):
        return
    partner = archive.partner
    context = {
        "partner": partner.name,
        "due_on": agreement.due_on.isoformat(),
        "link": f"{settings.PERRON_ORIGIN}/desk/partners/{partner.slug}/archives/",
    }
    for person in holders(HAND_OVER, partner):
        subject = of_person(person.pk)
        write("archive-ready", to=person.email, subject=subject, language=person.language, context=context, by=SYSTEM)
