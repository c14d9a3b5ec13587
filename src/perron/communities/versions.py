"""Versions of what the public sees. A change of it bumps them in its own transaction."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import F

from perron.communities.models import Community, Platform, PublicVersion


def of_community(community: Community | UUID) -> str:
    """Return the key that everything showing this community depends on."""
    return f"community:{community.pk if isinstance(community, Community) else community}"


def of_platform(platform: Platform) -> str:
    """Return the key that everything in this platform's colours depends on."""
    return f"platform:{platform.pk}"


def bump(keys: Iterable[str]) -> None:
    """Make whatever was rendered from these keys stale, as soon as the current transaction commits."""
    with transaction.atomic():
        # In one order everywhere, so that two transactions cannot wait for each other.
        for key in sorted(set(keys)):
            row = PublicVersion.objects.filter(key=key)
            if not row.update(number=F("number") + 1):
                # Another transaction may insert it first: then this one still counts as a change of its own.
                PublicVersion.objects.bulk_create([PublicVersion(key=key, number=0)], ignore_conflicts=True)
                row.update(number=F("number") + 1)


def current() -> dict[str, int]:
    """Return all versions. The table is as small as the number of communities: it is read whole, since a
    filter by \"newer than\" would miss transactions that commit late."""
    return dict(PublicVersion.objects.values_list("key", "number"))
