"""What the tables of copies on their way hold."""

from collections.abc import Collection, Iterator
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from perron.privacy.copies.tables import Reception, Transfer
from perron.privacy.declaring import Activity, Category, Disclosure, NoTenants, Personal, Since
from perron.privacy.receiving import file_of

_OWN = NoTenants("person", "whose copy it is")
_ASKED = "what somebody asks for about their own data is carried out while they are restricted (art. 18(2))"


def sent_to(people: Collection[UUID]) -> Iterator[Disclosure]:
    """Yield to whom somebody had a copy sent."""
    sent = Transfer.objects.filter(subject_id__in=list(people), state=Transfer.State.SENT)
    for host in sent.values_list("host", flat=True).distinct():
        yield Disclosure(Activity.RIGHTS, "", host)


def _files(receptions: QuerySet[Reception]) -> Iterator[str]:
    return map(file_of, receptions.filter(received_at__isnull=False).iterator())


TABLES = (
    Personal(
        model=Transfer,
        tenant=_OWN,
        activity=Activity.RIGHTS,
        subject="subject_id",
        subject_kind="any",
        label=_("Copies that you had sent elsewhere"),
        columns={
            "subject_id": Category.PROOF,
            "along": Category.PROOF,
            "address": Category.REQUEST,
            "token": Category.REQUEST,
            "host": Category.REQUEST,
            "asked_at": Category.PROOF,
            "state": Category.PROOF,
            "status": Category.PROOF,
            "sha256": Category.PROOF,
            "problem": Category.PROOF,
            "ended_at": Category.PROOF,
        },
        others="id subject_kind language attempts due_at size",
        provided="host",
        never_given="address token",
        words={
            "along": _("as whom else"),
            "address": _("full address"),
            "token": _("token of the other side"),
            "host": _("to where"),
            "asked_at": _("asked on"),
            "state": _("how far"),
            "status": _("what the other side answered"),
            "sha256": _("fingerprint of the copy (SHA-256)"),
            "problem": _("what went wrong"),
            "ended_at": _("ended on"),
        },
        context={"size": _("size in bytes"), "attempts": _("attempts")},
        clock=Since(
            column="ended_at",
            trigger="copy_ended",
            set_by=("perron.privacy.transferring._end",),
        ),
        used_in_restriction=_ASKED,
    ),
    Personal(
        model=Reception,
        tenant=_OWN,
        activity=Activity.RIGHTS,
        subject="person_id",
        label=_("Copies that were sent to you from elsewhere"),
        columns={
            "person_id": Category.PROOF,
            "opened_at": Category.PROOF,
            "received_at": Category.PROOF,
            "sha256": Category.PROOF,
            "sender": Category.PROOF,
            "offers": Category.NAME,
            "taken_at": Category.PROOF,
        },
        others="id token_hash size",
        words={
            "opened_at": _("address made on"),
            "received_at": _("received on"),
            "sha256": _("fingerprint of the copy (SHA-256)"),
            "sender": _("from whom"),
            "offers": _("what could be taken over"),
            "taken_at": _("taken over on"),
        },
        context={"size": _("size in bytes")},
        source=_("You had it sent here by somebody else."),
        clock=Since(column="opened_at", trigger="copy_ended"),
        files=_files,
        used_in_restriction=_ASKED,
    ),
)
