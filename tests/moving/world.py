"""A partner with something of everything, and what is left when it has gone."""

import io
from typing import Any
from zipfile import ZipFile

from perron.audience import webhooks
from perron.audience.choices import Choice
from perron.audience.models import Recipient, Subscription
from perron.communities.applying import receiving
from perron.communities.founding import draw_area
from perron.communities.models import Agreement, Apprenticeship, Community, Contact, Member, Partner, Platform
from perron.core.clock import now
from perron.privacy.acting import SYSTEM
from perron.privacy.subjects import of_address
from perron.publishing import drafting, releasing, uploading
from perron.publishing.content import Enclosed, Shown, Words
from perron.publishing.handing_over.parts import parts
from perron.publishing.handing_over.taking_in import Taken, take_in
from perron.publishing.handing_over.writing import hand_over
from perron.publishing.models import Connection, Item, Source
from perron.publishing.sharing import answering, placing
from perron.publishing.working import reusing
from perron.statistics.models import PageCount
from tests import making
from tests.images import pictures

PDF = b"%PDF-1.4\nseance\n%%EOF\n"


def furnish() -> Partner:
    """Found the partner "ville", with members, items of every kind, media, sources, an application, an offer."""
    liege = making.community("liege")
    water = making.community("water", kind=Community.Kind.PUBLIC_SERVICE)
    club = making.community("club", kind=Community.Kind.ASSOCIATION)
    platform = making.platform(liege, water, slug="ville", is_front=False, colour="#1f3a5f")
    making.topic("culture")
    editor = making.person("editor@example.org", role="editor", at=liege)
    Member.objects.create(person=making.person("boss@example.org"), partner=liege.partner, role="administrator")
    area = draw_area(liege, by=SYSTEM, slug="centre", names={"fr": "Centre"}, communes_nis=["62063"])
    image = uploading.upload_image(liege, pictures.encoded(pictures.halves()), by=editor.actor)
    file = uploading.upload_attachment(liege, io.BytesIO(PDF), "séance.pdf", by=SYSTEM)
    more: dict[str, Any] = {
        "topics": ("culture",),
        "areas": (str(area.pk),),
        "pictures": (Shown(str(image.pk), {"fr": "Deux moitiés"}, "Anne"),),
        "enclosures": (Enclosed(str(file.pk), {"fr": "La séance"}),),
        "texts": {"fr": Words("Kermesse", "Un soir.", "Un *bal*."), "nl": Words("Kermis", "Een avond.", "Een *bal*.")},
    }
    item = making.released(at=liege, by=editor.actor, **more)
    drafting.save(item, making.content(**more, correction={"fr": "L’heure."}), by=editor.actor, expected=1)
    releasing.release(item, by=editor.actor, expected=2)
    reusing.keep_as_template(item, "Kermesse", by=editor.actor)
    for kind in ("event", "alert", "works", "document"):
        making.released(kind, at=liege, title=f"{kind} de la ville")
    making.draft(at=liege, title="En cours")
    releasing.withdraw(making.released(at=liege, title="Annulé"), by=SYSTEM)
    placing.offer(making.released(at=water, title="Coupure"), [liege], by=SYSTEM)
    answering.accept(liege.placements.get(), by=SYSTEM)
    Apprenticeship.objects.create(community=club, guardian=liege, left=2)
    source = Source.objects.create(community=liege, address="https://example.org/feed", connected_at=now())
    Connection.objects.create(source=source, host="example.org", etag="abc", taken=["a1"])
    receiving.apply(
        receiving.Applied(kind="shop", name="Le Coin", contact="Zoé", email="zoe@example.org", why="Du pain."),
        liege, language="fr",
    )  # fmt: skip
    PageCount.objects.create(platform=platform, community=liege, page="today", day=now().date(), number=3)
    Contact.objects.create(partner=liege.partner, name="Luc", email="luc@example.org",
                           subject_id=of_address("luc@example.org").id)  # fmt: skip
    reader = Recipient.objects.create(subject_id=of_address("lea@example.org").id, email="lea@example.org",
                                      language="fr")  # fmt: skip
    Subscription.objects.create(recipient=reader, community=liege)
    webhooks.begin(liege, "https://hooks.example/x", Choice(), language="fr", by=SYSTEM)
    return liege.partner


def stranger() -> Item:
    """A partner of its own, with a platform at the front that shows the others too."""
    other = making.community("namur", partner=making.partner("namur"))
    making.platform(other, *Community.objects.exclude(pk=other.pk), partner=other.partner)
    item = making.released(at=other, title="Citadelle")
    nobody_is("ville")
    return item


def nobody_is(slug: str) -> None:
    """Have no partner with this address: one without communities goes, with what it signed."""
    for left in Partner.objects.filter(slug=slug, communities=None):
        Agreement.objects.filter(partner=left).delete()
        left.delete()


def archive(partner: Partner) -> io.BytesIO:
    out = io.BytesIO()
    hand_over(partner, out, by=SYSTEM)
    out.seek(0)
    return out


def leave(partner: Partner) -> None:
    """Take out every row of the partner, as if this were another installation."""
    Agreement.objects.filter(partner=partner).delete()
    for part in reversed(parts()):
        if part.model._meta.label not in {"accounts.Person", "communities.Topic"}:
            rows = part.model._base_manager.filter(part.of(partner.pk))
            part.model._base_manager.filter(pk__in=list(rows.values_list("pk", flat=True))).delete()
    assert not Partner.objects.filter(pk=partner.pk).exists()


def taken(file: io.BytesIO, **renamed: str) -> Taken:
    file.seek(0)
    return take_in(file, by=SYSTEM, renamed=renamed)


def unpacked(file: io.BytesIO) -> dict[str, bytes]:
    with ZipFile(file) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def pages(platform: Platform) -> list[str]:
    """The addresses of what residents see of the platform, and programs of the partner."""
    prefix = f"/p/{platform.slug}"
    items = Item.objects.filter(community__partner=platform.partner, published_at__isnull=False).order_by("slug")
    found = [f"{prefix}/fr/", f"{prefix}/fr/liege/", f"{prefix}/nl/liege/agenda/", f"{prefix}/fr/liege/cards.json",
             f"{prefix}/fr/liege/feed.rss", f"{prefix}/fr/liege/agenda.ics", f"{prefix}/fr/liege/alerts.cap",
             f"{prefix}/fr/search/?q=kermesse", "/api/v1/items?language=fr",
             "/api/v1/communities/liege", f"{prefix}/fr/liege/map/"]  # fmt: skip
    return found + [f"{prefix}/{language}/{item.community.slug}/{item.slug}/" for item in items
                    for language in ("fr", "nl")]  # fmt: skip
