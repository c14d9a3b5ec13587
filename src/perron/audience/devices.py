"""Subscribing a device: what its browser gives out is its address, and no account and no letter are needed.

Whoever has a device's key (`keys`) may change what it gets; the browser keeps it.
"""

from dataclasses import dataclass
from hmac import compare_digest
from typing import Any, Self

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from perron.audience.choices import Choice
from perron.audience.models import Channel, PushEndpoint, Recipient
from perron.audience.subscribing import take, takes_subscriptions
from perron.communities.models import Community
from perron.core.errors import NotFound, Refused
from perron.core.push_addresses import push_address, push_keys
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.privacy.declaring import Activity, Delete
from perron.privacy.leaving import take as take_rows
from perron.privacy.policy.current import policy
from perron.privacy.subjects import of_address
from perron.privacy.tenancy.scope import as_program

# Of the policy's transmissions: what leaves for the push services of browsers.
_TRANSMISSION = "push"


@dataclass(frozen=True)
class Device:
    """What a browser gives out (Push API, `PushSubscription.toJSON`), checked."""

    endpoint: str
    p256dh: str
    auth: str

    @classmethod
    def read(cls, said: Any) -> Self:
        """Return a device from what a page sent. Raises `Refused` for an address or keys that are none."""
        keys = said.get("keys") if isinstance(said, dict) else None
        words = [said.get("endpoint"), keys.get("p256dh"), keys.get("auth")] if isinstance(keys, dict) else [None]
        if not all(isinstance(word, str) for word in words):
            raise Refused(_("A push subscription has an endpoint and two keys, p256dh and auth."))
        endpoint, p256dh, auth = map(str, words)
        # Browsers write no padding; who does means the same key.
        device = cls(endpoint, p256dh.rstrip("="), auth.rstrip("="))
        push_address(device.endpoint, allow=settings.PERRON_PUSH_NETWORKS)
        push_keys(device.p256dh, device.auth)
        return device


def takes_devices(community: Community) -> bool:
    """Say whether a device can be subscribed: where one can by mail, if the policy says that push services are used."""
    described = policy().transmissions.get(_TRANSMISSION)
    return bool(described and Activity.SUBSCRIPTIONS in described.activities) and takes_subscriptions(community)


@as_program
def subscribe(device: Device, community: Community, choice: Choice, *, language: str) -> Recipient:
    """Have a device want this of a community, in this language; twice is as good as once, the later choice counts.

    Raises `NotFound` where no device can be subscribed, `Refused` for an address that is known with other keys.
    """
    if not takes_devices(community):
        raise NotFound(_("There is nothing at this address."))
    with transaction.atomic():
        recipient = _recipient(device, language)
        take(recipient, community, choice)
    return recipient


@as_program
def replace(recipient: Recipient, device: Device) -> Recipient:
    """Write to a recipient's device where its browser can now be reached (Push API, `pushsubscriptionchange`).

    Return the recipient that the device is now; where it had subscribed anew meanwhile, that is another one, and what
    it wants counts. Raises `Refused` for a recipient that is no device.
    """
    with transaction.atomic():
        if recipient.channel != Channel.PUSH:
            raise Refused(_("This is no device."))
        subject = of_address(device.endpoint)
        anew = Recipient.stored.filter(subject_id=subject.id).exclude(pk=recipient.pk).first()
        if anew:
            _same_keys(anew, device)
            take_rows(Recipient.stored.filter(pk=recipient.pk), Delete(), "erasure")
            return anew
        columns = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth}
        if PushEndpoint.stored.filter(recipient=recipient, **columns).exists():
            return recipient
        by = Actor("address", recipient.subject_id)
        Recipient.stored.filter(pk=recipient.pk).update(subject_id=subject.id)
        PushEndpoint.stored.filter(recipient=recipient).update(**columns)
        recipient.refresh_from_db()
        record("replace device", recipient, by=by)
    return recipient


def _recipient(device: Device, language: str) -> Recipient:
    columns = {"channel": Channel.PUSH, "language": language}
    recipient, is_new = Recipient.stored.get_or_create(subject_id=of_address(device.endpoint).id, defaults=columns)
    if is_new:
        PushEndpoint.stored.create(
            recipient=recipient, endpoint=device.endpoint, p256dh=device.p256dh, auth=device.auth
        )
        return recipient
    _same_keys(recipient, device)
    if recipient.language != language:
        recipient.language = language
        recipient.save(update_fields=["language"])
    return recipient


def _same_keys(recipient: Recipient, device: Device) -> None:
    """Raise `Refused` where somebody knows an address and not the secret that its browser has."""
    known = PushEndpoint.stored.filter(recipient=recipient).first()
    if known is None or not compare_digest(known.auth, device.auth):
        raise Refused(_("This device is known with other keys. Switch notifications off and on again in your browser."))
