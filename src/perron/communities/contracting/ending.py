"""The end of an agreement, and when what depends on it is gone.

At once: nobody can open an account on the partner's platforms any more, or its services take nothing new. Until the day
that was agreed the partner can fetch what is its own; on that day the rest goes (`winding_down`).
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.access import permit
from perron.communities.contracting import telling
from perron.communities.contracting.tables import Agreement, Contact
from perron.communities.models import Community, Partner, Platform
from perron.communities.permissions import SIGN_AGREEMENTS
from perron.communities.writing import Unfit
from perron.core.clock import now, today
from perron.core.errors import Conflict
from perron.privacy import journal
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.evidence import recording
from perron.privacy.subjects import Subject, of_person

# Until when the partner can fetch its data: what is proposed, and the most.
USUAL, LONGEST = timedelta(days=30), timedelta(days=90)
_SOONEST = timedelta(days=7)


def end(agreement: Agreement, *, by: Actor, hand_over: str = "", due_on: date | None = None) -> Agreement:
    """End an agreement that is in force. Of a contract, say what becomes of the data, and by which day they are gone.

    Raises `NotAllowed` unless `by` administers one of the two sides; `Conflict` if it is not in force; `Unfit` for a
    day that leaves less than a week or more than 90 days.
    """
    permit(by, SIGN_AGREEMENTS, agreement.partner)
    if agreement.kind == Agreement.Kind.CONTRACT:
        _check(hand_over, due_on)
    else:
        hand_over, due_on = "", None
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=agreement.partner_id)
        row = Agreement.objects.select_for_update().get(pk=agreement.pk)
        if not row.is_in_force:
            raise Conflict(_("This agreement is not in force, so there is nothing to end."))
        _end(row, now(), hand_over, due_on)
        telling.tell_end(row, by=by)
        record("end agreement", row, by=by, tenant=row.partner_id, kind=row.kind, hand_over=hand_over)
        detail = {"agreement": str(row.pk), "hand_over": hand_over, "due_on": due_on.isoformat() if due_on else ""}
        assert by.id
        journal.write("end_agreement", of_person(by.id), **detail)
        recording.record("end_agreement", of_person(by.id), by=by, about={**detail, "kind": row.kind})
    return row


def close(agreement: Agreement, at: datetime) -> None:
    """Start the clocks: of the agreement, and of the partner's contacts where it was the last."""
    agreement.ended_at = at
    agreement.save(update_fields=["ended_at"])
    left = Agreement.objects.filter(partner=agreement.partner_id, ended_at=None).exclude(pk=agreement.pk)
    if not left.exists():
        for contact in Contact.stored.filter(partner=agreement.partner_id, ended_at=None):
            contact.ended_at = at
            contact.save(update_fields=["ended_at"])


def announce_change(agreement: Agreement) -> None:
    """Have pages made anew that say whether the agreement is in force, or offer what depends on it."""
    bound = [agreement.partner_id]
    if agreement.with_children:
        bound += Partner.objects.filter(parent=agreement.partner_id).values_list("pk", flat=True)
    platforms = Platform.objects.filter(partner__in=bound)
    communities = Community.objects.filter(partner__in=bound)
    versions.bump([*map(versions.of_platform, platforms), *map(versions.of_community, communities)])


@journal.replays("end_agreement")
def _end_again(_subject: Subject, detail: Mapping[str, str]) -> None:
    row = Agreement.objects.select_for_update().filter(pk=detail["agreement"]).first()
    if row and row.is_in_force:
        due_on = date.fromisoformat(detail["due_on"]) if detail["due_on"] else None
        _end(row, now(), detail["hand_over"], due_on)


def _end(row: Agreement, at: datetime, hand_over: str, due_on: date | None) -> None:
    row.hand_over, row.due_on = hand_over, due_on
    row.save(update_fields=["hand_over", "due_on"])
    close(row, at)
    announce_change(row)


def _check(hand_over: str, due_on: date | None) -> None:
    wrong = {}
    if hand_over not in Agreement.HandOver.values:
        wrong["hand_over"] = [_("Choose what becomes of the data.")]
    if due_on is None or not today() + _SOONEST <= due_on <= today() + LONGEST:
        wrong["due_on"] = [
            _("Choose a day from %(first)s to %(last)s: there must be time to fetch the data, and an end to it.")
            % {"first": (today() + _SOONEST).isoformat(), "last": (today() + LONGEST).isoformat()}
        ]
    if wrong:
        raise Unfit(wrong)
