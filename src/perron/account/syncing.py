"""The same on all of somebody's devices: the page with the switch, and what the devices ask for it, in JSON.

Residents' pages ask only where the device was told to (`reader/static/reader/syncing.js`). Nothing here is kept by
browsers or proxies, and other origins are refused whatever they ask.
"""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix
from django.utils.translation import gettext as _

from perron.account.rights import asker_of
from perron.accounts.models import Person
from perron.communities.access import anyone, signed_in
from perron.communities.hosting import platform_of
from perron.communities.models import Platform, SyncedChoice
from perron.communities.syncing import entries, keeping
from perron.core.errors import NotAllowed, PerronError, Refused, TooLarge
from perron.screens.own_posts import is_foreign, own_posts


@own_posts
@signed_in
def devices(request: HttpRequest) -> HttpResponse:
    """Say what keeping devices in step means, and switch it on or off for this platform."""
    assert isinstance(request.user, Person)
    platform = platform_of(request)
    if request.method == "POST":
        if request.POST.get("wanted") == "on":
            keeping.begin(request.user, platform, by=request.user.actor)
            messages.success(request, _("It is on. Your devices join one by one, each by its own button."))
        else:
            keeping.end(request.user, platform, by=request.user.actor)
            messages.success(request, _("It is off, and our copy is deleted. Your devices keep what they have."))
        return redirect("account:devices")
    kept = keeping.platforms_of(request.user)
    context = {
        "asker": asker_of(request),
        "platform": platform,
        "root": get_script_prefix(),
        "kept": next((one for one in kept if one.platform_id == platform.pk), None),
        "elsewhere": [one for one in kept if one.platform_id != platform.pk],
    }
    return render(request, "account/devices.html", context)


@own_posts
@anyone
def choice(request: HttpRequest) -> HttpResponse:
    """Answer a device of whoever is signed in: read (GET), begin (POST), write (PUT), end (DELETE)."""
    try:
        if is_foreign(request):
            raise NotAllowed(_("Only our own pages may ask this."))
        if not isinstance(request.user, Person):
            return _problem(401, _("Sign in first."))
        verb = _VERBS.get(request.method or "")
        if verb is None:
            return HttpResponse(status=405, headers={"Allow": ", ".join(_VERBS)})
        return verb(request, request.user, platform_of(request))
    except keeping.Outdated as conflict:
        return JsonResponse(_said(conflict.choice), status=conflict.status)
    except PerronError as refusal:
        return _problem(refusal.status, refusal.message)


def _read(_request: HttpRequest, person: Person, platform: Platform) -> HttpResponse:
    return JsonResponse(_said(keeping.look(person, platform, by=person.actor)))


def _begin(_request: HttpRequest, person: Person, platform: Platform) -> HttpResponse:
    return JsonResponse(_said(keeping.begin(person, platform, by=person.actor)))


def _write(request: HttpRequest, person: Person, platform: Platform) -> HttpResponse:
    said = _sent(request)
    if not isinstance(said, dict) or type(said.get("on")) is not int:
        raise Refused(_("Say in “on” which version you have seen, and in “choice” what is chosen."))
    return JsonResponse(_said(keeping.keep(person, platform, said.get("choice"), on=said["on"], by=person.actor)))


def _end(_request: HttpRequest, person: Person, platform: Platform) -> HttpResponse:
    keeping.end(person, platform, by=person.actor)
    return HttpResponse(status=204)


_VERBS: dict[str, Callable[[HttpRequest, Person, Platform], HttpResponse]] = {
    "GET": _read,
    "POST": _begin,
    "PUT": _write,
    "DELETE": _end,
}


def _said(row: SyncedChoice) -> dict[str, Any]:
    """Return what a device gets; `id` tells it whether it is still the choice that it joined."""
    columns = {key: getattr(row, key) for key in (*entries.LISTS, "language", "removed")}
    return {"id": str(row.pk), "version": row.version, "choice": columns}


def _sent(request: HttpRequest) -> Any:
    if request.content_type != "application/json":
        raise Refused(_("Send the choice as application/json."))
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > entries.LARGEST:
        raise TooLarge(_("A choice has at most %(most)d bytes.") % {"most": entries.LARGEST})
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refused(_("This is no JSON.")) from error


def _problem(status: int, title: str) -> HttpResponse:
    body = {"status": status, "title": title}
    return JsonResponse(body, status=status, content_type="application/problem+json")
