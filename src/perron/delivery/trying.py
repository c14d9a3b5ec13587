"""A call that somebody makes to see whether it arrives; it is told from others by its type."""

from django.db import transaction

from perron.audience.failing import note_failure, note_taken
from perron.audience.models import Webhook
from perron.channels.webhook.sending import NotTaken, send
from perron.communities.access import permit
from perron.communities.permissions import KEEP_WEBHOOKS
from perron.core.identifiers import uuid7
from perron.delivery.calling import call, test_body
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.clearing import clear
from perron.privacy.declaring import Activity


def try_webhook(webhook: Webhook, *, by: Actor) -> str:
    """Call a webhook (fetched with its recipient and community), on or paused; return why it failed, a code, or "".

    Raises `NotAllowed`, `NotCleared`.
    """
    permit(by, KEEP_WEBHOOKS, webhook.community)
    with transaction.atomic():
        record("test webhook", webhook, by=by, tenant=webhook.community_id)
    clearance = clear(webhook.recipient.subject, Activity.SUBSCRIPTIONS)
    try:
        send(call(webhook, str(uuid7()), test_body(webhook)), clearance)
    except NotTaken as error:
        note_failure(webhook.pk, error.reason, for_good=error.permanent)
        return error.reason
    note_taken(webhook.pk)
    return ""
