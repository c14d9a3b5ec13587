"""What pages need of push: the key that a browser asks for, and one notification for who presses the button."""

from datetime import timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from perron.audience.leaving import forget_gone
from perron.audience.models import Recipient
from perron.audience.subscribing import subscriptions_of
from perron.channels.web_push.identifying import contact, public_key
from perron.channels.web_push.sending import Post
from perron.core.errors import Gone, Refused
from perron.delivery.notifying import Endpoint, addressed, message
from perron.delivery.writing import base_of
from perron.privacy.clearing import clear
from perron.privacy.declaring import Activity

_TAG = "try"
_LASTS = timedelta(minutes=10)


def key_for_browsers() -> str:
    """Return the key with which a browser subscribes; "" where push services would not take what we send."""
    try:
        contact()
    except Refused:
        return ""
    return public_key()


def try_out(recipient: Recipient, *, language: str) -> None:
    """Send a device one notification now. Raises `Gone` where there is no such device any more, which is forgotten, and
    `Refused` with the sentence to show where it did not get it."""
    community = subscriptions_of(recipient)[0].community
    name = community.name_in(language)
    with translation.override(language):
        text = message(
            title=_("It works"),
            body=_("This is how %(name)s reaches you on this device.") % {"name": name},
            page=f"{base_of(community)}/{language}/{community.slug}/",
            tag=_TAG,
            community=community,
            language=language,
            shown={"renotify": True},
        )
    at = Endpoint(recipient.endpoint.endpoint, recipient.endpoint.p256dh, recipient.endpoint.auth)
    push = addressed(at, recipient.subject, text, urgency="high", ttl=_LASTS, about=_TAG)
    clearance = clear(recipient.subject, Activity.SUBSCRIPTIONS, at_their_request=True)
    with Post() as post:
        ((_push, outcome),) = post.send([(push, clearance)])
    if outcome.end == "gone":
        forget_gone([recipient.pk])
        raise Gone(_("Your browser takes no notifications from us any more. Subscribe again."))
    if outcome.end != "sent":
        raise Refused(
            _("The push service of your browser did not take it (%(reason)s). Try again in a few minutes.")
            % {"reason": outcome.reason}
        )
