"""Pictures and files on their way in. Either all of an upload is kept, or nothing of it."""

from collections.abc import Mapping
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from perron.communities.access import permit
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core import attachments, images
from perron.core.errors import NotStored
from perron.privacy.acting import Actor
from perron.privacy.auditing import record
from perron.publishing.models import Attachment, Image


def upload_image(community: Community, file: IO[bytes], *, by: Actor) -> Image:
    """Keep a picture in all its widths and return it, belonging to no item yet.

    Raises `NotAllowed`, `Refused`, `TooLarge`, or `NotStored` if the disk is full.
    """
    permit(by, WRITE, community)
    rendered = images.render(file)
    image = Image(
        community=community,
        width=rendered.width,
        height=rendered.height,
        widths=sorted(rendered.renditions),
        tone=rendered.tone,
        uploaded_by_id=by.id if by.kind == "person" else None,
    )
    _keep(image, {image_file(image, width): data for width, data in rendered.renditions.items()}, by=by)
    return image


def upload_attachment(community: Community, file: IO[bytes], name: str, *, by: Actor) -> Attachment:
    """Keep a file under its cleaned name and return it, belonging to no item yet. The same errors as pictures."""
    permit(by, WRITE, community)
    checked = attachments.check(file, name)
    attachment = Attachment(
        community=community,
        name=checked.name,
        media_type=checked.media_type,
        size=len(checked.data),
        uploaded_by_id=by.id if by.kind == "person" else None,
    )
    _keep(attachment, {attachment_file(attachment): checked.data}, by=by)
    return attachment


def image_file(image: Image, width: int) -> str:
    """Return the name of one width in the file storage."""
    return f"images/{image.pk}/{width}.webp"


def attachment_file(attachment: Attachment) -> str:
    """Return the name of an attached file in the file storage."""
    return f"attachments/{attachment.pk}/{attachment.name}"


def _keep(upload: Image | Attachment, files: Mapping[str, bytes], *, by: Actor) -> None:
    """Write the files, then the row that makes them count; if anything fails, take away what was written.

    The folder is named by the new row's own UUID: until the row is there, nobody asks for it.
    """
    try:
        for name, data in files.items():
            default_storage.save(name, ContentFile(data))
        with transaction.atomic():
            upload.save(force_insert=True)
            record("upload", upload, by=by, tenant=upload.community_id, files=len(files))
    except OSError as error:
        _discard(files)
        raise NotStored(_("There is no room to keep this file. Nothing was saved; tell the operator.")) from error
    except BaseException:
        _discard(files)
        raise


def _discard(files: Mapping[str, bytes]) -> None:
    """Take away files, those written in part too, and their folder."""
    folders = {name.rpartition("/")[0] for name in files}
    for name in (*files, *folders):
        try:
            default_storage.delete(name)
        except OSError:
            continue  # What cannot be taken away stays unreachable: no row names it.
