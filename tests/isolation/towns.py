"""Two partners of one installation, each with one real thing of every sort that an address can name."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image as Pillow

from perron.accounts import portraits
from perron.accounts.devices import reference_of
from perron.accounts.models import Person
from perron.audience import webhooks
from perron.audience.choices import Choice
from perron.communities.applying.receiving import Applied, apply
from perron.communities.contracting.contacts import add_contact
from perron.communities.identity.rules import set_up
from perron.communities.inviting.rules import invite
from perron.communities.models import AccessReview, Area, Community, Member, Partner, Platform
from perron.communities.roles import Role
from perron.core.clock import now
from perron.letters import bounces
from perron.letters.models import Bounce, Letter
from perron.outreach.contact.receiving import Written, receive
from perron.outreach.newsletter import audience, writing
from perron.outreach.newsletter.writing import Written as News
from perron.privacy.acting import SYSTEM
from perron.privacy.breaches import entering, informing
from perron.privacy.breaches.entering import Facts
from perron.privacy.receiving import open_reception
from perron.privacy.requests.entering import Wish, enter
from perron.privacy.requests.permitting import Tenant
from perron.privacy.requests.tables import Kind
from perron.privacy.restrictions import restrict
from perron.privacy.subjects import of_address, of_person
from perron.privacy.wishes import Restriction
from perron.publishing import drafting
from perron.publishing.content import Enclosed, Shown, Words
from perron.publishing.handing_over.preparing import file_of
from perron.publishing.handing_over.tables import Archive
from perron.publishing.lending.rules import lend
from perron.publishing.models import Connection, HandIn, Origin, Placement, Release, Source
from perron.publishing.uploading import upload_attachment, upload_image
from perron.publishing.working import reusing, reviewing
from tests import making
from tests.delivery.town import undelivered

# What may be searched for, and what must then not be there.
KNOWN = "kwartelnest"


@dataclass(frozen=True)
class Town:
    """What one partner has. `secret` is written into all of it that is not public."""

    secret: str
    partner: Partner
    platform: Platform
    community: Community
    person: Person
    # By the name of the argument of an address, or its name and converter: the identifiers of what is there.
    identifiers: Mapping[str, tuple[Any, ...]]


def found(slug: str) -> Town:
    """Found a partner with a commune, and plant there something of everything."""
    secret = f"zwart{slug}boek"
    words = f"{KNOWN} {secret}"
    partner = making.partner(slug=f"partner-{slug}")
    community = making.community(slug, partner=partner)
    platform = making.platform(community, slug=f"app-{slug}", is_front=False, partner=partner)
    area = Area.objects.create(community=community, slug=f"wijk-{slug}", names={"fr": "Wijk"}, communes_nis=["62063"])
    person = making.person(f"{slug}@example.org", role="administrator", at=community)
    Member.objects.create(person=person, partner=partner, role="administrator")
    members = Member.objects.filter(person=person).order_by("pk").values_list("pk", flat=True)
    image = upload_image(community, _photo(), by=SYSTEM)
    attachment = upload_attachment(community, BytesIO(words.encode()), f"{secret}.txt", by=SYSTEM)
    draft = making.draft(
        at=community,
        texts={"fr": Words(title=words, summary=words, body=words)},
        pictures=(Shown(image=str(image.pk), alternatives={"fr": words}),),
        enclosures=(Enclosed(attachment=str(attachment.pk), titles={"fr": words}),),
        areas=(str(area.pk),),
    )
    public = making.released(at=community, by=person.actor, title=f"Marché de {slug}")
    corrected = making.content(title=words)
    drafting.save(public, corrected, by=SYSTEM, expected=public.edition)
    alert = making.released("alert", at=community)
    reviewing.comment(draft, words, by=person.actor)
    HandIn.objects.create(item=draft)
    loan, _secret = lend(draft, by=SYSTEM)
    template = reusing.keep_as_template(draft, words[:60], by=SYSTEM)
    source = Source.objects.create(community=community, address=f"https://{secret}.example/feed", name=words)
    Connection.objects.create(source=source, host=f"{secret}.example", due_at=now())
    Origin.objects.create(item=draft, community=community, source=source.address, identifier=words, fingerprint=secret)
    placement = Placement.objects.create(item=public, community=community, reason=words)
    applied = Applied(kind="shop", name=words, contact=words, email=f"{secret}@example.org", why=words)
    application = apply(applied, community, language="fr", platform=platform)
    wish = Wish(kind=Kind.COMPLAINT, message=words, name=secret, email=person.email)
    request = enter(wish, by=person.actor, about=of_person(person.pk))
    reception, _token = open_reception(person.pk, by=person.actor)
    written = Written(first_name="A", name=secret, email=f"{secret}@example.org", heading=words, text=words)
    conversation = receive(written, language="fr")
    campaign = writing.begin(News(audience.bases()[0].id, {"fr": words}, {"fr": words}), by=SYSTEM)
    stranger = of_person(making.person(f"restricted-{slug}@example.org").pk)
    restriction = restrict(stranger, Restriction.Ground.ACCURACY, by=SYSTEM)
    mate = invite(f"{secret}@example.org", Role.EDITOR, by=person.actor, at=community)
    portrait = portraits.show(person, _photo(), by=person.actor)
    archive = Archive.objects.create(partner=partner, asked_by=person, made_at=now(), size=1, sha256="0" * 64)
    default_storage.save(file_of(archive), ContentFile(words.encode()))
    breach = entering.enter(Facts(known_at=now(), happened=words), by=SYSTEM)
    informing.tell_partners(breach, [Tenant(partner.pk, partner.name)], by=SYSTEM)
    add_contact(
        partner, by=person.actor, kind="contract", name=secret, email=f"{secret}@example.org", function=secret, phone=""
    )
    set_up(partner, by=SYSTEM, issuer=f"https://{secret}.example", client_id=secret, secret=secret, is_on=False)
    AccessReview.objects.create(community=community)
    webhook, _secret = webhooks.begin(community, f"https://{secret}.example/", Choice(), language="fr", by=SYSTEM)
    session = person.sessions.get(session_key=making.sign_in(Client(), person))
    letter = Letter.objects.filter(to=f"{secret}@example.org").order_by("pk")[0]
    bounces.note(of_address(f"{secret}@example.org"), "5.1.1")
    bounce = Bounce.stored.get(subject_id=of_address(f"{secret}@example.org").id)
    return Town(secret, partner, platform, community, person, {
        "agreement": tuple(partner.agreements.values_list("pk", flat=True)),
        "application": (application.pk,),
        "archive": (archive.pk,),
        "area": (area.slug,),
        "area of a form": (area.pk,),
        "attachment": (attachment.pk,),
        "bounce": (bounce.pk,),
        # The operator's own: no partner's people see it.
        "campaign": (campaign.pk,),
        "community": (community.slug,),
        "conversation": (conversation.pk,),
        "dispatch": (undelivered(community, f"{secret}@example.org", title=f"Foire de {slug}").pk,),
        "factor": (making.app(person).pk,),
        "id": (draft.pk,),
        "identifier": (alert.slug,),
        "image": (image.pk,),
        "item/UUIDConverter": (draft.pk, public.pk, alert.pk),
        "item/SlugConverter": (draft.slug,),
        "letter": (letter.pk,),
        "loan": (loan.pk,),
        # Of an attached file, or of a letter in the outbox.
        "member of a form": tuple(members),
        "name/StringConverter": (attachment.name,),
        "partner": (partner.slug,),
        "placement": (placement.pk,),
        "platform": (platform.slug,),
        "portrait": (portrait.pk,),
        "provider_id": (partner.slug,),
        "reception": (reception.pk,),
        # Of a rights request, of a breach, of where somebody is signed in.
        "reference": (request.reference, breach.reference, reference_of(session)),
        "release": tuple(Release.objects.filter(community=community).values_list("pk", flat=True)),
        "restriction": (restriction.pk,),
        # Who reads the tables has no address of it.
        "secret": (loan.digest, mate.digest),
        "slug": (community.slug, platform.slug),
        "source": (source.pk,),
        "template": (template.pk,),
        "token": (reception.token_hash,),
        "webhook": (webhook.pk,),
    })  # fmt: skip


def _photo() -> BytesIO:
    file = BytesIO()
    Pillow.new("RGB", (400, 300), "#336699").save(file, "JPEG")
    file.seek(0)
    return file


# Arguments that name nothing of anybody's.
WORDS: Mapping[str, Any] = {
    "channel": "page",
    "colour": "7a1f2b",
    "day": "2026-01-01",
    "deed": "assign",
    "key": "abc-def",
    "kind": "news",
    "language": "fr",
    "look": "light",
    "name/SlugConverter": "192",
    "number": 1,
    "other": "2026-01-01",
    "topic": "culture",
    "uidb36": "1",
    "width": 400,
}
# What everybody may name: its page is public, and only says what is. Of all others, not even that they exist.
PUBLIC = {"area", "community", "identifier", "partner", "platform", "provider_id", "slug"}
