"""Webhooks: servers that are called when a community releases something. Whoever administers it says which."""

import secrets
from base64 import b64encode
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from perron.audience.choices import Choice, packed
from perron.audience.failing import failure_in_words
from perron.audience.leaving import forget
from perron.audience.models import Channel, Recipient, Subscription, Webhook
from perron.audience.subscribing import takes_subscriptions
from perron.communities.access import permit
from perron.communities.hosting import is_own_host
from perron.communities.models import Community
from perron.communities.permissions import KEEP_WEBHOOKS
from perron.core.clock import now
from perron.core.errors import Conflict, NotFound, Refused
from perron.core.posting import is_inside, target
from perron.privacy import journal
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.encrypting import decrypt, encrypt
from perron.privacy.subjects import of_address

# For so long the former secret signs too, so that a receiver can change it without losing a call.
BOTH = timedelta(hours=24)
# More of one community are a mistake, or a misuse of this server.
MOST = 20
_LONGEST = 500
# Of a secret; between 24 and 64, as the specification has it.
_BYTES = 32

_State = Webhook.State


def begin(community: Community, address: str, choice: Choice, *, language: str, by: Actor) -> tuple[Webhook, str]:
    """Have a server called at each release of a community that is in `choice`; return the secret that signs the calls,
    to be shown now and never again.

    Raises `NotAllowed`, `NotFound` where nobody can subscribe, `Refused` or `NotFetched` with the sentence to show for
    an address that cannot be called.
    """
    permit(by, KEEP_WEBHOOKS, community)
    if not takes_subscriptions(community):
        raise NotFound(_("There is nothing at this address."))
    address, secret = _checked(address), _new_secret()
    with transaction.atomic():
        known = Webhook.objects.select_for_update().filter(community=community)
        if known.filter(address=address).exists():
            raise Refused(_("This address is called already. Change that webhook, or end it first."))
        if known.count() >= MOST:
            raise Refused(_("A community has at most %(most)d webhooks. End one that nobody needs.") % {"most": MOST})
        # Of one community: two that call the same server have nothing else in common.
        subject = of_address(f"{community.pk} {address}")
        recipient = Recipient.stored.create(subject_id=subject.id, channel=Channel.WEBHOOK, language=language)
        made = Webhook.objects.create(recipient=recipient, community=community, address=address, secret=encrypt(secret))
        Subscription.stored.create(recipient=recipient, community=community, **_columns(choice))
        _note("begin webhook", made, by)
    return made, secret


def change(webhook: Webhook, choice: Choice, *, language: str, by: Actor) -> None:
    """Have it told of something else, or in another language. Raises `NotAllowed`."""
    with transaction.atomic():
        found = _locked(webhook, by)
        Subscription.stored.filter(recipient=found.recipient_id).update(**_columns(choice))
        Recipient.stored.filter(pk=found.recipient_id).update(language=language)
        _note("change webhook", found, by)


def renew_secret(webhook: Webhook, *, by: Actor) -> str:
    """Sign with another secret from now on, and for a day with the former one as well; return it, to be shown once.

    Raises `NotAllowed`.
    """
    secret = _new_secret()
    with transaction.atomic():
        found = _locked(webhook, by)
        found.former_secret, found.former_until = found.secret, now() + BOTH
        found.secret = encrypt(secret)
        found.save(update_fields=["secret", "former_secret", "former_until"])
        _note("renew secret of webhook", found, by)
    return secret


def pause(webhook: Webhook, *, by: Actor) -> None:
    """Call it no more until `resume`. Raises `NotAllowed`."""
    _switch(webhook, _State.PAUSED, "pause webhook", by)


def resume(webhook: Webhook, *, by: Actor) -> None:
    """Call it again, whoever stopped it. Raises `NotAllowed`."""
    _switch(webhook, _State.ON, "resume webhook", by)


def end(webhook: Webhook, *, by: Actor) -> None:
    """Forget it: nothing is kept but that it was, and a restore does not bring it back. Raises `NotAllowed`."""
    with transaction.atomic():
        found = _locked(webhook, by)
        _note("end webhook", found, by)
        subject = found.recipient.subject
        forget(subject.id, found.community_id)
        journal.write("unsubscribe", subject, community=str(found.community_id))


def secrets_of(webhook: Webhook, moment: datetime) -> tuple[str, ...]:
    """Return the secrets that sign at a moment, the newest first."""
    former = webhook.former_until is not None and moment < webhook.former_until
    return (decrypt(webhook.secret), *([decrypt(webhook.former_secret)] if former else []))


def leads_here(address: str) -> bool:
    """Say whether an address is one of this installation."""
    return is_own_host(urlsplit(address).hostname or "")


def _new_secret() -> str:
    """Return a secret as Standard Webhooks writes it: `whsec_` and the Base64 of random bytes."""
    return f"whsec_{b64encode(secrets.token_bytes(_BYTES)).decode()}"


def _checked(address: str) -> str:
    allowed = settings.PERRON_WEBHOOK_NETWORKS
    url = target(address, allow=allowed)
    found = str(url)
    if len(found) > _LONGEST:
        raise Refused(_("Give an address of at most %(most)d characters.") % {"most": _LONGEST})
    if not allowed and is_inside(url.host):
        raise Refused(failure_in_words("private"))
    if leads_here(found):
        raise Refused(_("This address leads back to this site. Give that of the server that is to be told."))
    return found


def _columns(choice: Choice) -> dict[str, str]:
    return {"kinds": packed(choice.kinds), "topics": packed(choice.topics)}


def _switch(webhook: Webhook, state: Webhook.State, verb: str, by: Actor) -> None:
    with transaction.atomic():
        found = _locked(webhook, by)
        found.state, found.failing_since = state, None
        found.save(update_fields=["state", "failing_since"])
        _note(verb, found, by)


def _locked(webhook: Webhook, by: Actor) -> Webhook:
    permit(by, KEEP_WEBHOOKS, webhook.community)
    found = Webhook.objects.select_for_update().filter(pk=webhook.pk).first()
    if found is None:
        raise Conflict(_("Somebody ended this webhook in the meantime."))
    return found


def _note(verb: str, webhook: Webhook, by: Actor) -> None:
    record(verb, webhook, by=by, tenant=webhook.community_id)
