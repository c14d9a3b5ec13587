"""What came with a submitted editor: the content, the files uploaded with it, and what could not be taken."""

from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from perron.accounts.models import Person
from perron.communities.models import Community
from perron.core.errors import PerronError
from perron.publishing import drafting
from perron.publishing.checking import Problem
from perron.publishing.content import Content, Enclosed, Shown
from perron.publishing.models import Item, Revision
from perron.publishing.uploading import upload_attachment, upload_image
from perron.studio import repeating
from perron.studio.repeating import RepeatForm
from perron.studio.writing import read, rearranged

_AT_ONCE = 10


@dataclass(frozen=True)
class Answers:
    """The content as it was typed; `problems` says what of it could not be kept."""

    content: Content
    repeat: RepeatForm | None = None
    problems: list[Problem] = field(default_factory=list)


def receive(request: HttpRequest, community: Community, kind: str, before: Content) -> Answers:
    """Return what the form says on top of `before`, its uploads kept and its moves made."""
    content = read(request.POST, community, kind, before)
    content = rearranged(content, request.POST.get("action", ""))
    problems: list[Problem] = []
    repeat = None
    if kind == "event" and "repeat" in request.POST:
        repeat = repeating.form_for(before, request.POST)
        if repeat.is_valid():
            content = repeating.written(repeat, request.POST, before, content)
        else:
            problems += [Problem(name, str(errors[0])) for name, errors in repeat.errors.items()]
    content, refused = _with_uploads(request, community, content)
    return Answers(content, repeat, [*problems, *refused])


def edition_of(request: HttpRequest) -> int:
    """Return the number of the revision that the form was made from; one that cannot be, if it does not say."""
    number = request.POST.get("edition", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 9 else -1


def form_of(request: HttpRequest) -> UUID | None:
    """Return which opened form this came from, if it says."""
    try:
        return UUID(request.POST.get("form", ""))
    except ValueError:
        return None


def basis(item: Item, expected: int) -> Content:
    """Return what the writer had before them: of it stays what the form does not ask."""
    revision = Revision.objects.filter(item=item, number=expected).first()
    return Content.from_json(revision.content) if revision else drafting.newest(item)


def _with_uploads(request: HttpRequest, community: Community, content: Content) -> tuple[Content, list[Problem]]:
    assert isinstance(request.user, Person)
    by = request.user.actor
    pictures, enclosures, problems = list(content.pictures), list(content.enclosures), []
    for place, file in enumerate(_files(request, "new_pictures")):
        try:
            _few_enough(place)
            pictures.append(Shown(str(upload_image(community, file, by=by).pk)))
        except PerronError as error:
            problems.append(Problem("pictures", f"{file.name}: {error.message}"))
    for place, file in enumerate(_files(request, "new_files")):
        try:
            _few_enough(place)
            enclosures.append(Enclosed(str(upload_attachment(community, file, file.name or "", by=by).pk)))
        except PerronError as error:
            problems.append(Problem("files", f"{file.name}: {error.message}"))
    return replace(content, pictures=tuple(pictures), enclosures=tuple(enclosures)), problems


def _files(request: HttpRequest, name: str) -> list[Any]:
    return [file for file in request.FILES.getlist(name) if isinstance(file, UploadedFile)]


def _few_enough(place: int) -> None:
    if place >= _AT_ONCE:
        raise PerronError(_("At most %(most)d files at once. Add it in a second go.") % {"most": _AT_ONCE})
