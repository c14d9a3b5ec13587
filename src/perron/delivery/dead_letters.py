"""Dead letters: deliveries that the other side refused, or that were given up. Somebody at the operator's looks why,
and has them tried again, once, or lets them go. The rows leave with their retention in any case."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from perron.communities.access import permit
from perron.communities.models import Partner
from perron.communities.permissions import SEE_TO_LETTERS
from perron.core.clock import now
from perron.core.errors import Conflict, Refused
from perron.delivery.carriers.carrying import SUPPRESSED
from perron.delivery.dispatching import ALERT
from perron.delivery.ledger import OfChannel, by_channel
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sources import source_of
from perron.privacy.acting import Actor
from perron.privacy.auditing import record

State = Delivery.State
_DEAD = (State.FAILED, State.GIVEN_UP)
# What was late already may be late by so much more.
_LONGER = timedelta(days=1)
_MOST = 200


@dataclass(frozen=True)
class Dead:
    """A dispatch with deliveries that did not arrive, by channel and reason."""

    dispatch: Dispatch
    channels: list[OfChannel]

    @property
    def title(self) -> str:
        """What it is about: an item's title, or which kind of news."""
        if self.dispatch.release:
            return str(self.dispatch.release.item)
        return {"campaign": _("News of the operator"), "digest": _("Digest")}.get(
            self.dispatch.source, self.dispatch.source
        )

    @property
    def number(self) -> int:
        """How many did not arrive."""
        return sum(each.wanted for each in self.channels)

    @property
    def partner(self) -> Partner | None:
        """Whose it is; None of the operator's own."""
        return self.dispatch.release.community.partner if self.dispatch.release else None


def dead_letters() -> list[Dead]:
    """Return the dispatches of which some deliveries did not arrive and were not let go, the newest first."""
    keys = _dead().filter(dispatch__let_go_at=None).order_by("-dispatch_id").values_list("dispatch_id", flat=True)
    return dead_of(keys.distinct()[:_MOST])


def dead_of(dispatches: Iterable[UUID]) -> list[Dead]:
    """Return what did not arrive of these dispatches, the newest first."""
    found = Dispatch.objects.select_related("release__item", "release__community__partner").in_bulk(list(dispatches))
    counted = _dead().filter(dispatch__in=found).order_by("dispatch_id", "channel", "state", "failure")
    rows: dict[UUID, list[Any]] = defaultdict(list)
    columns = ("dispatch_id", "channel", "state", "failure")
    for key, *row in counted.values_list(*columns).annotate(number=Count("pk")):
        rows[key].append(tuple(row))
    return [Dead(found[key], by_channel(rows[key])) for key in sorted(rows, reverse=True)]


def to_whom(dispatch: Dispatch, *, most: int = _MOST) -> list[tuple[Delivery, str]]:
    """Return deliveries of a dispatch that did not arrive, with their addresses; "" for who unsubscribed since.

    These are people: whoever shows them notes the look.
    """
    rows = list(_dead().filter(dispatch=dispatch).order_by("pk")[:most])
    known = source_of(dispatch).recipients({row.recipient_id for row in rows})
    return [(row, known[row.recipient_id].address if row.recipient_id in known else "") for row in rows]


def retry(dispatch: Dispatch, *, by: Actor) -> int:
    """Have what did not arrive tried again, from the first try on, and return how much. A dispatch has one such chance.

    Raises `NotAllowed`; `Conflict` where it had it, `Refused` for what is no news any more.
    """
    permit(by, SEE_TO_LETTERS)
    with transaction.atomic():
        found = Dispatch.objects.select_for_update(of=("self",)).select_related("release__item").get(pk=dispatch.pk)
        if found.retried_at:
            raise Conflict(_("These were tried again already."))
        if found.priority != ALERT:
            found.expires_at = max(found.expires_at, now() + _LONGER)
        if not source_of(found).is_still_news(found):
            raise Refused(_("It is withdrawn, changed or over: nobody is to get it any more. Let it go."))
        number = _dead().filter(dispatch=found).update(
            state=State.WAITING, tries=0, due_at=now(), ended_at=None, failure=""
        )  # fmt: skip
        found.retried_at, found.ended_at, found.tally, found.detail = now(), None, {}, []
        # What does not arrive this time either is to be seen again.
        found.let_go_at = None
        found.save(update_fields=["retried_at", "let_go_at", "expires_at", "ended_at", "tally", "detail"])
        record("retry deliveries", found, by=by, number=number)
    return number


def let_go(dispatch: Dispatch, *, by: Actor) -> None:
    """Note that nothing more is to be done about what did not arrive. Raises `NotAllowed`, `Conflict`."""
    permit(by, SEE_TO_LETTERS)
    with transaction.atomic():
        if not Dispatch.objects.filter(pk=dispatch.pk, let_go_at=None).update(let_go_at=now()):
            raise Conflict(_("Somebody let these go already."))
        record("let deliveries go", dispatch, by=by)


def _dead() -> QuerySet[Delivery]:
    # Where nothing is sent any more, each message would be one more; such addresses have a list of their own.
    return Delivery.stored.filter(state__in=_DEAD).exclude(failure=SUPPRESSED)
