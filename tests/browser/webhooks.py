"""The webhooks of the town that the browser tests look at."""

from datetime import timedelta

from perron.audience import webhooks
from perron.audience.choices import Choice
from perron.audience.models import Webhook
from perron.communities.models import Community
from perron.core.clock import now
from perron.privacy.acting import SYSTEM


def webhooks_of(community: Community) -> dict[str, str]:
    """Have two servers called, of which one was switched off after it failed; return what tests need."""
    well, _secret = webhooks.begin(
        community, "https://site.commune.example/perron/hook", Choice(("event",)), language="fr", by=SYSTEM
    )
    failing, _secret = webhooks.begin(
        community, "https://signage.example/hooks/8f2c0d1a-very-long-address", Choice(), language="nl", by=SYSTEM
    )
    Webhook.objects.filter(pk=well.pk).update(taken_at=now())
    Webhook.objects.filter(pk=failing.pk).update(
        state=Webhook.State.OFF, failure="http 503", failing_since=now() - timedelta(days=6)
    )
    return {"webhook": str(well.pk), "failing_webhook": str(failing.pk)}
