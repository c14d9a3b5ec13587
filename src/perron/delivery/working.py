"""The rounds of the worker: what there is to say becomes deliveries, and each channel sends its own.

Each channel has a lane to itself, so that a mail server that hangs holds up nothing else.
"""

import time
from functools import partial

from perron.audience.models import Channel
from perron.core.waking import stopping
from perron.delivery.carriers.mail import Mail
from perron.delivery.carriers.push import WebPush
from perron.delivery.carriers.webhook import Webhooks
from perron.delivery.dispatching import expand, unexpanded
from perron.delivery.ending import close_dispatches
from perron.delivery.leasing import with_due
from perron.delivery.models import Dispatch
from perron.delivery.releases import dispatch_releases, releases_due
from perron.delivery.sending import send_due

CARRIERS = (Mail(), WebPush(), Webhooks())
# Seconds: as long as SQLite lets who waits for its one writer sleep before it looks again, and what a list may cost who
# is behind it where something more urgent cannot leave.
_BREATH, _PATIENCE = 0.1, 2.0


def dispatch(*, patience: float = _PATIENCE) -> int:
    """Make deliveries of all there is to say, the most urgent first, and close what has ended; return how many steps
    it took.

    Between two shards others have their turn; what is more urgent than the next has up to `patience` seconds to leave.
    """
    dispatch_releases()
    steps = 0
    while not stopping.is_set() and Dispatch.objects.filter(ended_at=None).exists():
        close_dispatches()
        # A shard at a time, so that an alert that comes while a long list is being made goes before it.
        if not expand():
            break
        steps += 1
        if patience:
            _give_way(patience)
        dispatch_releases()
    return steps


# Called by a lane each: `(channel, round, the dispatches that wait for it)`.
SENDERS = tuple(
    (carrier.channel.value, partial(send_due, carrier), partial(with_due, carrier.channel)) for carrier in CARRIERS
)


def deliver() -> int:
    """Do all there is to do in one thread, for whoever wants to see the end of it; return how many were sent."""
    sent = 0
    while True:
        # Nobody else works meanwhile.
        steps = dispatch(patience=0)
        now_sent = sum(send() for _channel, send, _due in SENDERS)
        sent += now_sent
        if not (steps or now_sent):
            return sent


def _give_way(patience: float) -> None:
    """Before the next shard, let others write, and what is more urgent leave: where one writes at a time, whoever makes
    shard after shard keeps everybody from the database."""
    following = unexpanded().order_by("priority").values_list("priority", flat=True).first()
    ends = time.monotonic() + patience
    while following is not None and not stopping.wait(_BREATH) and time.monotonic() < ends:
        more_urgent = (with_due(channel).filter(priority__lt=following) for channel in Channel)
        if releases_due().exists() or not any(each.exists() for each in more_urgent):
            break
