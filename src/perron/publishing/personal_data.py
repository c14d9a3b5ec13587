from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import (
    Activity,
    Blank,
    Category,
    Declarations,
    NoTenants,
    NotPersonal,
    Personal,
    Since,
    Tenants,
)
from perron.publishing import models
from perron.publishing.handing_over.preparing import files_of
from perron.publishing.uploading import attachment_file, image_file

# What the public reads, or is told to be gone.
_PUBLIC = (models.Item.State.RELEASED, models.Item.State.WITHDRAWN)
_SHOWN = NoTenants("public", "written at a release, for everybody to read")
_PUBLISHED = "what a community makes public about itself"
_THEIRS = "the work is the community's; who wrote it is shown to its staff only, to answer for it (art. 18(2))"

_ANSWERS = tuple(f"perron.publishing.sharing.answering.{rule}" for rule in ("accept", "decline", "settle"))


def _forgotten(column: str, since: str, set_by: tuple[str, ...] = ()) -> dict[str, Any]:
    """What communities publish stays theirs; who wrote it is forgotten when deeds are, or on request."""
    return {
        "clock": Since(column=since, trigger="deed", set_by=set_by),
        "expiry": Blank({column: None}),
        "erasure": Blank({column: None}),
        "used_in_restriction": _THEIRS,
    }


def _image_files(images: QuerySet[models.Image]) -> Iterator[str]:
    return (image_file(image, width) for image in images.iterator() for width in image.widths)


def _attachment_files(attachments: QuerySet[models.Attachment]) -> Iterator[str]:
    return map(attachment_file, attachments.iterator())


DECLARATIONS = Declarations(
    tables=(
        Personal(
            model=models.Item,
            tenant=Tenants("community__partner", public={"state": _PUBLIC}),
            activity=Activity.STAFF,
            subject="created_by_id",
            label=_("Items that you began"),
            context={"kind": _("kind"), "slug": _("name in the address")},
            columns={"created_by": Category.IDENTIFIER, "created_at": Category.TRACE},
            others="id community kind slug state edition released_edition working_title release_at published_at "
            "changed_at expires_at matters_until withdrawn_at pinned_until corrected_at links_read",
            **_forgotten("created_by", since="created_at"),
        ),
        Personal(
            model=models.Revision,
            tenant="item__community__partner",
            activity=Activity.STAFF,
            subject="saved_by_id",
            label=_("Versions of items that you saved"),
            context={"item__slug": _("item"), "number": _("number")},
            columns={"saved_by": Category.IDENTIFIER, "saved_at": Category.TRACE},
            others="id item number content automatic_since form restores",
            **_forgotten("saved_by", since="saved_at"),
        ),
        Personal(
            model=models.ReviewStep,
            tenant="item__community__partner",
            activity=Activity.STAFF,
            subject="person_id",
            label=_("Your part in the reading of items before their release"),
            context={"item__slug": _("item"), "what": _("what was done"), "words": _("words said along with it")},
            columns={"person": Category.IDENTIFIER, "at": Category.TRACE},
            others="id item edition what words",
            **_forgotten("person", since="at"),
        ),
        Personal(
            model=models.Template,
            tenant="community__partner",
            activity=Activity.STAFF,
            subject="made_by_id",
            label=_("Templates that you made"),
            context={"name": _("name")},
            columns={"made_by": Category.IDENTIFIER, "made_at": Category.TRACE},
            others="id community kind name content",
            **_forgotten("made_by", since="made_at"),
        ),
        Personal(
            model=models.Image,
            tenant=Tenants("community__partner", public={"pictures": None}),
            activity=Activity.STAFF,
            subject="uploaded_by_id",
            label=_("Pictures that you uploaded"),
            context={"width": _("width"), "height": _("height")},
            files=_image_files,
            columns={"uploaded_by": Category.IDENTIFIER, "uploaded_at": Category.TRACE},
            others="id community width height widths tone",
            **_forgotten("uploaded_by", since="uploaded_at"),
        ),
        Personal(
            model=models.Attachment,
            tenant=Tenants("community__partner", public={"enclosures": None}),
            activity=Activity.STAFF,
            subject="uploaded_by_id",
            label=_("Files that you uploaded"),
            context={"name": _("name"), "media_type": _("type"), "size": _("size in bytes")},
            files=_attachment_files,
            columns={"uploaded_by": Category.IDENTIFIER, "uploaded_at": Category.TRACE},
            others="id community name media_type size",
            **_forgotten("uploaded_by", since="uploaded_at"),
        ),
        Personal(
            model=models.Loan,
            tenant="community__partner",
            activity=Activity.STAFF,
            subject="made_by_id",
            label=_("Addresses by which you showed drafts to colleagues"),
            context={"item__slug": _("item"), "revision": _("number")},
            columns={"made_by": Category.IDENTIFIER, "made_at": Category.TRACE},
            others="id community item revision digest expires_at revoked_at",
            clock=Since(column="made_at", trigger="deed"),
            used_in_restriction=_THEIRS,
        ),
        Personal(
            model=models.Archive,
            tenant="partner",
            activity=Activity.STAFF,
            subject="asked_by_id",
            label=_("Archives of a partner that you asked for"),
            context={"partner__name": _("partner")},
            files=files_of,
            columns={"asked_by": Category.IDENTIFIER, "asked_at": Category.TRACE},
            others="id partner agreement claimed_until made_at size sha256 problem",
            **_forgotten("asked_by", since="asked_at"),
        ),
        Personal(
            model=models.Placement,
            tenant=Tenants("item__community__partner", "community__partner", public={"state": ("accepted",)}),
            activity=Activity.STAFF,
            subject="decided_by_id",
            label=_("Items of others that you accepted or declined"),
            context={"item__slug": _("item"), "state": _("answer")},
            columns={"decided_by": Category.IDENTIFIER, "decided_at": Category.TRACE},
            others="id item community state reason offered_at told_at",
            **_forgotten("decided_by", since="decided_at", set_by=_ANSWERS),
        ),
        NotPersonal(
            model=models.HandIn, tenant="item__community__partner", columns="item at", why="which item waits for a look"
        ),
        NotPersonal(
            model=models.Stance,
            tenant=Tenants("community__partner", "sender__partner"),
            columns="id community sender answer",
            why="what a community answers to what another offers",
        ),
        NotPersonal(model=models.Item.topics.through, tenant=_SHOWN, columns="id item topic", why=_PUBLISHED),
        NotPersonal(model=models.Item.areas.through, tenant=_SHOWN, columns="id item area", why=_PUBLISHED),
        NotPersonal(
            model=models.Text, tenant=_SHOWN, columns="id item language title summary body html", why=_PUBLISHED
        ),
        NotPersonal(
            model=models.Picture, tenant=_SHOWN, columns="id item image position alternatives credit", why=_PUBLISHED
        ),
        NotPersonal(
            model=models.Enclosure, tenant=_SHOWN, columns="id item attachment position titles", why=_PUBLISHED
        ),
        NotPersonal(
            model=models.SearchEntry,
            tenant=_SHOWN,
            columns="id item words expires_at",
            why="the words of what a community makes public about itself",
            index="publishing_search",
        ),
        NotPersonal(
            model=models.DocumentWords,
            tenant=_SHOWN,
            columns="attachment words read_at",
            why="the words of files that a community makes public",
        ),
        NotPersonal(
            model=models.Origin,
            tenant=Tenants("community__partner", public={"item__state": _PUBLIC}),
            columns="item community source identifier url name licence fingerprint edition marks missing_since offer",
            why="which public feed an item came from",
        ),
        Personal(
            model=models.Source,
            tenant="community__partner",
            activity=Activity.STAFF,
            subject="connected_by_id",
            label=_("Sources that you connected"),
            context={"address": _("address"), "community__slug": _("community")},
            columns={"connected_by": Category.IDENTIFIER, "connected_at": Category.TRACE},
            others="id community address name digest entries imported_at",
            **_forgotten(
                "connected_by", since="connected_at", set_by=("perron.publishing.sources.connecting.connect",)
            ),
        ),
        NotPersonal(
            model=models.Connection,
            tenant="source__community__partner",
            columns="source host release vanishing licence mapping paused due_at polling_until polled_at pace etag "
            "last_modified format has_alerts taken unread succeeded_at failures failing_since problem detail told_at "
            "held_at held_told_at lost lost_of moved_to moved_since moved_from stale_after changed_at changes notes",
            why="how a public feed is read and how it stands",
        ),
        NotPersonal(
            model=models.ReceivedMessage,
            tenant="source__community__partner",
            columns="id item source identifier",
            why="identifiers of public alerts",
        ),
        NotPersonal(
            model=models.Release,
            tenant=Tenants("community__partner", public={"item__state": _PUBLIC}),
            columns="id item community what edition at notice before undoes",
            why="what became public when",
        ),
        NotPersonal(
            model=models.Address,
            tenant="leads__item__community__partner",
            columns="id url digest host state failure failures failing_since checked_at due_at",
            why="addresses on the web that texts of communities lead to",
        ),
        NotPersonal(
            model=models.Leads,
            tenant="item__community__partner",
            columns="id item address",
            why="which text leads to which address",
        ),
        NotPersonal(
            model=models.EventDetails,
            tenant=_SHOWN,
            columns="item starts_at ends_at all_day time_zone recurrence except_dates extra_dates moved place address "
            "latitude longitude price registration_url",
            why=_PUBLISHED,
        ),
        NotPersonal(
            model=models.Occurrence, tenant=_SHOWN, columns="id item community starts_at ends_at", why=_PUBLISHED
        ),
        NotPersonal(
            model=models.AlertDetails,
            tenant=_SHOWN,
            columns="item status category urgency severity certainty effective_at ends_at instructions",
            why=_PUBLISHED,
        ),
        NotPersonal(
            model=models.AlertMessage,
            tenant=_SHOWN,
            columns="id item community number identifier type sent_at xml",
            why=_PUBLISHED,
        ),
        NotPersonal(
            model=models.WorksDetails,
            tenant=_SHOWN,
            columns="item place starts_on ends_on detours affected latitude longitude",
            why=_PUBLISHED,
        ),
        NotPersonal(
            model=models.DocumentDetails, tenant=_SHOWN, columns="item type reference deadline", why=_PUBLISHED
        ),
    )
)
