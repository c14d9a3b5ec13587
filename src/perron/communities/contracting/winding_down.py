"""What was processed for a partner goes, once its contract has ended and the day has come (GDPR art. 28(3)(g)).

Whoever processes something for partners registers what goes with `processed_for`; a test looks that every processor
activity has somebody.
"""

from collections.abc import Callable

from django.db import transaction
from django.db.models import Q

from perron.communities import membership
from perron.communities.agreements import service_is_covered
from perron.communities.contracting.tables import Agreement
from perron.communities.models import Application, Member, Partner
from perron.core.clock import now, today
from perron.privacy.acting import SYSTEM
from perron.privacy.auditing import record
from perron.privacy.declaring import Activity, Delete
from perron.privacy.evidence import recording
from perron.privacy.evidence.chain import JSON
from perron.privacy.leaving import scrub, take
from perron.privacy.policy.current import policy

# Lets go what is processed for a partner, and returns how many rows went and how many must still stay: those of people
# whose data are restricted, which are stored until that ends (GDPR art. 18).
type Rule = Callable[[Partner], tuple[int, int]]

_AT_ONCE = 500
_rules: dict[Activity, Rule] = {}


def processed_for(activity: Activity) -> Callable[[Rule], Rule]:
    """Register the rule by which data of a processor activity leave."""

    def register(rule: Rule) -> Rule:
        if _rules.setdefault(activity, rule) is not rule:
            raise ValueError(f"two rules let go what is processed for {activity}")
        return rule

    return register


def without_rule() -> set[str]:
    """Return the processor activities of the policy in force for which nobody registered."""
    own = {activity.id for activity in policy().activities.values() if activity.role == "processor"}
    return own - {str(activity) for activity in _rules}


def wind_down_due() -> int:
    """Let go what ended contracts leave behind, and return how many contracts are done with. Run by the worker."""
    ended = Agreement.objects.filter(
        kind=Agreement.Kind.CONTRACT, ended_at__isnull=False, replaced=False, wound_down_at=None, due_on__lte=today()
    )
    return sum(_wind_down(agreement) for agreement in ended.select_related("partner"))


def handed_over_first() -> list[tuple[Agreement, Partner]]:
    """Return the ended contracts that have the data handed over before they go, with each partner that they bound."""
    ended = Agreement.objects.filter(
        kind=Agreement.Kind.CONTRACT,
        hand_over=Agreement.HandOver.RETURN,
        ended_at__isnull=False,
        replaced=False,
        due_on__gt=today(),
    )
    return [(agreement, partner) for agreement in ended.select_related("partner") for partner in _bound(agreement)]


def _wind_down(agreement: Agreement) -> bool:
    gone, stays = 0, 0
    for partner in _bound(agreement):
        for activity, rule in _rules.items():
            # Another contract may have come since, and the organisation above may have one that covers it.
            if not service_is_covered(partner, activity):
                went, left = rule(partner)
                gone, stays = gone + went, stays + left
    scrub()
    if stays:
        return False
    with transaction.atomic():
        agreement.wound_down_at = now()
        agreement.save(update_fields=["wound_down_at"])
        record("wind down", agreement, by=SYSTEM, tenant=agreement.partner_id, rows=gone)
        about: dict[str, JSON] = {"agreement": str(agreement.pk), "rows": gone}
        recording.record("wind_down", None, by=SYSTEM, about=about)
    return True


def _bound(agreement: Agreement) -> list[Partner]:
    children = agreement.partner.children.all() if agreement.with_children else ()
    return [agreement.partner, *children]


@processed_for(Activity.APPLICATIONS)
def _applications(partner: Partner) -> tuple[int, int]:
    gone = 0
    while went := _some_applications(partner):
        gone += went
    return gone, Application.stored.filter(commune__partner=partner).count()


def _some_applications(partner: Partner) -> int:
    with transaction.atomic():
        taken = take(Application.objects.filter(commune__partner=partner), Delete(), "erasure", _AT_ONCE)
    return taken[Application]


@processed_for(Activity.STAFF)
def _roles(partner: Partner) -> tuple[int, int]:
    held = Member.objects.filter(Q(partner=partner) | Q(community__partner=partner))
    gone = 0
    for member in held:
        membership.end(member, by=SYSTEM)
        gone += 1
    return gone, 0
