"""One's own subscriptions, behind the key in the foot of every message: to see, change and end them without sign-in."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from perron.audience.choices import choice_of as choice_in
from perron.audience.keys import opened
from perron.audience.leaving import unsubscribe
from perron.audience.models import Channel, Recipient
from perron.audience.quiet import keep_quiet
from perron.audience.subscribing import change, subscriptions_of
from perron.communities.access import anyone, part_of
from perron.communities.hosting import platform_of
from perron.communities.models import Community
from perron.core.errors import Gone, NotFound, Refused
from perron.core.mail_addresses import masked
from perron.delivery.devices import try_out
from perron.letters import bounces
from perron.privacy.acting import Actor
from perron.privacy.declaring import Activity
from perron.reader import framing
from perron.reader.subscribing import choice_of, offered, said
from perron.screens.limits import SENDING, limited
from perron.screens.own_posts import own_posts


@own_posts
@part_of(Activity.SUBSCRIPTIONS)
@anyone
@limited(SENDING)
def own(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """Show to what one subscribes. A GET shows, a POST acts: scanners of mail unsubscribe nobody."""
    recipient = opened(key)
    is_device = recipient.channel == Channel.PUSH
    said_of_try = ""
    if request.method == "POST" and is_device and "try" in request.POST:
        said_of_try = _try_out(recipient, language)
    elif request.method == "POST":
        _act(request, recipient)
        if not Recipient.stored.filter(pk=recipient.pk).exists():
            return framing.private(_page(request, "reader/unsubscribed.html", {"is_device": is_device}))
        return framing.private(redirect("reader:subscription", language, key))
    subscriptions = [
        {
            "community": row.community,
            "name": row.community.name_in(language),
            "rhythm": row.get_rhythm_display(),
            "said": said(boxes),
        }
        | boxes
        for row in subscriptions_of(recipient)
        for boxes in [offered(choice_in(row), row.community, language)]
    ]
    suppressed = bounces.suppressed().filter(subject_id=recipient.subject_id).first()
    context = {
        "subscriptions": subscriptions,
        "address": masked(recipient.email),
        "recipient": recipient,
        "is_device": is_device,
        "said_of_try": said_of_try,
        "suppressed": suppressed,
    }
    return framing.private(_page(request, "reader/subscription.html", context))


@csrf_exempt
@part_of(Activity.SUBSCRIPTIONS)
@anyone
def stop(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """End everything by one POST, which mail programs send without a cookie (RFC 8058); a GET leads to one's own page.

    Whoever has the key may do so: that another site made somebody's browser post it would need the key too.
    """
    if request.method != "POST":
        return framing.private(redirect("reader:subscription", language, key))
    # Pressed twice: it is as the reader wants it.
    is_device = False
    with suppress(Gone):
        recipient = opened(key)
        is_device = recipient.channel == Channel.PUSH
        unsubscribe(recipient)
    return framing.private(_page(request, "reader/unsubscribed.html", {"is_device": is_device}))


def _try_out(recipient: Recipient, language: str) -> str:
    """Send one notification; return what to say of it."""
    try:
        try_out(recipient, language=language)
    except Refused as refusal:
        return refusal.message
    return _("It is on its way: it appears within a few seconds. If it does not, look at the settings of your device.")


def _act(request: HttpRequest, recipient: Recipient) -> None:
    if "stop_all" in request.POST:
        unsubscribe(recipient)
        return
    if "send_again" in request.POST:
        bounces.lift(recipient.subject, by=Actor("address", recipient.subject_id))
        return
    if "quiet" in request.POST:
        begins, ends = _time(request.POST.get("from", "")), _time(request.POST.get("until", ""))
        keep_quiet(recipient, begins, ends, extreme_passes="extreme" in request.POST)
        return
    community = _community(request.POST.get("stop") or request.POST.get("change") or "")
    if "stop" in request.POST:
        unsubscribe(recipient, community=community.pk)
    else:
        change(recipient, community, choice_of(request, community))


def _community(key: str) -> Community:
    try:
        found = Community.objects.filter(pk=UUID(key)).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(_("There is no community at this address."))
    return found


def _time(text: str) -> time | None:
    try:
        return parse_time(text)
    except ValueError:
        return None


def _page(request: HttpRequest, template: str, context: Mapping[str, object]) -> HttpResponse:
    platform = platform_of(request)
    return framing.page(request, template, platform=platform, fictional=False, context=dict(context), indexed=False)
