"""Where a partner's own people sign in: the partner's identity provider."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import requires, strongly_signed_in
from perron.communities.identity.rules import set_up
from perron.communities.models import IdentityProvider, Partner
from perron.communities.permissions import KEEP_SIGN_IN
from perron.desk.asking import DeskForm, actor


class ProviderForm(DeskForm):
    """The provider, and what it gave the installation."""

    issuer = forms.CharField(
        label=gettext_lazy("Address of the provider"),
        max_length=300,
        help_text=gettext_lazy("The issuer, for example https://login.ville.be/realms/staff"),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the address of the provider.")},
    )
    client_id = forms.CharField(
        label=gettext_lazy("Client identifier"),
        max_length=190,
        error_messages={"required": gettext_lazy("Write the identifier that the provider gave you.")},
    )
    secret = forms.CharField(
        label=gettext_lazy("Client secret"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("It is kept encrypted and never shown again. Leave it empty to keep the former one."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
    is_on = forms.BooleanField(label=gettext_lazy("Members may sign in with it"), required=False, initial=True)

    def clean_issuer(self) -> str:
        """Return the address without a slash at its end; only https is asked."""
        issuer: str = self.cleaned_data["issuer"].strip().rstrip("/")
        parts = urlsplit(issuer)
        if (parts.scheme != "https" or not parts.hostname) and not settings.PERRON_PROVIDER_NETWORKS:
            raise ValidationError(_("Give an address that begins with https://."))
        return issuer


@strongly_signed_in
@requires(KEEP_SIGN_IN)
def provider(request: HttpRequest, found: Partner) -> HttpResponse:
    """Show and change where a partner's people sign in."""
    row = IdentityProvider.objects.filter(partner=found).first()
    initial: dict[str, Any] = {"issuer": row.issuer, "client_id": row.client_id, "is_on": row.is_on} if row else {}
    form = ProviderForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.done(lambda: set_up(found, by=actor(request), **form.cleaned_data)):
        messages.success(request, _("Saved."))
        return redirect("desk:partner-sign-in", found.slug)
    addresses = {"partner": found, "form": form, "row": row}
    for name, route in (("there", "openid_connect_login"), ("back", "openid_connect_callback")):
        path = reverse(route, "perron.project.urls", kwargs={"provider_id": found.slug})
        addresses[name] = settings.PERRON_ORIGIN + path
    return render(request, "desk/partner_sign_in.html", addresses, status=422 if form.is_bound else 200)
