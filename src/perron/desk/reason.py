"""Why somebody of the operator opens a partner's data: asked once an hour, kept with each look."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy

from perron.communities.access import requires
from perron.communities.looking import HOLDS, give_reason
from perron.communities.models import Partner
from perron.communities.permissions import ENTER_DESK
from perron.desk.asking import DeskForm
from perron.privacy.viewing import LONGEST_REASON


class ReasonForm(DeskForm):
    """The support case."""

    why = forms.CharField(
        label=gettext_lazy("Why do you open this?"),
        max_length=LONGEST_REASON,
        error_messages={"required": gettext_lazy("Say why, for example the number of a support case.")},
        help_text=gettext_lazy(
            "Whoever’s data you see can read this, and so can the data-protection officer: name nobody."
        ),
    )


@requires(ENTER_DESK)
def asked(request: HttpRequest, partner: str) -> HttpResponse:
    """Ask why, and go on to the page that was to be opened."""
    found = get_object_or_404(Partner, slug=partner)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.done(lambda: give_reason(request, found, form.cleaned_data["why"])):
        return redirect(_onward(request, found))
    context = {"form": form, "partner": found, "minutes": int(HOLDS.total_seconds() / 60)}
    return render(request, "desk/reason.html", context, status=422 if form.is_bound else 200)


def _onward(request: HttpRequest, partner: Partner) -> str:
    onward = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        return onward
    return reverse("desk:partner", args=[partner.slug])
