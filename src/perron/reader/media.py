"""Pictures and files at the addresses that `publishing.addresses` gives out.

What a released item shows is everybody's, and its bytes never change. Before its release only members of the
community see it; to others it does not exist.
"""

import re
from collections.abc import Iterator
from typing import IO
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _

from perron.communities.access import anyone, holds
from perron.communities.models import Community
from perron.communities.permissions import WRITE
from perron.core.attachments import PDF
from perron.core.errors import NotFound
from perron.publishing.guiding import guardian_of
from perron.publishing.models import Attachment, Image, Item
from perron.publishing.uploading import attachment_file, image_file
from perron.reader.public import only_read

_CHUNK = 64 * 1024
_RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")
_FOREVER = "public, max-age=31536000, immutable"
_FOR_MEMBERS = "private, no-store"


@anyone
@only_read
def image(request: HttpRequest, image: UUID, width: int) -> HttpResponseBase:
    """Answer with one width of a picture."""
    found = _seen_by(request, Image.objects.select_related("community").filter(pk=image))
    if found is None or width not in found.widths:
        raise _nothing()
    caching = _caching(request, found.community, shown=Item.objects.released().filter(pictures__image=found).exists())
    return _file(request, image_file(found, width), "image/webp", etag=f'"{found.pk}-{width}"', caching=caching)


@anyone
@only_read
def attachment(request: HttpRequest, attachment: UUID, name: str) -> HttpResponseBase:
    """Answer with an attached file: a PDF to be read, anything else to be kept."""
    found = _seen_by(request, Attachment.objects.select_related("community").filter(pk=attachment))
    if found is None or found.name != name:
        raise _nothing()
    shown = Item.objects.released().filter(enclosures__attachment=found).exists()
    media_type = f"{found.media_type}; charset=utf-8" if found.media_type == "text/plain" else found.media_type
    response = _file(
        request,
        attachment_file(found),
        media_type,
        etag=f'"{found.pk}"',
        caching=_caching(request, found.community, shown=shown),
    )
    how = "inline" if found.media_type == PDF else "attachment"
    response["Content-Disposition"] = f"{how}; filename*=UTF-8''{quote(found.name, safe='')}"
    return response


def _seen_by[M: Model](request: HttpRequest, rows: QuerySet[M]) -> M | None:
    """Return the row that everybody sees, or else who is signed in: of everybody, nobody is asked who they are."""
    found = rows.first()
    if found is None and settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
        found = rows.all().first()
    return found


def _caching(request: HttpRequest, community: Community, *, shown: bool) -> str:
    """Return the Cache-Control of what may be seen; raises `NotFound` for what may not."""
    if shown:
        return _FOREVER
    if not request.user.is_authenticated:
        raise _nothing()
    guardian = guardian_of(community)
    if not any(holds(request.user, WRITE, one) for one in (community, guardian) if one):
        raise _nothing()
    return _FOR_MEMBERS


def _file(request: HttpRequest, name: str, media_type: str, *, etag: str, caching: str) -> HttpResponseBase:
    """Answer with a stored file, or the one range of it that was asked for (RFC 9110 §13 and §14)."""
    if not default_storage.exists(name):
        raise _nothing()
    size = default_storage.size(name)
    response = get_conditional_response(request, etag=etag) or _body(request, name, size, etag)
    if response.status_code in {200, 206}:
        response["Content-Type"] = media_type
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = caching
    return response


def _body(request: HttpRequest, name: str, size: int, etag: str) -> HttpResponseBase:
    span = _span(request, size, etag)
    first, last = span or (0, size - 1)
    if first > last:
        unsatisfied = HttpResponse(status=416)
        unsatisfied["Content-Range"] = f"bytes */{size}"
        return unsatisfied
    length = last - first + 1
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse()
    else:
        response = StreamingHttpResponse(_read(default_storage.open(name), first, length))
    if span:
        response.status_code = 206
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
    response["Content-Length"] = str(length)
    return response


def _span(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Return the first and last byte that were asked for; None for the whole file, first > last for none of it.

    Several ranges at once, units other than bytes and what cannot be read are answered with the whole file, as
    RFC 9110 §14.2 allows; so is a range of a file that is not the one the asker has (If-Range).
    """
    match = _RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or match is None or match.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    begin, end = match.groups()
    if not begin:
        return (max(0, size - int(end)), size - 1) if int(end) else (1, 0)
    if end and int(end) < int(begin):
        return None
    return (int(begin), min(int(end or size), size - 1)) if int(begin) < size else (1, 0)


def _read(file: IO[bytes], start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        while length > 0 and (chunk := file.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk


def _nothing() -> NotFound:
    return NotFound(_("There is no such file here."))
