"""Sending a campaign: confirmed with the number that it goes to, now or later, and stopped as long as some wait."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from perron.communities.access import permit
from perron.communities.permissions import SEND_NEWS
from perron.core.clock import now
from perron.core.errors import Conflict, NotFound, Refused
from perron.delivery.dispatching import CAMPAIGN
from perron.delivery.ending import counted
from perron.delivery.models import Delivery, Dispatch
from perron.outreach.newsletter import audience
from perron.outreach.newsletter.audience import basis_named
from perron.outreach.newsletter.checking import find
from perron.outreach.newsletter.tables import Campaign
from perron.outreach.newsletter.writing import draft
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.auditing import record

# As what its dispatches are known (`delivery.sources`).
SOURCE = "campaign"
# What has not left by then is no news any more.
LASTS = timedelta(days=7)
_LATEST = timedelta(days=366)
_State = Campaign.State


@dataclass(frozen=True)
class Progress:
    """How far a campaign is: how many messages stand how, by `Delivery.State`. `is_whole`: all of them are counted."""

    numbers: Counter[str]
    is_whole: bool
    is_over: bool

    @property
    def total(self) -> int:
        """How many there are, so far."""
        return sum(self.numbers.values())

    @property
    def said(self) -> list[tuple[str, int]]:
        """The numbers with their names, without those that are nothing."""
        return [(str(state.label), self.numbers[state]) for state in Delivery.State if self.numbers[state]]


def send(campaign: Campaign, *, expected: int, number: int, at: datetime | None = None, by: Actor) -> Campaign:
    """Send a draft now, or at the moment `at`. `expected` is its edition and `number` how many it goes to, as shown.

    Raises `NotAllowed`; `Refused` for what stops it, where nobody is reached, and for a moment that has passed or is
    more than a year away; `Conflict` where the draft or the number is another one by now.
    """
    permit(by, SEND_NEWS)
    # Counting a million takes minutes; where one writes at a time, all others would wait for the transaction.
    reached = audience.count(basis_named(campaign.basis))
    with transaction.atomic():
        locked = draft(campaign, expected=expected)
        if stops := next((each for each in find(locked) if each.stops), None):
            raise Refused(f"{stops.where}: {stops.sentence}" if stops.where else stops.sentence)
        _check_number(reached, number)
        if at and not now() < at < now() + _LATEST:
            raise Refused(_("Choose a moment that is still to come, within a year."))
        locked.state, locked.send_at = _State.SCHEDULED, at or now()
        locked.save(update_fields=["state", "send_at"])
        record("send campaign", locked, by=by, basis=locked.basis, number=number, at=locked.send_at.isoformat())
        if at is None:
            _begin(locked)
    return locked


def begin_due() -> int:
    """Begin the campaigns whose moment has come; return how many. Run by the worker."""
    begun = 0
    for campaign in campaigns_due():
        with transaction.atomic():
            locked = Campaign.objects.select_for_update().filter(pk=campaign.pk, state=_State.SCHEDULED).first()
            if locked:
                _begin(locked)
                record("begin campaign", locked, by=SYSTEM)
                begun += 1
    return begun


def campaigns_due() -> QuerySet[Campaign]:
    """Return those whose moment has come."""
    return Campaign.objects.filter(state=_State.SCHEDULED, send_at__lte=now())


def stop(campaign: Campaign, *, by: Actor) -> Campaign:
    """Let what has not left stay. What is only scheduled is a draft again. Raises `NotAllowed`, `Conflict`."""
    permit(by, SEND_NEWS)
    with transaction.atomic():
        locked = Campaign.objects.select_for_update().filter(pk=campaign.pk).first()
        if locked is None:
            raise NotFound(_("This message is not here any more: somebody threw it away."))
        if locked.state == _State.SCHEDULED:
            locked.state, locked.send_at = _State.DRAFT, None
        elif locked.state == _State.SENDING and not progress(locked).is_over:
            locked.state, locked.stopped_at = _State.STOPPED, now()
        else:
            raise Conflict(_("There is nothing left to stop."))
        locked.save(update_fields=["state", "send_at", "stopped_at"])
        record("stop campaign", locked, by=by)
    return locked


def progress(campaign: Campaign) -> Progress:
    """Return how far it is."""
    dispatch = Dispatch.objects.filter(source=SOURCE, about=campaign.pk).first()
    if dispatch is None:
        return Progress(Counter(), is_whole=False, is_over=False)
    over = dispatch.ended_at is not None
    return Progress(Counter(dispatch.tally) if over else counted(dispatch), dispatch.expanded_at is not None, over)


def _begin(campaign: Campaign) -> None:
    """Put it into the outbox, in the transaction at hand; `delivery` does the rest."""
    assert campaign.send_at
    campaign.state = _State.SENDING
    campaign.save(update_fields=["state"])
    Dispatch.objects.create(
        source=SOURCE,
        about=campaign.pk,
        priority=CAMPAIGN,
        not_before=campaign.send_at,
        expires_at=max(campaign.send_at, now()) + LASTS,
    )


def _check_number(reached: int, shown: int) -> None:
    if not reached:
        raise Refused(_("It reaches nobody: nobody belongs to this audience, or all of them refused."))
    if reached != shown:
        said = {"number": reached}
        raise Conflict(
            ngettext(
                "It reaches %(number)d person by now, another number than you saw. Look, and confirm again.",
                "It reaches %(number)d people by now, another number than you saw. Look, and confirm again.",
                reached,
            ) % said
        )  # fmt: skip
