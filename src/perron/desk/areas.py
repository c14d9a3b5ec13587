"""Areas of a community: drawn as GeoJSON, or made of communes."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import requires
from perron.communities.describing import redraw
from perron.communities.founding import draw_area, remove_area
from perron.communities.models import Area, Community
from perron.communities.permissions import FOUND
from perron.communities.polygons import geometry_of
from perron.desk.asking import CommunesField, NamesForm, actor, communes_offered, written

_MOST_BYTES = 1_000_000


class AreaForm(NamesForm):
    """How an area is called and where it is."""

    fields_of = NamesForm.fields_of | {"polygon": "drawn", "": "drawn"}

    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=50,
        help_text=gettext_lazy("For example centre. Lower-case letters, digits and hyphens; it stays."),
        error_messages={"required": gettext_lazy("Write an address for the area.")},
    )
    communes_nis = CommunesField(
        label=gettext_lazy("Communes"),
        help_text=gettext_lazy("Names or postal codes, one on each line. Empty where the area is drawn."),
    )
    drawn = forms.CharField(
        label=gettext_lazy("Drawn as GeoJSON"),
        required=False,
        max_length=_MOST_BYTES,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "code"}),
        help_text=gettext_lazy("A Polygon or MultiPolygon, alone or in a Feature, longitude before latitude."),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a GeoJSON file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".geojson,.json,application/geo+json,application/json"}),
        error_messages={"empty": gettext_lazy("This file is empty.")},
    )

    def clean_drawn(self) -> Any:
        """Return the geometry that was pasted; None for none."""
        return _geometry(self.cleaned_data["drawn"])

    def clean_file(self) -> Any:
        """Return the geometry of the file; None for none."""
        file = self.cleaned_data["file"]
        if not file:
            return None
        data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise forms.ValidationError(_("This file is larger than 1 MB."))
        try:
            return _geometry(data.decode())
        except UnicodeDecodeError as error:
            raise forms.ValidationError(_("This file is no text in UTF-8.")) from error

    def shape(self) -> dict[str, Any]:
        """Return names and shape as the rules take them; a file counts more than what was pasted."""
        asked = self.cleaned_data
        return {
            "names": self.names(),
            "polygon": asked["file"] or asked["drawn"],
            "communes_nis": asked["communes_nis"],
        }


@requires(FOUND)
def new(request: HttpRequest, community: str) -> HttpResponse:
    """Draw an area."""
    found = get_object_or_404(Community, slug=community)
    form = AreaForm(_posted(request), files=request.FILES if request.method == "POST" else None)
    if form.done(lambda: draw_area(found, by=actor(request), slug=form.cleaned_data["slug"], **form.shape())):
        messages.success(request, _("Editors can use this area now."))
        return redirect("desk:community", found.slug)
    context = {"form": form, "community": found, "communes": communes_offered()}
    return render(request, "desk/area.html", context, status=422 if form.is_bound else 200)


@requires(FOUND)
def edit(request: HttpRequest, community: str, area: str) -> HttpResponse:
    """Redraw an area, or remove it while nothing uses it."""
    found = get_object_or_404(Area.objects.select_related("community"), community__slug=community, slug=area)
    if "remove" in request.POST:
        remove_area(found, by=actor(request))
        messages.success(request, _("The area is removed."))
        return redirect("desk:community", community)
    initial = {
        "communes_nis": "\n".join(map(written, found.communes_nis)),
        "drawn": json.dumps(found.polygon) if found.polygon else "",
    }
    form = AreaForm(
        _posted(request), files=request.FILES if request.method == "POST" else None, names=found.names, initial=initial
    )
    del form.fields["slug"]
    if form.done(lambda: redraw(found, by=actor(request), **form.shape())):
        messages.success(request, _("Saved. Residents see it now."))
        return redirect("desk:community", community)
    context = {"form": form, "community": found.community, "area": found, "communes": communes_offered()}
    return render(request, "desk/area.html", context, status=422 if form.is_bound else 200)


def _posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _geometry(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return geometry_of(json.loads(text))
    except (ValueError, RecursionError) as error:
        if isinstance(error, forms.ValidationError):
            raise
        raise forms.ValidationError(_("This is no GeoJSON: it cannot be read as JSON.")) from error
