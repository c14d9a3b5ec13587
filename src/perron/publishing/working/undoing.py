"""Taking a release back within its first seconds: what was a draft is a draft again, a correction gives way."""

from datetime import timedelta

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from perron.communities.access import permit
from perron.communities.permissions import RELEASE
from perron.core.clock import now
from perron.core.errors import Conflict, Refused
from perron.privacy.acting import Actor
from perron.publishing import drafting
from perron.publishing.checking import check
from perron.publishing.content import Content
from perron.publishing.models import Item, Release
from perron.publishing.public_side import Ready, write
from perron.publishing.releasing import MOMENTS, announce

# What the button promises, and what a slow network and a slow hand get on top.
PROMISED = timedelta(seconds=10)
GRACE = timedelta(seconds=5)


def can_be_undone(release: Release) -> bool:
    """Say whether `undo` would still take this release back."""
    return (
        release.before is not None
        and release.item.kind != "alert"
        and now() <= release.at + PROMISED + GRACE
        and not Release.objects.filter(item=release.item, at__gt=release.at).exists()
    )


def undo(release: Release, *, by: Actor) -> Item:
    """Put the item back where it stood before `release`: a draft, a moment in the schedule, or the earlier text.

    Its revisions stay as they are. What the public sees changes once more, and the outbox says so.

    Raises `NotAllowed`; `Refused` for an alert, which may have been received already and is cancelled instead, and
    when it is too late; `Conflict` if somebody released, withdrew or undid it in the meantime.
    """
    permit(by, RELEASE, release.item.community)
    if release.item.kind == "alert":
        raise Refused(_("An alert cannot be taken back: people may have received it. Give the all-clear instead."))
    if release.before is None or now() > release.at + PROMISED + GRACE:
        raise Refused(_("More than ten seconds have passed. Withdraw it, or release a correction."))
    with transaction.atomic():
        item = drafting.lock(release.item)
        if Release.objects.filter(item=item, at__gt=release.at).exists():
            raise Conflict(_("Somebody else changed what is public in the meantime. Nothing was undone."))
        was_public = release.before["state"] == Item.State.RELEASED
        earlier = _written(item, release.before["released_edition"]) if was_public else None
        for name in MOMENTS:
            setattr(item, name, parse_datetime(moment) if (moment := release.before[name]) else None)
        item.state, item.released_edition = release.before["state"], release.before["released_edition"]
        if earlier:
            # Whoever fetched the text that is undone must see that there is another one.
            item.changed_at = now()
            write([earlier])
        item.save(update_fields=["state", "released_edition", *MOMENTS])
        announce([item], Release.What.UNDONE, by=by, undoes=release)
    return item


def _written(item: Item, edition: int) -> Ready:
    """Return the earlier text, ready for the public side; raises `Refused` if it cannot be shown any more."""
    content = Content.from_json(item.revisions.get(number=edition).content)
    checked = check(item.community, item.kind, content)
    if checked.problems:
        why = {"problem": checked.problems[0].message}
        raise Refused(_("The earlier text cannot be public again: %(problem)s") % why)
    return Ready(item, content, checked.details)
