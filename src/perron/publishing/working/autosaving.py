"""Saving by itself while somebody types: never in the way of others, and without filling the history."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities.access import permit
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.clock import now
from perron.core.errors import Conflict
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.models import Item, Revision

# For so long, what somebody types replaces their own last autosave: the history keeps a state every ten minutes.
RUN = timedelta(minutes=10)


def autosave(item: Item, content: Content, *, by: Actor, expected: int, form: UUID | None = None) -> Item:
    """Keep `content`, typed on top of revision `expected` in the opened `form`; return the item at its new number.

    Within `RUN` it replaces the last autosave of the same form, under a new number, so that another form that was
    opened in between is told. An answer that got lost on the way is no conflict: what the same form saved last is
    what its writer had before them. The audit row stands for the whole run.

    Raises `NotAllowed`; `Conflict`, having written nothing, if somebody else (or the same person elsewhere) saved in
    the meantime, or if the item goes out by itself: what nobody pressed a button for must not.
    """
    permit(by, WRITE, item.community)
    with transaction.atomic():
        item = drafting.lock(item)
        last = item.revisions.get(number=item.edition)
        if item.edition != expected and not _is_own(last, form):
            raise drafting.conflict()
        if item.state == Item.State.SCHEDULED:
            raise Conflict(_("This goes out by itself: what you write now is kept only when you press the button."))
        if Content.from_json(last.content) == content:
            return item
        item.edition += 1
        drafting.name(item, content)
        if _goes_on(last, item, form):
            last.number, last.content, last.saved_at = item.edition, content.to_json(), now()
            last.save(update_fields=["number", "content", "saved_at"])
        else:
            written = drafting.revision(item, content, by=by)
            written.automatic_since, written.form = written.saved_at, form
            written.save()
            record("autosave", item, by=by, tenant=item.community_id, edition=item.edition)
        item.save(update_fields=["edition", "working_title", "slug"])
    return item


def begin(community: Community, kind: str, content: Content, *, by: Actor, form: UUID | None = None) -> Item:
    """Begin an item by an autosave; if this form began one already and did not hear of it, go on with that."""
    permit(by, WRITE, community)
    with transaction.atomic():
        known = Revision.objects.filter(form=form, item__community=community, item__kind=kind) if form else None
        if known and (begun := known.select_related("item__community").order_by("number").first()):
            return autosave(begun.item, content, by=by, expected=0, form=form)
        item = drafting.begin(community, kind, content, by=by)
        item.revisions.update(automatic_since=now(), form=form)
    return item


def settle(item: Item, *, by: Actor, expected: int) -> None:
    """Make the autosave `expected` a version that its writer wanted: they pressed the button and changed nothing."""
    permit(by, WRITE, item.community)
    with transaction.atomic():
        item = drafting.lock(item, expected=expected)
        if item.revisions.filter(number=item.edition, automatic_since__isnull=False).update(automatic_since=None):
            record("revise", item, by=by, tenant=item.community_id, edition=item.edition)


def same_form(item: Item, form: UUID | None) -> bool:
    """Say whether the newest revision is what `form` saved by itself."""
    return _is_own(item.revisions.get(number=item.edition), form)


def _is_own(last: Revision, form: UUID | None) -> bool:
    return form is not None and last.automatic_since is not None and last.form == form


def _goes_on(last: Revision, item: Item, form: UUID | None) -> bool:
    """Whether `last` may be written over: it is not what the public sees, and not older than a run."""
    return (
        _is_own(last, form)
        and last.number != item.released_edition
        and last.automatic_since is not None
        and last.automatic_since > now() - RUN
    )
