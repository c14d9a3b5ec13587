"""What became of an item: its versions, who saved them, what changed, which were public; and bringing one back."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from perron.accounts.models import Person
from perron.communities.access import powers, requires
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.errors import Conflict, NotFound
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.models import Item, Release, Revision
from perron.publishing.working.restoring import Restored, restore
from perron.studio.asking import edition_of
from perron.studio.comparing import Difference, differences
from perron.studio.items import find
from perron.studio.showing import editor

PAGE = 30


@dataclass
class Version:
    """A revision in the list: what changed since the one before it, and since when the public read it."""

    revision: Revision
    changed: list[str] = field(default_factory=list)
    public_since: list[datetime] = field(default_factory=list)
    is_public: bool = False


@requires(WRITE)
def history(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """List the versions, newest first, a page at a time."""
    found = find(community, item)
    before = request.GET.get("before", "")
    versions, older = _versions(found, int(before) if before.isdecimal() and len(before) < 9 else None)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "item": found,
        "versions": versions,
        "older": older,
        "first": not before,
        "newest": found.edition,
        "earlier": versions[1].revision.number if len(versions) > 1 else None,
    }
    return render(request, "studio/history.html", context)


@requires(WRITE)
def compared(request: HttpRequest, community: Community, item: UUID) -> HttpResponse:
    """Show what differs between two versions, and offer to bring the older one back."""
    found = find(community, item)
    one, other = sorted((_asked(request, found, "one"), _asked(request, found, "other")), key=lambda each: each.number)
    context = {
        "community": community,
        "powers": powers(request.user, community),
        "item": found,
        "older": one,
        "newer": other,
        "both": [one, other],
        "older_words": _("Version %(number)d") % {"number": one.number},
        "newer_words": _("Version %(number)d") % {"number": other.number},
        "differences": _differing(found, one, other),
        "newest": found.edition,
    }
    return render(request, "studio/compared.html", context)


@require_POST
@requires(WRITE)
def restored(request: HttpRequest, community: Community, item: UUID, number: int) -> HttpResponse:
    """Bring a version back as the newest one; residents see it when it is released."""
    found = find(community, item)
    assert isinstance(request.user, Person)
    try:
        done = restore(found, number, by=request.user.actor, expected=edition_of(request))
    except Conflict as conflict:
        found.refresh_from_db()
        return editor(request, community, found.kind, drafting.newest(found), item=found, refusal=conflict.message,
                      status=conflict.status)  # fmt: skip
    messages.success(request, " ".join(_said(done, number)))
    return redirect("studio:edit", community.slug, found.pk)


def _versions(item: Item, before: int | None) -> tuple[list[Version], int | None]:
    """Return a page of versions, and the number from which the next page goes on."""
    rows = item.revisions.select_related("saved_by").order_by("-number")
    found = list((rows.filter(number__lt=before) if before else rows)[: PAGE + 1])
    public: dict[int, list[datetime]] = {}
    for edition, at in _public(item):
        public.setdefault(edition, []).append(at)
    versions = []
    for place, revision in enumerate(found[:PAGE]):
        earlier = found[place + 1] if place + 1 < len(found) else None
        versions.append(
            Version(
                revision,
                [difference.label for difference in _differing(item, earlier, revision)] if earlier else [],
                public.get(revision.number, []),
                item.is_public and item.released_edition == revision.number,
            )
        )
    return versions, found[PAGE - 1].number if len(found) > PAGE else None


def _public(item: Item) -> Iterable[tuple[int, datetime]]:
    shown = {Release.What.RELEASED, Release.What.CORRECTED}
    return item.releases.filter(what__in=shown, undone_by=None).order_by("at").values_list("edition", "at")


def _asked(request: HttpRequest, item: Item, name: str) -> Revision:
    number = request.GET.get(name, "")
    known = item.revisions.select_related("saved_by")
    found = known.filter(number=int(number)).first() if number.isdecimal() and len(number) < 9 else None
    if found is None:
        raise NotFound(_("This version is not there any more."))
    return found


def _differing(item: Item, one: Revision, other: Revision) -> list[Difference]:
    contents = (Content.from_json(one.content), Content.from_json(other.content))
    return differences(*contents, community=item.community, kind=item.kind)


def _said(done: Restored, number: int) -> Iterable[str]:
    yield _("Version %(number)d is back. Residents see it when it is released.") % {"number": number}
    if done.pictures:
        sentence = ngettext(
            "One of its pictures is gone: the rest is back.",
            "%(number)d of its pictures are gone: the rest is back.",
            done.pictures,
        )
        yield sentence % {"number": done.pictures}
    if done.files:
        sentence = ngettext(
            "One of its files is gone: the rest is back.",
            "%(number)d of its files are gone: the rest is back.",
            done.files,
        )
        yield sentence % {"number": done.files}
