"""Makes what tests need, with as few words as possible. Everything made is real and saved."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from perron.accounts.models import Person
from perron.communities.models import Community, Member, Partner, Place, Platform, Topic
from perron.core.clock import now
from perron.core.identifiers import short_key
from perron.privacy.acting import SYSTEM, Actor
from perron.publishing import drafting, releasing
from perron.publishing.content import Content, Words
from perron.publishing.models import Item

PASSWORD = "a long enough password"


def partner(slug: str = "ville") -> Partner:
    return Partner.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0]


def community(slug: str = "liege", **columns: Any) -> Community:
    defaults: dict[str, Any] = {
        "partner": partner(),
        "kind": Community.Kind.COMMUNE,
        "names": {"fr": slug.title()},
        "languages": ["fr", "nl", "de", "en"],
    }
    return Community.objects.get_or_create(slug=slug, defaults=defaults | columns)[0]


def platform(*communities: Community, slug: str = "front", is_front: bool = True, **columns: Any) -> Platform:
    defaults = {"partner": partner(), "name": slug.title(), "is_front": is_front}
    made = Platform.objects.get_or_create(slug=slug, defaults=defaults | columns)[0]
    for position, shown in enumerate(communities):
        Place.objects.get_or_create(platform=made, community=shown, defaults={"position": position})
    return made


def topic(slug: str = "culture") -> Topic:
    return Topic.objects.get_or_create(slug=slug, defaults={"names": {"fr": slug.title()}})[0]


def person(email: str = "", *, role: str = "", at: Community | None = None) -> Person:
    """Make a person; with `role`, a member of the community `at` (or, without one, of the operator)."""
    made = Person.objects.create_person(email or f"{short_key()}@example.org", PASSWORD, name="Anne Exemple")
    if role:
        Member.objects.create(person=made, community=at, role=role)
    return made


DETAILS: Mapping[str, dict[str, Any]] = {
    "news": {},
    "event": {"place": "Place Saint-Lambert"},
    "alert": {"instructions_fr": "Fermez portes et fenêtres."},
    "works": {"place": "Rue Léopold"},
    "document": {"type": "inquiry"},
}


def content(kind: str = "news", title: str = "Marché de Noël", **more: Any) -> Content:
    """Return a content that can be released: `details` are completed with what the kind requires."""
    details = DETAILS[kind] | more.pop("details", {})
    tomorrow = (now() + timedelta(days=1)).date()
    if kind == "event":
        details = {"starts": f"{tomorrow}T19:00", "ends": f"{tomorrow}T21:00"} | details
    if kind == "works":
        details = {"starts_on": str(tomorrow), "ends_on": str(tomorrow + timedelta(days=10))} | details
    texts = more.pop("texts", {"fr": Words(title=title, summary="En bref.", body="Un texte **important**.")})
    return Content(texts=texts, details=details, **more)


def draft(kind: str = "news", *, at: Community | None = None, by: Actor = SYSTEM, **more: Any) -> Item:
    return drafting.begin(at or community(), kind, content(kind, **more), by=by)


def released(kind: str = "news", *, at: Community | None = None, by: Actor = SYSTEM, **more: Any) -> Item:
    item = draft(kind, at=at, by=by, **more)
    return releasing.release(item, by=by, expected=item.edition)
