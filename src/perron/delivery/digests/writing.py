"""What a digest says: what is new, community by community, in the reader's language. Readers who are told of the same
share one text, which is made once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import ngettext

from perron.channels.email.mail import Mail
from perron.channels.email.mailing import OWN_PLACE
from perron.communities.hosting import home
from perron.communities.models import Community
from perron.core.text import clean_text
from perron.delivery.models import Dispatch
from perron.delivery.writing import base_of
from perron.letters.sender import host, sender
from perron.privacy.declaring import Activity
from perron.privacy.subjects import Subject
from perron.publishing.facts import facts
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item
from perron.publishing.presenting import Story, present

# Of each community; its page has the others.
MOST = 20
_EMPTY_LINES = re.compile(r"\n{3,}")

# Communities and their items, in order.
type Contents = tuple[tuple[UUID, tuple[UUID, ...]], ...]


@dataclass(frozen=True)
class Told:
    """One item of a digest: what it is (and whose, where another community wrote it), where it is read, its times."""

    story: Story
    kind: str
    page: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Part:
    """What one community has that is new, and how much more of it its page has."""

    name: str
    page: str
    items: list[Told]
    more: int


def written(dispatch: Dispatch, contents: Contents, language: str) -> tuple[Mail, str] | None:
    """Return a digest as a mail with gaps, and how the address of each reader's own page begins.

    None where none of it is public any more.
    """
    items = {item for _community, its_items in contents for item in its_items}
    public = Item.objects.released().with_all().in_bulk(items)
    communities = Community.objects.in_bulk([community for community, _items in contents])
    with translation.override(language):
        parts = [
            _part(communities[key], [public[item] for item in its_items if item in public], language)
            for key, its_items in contents
            if key in communities and public.keys() & set(its_items)
        ]
        if not parts:
            return None
        first = communities[next(key for key, its_items in contents if public.keys() & set(its_items))]
        number = sum(len(part.items) + part.more for part in parts)
        heading = _heading(parts, number)
        context = {"parts": parts, "heading": heading, "language": language, "own_place": OWN_PLACE}
        text = render_to_string("delivery/digest.txt", context)
        html = render_to_string("delivery/digest.html", context)
        platform = home(first)
        name = parts[0].name if len(parts) == 1 or platform is None else platform.name
    mail = Mail(
        # Each reader's own replaces what is asked for here.
        to="reader@example.org",
        whose=Subject("address", dispatch.pk),
        message_id=f"<{dispatch.pk}@{host()}>",
        activity=Activity.SUBSCRIPTIONS,
        sender=replace(sender(), name=name),
        date=dispatch.not_before,
        heading=heading,
        text=_EMPTY_LINES.sub("\n\n", clean_text(text)) + "\n",
        html=html,
        language=language,
        list_id=f"digest.{host()}",
    )
    return mail, f"{base_of(first)}/{language}/subscription/"


def _part(community: Community, items: Sequence[Item], language: str) -> Part:
    base = f"{base_of(community)}/{language}/{community.slug}/"
    told = [_told(present(item, language), community) for item in items[:MOST]]
    return Part(community.name_in(language), base, told, max(len(items) - MOST, 0))


def _told(story: Story, shown_by: Community) -> Told:
    # When and where, of what has its own time; the rest is on its page.
    when = facts(story)[:2] if story.kind in {"event", "works"} else []
    kind, own = str(KINDS[story.kind].label), story.community
    # It is read where it was written.
    page = f"{base_of(own)}/{story.wanted}/{own.slug}/{story.slug}/"
    return Told(story, kind if own == shown_by else f"{kind} · {story.community_name}", page, when)


def _heading(parts: Sequence[Part], number: int) -> str:
    first = parts[0].items[0].story.headline
    if number == 1:
        return first
    more = number - 1
    words = ngettext("%(first)s, and %(more)d more", "%(first)s, and %(more)d more", more)
    return words % {"first": first, "more": more}
