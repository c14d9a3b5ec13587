"""Who publishes in the demo, where it is read, and who signs in: made once, and left alone when it is there."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from perron.accounts.models import Person
from perron.communities.access import Scope
from perron.communities.founding import draw_area, found_community, found_partner, found_platform, found_topic, show
from perron.communities.membership import join
from perron.communities.models import Area, Community, Partner, Platform, Topic
from perron.communities.roles import Role
from perron.privacy.acting import SYSTEM
from perron.project.demo.entries import table

# The demo is loaded on a machine of one's own only, so that its password may be known to everybody.
PASSWORD = "perron-demo-2026"  # noqa: S105


@dataclass(frozen=True)
class SignIn:
    """A way in: what the person is, at a community or a partner (or else the operator), and with which address."""

    role: str
    email: str
    name: str
    at: str
    # Whose administrator it is, where it is not one community's.
    partner: str = ""
    # Where a resident opened it, who has no role (`residents`).
    platform: str = ""
    # In which the account is written to, and the studio speaks.
    language: str = "fr"


def build() -> dict[str, Community]:
    """Make what is missing of partners, topics, communities, areas and platforms; return the communities by slug."""
    with transaction.atomic():
        partners = {partner["name"]: _partner(**partner) for partner in table("places")["partner"]}
        for position, topic in enumerate(table("places")["topic"]):
            if not Topic.objects.filter(slug=topic["slug"]).exists():
                found_topic(by=SYSTEM, slug=topic["slug"], names=topic["names"], position=position)
        communities = {row["slug"]: _community(dict(row), partners) for row in table("places")["community"]}
        for row in table("places")["platform"]:
            _platform(dict(row), partners, communities)
    return communities


def sign_ins() -> list[SignIn]:
    """Return the demo's accounts."""
    return [SignIn(**row) for row in table("places")["sign_in"]]


def note_path() -> Path:
    """Return the file that says how to sign in to the demo."""
    return Path(settings.PERRON_HOME) / "demo.json"


def admit(communities: dict[str, Community]) -> None:
    """Open the demo's accounts that are missing, each with its one role."""
    for account in sign_ins():
        if account.platform or Person.objects.filter(email__iexact=account.email).exists():
            continue
        with transaction.atomic():
            person = Person.objects.create_person(account.email, PASSWORD, name=account.name, language=account.language)
            scope: Scope = Partner.objects.filter(name=account.partner).first() or communities.get(account.at)
            join(person, Role(account.role), by=SYSTEM, at=scope)


def _partner(name: str, **particulars: Any) -> Partner:
    """Return the partner, made if it is missing; the first one is the operator's own, unless there is one."""
    if particulars.get("is_operator") and Partner.objects.filter(is_operator=True).exists():
        particulars.pop("is_operator")
    return Partner.objects.filter(name=name).first() or found_partner(by=SYSTEM, name=name, **particulars)


def _community(row: dict[str, object], partners: dict[str, Partner]) -> Community:
    areas, partner = row.pop("area", []), partners[str(row.pop("partner"))]
    slug = str(row.pop("slug"))
    community = Community.objects.filter(slug=slug).first()
    if community is None:
        community = found_community(by=SYSTEM, partner=partner, slug=slug, fictional=True, **row)
    assert isinstance(areas, list)
    for area in areas:
        if not Area.objects.filter(community=community, slug=area["slug"]).exists():
            polygon = {"type": "Polygon", "coordinates": [area["ring"]]} if "ring" in area else None
            draw_area(community, by=SYSTEM, slug=area["slug"], names=area["names"], polygon=polygon,
                      communes_nis=area.get("communes", []))  # fmt: skip
    return community


def _platform(row: dict[str, object], partners: dict[str, Partner], communities: dict[str, Community]) -> None:
    """Make a platform; the first one becomes the front, unless the installation has one."""
    if Platform.objects.filter(slug=row["slug"]).exists():
        return
    shown, partner = row.pop("shows"), partners[str(row.pop("partner"))]
    is_front = bool(row.pop("front", False)) and not Platform.objects.filter(is_front=True).exists()
    platform = found_platform(by=SYSTEM, partner=partner, slug=str(row.pop("slug")), **row)
    assert isinstance(shown, list)
    show(platform, [communities[slug] for slug in shown], by=SYSTEM)
    if is_front:
        Platform.objects.filter(pk=platform.pk).update(is_front=True)
