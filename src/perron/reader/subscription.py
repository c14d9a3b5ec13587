"""One's own subscriptions, behind the key in the foot of every message: to see, change and end them without sign-in."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import time
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_time
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from perron.audience.choices import choice_of as choice_in
from perron.audience.keys import key_of, opened
from perron.audience.leaving import unsubscribe
from perron.audience.models import Channel, Recipient
from perron.audience.quiet import keep_quiet
from perron.audience.subscribing import change, subscriptions_of, write_in
from perron.communities.access import anyone, part_of
from perron.communities.hosting import platform_of
from perron.communities.models import Community
from perron.core.errors import Gone, NotFound, Refused
from perron.core.language import NAMES
from perron.core.mail_addresses import masked
from perron.delivery import stopping
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
    said_of_try = wrong_hours = ""
    if request.method == "POST" and is_device and "try" in request.POST:
        said_of_try = _try_out(recipient, language)
    elif request.method == "POST":
        try:
            done = _act(request, recipient)
        except Refused as refusal:
            if "quiet" not in request.POST:
                raise
            wrong_hours = refusal.message
        else:
            if not Recipient.stored.filter(pk=recipient.pk).exists():
                return framing.private(_page(request, "reader/unsubscribed.html", {"is_device": is_device}))
            return framing.private(redirect(page_of(recipient, request.POST.get("language") or language, done)))
    subscriptions = [
        {
            "community": row.community,
            "name": row.community.name_in(language),
            "rhythm": row.get_rhythm_display(),
            "said": said(boxes),
        }
        | boxes
        # Only mail comes as a digest.
        | ({"rhythms": ()} if is_device else {})
        for row in subscriptions_of(recipient)
        for boxes in [offered(choice_in(row), row.community, language)]
    ]
    suppressed = bounces.suppressed().filter(subject_id=recipient.subject_id).first()
    context = {
        "subscriptions": subscriptions,
        "address": masked(recipient.email),
        "recipient": recipient,
        "is_device": is_device,
        "done": _said_of(request.GET.get("done", "")),
        "said_of_try": said_of_try,
        "wrong_hours": wrong_hours,
        "hours": (request.POST.get("from", ""), request.POST.get("until", "")) if wrong_hours else _hours(recipient),
        "extreme": "extreme" in request.POST if wrong_hours else recipient.extreme_passes,
        "tongues": list(NAMES.items()),
        "suppressed": suppressed,
    }
    response = _page(request, "reader/subscription.html", context)
    response.status_code = 422 if wrong_hours else 200
    return framing.private(response)


@csrf_exempt
@part_of(Activity.SUBSCRIPTIONS)
@anyone
def stop(request: HttpRequest, language: str, key: str) -> HttpResponse:
    """End by one POST what a message was about, which mail programs send without a cookie (RFC 8058); a GET leads to
    one's own page.

    Whoever has the key may do so: that another site made somebody's browser post it would need the key too.
    """
    if request.method != "POST":
        return framing.private(redirect("reader:subscription", language, key))
    # Pressed twice: it is as the reader wants it.
    context = {"is_device": False}
    with suppress(Gone):
        recipient = opened(key)
        context["is_device"] = recipient.channel == Channel.PUSH
        stopping.stop(recipient, _item(request.GET.get("of", "")))
        context["still"] = Recipient.stored.filter(pk=recipient.pk).exists()
    return framing.private(_page(request, "reader/unsubscribed.html", context | {"key": key}))


def page_of(recipient: Recipient, language: str, done: str = "") -> str:
    """Return the address of one's own page, which says what was `done` just before."""
    page = reverse("reader:subscription", args=[language, key_of(recipient.pk)])
    return f"{page}?done={done}" if done else page


def _said_of(done: str) -> str:
    said = {
        "confirmed": _("Your address is confirmed: what you chose comes from now on."),
        "saved": _("Saved."),
        "left": _("Done. You get nothing more of that community."),
        "again": _("Done. We send to you again."),
    }
    return said.get(done, "")


def _try_out(recipient: Recipient, language: str) -> str:
    """Send one notification; return what to say of it."""
    try:
        try_out(recipient, language=language)
    except Refused as refusal:
        return refusal.message
    return _("It is on its way: it appears within a few seconds. If it does not, look at the settings of your device.")


def _act(request: HttpRequest, recipient: Recipient) -> str:
    """Do what a button says; return the word for it."""
    if "quiet" in request.POST:
        begins, ends = _time(request.POST.get("from", "")), _time(request.POST.get("until", ""))
        keep_quiet(recipient, begins, ends, extreme_passes="extreme" in request.POST)
        return "saved"
    if "stop_all" in request.POST:
        unsubscribe(recipient)
        return ""
    if "send_again" in request.POST:
        bounces.lift(recipient.subject, by=Actor("address", recipient.subject_id))
        return "again"
    if "language" in request.POST:
        write_in(recipient, request.POST["language"])
        return "saved"
    community = _community(request.POST.get("stop") or request.POST.get("change") or "")
    if "stop" in request.POST:
        unsubscribe(recipient, community=community.pk)
        return "left"
    change(recipient, community, choice_of(request, community))
    return "saved"


def _hours(recipient: Recipient) -> tuple[str, str]:
    begins, ends = (f"{at:%H:%M}" if at else "" for at in (recipient.quiet_from, recipient.quiet_until))
    return begins, ends


def _item(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


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
