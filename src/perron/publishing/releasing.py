"""From the working side to the public: release, schedule, withdraw. Each leaves an outbox row and an audit row."""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities import versions
from perron.communities.access import Role, permit
from perron.core.clock import now
from perron.core.errors import Conflict, PerronError, Refused
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import entry, record, record_many
from perron.publishing import drafting
from perron.publishing.checking import Checked, Problem, check
from perron.publishing.content import Content
from perron.publishing.kinds.registry import KINDS
from perron.publishing.models import Item, Release
from perron.publishing.public_side import Ready, write

_State = Item.State
_log = logging.getLogger(__name__)


class NotReady(Refused):
    """The content cannot be released; `problems` says what to change."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems[0].message)
        self.problems = problems


def release(item: Item, *, by: Actor, expected: int) -> Item:
    """Make revision `expected` public now; a released item is corrected by it.

    Raises `NotAllowed`, `Conflict` if there is a newer revision, `NotReady` with the problems to solve.
    """
    permit(by, item.community, Role.EDITOR)
    with transaction.atomic():
        item = drafting.lock(item, expected=expected)
        if item.state == _State.RELEASED and item.released_edition == expected:
            raise Conflict(_("Somebody else released this already."))
        release_many([(item, drafting.newest(item))], by=by)
    return item


def schedule(item: Item, at: datetime, *, by: Actor, expected: int) -> Item:
    """Have revision `expected` released at `at` (aware). The same errors as `release`; `Refused` for the past."""
    permit(by, item.community, Role.EDITOR)
    if at <= now():
        raise Refused(_("This moment has passed. Choose a later one, or release now."))
    with transaction.atomic():
        item = drafting.lock(item, expected=expected)
        if item.state == _State.RELEASED:
            raise Refused(_("This item is public already: release the change now."))
        if problems := check(item.community, item.kind, drafting.newest(item)).problems:
            raise NotReady(problems)
        item.state, item.release_at = _State.SCHEDULED, at
        item.save(update_fields=["state", "release_at"])
        record("schedule", item, by=by, tenant=item.community_id, at=at.isoformat())
    return item


def unschedule(item: Item, *, by: Actor) -> Item:
    """Make a scheduled item a draft again."""
    permit(by, item.community, Role.EDITOR)
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
    permit(by, item.community, Role.EDITOR)
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

    What cannot be released any more (its event has passed its end, its picture is gone) becomes a draft
    again, with the reason in the audit trail. One that fails for a reason that nobody foresaw is logged and stays
    due; it does not hold up the others.
    """
    due = Item.objects.filter(state=_State.SCHEDULED, release_at__lte=now()).order_by("release_at")
    released = 0
    for item in due[:500]:
        try:
            released += _release_scheduled(item)
        except Exception:  # noqa: BLE001 whatever it is, the next one is somebody else's alert
            _log.exception("Item %s could not be released.", item.pk)
    return released


def release_many(batch: Sequence[tuple[Item, Content]], *, by: Actor, published_at: datetime | None = None) -> None:
    """Write the contents of locked items to the public side; one community at a time, in a transaction.

    `published_at` dates first publications back, for what comes from a source. Raises `NotReady`.
    """
    checked = []
    for item, content in batch:
        outcome = check(item.community, item.kind, content)
        if outcome.problems:
            raise NotReady(outcome.problems)
        item.published_at = item.published_at or min(published_at or now(), now())
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
    for item, content, checked in batch:
        (corrected if item.state == _State.RELEASED else fresh).append(item)
        item.state, item.release_at, item.released_edition = _State.RELEASED, None, item.edition
        item.published_at = item.published_at or moment
        item.changed_at, item.expires_at = moment, checked.expires_at
        ready.append(Ready(item, content, checked.details))
    write(ready)
    announce(fresh, Release.What.RELEASED, by=by)
    announce(corrected, Release.What.CORRECTED, by=by)


def announce(items: list[Item], what: Release.What, *, by: Actor) -> None:
    """Commit with the change what others must hear of it: outbox, the kind's own messages, versions, audit."""
    if not items:
        return
    Release.objects.bulk_create(
        [Release(item=item, community_id=item.community_id, what=what, edition=item.edition) for item in items]
    )
    for item in items:
        if hook := KINDS[item.kind].announced:
            hook(item, what)
    versions.bump({versions.of_community(item.community_id) for item in items})
    record_many([entry(what, item, by=by, tenant=item.community_id, edition=item.edition) for item in items])


def _release_scheduled(due: Item) -> bool:
    with transaction.atomic():
        item = drafting.lock(due)
        if item.state != _State.SCHEDULED or item.release_at is None or item.release_at > now():
            return False
        try:
            with transaction.atomic():
                release_many([(item, drafting.newest(item))], by=SYSTEM)
        except PerronError as error:
            Item.objects.filter(pk=item.pk).update(state=_State.DRAFT, release_at=None)
            record("fail to release", item, by=SYSTEM, tenant=item.community_id, reason=error.message)
            return False
    return True
