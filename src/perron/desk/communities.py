"""Communities: who publishes."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities import communes
from perron.communities.access import requires
from perron.communities.describing import describe
from perron.communities.founding import found_community
from perron.communities.models import Community, Partner
from perron.communities.permissions import FOUND
from perron.core.language import LANGUAGES
from perron.desk.asking import (
    CommuneField,
    FirstLanguageField,
    LanguagesField,
    NamesForm,
    actor,
    communes_offered,
    in_order,
    written,
)

_COLUMNS = ("partner", "kind", "languages", "street", "postal_code", "locality", "phone", "email", "website",
            "fictional")  # fmt: skip


class CommunityForm(NamesForm):
    """What the operator says of a community; its own administrators add descriptions and opening hours."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Community.Kind.choices)
    partner = forms.ModelChoiceField(
        Partner.objects.order_by("name"),
        label=gettext_lazy("Partner"),
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the partner that it belongs to.")},
    )
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=50,
        help_text=gettext_lazy(
            "The last part of its web address, for example liege. Lower-case letters, digits and "
            "hyphens. It stays: links and printed codes lead there."
        ),
        error_messages={"required": gettext_lazy("Write an address for the community.")},
    )
    commune_nis = CommuneField(
        label=gettext_lazy("Commune"), help_text=gettext_lazy("Where it is: a name or a postal code.")
    )
    languages = LanguagesField()
    first_language = FirstLanguageField()
    street = forms.CharField(label=gettext_lazy("Street and number"), max_length=120, required=False)
    postal_code = forms.CharField(label=gettext_lazy("Postal code"), max_length=4, required=False)
    locality = forms.CharField(label=gettext_lazy("Locality"), max_length=80, required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=30, required=False, widget=forms.TextInput(attrs={"type": "tel"})
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        max_length=254,
        required=False,
        error_messages={"invalid": gettext_lazy("Write the address in full, for example info@commune.be.")},
    )
    website = forms.URLField(
        label=gettext_lazy("Website"),
        max_length=200,
        required=False,
        assume_scheme="https",
        error_messages={"invalid": gettext_lazy("Write the address in full, for example https://www.commune.be.")},
    )
    fictional = forms.BooleanField(
        label=gettext_lazy("Fictional"),
        required=False,
        help_text=gettext_lazy("For demonstrations: every page says so and stays out of search engines."),
    )

    def columns(self) -> dict[str, Any]:
        """Return what the rules take."""
        asked = self.cleaned_data
        kept = {name: asked[name] for name in asked if name != "first_language" and not name.startswith("name_")}
        return kept | {"names": self.names(), "languages": in_order(asked["first_language"], asked["languages"])}


@requires(FOUND)
def new(request: HttpRequest) -> HttpResponse:
    """Found a community."""
    first = {"languages": list(LANGUAGES), "first_language": LANGUAGES[0], "partner": request.GET.get("partner")}
    form = CommunityForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_valid():
        columns = form.columns()
        community = form.do(lambda: found_community(by=actor(request), **(columns | _point(columns["commune_nis"]))))
        if community:
            messages.success(request, _("%(name)s is there. Add the people who write for it.") % {"name": community})
            return redirect("desk:community-members", community.slug)
    context = {"form": form, "communes": communes_offered()}
    return render(request, "desk/community_new.html", context, status=422 if form.is_bound else 200)


@requires(FOUND)
def edit(request: HttpRequest, community: str) -> HttpResponse:
    """Show a community and change it."""
    found = get_object_or_404(Community.objects.select_related("partner"), slug=community)
    initial = {name: getattr(found, name) for name in _COLUMNS}
    initial |= {"commune_nis": written(found.commune_nis), "first_language": found.languages[0]}
    data = request.POST if request.method == "POST" else None
    form = CommunityForm(data, names=found.names, initial=initial)
    del form.fields["slug"]
    if form.done(lambda: describe(found, by=actor(request), **form.columns())):
        messages.success(request, _("Saved. Residents see it now."))
        return redirect("desk:community", found.slug)
    context = {"form": form, "community": found, "communes": communes_offered()}
    return render(request, "desk/community.html", context, status=422 if form.is_bound else 200)


def _point(nis: str) -> dict[str, float]:
    """Return the commune's point for a new community, until somebody gives its own."""
    commune = communes.by_nis(nis)
    return {"latitude": commune.latitude, "longitude": commune.longitude} if commune else {}
