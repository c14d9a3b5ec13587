"""What goes along of the tables of this floor and of those below it."""

from collections.abc import Iterator
from io import BytesIO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from lxml import etree

from perron.accounts.models import Person
from perron.communities import models as places
from perron.core import attachments, markdown
from perron.core.clock import now
from perron.core.identifiers import short_key
from perron.core.images import LOGO_SIDE, WIDTHS, check_rendition
from perron.core.language import LANGUAGES
from perron.privacy.subjects import of_address
from perron.publishing import models
from perron.publishing.content import Content
from perron.publishing.handing_over.parts import Part, along, register
from perron.publishing.kinds.event.occurring import occurrences, validate_recurrence
from perron.publishing.kinds.registry import KINDS
from perron.publishing.uploading import attachment_file, image_file
from perron.statistics.models import PageCount

_ITEM = along("item__community__partner")
_CAP = "{urn:oasis:names:tc:emergency:cap:1.2}alert"


def _people(partner: UUID) -> Q:
    """Those who work for the partner, and those who wrote what goes along."""
    held = Q(pk__in=places.Member.objects.filter(_members(partner)).values("person"))
    wrote = models.Revision.objects.filter(item__community__partner=partner, saved_by__isnull=False)
    began = models.Item.objects.filter(community__partner=partner, created_by__isnull=False)
    return held | Q(pk__in=wrote.values("saved_by")) | Q(pk__in=began.values("created_by"))


def _topics(partner: UUID) -> Q:
    used = models.Item.topics.through.objects.filter(item__community__partner=partner)
    return Q(pk__in=used.values("topic"))


def _members(partner: UUID) -> Q:
    return Q(partner=partner) | Q(community__partner=partner)


def _counts(partner: UUID) -> Q:
    theirs = places.Community.objects.filter(partner=partner)
    of_its_own = Q(community=None) | Q(community__in=theirs.values("pk"))
    return Q(platform__in=places.Platform.objects.filter(partner=partner).values("pk")) & of_its_own


def _check_item(item: models.Item) -> None:
    if item.kind not in KINDS or not item.slug.replace("-", "").isalnum() or item.slug.lower() != item.slug:
        raise ValueError("kind or slug")


def _check_language(row: models.Text) -> None:
    if row.language not in LANGUAGES:
        raise ValueError("language")


def _check_content(row: models.Revision | models.Template) -> None:
    Content.from_json(row.content)


def _check_widths(image: models.Image) -> None:
    widths = image.widths
    if not isinstance(widths, list) or not widths or len(widths) > len(WIDTHS) + 1:
        raise ValueError("widths")
    if not all(isinstance(width, int) and 0 < width <= WIDTHS[-1] for width in widths):
        raise ValueError("widths")


def _check_name(attachment: models.Attachment) -> None:
    if "/" in attachment.name or "\\" in attachment.name or attachment.name in {"", ".", ".."}:
        raise ValueError("name")


def _check_event(event: models.EventDetails) -> None:
    start = event.starts_at.astimezone(ZoneInfo(event.time_zone)).replace(tzinfo=None)
    validate_recurrence(event.recurrence, start)
    # Whatever else they are made of can be worked out.
    occurrences(event)


def _check_message(message: models.AlertMessage) -> None:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(message.xml.encode(), parser)
    if root.tag != _CAP or root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("xml")


def _check_origin(origin: models.Origin) -> None:
    if not isinstance(origin.marks, dict) or not isinstance(origin.offer, dict):
        raise ValueError("marks")  # noqa: TRY004 as every row that cannot be taken
    if origin.url and not origin.url.startswith(("https://", "http://")):
        raise ValueError("url")


def _check_connection(connection: models.Connection) -> None:
    taken = connection.taken
    if not isinstance(connection.mapping, dict) or not isinstance(taken, list):
        raise ValueError("mapping")  # noqa: TRY004 as every row that cannot be taken
    if not all(isinstance(one, str) for one in taken):
        raise ValueError("taken")


def _prepare_text(text: models.Text) -> None:
    text.html = markdown.sanitise(text.html)


def _prepare_connection(connection: models.Connection) -> None:
    """Two installations do not read a source at once: somebody resumes it here."""
    connection.paused = models.Connection.Pause.BY_HAND
    connection.due_at = now()


def _prepare_application(application: places.Application) -> None:
    application.subject_id = of_address(application.email).id
    if places.Application.stored.filter(reference=application.reference).exists():
        application.reference = short_key()


def _prepare_contact(contact: places.Contact) -> None:
    contact.subject_id = of_address(contact.email).id


def _prepare_platform(platform: places.Platform) -> None:
    if platform.logo:
        platform.logo.name = f"logos/{platform.pk}-{short_key()}.png"


def _check_picture(_image: models.Image, name: str, data: bytes) -> None:
    check_rendition(data, "WEBP", width=int(name.rpartition("/")[2].removesuffix(".webp")))


def _check_logo(_platform: places.Platform, _name: str, data: bytes) -> None:
    check_rendition(data, "PNG", width=LOGO_SIDE)


def _check_attached(attachment: models.Attachment, _name: str, data: bytes) -> None:
    found = attachments.check(BytesIO(data), attachment.name)
    if found.media_type != attachment.media_type or len(data) != attachment.size:
        raise ValueError("media_type")


def _logo(platform: places.Platform) -> Iterator[str]:
    if platform.logo:
        yield str(platform.logo.name)


def _image_files(image: models.Image) -> Iterator[str]:
    return (image_file(image, width) for width in image.widths)


def _attachment_files(attachment: models.Attachment) -> Iterator[str]:
    yield attachment_file(attachment)


def register_own() -> None:
    """Register them; when the application is ready."""
    register(
        # Who is the operator here, and who stands above a partner, is not for an archive to say.
        Part(model=places.Partner, of=lambda partner: Q(pk=partner), left="is_operator", outside="parent"),
        Part(model=places.Community, of=along("partner")),
        Part(
            model=places.Platform,
            of=along("partner"),
            left="is_front",
            prepare=_prepare_platform,
            files=_logo,
            check_file=_check_logo,
        ),
        Part(model=places.Place, of=along("platform__partner", "community__partner")),
        Part(model=places.Area, of=along("community__partner")),
        Part(model=places.Topic, of=_topics),
        Part(model=Person, of=_people, only="id email name language", taken=False),
        Part(model=places.Member, of=_members, taken=False),
        # When the agreements here ended says nothing of those on the other side.
        Part(model=places.Contact, of=along("partner"), left="subject_id ended_at", prepare=_prepare_contact),
        Part(model=places.Apprenticeship, of=along("community__partner", "guardian__partner")),
        Part(
            model=places.Application,
            of=along("commune__partner"),
            left="subject_id",
            outside="platform",
            prepare=_prepare_application,
        ),
        Part(model=places.ApplicationEntry, of=along("application__commune__partner"), left="letter"),
        Part(
            model=models.Image,
            of=along("community__partner"),
            check=_check_widths,
            files=_image_files,
            check_file=_check_picture,
        ),
        Part(
            model=models.Attachment,
            of=along("community__partner"),
            check=_check_name,
            files=_attachment_files,
            check_file=_check_attached,
        ),
        Part(model=models.Item, of=along("community__partner"), left="links_read", check=_check_item),
        Part(model=models.Revision, of=_ITEM, left="form", check=_check_content),
        Part(model=models.ReviewStep, of=_ITEM),
        Part(model=models.Template, of=along("community__partner"), check=_check_content),
        Part(model=models.Item.topics.through, of=_ITEM),
        Part(model=models.Item.areas.through, of=_ITEM),
        Part(model=models.Text, of=_ITEM, check=_check_language, prepare=_prepare_text),
        Part(model=models.Picture, of=_ITEM, words="alternatives"),
        Part(model=models.Enclosure, of=_ITEM, words="titles"),
        Part(model=models.EventDetails, of=_ITEM, check=_check_event),
        Part(model=models.Occurrence, of=_ITEM),
        Part(model=models.AlertDetails, of=_ITEM, words="instructions"),
        Part(model=models.AlertMessage, of=_ITEM, check=_check_message),
        Part(model=models.WorksDetails, of=_ITEM, words="detours affected"),
        Part(model=models.DocumentDetails, of=_ITEM),
        Part(model=models.Release, of=_ITEM, left="before", words="notice"),
        Part(model=models.Origin, of=_ITEM, check=_check_origin),
        Part(model=models.HandIn, of=_ITEM),
        Part(
            model=models.Placement,
            of=along("item__community__partner", "community__partner"),
            left="told_at",
        ),
        Part(model=models.Stance, of=along("community__partner", "sender__partner")),
        Part(model=models.Source, of=along("community__partner")),
        Part(
            model=models.Connection,
            of=along("source__community__partner"),
            left="due_at polling_until etag last_modified failures failing_since problem detail told_at held_told_at "
            "changes notes",
            check=_check_connection,
            prepare=_prepare_connection,
        ),
        Part(model=models.ReceivedMessage, of=along("source__community__partner")),
        Part(model=PageCount, of=_counts),
        stays={
            "communities.agreement": "it binds the operator who signed it; the other side has its own",
            "communities.signature": "of an agreement with this operator",
            "communities.identityprovider": "its secret is between the provider and this installation",
            "communities.enrolment": "accounts stay here; each goes along with its person (art. 20)",
            "communities.syncedchoice": "of an account, which stays here",
            "communities.accessreview": "the other side asks anew",
            "communities.invitation": "its link leads here; who was invited is invited anew",
            "publishing.loan": "addresses of drafts are secrets of this installation",
            "publishing.searchentry": "made anew from what goes along",
            "publishing.documentwords": "read anew from the files that go along",
            "publishing.leads": "read anew from the texts that go along",
            "publishing.address": "looked at anew, from there",
            "publishing.archive": "the archives themselves",
        },
    )
