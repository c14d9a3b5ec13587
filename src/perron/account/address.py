"""Another address to sign in with: asked for in the account, confirmed by a link at each of both addresses."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.account.confirming import confirmed_first
from perron.accounts import changing_address
from perron.accounts.models import Person
from perron.communities.access import anyone, signed_in
from perron.core.errors import Conflict, Gone, Refused
from perron.screens.own_posts import own_posts


class AddressForm(forms.Form):
    """The new address."""

    use_required_attribute = False
    email = forms.CharField(
        label=gettext_lazy("New e-mail address"),
        max_length=254,
        error_messages={"required": gettext_lazy("Write the new address.")},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )


@own_posts
@signed_in
def change(request: HttpRequest) -> HttpResponseBase:
    """Ask for the new address; once it is sure who asks, send both links."""
    if request.method == "POST":
        return _changed(request)
    return render(request, "account/own/address.html", {"form": AddressForm(), "person": request.user})


@confirmed_first
def _changed(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    form = AddressForm(request.POST)
    if form.is_valid():
        page = request.build_absolute_uri(reverse("account:address-link"))
        try:
            changing_address.ask(person, form.cleaned_data["email"], page=page, by=person.actor)
        except Refused as refusal:
            form.add_error("email", refusal.message)
        else:
            messages.success(
                request, _("Look into your mail at both addresses: each has a link that confirms the change.")
            )
            return redirect("account:profile")
    return render(request, "account/own/address.html", {"form": form, "person": person}, status=422)


@own_posts
@anyone
def link(request: HttpRequest) -> HttpResponse:
    """Show what a mailed link is about; its buttons confirm the change, or stop it."""
    token = request.POST.get("token", request.GET.get("token", ""))
    try:
        found = changing_address.look(token)
        if request.method != "POST":
            return render(request, "account/own/address_link.html", {"link": found, "token": token})
        if "stop" in request.POST:
            changing_address.stop(token)
            return render(request, "account/own/address_link.html", {"said": "stopped"})
        said = "done" if changing_address.confirm(token) else "half"
    except (Gone, Conflict) as refusal:
        return render(request, "account/own/address_link.html", {"refusal": refusal.message}, status=refusal.status)
    return render(request, "account/own/address_link.html", {"link": found, "said": said})
