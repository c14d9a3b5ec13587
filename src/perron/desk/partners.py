"""Partners: the organisations under contract."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import operator
from perron.communities.describing import describe_partner
from perron.communities.founding import found_partner
from perron.communities.models import Partner
from perron.communities.naming import bare_enterprise_number
from perron.desk.asking import DeskForm, actor


class PartnerForm(DeskForm):
    """Who the partner is."""

    name = forms.CharField(
        label=gettext_lazy("Name of the organisation"),
        max_length=120,
        error_messages={"required": gettext_lazy("Write the name of the organisation.")},
    )
    enterprise_number = forms.CharField(
        label=gettext_lazy("Enterprise number"),
        max_length=30,
        required=False,
        help_text=gettext_lazy(
            "Ten digits, as at the Crossroads Bank for Enterprises: 0123.456.749. Leave it empty for who has none."
        ),
    )

    def clean_enterprise_number(self) -> str:
        """Return its digits."""
        return bare_enterprise_number(self.cleaned_data["enterprise_number"])


@operator
def new(request: HttpRequest) -> HttpResponse:
    """Take up a partner."""
    form = PartnerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        partner = form.do(lambda: found_partner(by=actor(request), **form.cleaned_data))
        if partner:
            messages.success(request, _("%(name)s is a partner now.") % {"name": partner})
            return redirect("desk:partner", partner.slug)
    return render(request, "desk/partner_new.html", {"form": form}, status=_status(form))


@operator
def edit(request: HttpRequest, partner: str) -> HttpResponse:
    """Show a partner, its platforms, communities and members; change its name and number."""
    found = get_object_or_404(Partner, slug=partner)
    initial: dict[str, Any] = {"name": found.name, "enterprise_number": grouped(found.enterprise_number)}
    form = PartnerForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.done(lambda: describe_partner(found, by=actor(request), **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("desk:partner", found.slug)
    return render(request, "desk/partner.html", {"form": form, "partner": found}, status=_status(form))


def grouped(number: str) -> str:
    """Return an enterprise number as people write it: "0123.456.749"."""
    return f"{number[:4]}.{number[4:7]}.{number[7:]}" if number else ""


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound else 200
