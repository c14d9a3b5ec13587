"""What a message says. Made once for a release and a language; only what is each reader's own is filled in per mail."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from perron.audience.keys import key_of
from perron.channels.email.mail import Mail
from perron.channels.email.mailing import OWN_PLACE, Mailing, Prepared
from perron.communities.hosting import address_of, home
from perron.communities.models import Community
from perron.core.text import clean_text
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sources import To
from perron.delivery.titling import title_of
from perron.letters.sender import host, sender
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject
from perron.publishing.addresses import absolute
from perron.publishing.facts import facts
from perron.publishing.models import Item, Release
from perron.publishing.presenting import Story, present

_EMPTY_LINES = re.compile(r"\n{3,}")


class MailWriter:
    """A release as mails: made once for a language, then filled in for each reader."""

    def __init__(self, dispatch: Dispatch) -> None:
        assert dispatch.release is not None
        self._dispatch = dispatch
        # One press ends what it is about (`stopping`).
        self._item = dispatch.release.item_id.hex
        self._made: dict[str, tuple[Mailing, str]] = {}

    def to(self, to: To, delivery: Delivery) -> Prepared:
        """Return the mail to one reader."""
        if to.language not in self._made:
            mail, own = written(self._dispatch, to.language)
            self._made[to.language] = Mailing.of(mail), own
        mailing, own = self._made[to.language]
        place = f"{own}{key_of(delivery.recipient_id)}/"
        return mailing.to(
            to.address,
            delivery.subject,
            message_id=f"<{delivery.pk}@{host()}>",
            own_place=place,
            unsubscribe=f"{place}stop/?of={self._item}",
        )


def written(dispatch: Dispatch, language: str) -> tuple[Mail, str]:
    """Return what a dispatch (fetched with its release) says in `language`, or in the nearest there is, as a mail with
    gaps, and how the address of each reader's own page begins."""
    release = dispatch.release
    assert release is not None
    item = Item.objects.with_all().get(pk=release.item_id)
    community = item.community
    with translation.override(language):
        context = said(present(item, language), release.what)
        text = text_of(context)
        html = render_to_string("delivery/message.html", context)
    mail = Mail(
        # Each reader's own replaces what is asked for here.
        to="reader@example.org",
        whose=Subject("address", dispatch.pk),
        message_id=f"<{dispatch.pk}@{host()}>",
        activity=Activity.SUBSCRIPTIONS,
        # In the community's name, from the address that the installation may send from.
        sender=replace(sender(), name=context["name"]),
        date=release.at,
        heading=context["heading"],
        text=text,
        html=html,
        language=language,
        list_id=f"{community.slug}.{host()}",
    )
    return mail, f"{base_of(community)}/{language}/subscription/"


def said(story: Story, what: str) -> dict[str, Any]:
    """Return what the templates of a mail need that tells of a story, by `Release.What`; in the active language, in
    which the story was asked for."""
    ended, community, base = what == Release.What.WITHDRAWN, story.community, base_of(story.community)
    return {
        "story": story,
        "heading": title_of(story, what),
        "ended": ended,
        "updated": what == Release.What.CORRECTED,
        "facts": [] if ended else facts(story),
        "page": f"{base}/{story.wanted}/{community.slug}/" + ("" if ended else f"{story.slug}/"),
        "name": story.community_name,
        "language": story.wanted,
        "own_place": OWN_PLACE,
    }


def text_of(context: Mapping[str, Any]) -> str:
    """Return the mail for programs that show no pages."""
    return _EMPTY_LINES.sub("\n\n", clean_text(render_to_string("delivery/message.txt", dict(context)))) + "\n"


def base_of(community: Community) -> str:
    """Return the address, without its last slash, below which a community's pages are."""
    platform = home(community)
    return address_of(platform) if platform else absolute("")
