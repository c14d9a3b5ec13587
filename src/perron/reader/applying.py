"""Shops and associations apply to publish on a commune's app: a form that needs no cookie and no account."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities import versions
from perron.communities.access import anyone, part_of
from perron.communities.applying.receiving import LONGEST_OF, Applied, apply, takes_applications
from perron.communities.applying.tables import Application
from perron.communities.hosting import platform_of
from perron.communities.models import Community, Platform
from perron.communities.writing import Unfit
from perron.core.errors import NotFound, Refused
from perron.privacy.declaring import Activity
from perron.reader import framing
from perron.reader.finding import community_here
from perron.reader.public import at_the_edge, public
from perron.reader.trapping import TrappingForm
from perron.reader.website.truth import next_change
from perron.screens.limits import SENDING, limited
from perron.screens.own_posts import own_posts


def _field(column: str, label: Any, *, lines: int = 1, help_text: Any = "", **attributes: str) -> forms.CharField:
    """Return a field; what is missing or too long, the rule says."""
    common = {"class": "input", "dir": "auto", "maxlength": LONGEST_OF[column], **attributes}
    widget = forms.TextInput(attrs=common) if lines == 1 else forms.Textarea(attrs=common | {"rows": lines})
    return forms.CharField(label=label, required=False, widget=widget, help_text=help_text)


class JoinForm(TrappingForm):
    """What an association or a shop says of itself, and who asks."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it?"), required=False, choices=Application.Kind, widget=forms.RadioSelect,
        error_messages={"invalid_choice": gettext_lazy("Choose what it is.")},
    )  # fmt: skip
    name = _field("name", gettext_lazy("Its name"), autocomplete="organization")
    street = _field("street", gettext_lazy("Street and number (optional)"), autocomplete="street-address")
    postal_code = _field(
        "postal_code", gettext_lazy("Postal code (optional)"), autocomplete="postal-code", inputmode="numeric"
    )
    locality = _field("locality", gettext_lazy("Locality (optional)"), autocomplete="address-level2")
    site = _field("website", gettext_lazy("Website (optional)"), help_text=gettext_lazy("It begins with https://"),
                  autocomplete="url", inputmode="url")  # fmt: skip
    hours = _field("hours", gettext_lazy("Opening hours (optional)"), lines=2)
    contact = _field("contact", gettext_lazy("Your name"), autocomplete="name")
    email = _field("email", gettext_lazy("Your e-mail address"), help_text=gettext_lazy("The commune answers to it."),
                   autocomplete="email", inputmode="email")  # fmt: skip
    why = _field("why", gettext_lazy("What would you like to publish?"), lines=5)

    def applied(self) -> Applied:
        """Return what was filled in."""
        said = {name: value for name, value in self.cleaned_data.items() if name not in {"site", "website"}}
        return Applied(website=self.cleaned_data["site"], **said)


@own_posts
@part_of(Activity.APPLICATIONS)
@anyone
@limited(SENDING)
def join(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Show the form; take what was written, and lead to the page that says so."""
    platform = platform_of(request)
    commune = _commune(community, platform)
    form = JoinForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _received(form, commune, language, platform):
        return redirect("reader:join-sent", language, commune.slug)
    response = _page(request, "reader/join.html", platform, commune, language, form=form)
    response["Cache-Control"] = "no-store" if form.is_bound else "no-cache"
    response.status_code = 422 if form.is_bound else 200
    return response


@part_of(Activity.APPLICATIONS)
@at_the_edge()
def sent(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Say that the application arrived, and what happens now."""
    platform = platform_of(request)
    commune = _commune(community, platform)
    response = _page(request, "reader/join_sent.html", platform, commune, language)
    keys = [versions.of_platform(platform), versions.of_community(commune)]
    return public(response, on=keys, until=next_change())


def _commune(slug: str, platform: Platform) -> Community:
    found = community_here(slug, platform)
    if not takes_applications(found):
        raise NotFound(_("There is nothing at this address."))
    return found


def _page(
    request: HttpRequest, template: str, platform: Platform, commune: Community, language: str, **more: Any
) -> HttpResponse:
    context = {"commune": commune, "name": commune.name_in(language), **more}
    return framing.page(
        request, template, platform=platform, fictional=commune.fictional, context=context, indexed=False
    )


def _received(form: JoinForm, commune: Community, language: str, platform: Platform) -> bool:
    """Hand the application on; False if it was refused, the sentences being the form's errors then."""
    try:
        apply(form.applied(), commune, language=language, platform=platform)
    except Unfit as refusal:
        for column, sentences in refusal.fields.items():
            for sentence in sentences:
                form.add_error("site" if column == "website" else column, sentence)
    except Refused as refusal:
        form.add_error(None, refusal.message)
    return not form.errors
