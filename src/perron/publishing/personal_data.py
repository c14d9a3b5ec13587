from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from perron.privacy.declaring import Activity, Blank, Category, Declarations, NotPersonal, Personal, Since
from perron.publishing import models
from perron.publishing.uploading import attachment_file, image_file

_PUBLISHED = "what a community makes public about itself"
_THEIRS = "the work is the community's; who wrote it is shown to its staff only, to answer for it (art. 18(2))"


def _forgotten(column: str, since: str) -> dict[str, Any]:
    """What communities publish stays theirs; who wrote it is forgotten when deeds are, or on request."""
    return {
        "clock": Since(column=since, trigger="deed"),
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
            activity=Activity.STAFF,
            subject="created_by_id",
            label=_("Items that you began"),
            context={"kind": _("kind"), "slug": _("name in the address")},
            columns={"created_by": Category.IDENTIFIER, "created_at": Category.TRACE},
            others="id community kind slug state edition released_edition working_title release_at published_at "
            "changed_at expires_at matters_until withdrawn_at",
            **_forgotten("created_by", since="created_at"),
        ),
        Personal(
            model=models.Revision,
            activity=Activity.STAFF,
            subject="saved_by_id",
            label=_("Versions of items that you saved"),
            context={"item__slug": _("item"), "number": _("number")},
            columns={"saved_by": Category.IDENTIFIER, "saved_at": Category.TRACE},
            others="id item number content",
            **_forgotten("saved_by", since="saved_at"),
        ),
        Personal(
            model=models.Image,
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
            activity=Activity.STAFF,
            subject="uploaded_by_id",
            label=_("Files that you uploaded"),
            context={"name": _("name"), "media_type": _("type"), "size": _("size in bytes")},
            files=_attachment_files,
            columns={"uploaded_by": Category.IDENTIFIER, "uploaded_at": Category.TRACE},
            others="id community name media_type size",
            **_forgotten("uploaded_by", since="uploaded_at"),
        ),
        NotPersonal(model=models.Item.topics.through, columns="id item topic", why=_PUBLISHED),
        NotPersonal(model=models.Item.areas.through, columns="id item area", why=_PUBLISHED),
        NotPersonal(model=models.Text, columns="id item language title summary body html", why=_PUBLISHED),
        NotPersonal(model=models.Picture, columns="id item image position alternatives credit", why=_PUBLISHED),
        NotPersonal(model=models.Enclosure, columns="id item attachment position titles", why=_PUBLISHED),
        NotPersonal(
            model=models.Origin,
            columns="item community source identifier url name licence fingerprint edition",
            why="which public feed an item came from",
        ),
        NotPersonal(
            model=models.Source,
            columns="id community address name digest entries imported_at",
            why="which public feed a community imports",
        ),
        NotPersonal(
            model=models.ReceivedMessage,
            columns="id item source identifier",
            why="identifiers of public alerts",
        ),
        NotPersonal(model=models.Release, columns="id item community what edition at", why="what became public when"),
        NotPersonal(
            model=models.EventDetails,
            columns="item starts_at ends_at all_day time_zone recurrence except_dates extra_dates moved place address "
            "latitude longitude price registration_url",
            why=_PUBLISHED,
        ),
        NotPersonal(model=models.Occurrence, columns="id item community starts_at ends_at", why=_PUBLISHED),
        NotPersonal(
            model=models.AlertDetails,
            columns="item status category urgency severity certainty effective_at ends_at instructions",
            why=_PUBLISHED,
        ),
        NotPersonal(
            model=models.AlertMessage,
            columns="id item community number identifier type sent_at xml",
            why=_PUBLISHED,
        ),
        NotPersonal(
            model=models.WorksDetails,
            columns="item place starts_on ends_on detours affected latitude longitude",
            why=_PUBLISHED,
        ),
        NotPersonal(model=models.DocumentDetails, columns="item type reference deadline", why=_PUBLISHED),
    )
)
