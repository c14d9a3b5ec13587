"""What a notification says: a declarative push message (Push API, W3C), so that Safari shows it without our service
worker, and the worker shows the same everywhere else.

The same bytes go to everybody who reads a language: nothing in them is one reader's own.
"""

import base64
import json
from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from perron.channels.web_push.sending import Push, Urgency
from perron.communities.models import Community
from perron.core.clock import now
from perron.core.text import shorten
from perron.delivery.dispatching import ALERT, ITEM
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sources import To
from perron.delivery.titling import title_of
from perron.delivery.writing import base_of
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject
from perron.publishing.models import Item, Release
from perron.publishing.presenting import Story, present

# How devices cut them anyway; together far less than a push service takes, in any alphabet.
_TITLE, _BODY = 120, 300
_MAGIC = 8030
_SHORTEST = timedelta(minutes=1)
_What = Release.What


class Endpoint(NamedTuple):
    """Where a device is, its keys in base64url (`audience.PushEndpoint`), and its quiet hours (`Recipient`)."""

    endpoint: str
    p256dh: str
    auth: str
    quiet_from: time | None = None
    quiet_until: time | None = None
    extreme_passes: bool = False


class PushWriter:
    """A release as notifications: written once for a language. An alert that changed or ended is shown anew; what else
    was corrected takes the place of what is shown, without a sound."""

    def __init__(self, dispatch: Dispatch) -> None:
        assert dispatch.release is not None
        self._dispatch = dispatch
        self._made: dict[str, bytes] = {}
        # Once it is no news any more, a device that was off is not told.
        self._ttl = max(dispatch.expires_at - now(), _SHORTEST)
        self._urgency = urgency_of(dispatch)
        self._about = dispatch.release.item_id.hex

    def to(self, to: To, delivery: Delivery) -> Push:
        """Return the message to one device."""
        if to.language not in self._made:
            self._made[to.language] = written(self._dispatch, to.language)
        text = self._made[to.language]
        return addressed(to.row, delivery.subject, text, urgency=self._urgency, ttl=self._ttl, about=self._about)


def urgency_of(dispatch: Dispatch) -> Urgency:
    """Return how soon a device is woken: for an alert at once, for a digest when it is convenient (RFC 8030 §5.3)."""
    if dispatch.priority == ALERT:
        return "high"
    return "normal" if dispatch.priority == ITEM else "low"


def addressed(endpoint: Endpoint, whose: Subject, text: bytes, *, urgency: Urgency, ttl: timedelta, about: str) -> Push:
    """Return a text on its way to a device. Of two `about` the same thing, a device that was off gets the later."""
    return Push(
        to=endpoint.endpoint,
        p256dh=_bytes(endpoint.p256dh),
        auth=_bytes(endpoint.auth),
        whose=whose,
        activity=Activity.SUBSCRIPTIONS,
        text=text,
        urgency=urgency,
        ttl=int(ttl.total_seconds()),
        topic=about,
    )


def written(dispatch: Dispatch, language: str) -> bytes:
    """Return what a dispatch (fetched with its release) says in `language`, or in the nearest there is."""
    release = dispatch.release
    assert release is not None
    item = Item.objects.with_all().get(pk=release.item_id)
    with translation.override(language):
        return told(present(item, language), release.what)


def told(story: Story, what: str) -> bytes:
    """Return a notification that tells of a story, by `Release.What`; in the active language, in which the story was
    asked for."""
    community, is_over, is_alert = story.community, what == _What.WITHDRAWN, story.kind == "alert"
    name = story.community_name
    page = f"{base_of(community)}/{story.wanted}/{community.slug}/"
    is_quiet = what != _What.RELEASED and not is_alert
    return message(
        title=title_of(story, what),
        body=name if is_over else f"{name} · {story.summary}",
        page=page if is_over else f"{page}{story.slug}/",
        tag=story.id.hex,
        community=community,
        language=story.wanted,
        shown={"silent": True} if is_quiet else {"renotify": True, "requireInteraction": is_alert and not is_over},
    )


def message(
    *, title: str, body: str, page: str, tag: str, community: Community, language: str, shown: Mapping[str, bool]
) -> bytes:
    """Return a notification as it travels: in the active language, which is `language`.

    Of the same `tag` a device shows one; `page` is what it leads to; `shown` says how (Notifications API).
    """
    subscribe = f"{base_of(community)}/{language}/{community.slug}/subscribe/"
    said: dict[str, Any] = {
        "title": shorten(title, _TITLE),
        "body": shorten(body, _BODY),
        "lang": language,
        "dir": "rtl" if get_language_bidi() else "ltr",
        "tag": tag,
        "icon": f"{base_of(community)}/app/icon-192.png",
        "navigate": page,
        "actions": [
            {"action": "read", "title": _("Read"), "navigate": page},
            {"action": "choose", "title": _("What I get"), "navigate": subscribe},
        ],
        **shown,
    }
    return json.dumps({"web_push": _MAGIC, "notification": said}, ensure_ascii=False, separators=(",", ":")).encode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
