"""Platforms: the branded apps, their look, and the communities that they show."""

import re
from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.communities.access import requires
from perron.communities.branding import put_logo, remove_logo
from perron.communities.colours import contrast, validate_brand_colour
from perron.communities.colours import shown as shown_ratio
from perron.communities.describing import describe_platform
from perron.communities.founding import found_platform, show
from perron.communities.models import Community, Partner, Platform
from perron.communities.naming import validate_host
from perron.communities.permissions import FOUND
from perron.core.language import LANGUAGES
from perron.core.text import clean_line
from perron.desk.asking import DeskForm, FirstLanguageField, LanguagesField, actor, in_order


class PlatformForm(DeskForm):
    """How an app is called, reached and coloured."""

    partner = forms.ModelChoiceField(
        Partner.objects.order_by("name"),
        label=gettext_lazy("Partner"),
        empty_label=None,
        error_messages={"required": gettext_lazy("Choose the partner whose app this is.")},
    )
    name = forms.CharField(
        label=gettext_lazy("Name of the app"),
        max_length=60,
        help_text=gettext_lazy("As residents see it on their screen, for example Liège en Poche."),
        error_messages={"required": gettext_lazy("Write the name of the app.")},
    )
    slug = forms.CharField(
        label=gettext_lazy("Address"),
        max_length=50,
        help_text=gettext_lazy("The app is reached under /p/address/. Lower-case letters, digits, hyphens. It stays."),
        error_messages={"required": gettext_lazy("Write an address for the app.")},
    )
    host = forms.CharField(
        label=gettext_lazy("Host name of its own"),
        max_length=253,
        required=False,
        help_text=gettext_lazy("For example app.commune.be, where its name service points here. Empty for none."),
    )
    colour = forms.CharField(
        label=gettext_lazy("Colour"),
        max_length=7,
        initial="#7a1f2b",
        validators=[validate_brand_colour],
        help_text=gettext_lazy("White text stands on it: its contrast must be 4.5 to 1 or more."),
        widget=forms.TextInput(attrs={"type": "color", "data-colour": ""}),
        error_messages={"required": gettext_lazy("Choose a colour.")},
    )
    languages = LanguagesField()
    first_language = FirstLanguageField()
    is_front = forms.BooleanField(
        label=gettext_lazy("The front platform"),
        required=False,
        help_text=gettext_lazy(
            "It answers on every host that no platform has. There is one; choosing this takes it from the other."
        ),
    )

    def clean_host(self) -> str:
        """Return the host as browsers send it: lower case, other letters in their ASCII form (RFC 5891)."""
        host = clean_line(self.cleaned_data["host"]).lower().rstrip(".")
        # What has no such form is no host name, and the check says so.
        with suppress(UnicodeError):
            host = host.encode("idna").decode() if host else ""
        validate_host(host)
        return host

    def columns(self) -> dict[str, Any]:
        """Return what the rules take."""
        ticked, first = self.cleaned_data["languages"], self.cleaned_data["first_language"]
        columns = {name: value for name, value in self.cleaned_data.items() if name != "first_language"}
        return columns | {"languages": in_order(first, ticked)}


class LogoForm(DeskForm):
    """A picture for the app's icon."""

    logo = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy("PNG, JPEG or WebP, at least 512 pixels on its longer side; best square."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        error_messages={"required": gettext_lazy("Choose a picture."), "empty": gettext_lazy("This file is empty.")},
    )


@requires(FOUND)
def new(request: HttpRequest) -> HttpResponse:
    """Found an app."""
    first = {"languages": list(LANGUAGES), "first_language": LANGUAGES[0], "partner": request.GET.get("partner")}
    form = PlatformForm(request.POST if request.method == "POST" else None, initial=first)
    del form.fields["is_front"]
    if form.is_valid():
        platform = form.do(lambda: found_platform(by=actor(request), **form.columns()))
        if platform:
            messages.success(
                request, _("%(name)s is there. Choose the communities that it shows.") % {"name": platform}
            )
            return redirect("desk:arrange", platform.slug)
    status = 422 if form.is_bound else 200
    return render(request, "desk/platform_new.html", {"form": form} | _example(form), status=status)


@requires(FOUND)
def edit(request: HttpRequest, platform: str) -> HttpResponse:
    """Show an app and change it."""
    found = get_object_or_404(Platform, slug=platform)
    form = _form_of(found, request.POST if request.method == "POST" else None)
    if form.done(lambda: describe_platform(found, by=actor(request), **form.columns())):
        messages.success(request, _("Saved. Residents see it now."))
        return redirect("desk:platform", found.slug)
    return _page(request, found, form, LogoForm())


@requires(FOUND)
def logo(request: HttpRequest, platform: str) -> HttpResponse:
    """Put up a logo, or take it down."""
    found = get_object_or_404(Platform, slug=platform)
    if request.method != "POST":
        return redirect("desk:platform", found.slug)
    if "remove" in request.POST:
        remove_logo(found, by=actor(request))
    else:
        form = LogoForm(request.POST, request.FILES)
        if not form.done(lambda: put_logo(found, form.cleaned_data["logo"], by=actor(request))):
            return _page(request, found, _form_of(found), form)
    messages.success(request, _("Saved. Residents see it now."))
    return redirect("desk:platform", found.slug)


@requires(FOUND)
def arrange(request: HttpRequest, platform: str) -> HttpResponse:
    """Choose which communities an app shows, and in which order."""
    found = get_object_or_404(Platform, slug=platform)
    shown = list(found.communities.order_by("place__position", "place__id"))
    others = Community.objects.exclude(pk__in=[community.pk for community in shown]).order_by("slug")
    if request.method == "POST":
        show(found, _moved(shown, others, request.POST), by=actor(request))
        return redirect("desk:arrange", found.slug)
    return render(request, "desk/arrange.html", {"platform": found, "shown": shown, "others": others})


def _form_of(platform: Platform, data: Any = None) -> PlatformForm:
    """Return the form for an app that is there: its address stays, and the front remains the front."""
    initial = {name: getattr(platform, name) for name in ("partner", "name", "host", "colour", "languages", "is_front")}
    form = PlatformForm(data, initial=initial | {"first_language": platform.languages[0]})
    del form.fields["slug"]
    if platform.is_front:
        del form.fields["is_front"]
    return form


def _moved(shown: list[Community], others: Any, asked: Any) -> list[Community]:
    """Return `shown` after the one thing that was asked: a community added, removed, or moved up by one."""
    places = {community.slug: place for place, community in enumerate(shown)}
    if (place := places.get(asked.get("remove", ""))) is not None:
        return shown[:place] + shown[place + 1 :]
    if place := places.get(asked.get("up", ""), 0):
        return [*shown[: place - 1], shown[place], shown[place - 1], *shown[place + 1 :]]
    added = others.filter(slug=asked.get("add", "")[:50].replace("\x00", "")).first()
    return [*shown, added] if added else shown


def _page(request: HttpRequest, platform: Platform, form: PlatformForm, logo_form: LogoForm) -> HttpResponse:
    refused = form.is_bound or logo_form.is_bound
    context = {
        "platform": platform,
        "form": form,
        "logo_form": logo_form,
    }
    return render(request, "desk/platform.html", context | _example(form), status=422 if refused else 200)


def _example(form: PlatformForm) -> dict[str, Any]:
    """Return the colour to show an example of, the one asked for if it is one, and its contrast with white."""
    asked = str(form["colour"].value())
    colour = asked if re.fullmatch("#[0-9a-f]{6}", asked) else "#7a1f2b"
    return {"colour": colour, "contrast": shown_ratio(contrast(colour, "#ffffff"))}
