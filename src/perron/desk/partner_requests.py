"""Rights requests at a partner: those that concern it, its answers to the operator, and entering what came to it."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from perron.communities.access import holders, holds, requires
from perron.communities.looking import looked, shows
from perron.communities.models import Partner
from perron.communities.permissions import ANSWER_FOR_PARTNER, ENTER_DESK
from perron.communities.rights import account_at
from perron.core.clock import today
from perron.core.errors import NotFound
from perron.core.language import LANGUAGES
from perron.desk.asking import DeskForm, actor
from perron.desk.requests import EntryForm
from perron.privacy.looks import What
from perron.privacy.policy.texts import texts
from perron.privacy.requests import at_partners, parties
from perron.privacy.requests.at_partners import SAID, AtPartner
from perron.privacy.requests.deadlines import days_left
from perron.privacy.requests.entering import Wish, enter_at_partner
from perron.privacy.requests.finding import subject_of
from perron.privacy.requests.permitting import Tenant
from perron.privacy.requests.states import OPEN
from perron.privacy.requests.tables import Kind, Request, Step

_MOST = 200


class PartnerEntryForm(EntryForm):
    """What somebody asked the partner for."""

    # It came through the partner; and whose account it is about follows from the address.
    channel = None  # type: ignore[assignment]
    has_account = None  # type: ignore[assignment]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        words = texts(get_language() or LANGUAGES[0])
        shared = parties.shared_with_partners()
        field = self.fields["activities"]
        field.choices = [(key, words.activity(key).name) for key in shared]  # type: ignore[attr-defined]
        field.help_text, field.required = "", True
        field.error_messages["required"] = _("Choose what the request is about.")
        field.initial = shared[:1]
        self.fields["email"].help_text = ""
        self.fields["received_on"].help_text = _(
            "The day on which it reached you, even if read later: the deadline runs from then, for both of us."
        )

    def at(self, request: HttpRequest, partner: Partner) -> Request:
        """Write the request down; it reaches the operator too."""
        said = self.cleaned_data
        wish = Wish(
            kind=Kind(said["kind"]), message=said["message"], activities=said["activities"], name=said["name"],
            first_name=said["first_name"], email=said["email"], language=said["language"],
        )  # fmt: skip
        return enter_at_partner(
            wish,
            by=actor(request),
            tenant=_tenant(partner),
            received_on=said["received_on"],
            person=account_at(partner, said["email"]),
            identified_by=said["identified_by"],
        )


class SayForm(DeskForm):
    """What the partner tells the operator."""

    words = forms.CharField(
        label=gettext_lazy("What shall be done, or what you did"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text=gettext_lazy("The operator's staff read it. The person gets the answer from them."),
        error_messages={"required": gettext_lazy("Write what shall be done.")},
    )


@requires(ANSWER_FOR_PARTNER)
@shows(What.REQUEST)
def index(request: HttpRequest, partner: Partner) -> HttpResponse:
    """List the requests that concern the partner."""
    rows = list(at_partners.concerning(partner.pk)[:_MOST])
    looked(request, [subject for row in rows if (subject := subject_of(row))], of=partner)
    context = _context(request, partner) | {
        "running": [(row, days_left(row.due_on, today())) for row in rows if row.state in OPEN],
        "closed": [row for row in rows if row.state not in OPEN],
        "own": request.user in holders(ANSWER_FOR_PARTNER, partner),
    }
    return render(request, "desk/partner_requests.html", context)


@requires(ANSWER_FOR_PARTNER)
def new(request: HttpRequest, partner: Partner) -> HttpResponse:
    """Enter a request that came to the partner."""
    form = PartnerEntryForm(request.POST if request.method == "POST" else None)
    made: list[Request] = []
    if form.done(lambda: made.append(form.at(request, partner))):
        messages.success(request, _("The request is entered, and the operator is told."))
        return redirect("desk:partner-request", partner.slug, made[0].reference)
    context = _context(request, partner) | {"form": form}
    return render(request, "desk/partner_request_new.html", context, status=422 if form.is_bound else 200)


@requires(ANSWER_FOR_PARTNER)
@shows(What.REQUEST)
def one(request: HttpRequest, partner: Partner, reference: str) -> HttpResponse:
    """Show a request; take the partner's word, or that it knows."""
    found = at_partners.of_partner(partner.pk, reference)
    if found is None:
        raise NotFound(_("This request is not here: it does not concern you, or its time has passed."))
    looked(request, [subject] if (subject := subject_of(found.request)) else [], of=partner)
    if "acknowledge" in request.POST:
        return _acknowledged(request, found)
    form = SayForm(request.POST if request.method == "POST" else None)
    own = request.user in holders(ANSWER_FOR_PARTNER, partner)
    said = form.done(
        lambda: at_partners.say(found.request, form.cleaned_data["words"], by=actor(request), tenant=_tenant(partner))
    )
    if said:
        messages.success(request, _("The operator has your answer."))
        return redirect(request.path)
    words = texts(get_language() or LANGUAGES[0])
    context = _context(request, partner) | {
        "found": found.request,
        "at": found,
        "own": own,
        "left": days_left(found.request.due_on, today()),
        "is_open": found.request.state in OPEN,
        "about": [words.activity(key).name for key in found.request.activities],
        "steps": _steps(found, partner),
        "form": form,
    }
    return render(request, "desk/partner_request.html", context, status=422 if form.is_bound else 200)


def _acknowledged(request: HttpRequest, found: AtPartner) -> HttpResponseRedirect:
    for party in found.to_acknowledge:
        parties.acknowledge(party, by=actor(request))
    messages.success(request, _("Done."))
    return redirect(request.path)


def _steps(found: AtPartner, partner: Partner) -> list[Step]:
    """Return what the person was told, and the partner's own words; a recipient reads neither."""
    own = set(partner.members.values_list("person_id", flat=True))
    steps = found.request.steps.all() if found.reads_all else []
    return [step for step in steps if not step.internal or (step.deed == SAID and step.actor_id in own)]


def _context(request: HttpRequest, partner: Partner) -> dict[str, Any]:
    return {"partner": partner, "at_desk": holds(request.user, ENTER_DESK)}


def _tenant(partner: Partner) -> Tenant:
    return Tenant(partner.pk, partner.name)
