"""Importing a feed, a calendar or an alert: one form, then a page that says what came of it.

It is done within the request, so only up to a stated size; more goes through `perron import`.
"""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import IMPORT
from perron.core.errors import PerronError
from perron.core.fetching import fetch
from perron.publishing.models import Source
from perron.publishing.sources.importing import Imported, Options, import_fetched, import_file

MOST_BYTES = 5_000_000
MOST_ENTRIES = 2_000
_SECONDS = 20.0
_RECENT = 10


class ImportForm(forms.Form):
    """A file or an address, whether to release at once, and what readers are told of the source."""

    file = forms.FileField(
        label=gettext_lazy("File"), required=False,
        help_text=gettext_lazy("RSS, Atom, JSON Feed, iCalendar (.ics) or CAP; at most 5 MB and 2,000 entries."),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )  # fmt: skip
    address = forms.CharField(
        label=gettext_lazy("Or its address"), required=False, max_length=2000,
        help_text=gettext_lazy("For example https://www.commune.be/agenda.ics"),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    release = forms.ChoiceField(
        label=gettext_lazy("What becomes of the entries?"), initial="drafts", widget=forms.RadioSelect,
        choices=[("drafts", gettext_lazy("Drafts, to look at first")),
                 ("released", gettext_lazy("Public at once"))],
        error_messages={"required": gettext_lazy("Choose drafts or public.")},
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name of the source"), required=False, max_length=140,
        help_text=gettext_lazy("Residents read it under each item. Left empty, the source's own name is taken."),
    )  # fmt: skip
    licence = forms.CharField(
        label=gettext_lazy("Licence"), required=False, max_length=140,
        help_text=gettext_lazy("For example CC BY 4.0. It says that you may publish this."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Look that there is one of file and address, and that the file is not too large."""
        cleaned = super().clean() or {}
        file, address = cleaned.get("file"), cleaned.get("address")
        if file and address:
            self.add_error("address", _("Choose a file or give an address, not both."))
        elif not file and not address and "file" not in self.errors and "address" not in self.errors:
            self.add_error("file", _("Choose a file, or give its address below."))
        elif file and file.size > MOST_BYTES:
            self.add_error("file", _("The file has more than %(most)d MB.") % {"most": MOST_BYTES // 1_000_000})
        return cleaned

    def options(self) -> Options:
        """Return how to import; only after `is_valid()`."""
        return Options(
            release=self.cleaned_data["release"] == "released",
            name=self.cleaned_data["name"],
            licence=self.cleaned_data["licence"],
            most=MOST_ENTRIES,
        )


@requires(IMPORT)
def begin(request: HttpRequest, community: Community) -> HttpResponse:
    """Ask for a file or an address, import it, and show the result."""
    context: dict[str, Any] = {"community": community, "powers": powers(request.user, community)}
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if form.is_bound and form.is_valid():
        try:
            imported = _import(form, community, request)
        except PerronError as error:
            form.add_error("file" if form.cleaned_data["file"] else "address", error.message)
        else:
            more = {"imported": imported, "released": form.options().release}
            return render(request, "studio/imported.html", context | more)
    sources = Source.objects.filter(community=community).order_by("-imported_at")[:_RECENT]
    status = 422 if form.is_bound else 200
    return render(request, "studio/imports.html", context | {"form": form, "sources": sources}, status=status)


def _import(form: ImportForm, community: Community, request: HttpRequest) -> Imported:
    assert isinstance(request.user, Person)
    if file := form.cleaned_data["file"]:
        return import_file(community, file.read(), file.name, form.options(), by=request.user.actor)
    fetched = fetch(form.cleaned_data["address"], limit=MOST_BYTES, seconds=_SECONDS)
    return import_fetched(community, fetched, form.options(), by=request.user.actor)
