"""The switches of "My data": what one allows, each by one button, and what comes of it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from perron.account.data import language_of
from perron.account.identified import actor_of, identified, subjects_of
from perron.account.rights import asker_of
from perron.core.errors import NotFound, Refused
from perron.privacy import deciding
from perron.privacy.consents import OfAge, Shown
from perron.privacy.deciding import Switch
from perron.privacy.policy.current import policy
from perron.privacy.policy.rendering import words_for
from perron.privacy.requests.carrying_out import exercise
from perron.privacy.requests.entering import Wish
from perron.privacy.requests.tables import Kind
from perron.screens.own_posts import own_posts

# As which form a consent is remembered to have been given on.
FORM = "my data"


@own_posts
@require_POST
@identified
def decide(request: HttpRequest) -> HttpResponse:
    """Carry out what was pressed: "stop", "allow" a purpose, or "take_back" an objection that was upheld."""
    words = words_for(policy(), language_of())
    wanted = request.POST.get("activity", "")
    found = next((one for one in deciding.switches(subjects_of(request), words) if one.activity == wanted), None)
    if found is None:
        raise NotFound(_("There is no switch for this."))
    match request.POST.get("wanted"):
        case "stop":
            return _stop(request, found)
        case "allow":
            _allow(request, found)
            messages.success(request, _("You agreed. You can take it back here whenever you like."))
        case "take_back":
            deciding.take_back(subjects_of(request), found.activity, by=actor_of(request))
            messages.success(request, _("Your objection is taken back."))
    return redirect("account:data")


def _stop(request: HttpRequest, switch: Switch) -> HttpResponse:
    """End it by a request, which is the receipt; what is weighed needs reasons, and has a form for them."""
    if switch.stops_by == "objection" and not switch.is_absolute:
        return redirect(f"/account/rights/{Kind.OBJECTION}/?activity={switch.activity}")
    asker = asker_of(request)
    wish = Wish(
        kind=Kind.OBJECTION if switch.stops_by == "objection" else Kind.WITHDRAWAL,
        activities=[switch.activity],
        name=asker.name,
        email=asker.email,
        language=language_of(),
    )
    made = exercise(wish, by=actor_of(request), subjects=asker.subjects)
    messages.success(request, _("It ended. This is your receipt; we send it to you as well."))
    return redirect("account:request", made.reference)


def _allow(request: HttpRequest, switch: Switch) -> None:
    purpose = request.POST.get("purpose", "")
    if purpose not in switch.asks:
        raise NotFound(_("There is no switch for this."))
    if not request.POST.get("of_age"):
        years = policy().age_of_consent
        raise Refused(
            _("Below the age of %(years)d, a parent or guardian has to agree; say that you are that old.")
            % {"years": years}
        )
    shown = Shown(switch.asks[purpose], language_of(), FORM, policy().version.in_force)
    age = OfAge(policy().age_of_consent)
    subjects = subjects_of(request)
    deciding.allow(subjects, switch.activity, purpose, shown=shown, age=age, by=actor_of(request))
