"""Letters to a partner's administrators about its agreements (activity D), and who must sign again."""

from django.conf import settings
from django.db import transaction

from perron.communities.access import holders
from perron.communities.contracting.drawing_up import is_outdated
from perron.communities.contracting.tables import Agreement
from perron.communities.permissions import SIGN_AGREEMENTS
from perron.letters import writing
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.subjects import of_person


def ask_to_sign(agreement: Agreement, *, by: Actor, again: bool = False) -> int:
    """Tell the partner's administrators that a text waits for them; return how many were told."""
    return _write("agreement-to-sign", agreement, by=by, again=again)


def tell_end(agreement: Agreement, *, by: Actor) -> int:
    """Tell the partner's administrators that an agreement ended, and by when the data are gone."""
    due_on = agreement.due_on.isoformat() if agreement.due_on else ""
    return _write("agreement-ended", agreement, by=by, due_on=due_on, hand_over=agreement.hand_over)


def ask_again() -> int:
    """Ask for what a new version of the policy changes: each partner once for each version. Run by the worker."""
    version = policy().version.in_force
    in_force = Agreement.objects.filter(in_force_at__isnull=False, ended_at=None).exclude(policy_version=version)
    asked = 0
    for agreement in in_force.exclude(asked_for=version).select_related("partner"):
        if not is_outdated(agreement):
            continue
        with transaction.atomic():
            row = Agreement.objects.select_for_update(of=("self",)).select_related("partner").get(pk=agreement.pk)
            if row.is_in_force and row.asked_for != version:
                row.asked_for = version
                row.save(update_fields=["asked_for"])
                asked += ask_to_sign(row, by=SYSTEM, again=True)
    return asked


def _write(letter: str, agreement: Agreement, *, by: Actor, **more: str | bool) -> int:
    if not policy().does(Activity.CONTRACTS):
        return 0
    told = holders(SIGN_AGREEMENTS, agreement.partner)
    context = {
        "partner": agreement.partner.name,
        "kind": agreement.kind,
        "link": f"{settings.PERRON_ORIGIN}/desk/partners/{agreement.partner.slug}/agreements/{agreement.kind}/",
        **more,
    }
    for person in told:
        writing.write(
            letter,
            to=person.email,
            subject=of_person(person.pk),
            language=person.language,
            context=context,
            by=by,
        )
    return len(told)
