"""The rounds of the worker: what there is to say becomes deliveries, and each channel sends its own.

Each channel has a lane to itself, so that a mail server that hangs holds up nothing else.
"""

from functools import partial

from perron.core.waking import stopping
from perron.delivery.carriers.mail import Mail
from perron.delivery.carriers.push import WebPush
from perron.delivery.carriers.webhook import Webhooks
from perron.delivery.dispatching import expand
from perron.delivery.ending import close_dispatches
from perron.delivery.leasing import with_due
from perron.delivery.models import Dispatch
from perron.delivery.releases import dispatch_releases
from perron.delivery.sending import send_due

CARRIERS = (Mail(), WebPush(), Webhooks())


def dispatch() -> int:
    """Make deliveries of all there is to say, the most urgent first, and close what has ended; return how many steps
    it took."""
    dispatch_releases()
    steps = 0
    while not stopping.is_set() and Dispatch.objects.filter(ended_at=None).exists():
        close_dispatches()
        # A shard at a time, so that an alert that comes while a long list is being made goes before it.
        if not expand():
            break
        steps += 1
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
        steps = dispatch()
        now_sent = sum(send() for _channel, send, _due in SENDERS)
        sent += now_sent
        if not (steps or now_sent):
            return sent
