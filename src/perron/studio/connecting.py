"""Connecting a source: its address, then what was found there and what should become of it, then it is kept."""

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import IMPORT
from perron.core.errors import PerronError
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Connection
from perron.publishing.sources.connecting import Chosen, connect
from perron.publishing.sources.looking import Looked, look
from perron.publishing.sources.mapping import Paths
from perron.publishing.sources.polling import poll

# More is read by the worker: whoever connects it does not wait for that.
_AT_ONCE = 500


class AddressForm(forms.Form):
    """Asks where the source is."""

    address = forms.CharField(
        label=gettext_lazy("Address of the source"), max_length=500,
        help_text=gettext_lazy("A feed, a calendar, or the page of your website that has one: "
                               "https://www.commune.be/agenda.ics"),
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        error_messages={"required": gettext_lazy("Give the address.")},
    )  # fmt: skip


class ChoiceForm(forms.Form):
    """Asks what becomes of a source's entries."""

    release = forms.ChoiceField(
        label=gettext_lazy("What becomes of new entries?"), initial="drafts", widget=forms.RadioSelect,
        choices=[("drafts", gettext_lazy("Drafts, to look at first")),
                 ("released", gettext_lazy("Public at once"))],
        error_messages={"required": gettext_lazy("Choose drafts or public.")},
    )  # fmt: skip
    vanishing = forms.ChoiceField(
        label=gettext_lazy("And when the source takes an entry away?"), initial="withdraw", widget=forms.RadioSelect,
        choices=[(Connection.Vanishing.WITHDRAW, gettext_lazy("Withdraw the item here")),
                 (Connection.Vanishing.KEEP, gettext_lazy("Keep the item here"))],
        help_text=gettext_lazy("What is only too old for a feed, or over, always stays. If most of it disappears at "
                               "once, you are asked first."),
        error_messages={"required": gettext_lazy("Choose to withdraw or to keep.")},
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("Name of the source"), required=False, max_length=140,
        help_text=gettext_lazy("Residents read it under each item."),
    )  # fmt: skip
    licence = forms.CharField(
        label=gettext_lazy("Licence"), required=False, max_length=140,
        help_text=gettext_lazy("For example CC BY 4.0. It says that you may publish this."),
    )  # fmt: skip

    def chosen(self, paths: Paths) -> Chosen:
        """Return the answers; only after `is_valid()`."""
        return Chosen(
            release=self.cleaned_data["release"] == "released",
            vanishing=self.cleaned_data["vanishing"],
            name=self.cleaned_data["name"],
            licence=self.cleaned_data["licence"],
            paths=paths,
        )


class PathsForm(forms.Form):
    """Asks where what is in a list that is JSON of its own; empty answers are possible everywhere."""

    prefix = "path"
    list = forms.CharField(label=gettext_lazy("The list"), help_text=gettext_lazy("Left empty, the whole is the list."))
    id = forms.CharField(label=gettext_lazy("Identifier"))
    title = forms.CharField(label=gettext_lazy("Title"))
    summary = forms.CharField(label=gettext_lazy("Summary"))
    text = forms.CharField(label=gettext_lazy("Text"))
    link = forms.CharField(label=gettext_lazy("Link"))
    date = forms.CharField(label=gettext_lazy("Date of publication"))
    start = forms.CharField(
        label=gettext_lazy("Start of an event"),
        help_text=gettext_lazy("Entries that have one become events, the others news."),
    )
    end = forms.CharField(label=gettext_lazy("End of an event"))
    place = forms.CharField(label=gettext_lazy("Place"))
    only = forms.CharField(label=gettext_lazy("Only entries where"), help_text="review_state=published")
    next = forms.CharField(label=gettext_lazy("Address of the next part"))
    total = forms.CharField(label=gettext_lazy("Number of all entries"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.required = False
            field.widget.attrs |= {"autocomplete": "off", "spellcheck": "false", "maxlength": 200}

    def paths(self) -> Paths:
        """Return the answers; only after `is_valid()`."""
        return Paths.from_json({name: value.strip() for name, value in self.cleaned_data.items()})


@requires(IMPORT)
def begin(request: HttpRequest, community: Community) -> HttpResponse:
    """Ask for an address; show what is there; keep it."""
    address = AddressForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"community": community, "powers": powers(request.user, community), "address": address}
    if request.method != "POST" or not address.is_valid():
        return render(request, "studio/connect.html", context, status=422 if request.method == "POST" else 200)
    paths_form = PathsForm(request.POST) if "path-list" in request.POST else None
    paths = paths_form.paths() if paths_form and paths_form.is_valid() else None
    choice = ChoiceForm(request.POST) if request.POST.get("action") == "connect" else None
    try:
        if choice and choice.is_valid():
            return _keep(request, community, address.cleaned_data["address"], choice.chosen(paths or Paths()))
        looked = look(community, address.cleaned_data["address"], paths)
    except PerronError as error:
        address.add_error("address", error.message)
        return render(request, "studio/connect.html", context | {"paths": paths_form}, status=error.status)
    if looked.choices:
        return render(request, "studio/connect.html", context | {"choices": looked.choices})
    status = 422 if choice else 200
    return render(request, "studio/found.html", context | _found(looked, choice), status=status)


def _found(looked: Looked, choice: ChoiceForm | None) -> dict[str, Any]:
    initial = {field.name: getattr(looked.paths, field.name) for field in fields(Paths)} if looked.paths else {}
    return {
        "looked": looked,
        "examples": [(KINDS[story.kind].label, story) for story in looked.examples],
        "choice": choice or ChoiceForm(initial={"name": looked.name}),
        "paths": PathsForm(initial=initial) if looked.paths else None,
        "form": choice,
    }


def _keep(request: HttpRequest, community: Community, address: str, chosen: Chosen) -> HttpResponse:
    assert isinstance(request.user, Person)
    connection = connect(community, address, chosen, by=request.user.actor)
    if request.POST.get("number", "").isdecimal() and int(request.POST["number"][:6]) > _AT_ONCE:
        messages.success(request, _("Connected. It is large: its entries come in over the next minutes."))
    else:
        try:
            poll(connection)
            messages.success(request, _("Connected. From now on it is read by itself."))
        except PerronError:
            messages.success(request, _("Connected. It is read within a minute."))
    return redirect("studio:source", community.slug, connection.pk)
