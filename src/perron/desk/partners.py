"""Partners: the organisations under contract."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import powers, requires
from perron.communities.contracting.standing import standings
from perron.communities.describing import describe_partner
from perron.communities.founding import found_partner
from perron.communities.models import Partner
from perron.communities.naming import bare_enterprise_number, grouped_enterprise_number
from perron.communities.permissions import FOUND, READ_AGREEMENTS, READ_PARTNER
from perron.desk.asking import DeskForm, actor
from perron.privacy.declaring import Activity
from perron.privacy.policy.current import policy


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

    street = forms.CharField(label=gettext_lazy("Street and number"), max_length=120, required=False)
    postal_code = forms.CharField(
        label=gettext_lazy("Postal code"), max_length=4, required=False, widget=forms.TextInput(attrs={"size": "6"})
    )
    locality = forms.CharField(label=gettext_lazy("Locality"), max_length=80, required=False)
    parent = forms.ModelChoiceField(
        Partner.objects.none(),
        label=gettext_lazy("Part of"),
        required=False,
        empty_label=gettext_lazy("No other partner"),
        help_text=gettext_lazy(
            "The organisation above it, as a commune for its public centre for social welfare. Its agreements can "
            "bind this one too."
        ),
    )

    def __init__(self, *posted: Any, of: Partner | None = None, **more: Any) -> None:
        super().__init__(*posted, **more)
        above = Partner.objects.filter(parent=None, is_operator=False).order_by("name")
        self.fields["parent"].queryset = above.exclude(pk=of.pk) if of else above  # type: ignore[attr-defined]

    def clean_enterprise_number(self) -> str:
        """Return its digits."""
        return bare_enterprise_number(self.cleaned_data["enterprise_number"])


@requires(FOUND)
def new(request: HttpRequest) -> HttpResponse:
    """Take up a partner."""
    form = PartnerForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        partner = form.do(lambda: found_partner(by=actor(request), **form.cleaned_data))
        if partner:
            messages.success(request, _("%(name)s is a partner now.") % {"name": partner})
            return redirect("desk:partner", partner.slug)
    return render(request, "desk/partner_new.html", {"form": form}, status=_status(form))


@requires(READ_PARTNER)
def edit(request: HttpRequest, found: Partner) -> HttpResponse:
    """Show a partner, its platforms, communities and members; change its name and particulars."""
    initial: dict[str, Any] = {
        "name": found.name,
        "enterprise_number": grouped_enterprise_number(found.enterprise_number),
        "street": found.street,
        "postal_code": found.postal_code,
        "locality": found.locality,
        "parent": found.parent_id,
    }
    form = PartnerForm(request.POST if request.method == "POST" else None, of=found, initial=initial)
    if form.done(lambda: describe_partner(found, by=actor(request), **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("desk:partner", found.slug)
    may = powers(request.user) | powers(request.user, found)
    # Who has no contracts has nobody to turn to about them.
    has_some = policy().does(Activity.CONTRACTS) and not found.is_operator and may[READ_AGREEMENTS.name]
    context = {"form": form, "partner": found, "powers": may, "standings": standings(found) if has_some else None}
    return render(request, "desk/partner.html", context, status=_status(form))


def _status(form: forms.Form) -> int:
    return 422 if form.is_bound else 200
