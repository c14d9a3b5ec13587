"""Subscribing to a community: a form that needs no cookie and no account. By e-mail, a link confirms it; on the device,
a script asks the browser (`devices`)."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from perron.audience import subscribing
from perron.audience.choices import KINDS, Choice, Rhythm, chosen
from perron.audience.devices import takes_devices
from perron.audience.keys import key_of
from perron.communities import versions
from perron.communities.access import anyone, part_of
from perron.communities.hosting import address_of, platform_of
from perron.communities.models import Community, Platform
from perron.core.errors import NotFound, Refused
from perron.core.language import localised
from perron.delivery.devices import key_for_browsers
from perron.privacy.declaring import Activity
from perron.publishing.kinds.registry import KINDS as KNOWN
from perron.reader import framing
from perron.reader.finding import community_here, topics
from perron.reader.public import at_the_edge, public
from perron.reader.trapping import TrappingForm
from perron.reader.website.truth import next_change
from perron.screens.limits import SENDING, limited
from perron.screens.own_posts import own_posts


class SubscribeForm(TrappingForm):
    """Where to write."""

    email = forms.CharField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("You get one letter first, to confirm that it is yours."),
        required=False,
        widget=forms.EmailInput(attrs={"class": "input", "autocomplete": "email", "maxlength": 254}),
    )


@own_posts
@part_of(Activity.SUBSCRIPTIONS)
@anyone
@limited(SENDING)
def subscribe(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Show the form; take a wish, and lead to the page that says what happens now."""
    platform = platform_of(request)
    found = _community(community, platform)
    form = SubscribeForm(request.POST if request.method == "POST" else None)
    # What was ticked stays so where something else is to be changed.
    choice = wished(request)
    if form.is_valid():
        try:
            choice = choice_of(request, found)
            page = f"{address_of(platform)}/{language}/subscription/confirm/"
            subscribing.ask(form.cleaned_data["email"], found, choice, language=language, page=page)
        except Refused as refusal:
            form.add_error("email", refusal.message)
        else:
            return redirect("reader:subscribe-sent", language, found.slug)
    context = {
        "form": form,
        "community": found,
        "name": found.name_in(language),
        "device_key": key_for_browsers() if takes_devices(found) else "",
    } | offered(choice, found, language)
    response = framing.page(
        request,
        "reader/subscribe.html",
        platform=platform,
        fictional=found.fictional,
        context=context,
        indexed=False,
    )
    response["Cache-Control"] = "no-store" if form.is_bound else "no-cache"
    response.status_code = 422 if form.is_bound else 200
    return response


@part_of(Activity.SUBSCRIPTIONS)
@at_the_edge()
def sent(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Say that a letter is on its way; the same for everybody."""
    platform = platform_of(request)
    found = _community(community, platform)
    context = {"community": found, "name": found.name_in(language)}
    response = framing.page(
        request,
        "reader/subscribe_sent.html",
        platform=platform,
        fictional=found.fictional,
        context=context,
        indexed=False,
    )
    keys = [versions.of_platform(platform), versions.of_community(found)]
    return public(response, on=keys, until=next_change())


@own_posts
@part_of(Activity.SUBSCRIPTIONS)
@anyone
def confirm(request: HttpRequest, language: str) -> HttpResponse:
    """Show what a link asks for; the button does it. Programs that look at mail open links, and press no buttons."""
    token = request.POST.get("token") or request.GET.get("token", "")
    if request.method == "POST":
        recipient = subscribing.confirm(token)
        page = reverse("reader:subscription", args=[language, key_of(recipient.pk)])
        return framing.private(redirect(f"{page}?done=confirmed"))
    wish = subscribing.look(token)
    context = {
        "wish": wish,
        "name": wish.community.name_in(language),
        "token": token,
        "said": said(offered(wish.choice, wish.community, language)),
        "rhythm": Rhythm(wish.choice.rhythm).label,
    }
    response = framing.page(
        request,
        "reader/subscribe_confirm.html",
        platform=platform_of(request),
        fictional=wish.community.fictional,
        context=context,
        indexed=False,
    )
    return framing.private(response)


def wished(request: HttpRequest) -> Choice:
    """Return what was ticked, whether it is offered or not."""
    kinds, topics_, areas = (tuple(request.POST.getlist(name)) for name in ("kind", "topic", "area"))
    return Choice(kinds, topics_, areas, request.POST.get("rhythm") or Rhythm.AT_ONCE)


def choice_of(request: HttpRequest, community: Community) -> Choice:
    """Return what was ticked. Raises `Refused` for what is not offered."""
    found = wished(request)
    return chosen(found.kinds, found.topics, found.areas, found.rhythm, of=community)


def offered(choice: Choice, community: Community, language: str) -> dict[str, Any]:
    """Return the boxes to tick: value, name, whether it is ticked. No ticks want everything."""
    areas = sorted((localised(one.names, language, community.languages), one.slug) for one in community.areas.all())
    return {
        "kinds": [(kind, KNOWN[kind].plural, kind in choice.kinds) for kind in KINDS],
        "topics": [(one.slug, localised(one.names, language), one.slug in choice.topics) for one in topics()],
        "areas": [(slug, name, slug in choice.areas) for name, slug in areas],
        "rhythms": [(one.value, one.label, one == choice.rhythm) for one in Rhythm],
    }


def said(boxes: Mapping[str, Any]) -> list[str]:
    """Return the names of what is ticked of `offered`; none for everything."""
    ticks = [*boxes["kinds"], *boxes["topics"], *boxes["areas"]]
    return [str(name) for _value, name, ticked in ticks if ticked]


def _community(slug: str, platform: Platform) -> Community:
    found = community_here(slug, platform)
    if not subscribing.takes_subscriptions(found):
        raise NotFound(_("There is nothing at this address."))
    return found
