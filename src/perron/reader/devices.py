"""What pages ask, in JSON, to have this device told: subscribing it, and saying where its browser can be reached now.

Whoever may change what a device gets has its key; its page (`subscription`) is that of who reads by mail. Nothing here
is kept by browsers or proxies.
"""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from perron.audience import devices
from perron.audience.choices import Rhythm, chosen
from perron.audience.devices import Device
from perron.audience.keys import key_of, opened
from perron.audience.models import Recipient
from perron.audience.subscribing import subscriptions_of
from perron.communities.access import anyone, part_of
from perron.communities.hosting import platform_of
from perron.core.errors import PerronError, Refused, TooLarge
from perron.privacy.declaring import Activity
from perron.reader import framing
from perron.reader.finding import community_here
from perron.screens.limits import SENDING, limited
from perron.screens.own_posts import own_posts

_LARGEST = 8_000


def _in_json(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Have refusals told in JSON (RFC 9457), and take posts only."""

    @wraps(view)
    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return HttpResponse(status=405, headers={"Allow": "POST"})
        try:
            response = view(request, *args, **kwargs)
        except PerronError as refusal:
            said = {"status": refusal.status, "title": refusal.message}
            response = JsonResponse(said, status=refusal.status, content_type="application/problem+json")
        return framing.private(response)

    return answering


@own_posts
@part_of(Activity.SUBSCRIPTIONS)
@anyone
@limited(SENDING)
@_in_json
def subscribe(request: HttpRequest, language: str, community: str) -> HttpResponse:
    """Subscribe the device that a page describes, with what was ticked."""
    found = community_here(community, platform_of(request))
    said = _sent(request)
    rhythm = str(said.get("rhythm") or Rhythm.AT_ONCE)
    choice = chosen(_words(said, "kinds"), _words(said, "topics"), _words(said, "areas"), rhythm, of=found)
    recipient = devices.subscribe(Device.read(said), found, choice, language=language)
    return JsonResponse(_told(recipient, language), status=201)


@own_posts
@part_of(Activity.SUBSCRIPTIONS)
@anyone
@limited(SENDING)
@_in_json
def moved(request: HttpRequest, language: str) -> HttpResponse:
    """Note where a device can be reached now, and answer what it gets; 410 for one that is known no more."""
    said = _sent(request)
    recipient = opened(str(said.get("key", "")))
    return JsonResponse(_told(devices.replace(recipient, Device.read(said)), language))


def _told(recipient: Recipient, language: str) -> dict[str, Any]:
    """Return what a device keeps: the key, where its own page is, and whose news it gets."""
    key = key_of(recipient.pk)
    return {
        "key": key,
        "page": reverse("reader:subscription", args=[language, key]),
        "communities": [row.community.slug for row in subscriptions_of(recipient)],
    }


def _sent(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Refused(_("Send it as application/json."))
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > _LARGEST:
        raise TooLarge(_("This has at most %(most)d bytes.") % {"most": _LARGEST})
    try:
        said = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise Refused(_("This is no JSON.")) from error
    if not isinstance(said, dict):
        raise Refused(_("This is no JSON."))
    return said


def _words(said: dict[str, Any], name: str) -> list[str]:
    words = said.get(name, [])
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Refused(_("Choose among what is offered."))
    return words
