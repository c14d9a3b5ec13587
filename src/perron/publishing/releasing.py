"""From the working side to the public: release, schedule, withdraw. Each leaves an outbox row and an audit row."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.access import permit
from perron.communities.permissions import RELEASE
from perron.core.clock import now
from perron.core.errors import Conflict, PerronError, Refused
from perron.core.waking import wake
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import entry, record, record_many
from perron.publishing import drafting
from perron.publishing.checking import Checked, Problem, check
from perron.publishing.content import Content
from perron.publishing.guiding import looked_at, permit_release
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Release
from perron.publishing.public_side import Ready, write
from perron.publishing.search import indexing
from perron.publishing.sharing.placing import showing
from perron.publishing.working.reviewing import must_be_read

_State = Item.State
# What undoing a release puts back, beside the state and the edition.
MOMENTS = ("release_at", "published_at", "changed_at", "expires_at", "matters_until", "withdrawn_at",
           "corrected_at")  # fmt: skip
_log = logging.getLogger(__name__)


class NotReady(Refused):
    """The content cannot be released; `problems` says what to change."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


class Unread(Refused):
    """The community wants a second person to accept the text first."""


def release(item: Item, *, by: Actor, expected: int) -> Item:
    """Make revision `expected` public now; a released item is corrected by it.

    Raises `NotAllowed`, `Conflict` if there is a newer revision, `NotReady` with the problems to solve, `Unread`
    where a second person must accept it first.
    """
    permit_release(item, by=by)
    with transaction.atomic():
        item = drafting.lock(item, expected=expected)
        if item.state == _State.RELEASED and item.released_edition == expected:
            raise Conflict(_("Somebody else released this already."))
        _require_reader(item, by)
        before = _standing(item)
        first = item.published_at is None
        release_many([(item, drafting.newest(item))], by=by)
        # What a person releases, they may take back for some seconds (`working.undoing`).
        Release.objects.filter(pk=last_release(item).pk).update(before=before)
        if first:
            looked_at(item)
    return item


def schedule(item: Item, at: datetime, *, by: Actor, expected: int) -> Item:
    """Have revision `expected` released at `at` (aware). The same errors as `release`; `Refused` for the past."""
    permit_release(item, by=by)
    if at <= now():
        raise Refused(_("This moment has passed. Choose a later one, or release now."))
    with transaction.atomic():
        item = drafting.lock(item, expected=expected)
        if item.state == _State.RELEASED:
            raise Refused(_("This item is public already: release the change now."))
        _require_reader(item, by)
        checked = check(item.community, item.kind, drafting.newest(item))
        if checked.problems:
            raise NotReady(checked.problems)
        if checked.expires_at and checked.expires_at <= at:
            sentence = _("It would end before it is public. Choose a later end, or release it earlier.")
            raise NotReady([Problem("expires_at", sentence)])
        item.state, item.release_at = _State.SCHEDULED, at
        item.save(update_fields=["state", "release_at"])
        record("schedule", item, by=by, tenant=item.community_id, at=at.isoformat())
    return item


def unschedule(item: Item, *, by: Actor) -> Item:
    """Make a scheduled item a draft again."""
    permit(by, RELEASE, item.community)
    with transaction.atomic():
        item = drafting.lock(item)
        if item.state != _State.SCHEDULED:
            raise Conflict(_("This item is not scheduled any more."))
        item.state, item.release_at = _State.DRAFT, None
        item.save(update_fields=["state", "release_at"])
        record("unschedule", item, by=by, tenant=item.community_id)
    return item


def withdraw(item: Item, *, by: Actor) -> Item:
    """Take a released item from the public. For an alert this sends the cancellation."""
    permit(by, RELEASE, item.community)
    with transaction.atomic():
        item = drafting.lock(item)
        if item.state != _State.RELEASED:
            raise Conflict(_("This item is not public any more."))
        item.state, item.withdrawn_at, item.changed_at = _State.WITHDRAWN, now(), now()
        item.matters_until = None
        item.save(update_fields=["state", "withdrawn_at", "changed_at", "matters_until"])
        announce([item], Release.What.WITHDRAWN, by=by)
    return item


def release_due() -> int:
    """Release what was scheduled for now or earlier, one transaction each; return how many.

    What cannot be released any more (its end of publication has passed, its picture is gone) becomes a draft
    again, with the reason in the audit trail. One that fails for a reason that nobody foresaw is logged and stays
    due; it does not hold up the others.
    """
    released = 0
    for item in items_due().order_by("release_at")[:500]:
        try:
            released += _release_scheduled(item)
        except Exception:  # noqa: BLE001 whatever it is, the next one is somebody else's alert
            _log.exception("Item %s could not be released.", item.pk)
    return released


def items_due() -> QuerySet[Item]:
    """Return what was scheduled for now or earlier."""
    return Item.objects.filter(state=_State.SCHEDULED, release_at__lte=now())


def release_many(batch: Sequence[tuple[Item, Content]], *, by: Actor) -> None:
    """Write the contents of locked items to the public side; one community at a time, in a transaction.

    Raises `NotReady`.
    """
    checked = []
    for item, content in batch:
        outcome = check(item.community, item.kind, content)
        if outcome.problems:
            raise NotReady(outcome.problems)
        checked.append((item, content, outcome))
    release_checked(checked, by=by)


def release_checked(batch: Sequence[tuple[Item, Content, Checked]], *, by: Actor) -> None:
    """Like `release_many`, for contents that were just checked and have no problems.

    An item that has a `published_at` keeps it, so that each may be dated back by itself.
    """
    ready = []
    moment = now()
    fresh: list[Item] = []
    corrected: list[Item] = []
    notices: dict[UUID, dict[str, str]] = {}
    for item, content, checked in batch:
        (corrected if item.state == _State.RELEASED else fresh).append(item)
        item.state, item.release_at, item.released_edition = _State.RELEASED, None, item.edition
        item.published_at = item.published_at or moment
        item.changed_at, item.expires_at = moment, checked.expires_at
        if item in corrected and content.correction:
            item.corrected_at = moment
            notices[item.pk] = content.correction
        ready.append(Ready(item, content, checked.details))
    write(ready)
    announce(fresh, Release.What.RELEASED, by=by)
    announce(corrected, Release.What.CORRECTED, by=by, notices=notices)


def announce(
    items: list[Item],
    what: Release.What,
    *,
    by: Actor,
    undoes: Release | None = None,
    notices: Mapping[UUID, dict[str, str]] | None = None,
) -> None:
    """Commit with the change what others must hear of it: outbox, the kind's own messages, search, versions, audit.

    To the kinds, an undone release is a withdrawal, or a correction back to the text before it.
    """
    if not items:
        return
    Release.objects.bulk_create(
        [
            Release(
                item=item,
                community_id=item.community_id,
                what=what,
                edition=item.edition,
                undoes=undoes,
                notice=(notices or {}).get(item.pk, {}),
            )
            for item in items
        ]
    )
    for item in items:
        if hook := KINDS[item.kind].announced:
            back = Release.What.CORRECTED if item.state == _State.RELEASED else Release.What.WITHDRAWN
            hook(item, back if undoes else what)
    indexing.index(items)
    shown_by = {item.community_id for item in items} | set(showing(items))
    versions.bump(map(versions.of_community, shown_by))
    record_many([entry(what, item, by=by, tenant=item.community_id, edition=item.edition) for item in items])
    wake()


def last_release(item: Item) -> Release:
    """Return the newest row of an item in the outbox."""
    return item.releases.order_by("-at", "-id")[:1].get()


def _require_reader(item: Item, by: Actor) -> None:
    """Raise `Unread` where a second person must accept first what a person wants to release."""
    if by.kind == "person" and must_be_read(item):
        raise Unread(_("A second person reads before release here. Ask somebody to read this first."))


def _standing(item: Item) -> dict[str, Any]:
    """Return where the item stands, as `Release.before` keeps it."""
    moments = {name: moment.isoformat() if (moment := getattr(item, name)) else None for name in MOMENTS}
    return {"state": item.state, "released_edition": item.released_edition, **moments}


def _release_scheduled(due: Item) -> bool:
    with transaction.atomic():
        item = drafting.lock(due)
        if item.state != _State.SCHEDULED or item.release_at is None or item.release_at > now():
            return False
        try:
            if must_be_read(item):
                raise Unread(_("What was scheduled had not been accepted by a second person."))
            with transaction.atomic():
                release_many([(item, drafting.newest(item))], by=SYSTEM)
                looked_at(item)
        except PerronError as error:
            Item.objects.filter(pk=item.pk).update(state=_State.DRAFT, release_at=None)
            record("fail to release", item, by=SYSTEM, tenant=item.community_id, reason=error.message)
            return False
    return True
