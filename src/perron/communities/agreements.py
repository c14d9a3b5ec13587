"""What the agreements with partners allow: the gates that other rules ask.

What needs one follows from the policy: accounts, where it says that the operator and the partner are joint controllers
(GDPR art. 26); each service that it does as processor for the partner (art. 28). The operator needs none with itself.
"""

from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from perron.communities.contracting.tables import Agreement
from perron.communities.models import Partner, Platform
from perron.core.errors import Refused
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.tenancy.scope import as_program

Kind = Agreement.Kind


def sign_up_is_open(platform: Platform) -> bool:
    """Say whether people may open accounts on `platform`: its partner's arrangement of GDPR art. 26 is in force."""
    return Kind.ARRANGEMENT not in needed() or _is_bound(platform.partner, Kind.ARRANGEMENT)


def service_is_covered(partner: Partner, activity: Activity) -> bool:
    """Say whether `activity` may be done for `partner`: its contract of GDPR art. 28 is in force, or none is needed."""
    described = policy().activities.get(activity)
    return not described or described.role != "processor" or _is_bound(partner, Kind.CONTRACT)


def require_service(partner: Partner, activity: Activity) -> None:
    """Raise `Refused`, with what to do, unless `activity` may be done for `partner`."""
    if not service_is_covered(partner, activity):
        raise Refused(
            _(
                "The processing contract (GDPR art. 28) with %(partner)s is not in force, so nothing is processed for "
                "it. Have both sides sign it first, on the partner’s page of agreements."
            )
            % {"partner": partner}
        )


def needed() -> set[Kind]:
    """Return the kinds of agreement that a partner needs by the policy in force."""
    joint = policy().activities[Activity.ACCOUNTS].role == "joint"
    processor = any(activity.role == "processor" for activity in policy().activities.values())
    return {kind for kind, wanted in ((Kind.ARRANGEMENT, joint), (Kind.CONTRACT, processor)) if wanted}


@as_program
def in_force(partner: Partner, kind: Kind) -> Agreement | None:
    """Return the agreement that binds `partner` now: its own, or that of the organisation above it that covers it.

    Public pages ask too, of whoever's app they are.
    """
    found = Agreement.objects.filter(_binding(partner), kind=kind, in_force_at__isnull=False, ended_at=None)
    return min(found, key=lambda agreement: agreement.partner_id != partner.pk, default=None)


@as_program
def signed_document(partner: Partner, key: UUID) -> Agreement | None:
    """Return an agreement that was signed, if it is the partner's, or covers it as the organisation above has it."""
    found = Agreement.objects.filter(_binding(partner), pk=key).exclude(file_hash="")
    return found.select_related("partner").first()


def _is_bound(partner: Partner, kind: Kind) -> bool:
    return partner.is_operator or in_force(partner, kind) is not None


def _binding(partner: Partner) -> Q:
    own = Q(partner=partner)
    return own | Q(partner=partner.parent_id, with_children=True) if partner.parent_id else own
