"""What goes along when a partner leaves: who wanted to hear from it. Nobody is subscribed elsewhere by that.

A link in a mail that was sent ends a subscription here, and whoever confirmed did so here: the other side asks anew.
"""

from uuid import UUID

from django.db.models import Q

from perron.audience.models import PushEndpoint, Recipient, Subscription, Webhook
from perron.publishing.handing_over.parts import Part, along, register


def register_own() -> None:
    """Register it; when the application is ready."""
    register(
        Part(model=Recipient, of=_recipients, left="subject_id", taken=False),
        Part(model=PushEndpoint, of=_endpoints, taken=False),
        Part(model=Subscription, of=along("community__partner"), taken=False),
        # Whoever calls signs with their own secret: the other side makes a new one.
        Part(
            model=Webhook,
            of=along("community__partner"),
            left="secret former_secret former_until failure failing_since taken_at",
            taken=False,
        ),
        stays={
            "delivery.dispatch": "what was sent was sent from here, and is not sent again from elsewhere",
            "delivery.delivery": "of a dispatch",
            "delivery.digest": "what one message said until it was sent",
        },
    )


def _recipients(partner: UUID) -> Q:
    return Q(pk__in=Subscription.stored.filter(community__partner=partner).values("recipient"))


def _endpoints(partner: UUID) -> Q:
    return Q(recipient__in=Subscription.stored.filter(community__partner=partner).values("recipient"))
