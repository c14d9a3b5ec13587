"""How it stands between the operator and a partner: what is in force, what waits, what must be signed again."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _

from perron.communities.agreements import in_force, needed
from perron.communities.contracting.drawing_up import is_current, is_outdated
from perron.communities.contracting.tables import Agreement, Signature
from perron.communities.models import Partner
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy
from perron.privacy.policy.labels import day_words
from perron.privacy.tenancy.scope import as_program

type State = Literal["not_needed", "to_sign", "waits_partner", "waits_operator", "in_force", "again", "ended"]


@dataclass(frozen=True)
class Standing:
    """One kind of agreement with a partner.

    `binding` is in force, perhaps that of the organisation above; `waiting` has one signature; `last` has ended.
    """

    kind: Agreement.Kind
    state: State
    binding: Agreement | None = None
    waiting: Agreement | None = None
    last: Agreement | None = None

    @property
    def words(self) -> str:
        """The state in words, in the language at hand."""
        binding = self.binding.in_force_on if self.binding else None
        ended = self.last.ended_on if self.last else None
        return {
            "in_force": _("in force since %(day)s") % {"day": day_words(binding) if binding else ""},
            "ended": _("ended on %(day)s") % {"day": day_words(ended) if ended else ""},
            "again": _("to sign again: the policy has changed"),
            "waits_partner": _("waits for the partner’s signature"),
            "waits_operator": _("waits for the operator’s signature"),
            "not_needed": _("not needed"),
            "to_sign": _("to sign"),
        }[self.state]

    @property
    def badge(self) -> str:
        """The class that gives the state its look."""
        if self.state == "not_needed":
            return ""
        return "badge-good" if self.state == "in_force" else "badge-heed"

    @property
    def can_be_signed(self) -> bool:
        """Whether there is a text that somebody still has to sign."""
        return self.state != "not_needed" and (self.state != "in_force" or self.waiting is not None)

    @property
    def waits_for(self) -> str:
        """Return the side that has not signed what waits; "" where nothing does."""
        if self.waiting is None:
            return ""
        signed = {signature.side for signature in self.waiting.signatures.all()}
        return next((side for side in Signature.Side.values if side not in signed), "")


def standing(partner: Partner, kind: Agreement.Kind) -> Standing:
    """Return how it stands with one kind of agreement."""
    if partner.is_operator or kind not in needed() or not policy().does(Activity.CONTRACTS):
        return Standing(kind, "not_needed", last=_last(partner, kind))
    binding = _with_signatures(in_force(partner, kind))
    waiting = Agreement.objects.filter(partner=partner, kind=kind, in_force_at=None, ended_at=None).first()
    if waiting and not is_current(waiting):
        # Nobody can sign it any more: the text is drawn up anew.
        waiting = None
    last = _last(partner, kind)
    state: State = "to_sign"
    if binding:
        state = "again" if is_outdated(binding) else "in_force"
    elif last:
        state = "ended"
    found = Standing(kind, state, binding, waiting, last)
    if waiting and not binding:
        by_partner = found.waits_for == Signature.Side.PARTNER
        return Standing(kind, "waits_partner" if by_partner else "waits_operator", binding, waiting, last)
    return found


def standings(partner: Partner) -> list[Standing]:
    """Return how it stands with every kind."""
    return [standing(partner, kind) for kind in Agreement.Kind]


def waiting_for_operator() -> list[Agreement]:
    """Return what partners have signed and the operator has not, the oldest first."""
    waiting = Agreement.objects.filter(in_force_at=None, ended_at=None, signatures__side=Signature.Side.PARTNER)
    return list(waiting.select_related("partner").order_by("begun_at"))


@as_program
def _with_signatures(binding: Agreement | None) -> Agreement | None:
    """Read them now: who is covered by the agreement of the organisation above does not act for that one."""
    if binding:
        prefetch_related_objects([binding], "signatures")
    return binding


def _last(partner: Partner, kind: Agreement.Kind) -> Agreement | None:
    ended = Agreement.objects.filter(partner=partner, kind=kind, ended_at__isnull=False, replaced=False)
    return ended.order_by("-ended_at").first()
