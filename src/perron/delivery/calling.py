"""What a webhook is told: the item as the public API has it, and what happened to it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from perron.audience.models import Webhook
from perron.audience.webhooks import secrets_of
from perron.channels.webhook.sending import Call
from perron.core.clock import now
from perron.delivery.models import Delivery, Dispatch
from perron.delivery.sources import To
from perron.privacy.declaring import Activity
from perron.publishing.models import Release


@dataclass(frozen=True, slots=True)
class Addressed:
    """A call, and the webhook that is called."""

    webhook: Webhook
    call: Call


type Tell = Callable[[UUID, str], Mapping[str, Any]]

_TYPES = {
    Release.What.RELEASED: "item.released",
    Release.What.CORRECTED: "item.corrected",
    Release.What.WITHDRAWN: "item.withdrawn",
}
_tells: list[Tell] = []


def told_by(tell: Tell) -> None:
    """Have `tell` say what a public item is, in a language: the API is on a higher floor."""
    _tells[:] = [tell]


def body_of(release: Release, language: str) -> bytes:
    """Return what is said of a release (fetched with its item and community). Raises `Gone` for what is not public."""
    if release.what == Release.What.WITHDRAWN:
        return _body(_TYPES[Release.What.WITHDRAWN], release.at, _withdrawn(release, language))
    return _body(_TYPES[Release.What(release.what)], release.at, _tells[0](release.item_id, language))


def test_body(webhook: Webhook) -> bytes:
    """Return what a call says that somebody makes to see whether it arrives."""
    return _body("webhook.test", now(), {"community": webhook.community.slug})


def call(webhook: Webhook, identifier: str, body: bytes) -> Call:
    """Return the call that tells a webhook (fetched with its recipient) `body`."""
    return Call(
        address=webhook.address,
        whose=webhook.recipient.subject,
        activity=Activity.SUBSCRIPTIONS,
        identifier=identifier,
        body=body,
        secrets=secrets_of(webhook, now()),
    )


class WebhookWriter:
    """What a release says to webhooks: made once for each language."""

    def __init__(self, dispatch: Dispatch) -> None:
        assert dispatch.release is not None
        self._release = dispatch.release
        self._bodies: dict[str, bytes] = {}

    def to(self, to: To, delivery: Delivery) -> Addressed:
        """Return the call to one webhook. Raises `Gone` for what is not public any more."""
        if to.language not in self._bodies:
            self._bodies[to.language] = body_of(self._release, to.language)
        webhook: Webhook = to.row.webhook
        return Addressed(webhook, call(webhook, str(delivery.pk), self._bodies[to.language]))


def _withdrawn(release: Release, language: str) -> dict[str, Any]:
    """Return what may still be said: which one it was, and nothing that stood in it."""
    community = release.item.community
    return {
        "id": str(release.item_id),
        "kind": release.item.kind,
        "community": {"slug": community.slug, "name": community.name_in(language)},
        "withdrawn": _moment(release.at),
    }


def _body(type_: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    said = {"type": type_, "timestamp": _moment(at), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _moment(at: datetime) -> str:
    """Return a moment as the API writes it."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
