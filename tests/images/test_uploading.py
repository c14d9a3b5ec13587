import errno
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import IntegrityError
from pytest_django.fixtures import Settings

from perron.core.errors import NotAllowed, NotStored, Refused, TooLarge
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.publishing import uploading
from perron.publishing.models import Attachment, Image
from perron.publishing.uploading import upload_attachment, upload_image
from tests import making
from tests.images.pictures import encoded, halves

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def kept(settings: Settings) -> list[Path]:
    return sorted(Path(settings.MEDIA_ROOT).rglob("*"))


def archive(**entries: bytes) -> BytesIO:
    target = BytesIO()
    with ZipFile(target, "w") as made:
        for name, data in entries.items():
            made.writestr(name.replace("__", "/").replace("_DOT_", "."), data)
    target.seek(0)
    return target


def test_a_picture_is_kept_in_every_width_with_its_row_and_its_trace() -> None:
    author = making.person(role="author", at=making.community())
    image = upload_image(making.community(), encoded(halves(1000, 500)), by=author.actor)
    assert Image.objects.get() == image
    assert (image.widths, image.width, image.height, image.uploaded_by) == ([320, 640, 960], 960, 480, author)
    for width in image.widths:
        with default_storage.open(uploading.image_file(image, width)) as file:
            assert file.read(4) == b"RIFF"
    assert AuditEntry.objects.get().object_id == image.pk


def test_somebody_without_a_role_keeps_nothing(settings: Settings) -> None:
    stranger = making.person(role="administrator", at=making.community("other"))
    with pytest.raises(NotAllowed):
        upload_image(making.community(), encoded(halves()), by=stranger.actor)
    with pytest.raises(NotAllowed):
        upload_attachment(making.community(), BytesIO(PDF), "a.pdf", by=stranger.actor)
    assert not kept(settings)


class Filling(FileSystemStorage):
    """A disk that takes `room` files and half of the next one."""

    def __init__(self, room: int, **options: Any) -> None:
        super().__init__(**options)
        self.room = room

    def save(self, name: str | None, content: Any, max_length: int | None = None) -> str:
        if self.room == 0:
            path = Path(self.path(str(name)))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.read()[:50])
            raise OSError(errno.ENOSPC, "No space left on device")
        self.room -= 1
        return super().save(name, content, max_length)


@pytest.mark.parametrize("room", [0, 1, 3])
def test_a_full_disk_leaves_nothing_behind(room: int, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = Filling(room, location=settings.MEDIA_ROOT)
    monkeypatch.setattr(uploading, "default_storage", disk)
    with pytest.raises(NotStored, match="no room"):
        upload_image(making.community(), encoded(halves(2000, 1000)), by=SYSTEM)
    assert disk.room == 0, "the disk did fill up"
    assert not [path for path in kept(settings) if path.is_file() or path.parent.name == "images"]
    assert not Image.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_row_that_cannot_be_written_leaves_no_file(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        assert [path for path in kept(settings) if path.is_file()], "the files came first"
        raise IntegrityError

    monkeypatch.setattr(uploading, "record", fail)
    with pytest.raises(IntegrityError):
        upload_image(making.community(), encoded(halves()), by=SYSTEM)
    assert not [path for path in kept(settings) if path.is_file()]
    assert not Image.objects.exists()


def test_a_full_disk_is_no_trouble_for_the_next_upload(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(uploading, "default_storage", Filling(0, location=settings.MEDIA_ROOT))
        with pytest.raises(NotStored):
            upload_attachment(making.community(), BytesIO(PDF), "plan.pdf", by=SYSTEM)
    assert not Attachment.objects.exists()
    assert upload_attachment(making.community(), BytesIO(PDF), "plan.pdf", by=SYSTEM).size == len(PDF)


DOCUMENTS = {
    "pdf": (BytesIO(PDF), "application/pdf", ".pdf"),
    "odt": (archive(mimetype=b"application/vnd.oasis.opendocument.text", content_DOT_xml=b"<x/>"),
            "application/vnd.oasis.opendocument.text", ".odt"),
    "docx": (archive(word__document_DOT_xml=b"<x/>"),
             "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "text": (BytesIO("Procès-verbal du 3 mars – présents : 12".encode()), "text/plain", ".txt"),
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_file_is_known_by_its_content_and_named_accordingly(name: str) -> None:
    file, media_type, ending = DOCUMENTS[name]
    file.seek(0)
    attachment = upload_attachment(making.community(), file, "Avis nº 3.exe", by=SYSTEM)
    assert (attachment.media_type, attachment.name) == (media_type, f"Avis nº 3{ending}")
    file.seek(0)
    with default_storage.open(uploading.attachment_file(attachment)) as stored:
        assert stored.read() == file.read()


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\me\\plan.PDF", "plan.pdf"),
        ("a/b?c#d%20.pdf", "b-c-d-20.pdf"),
        ('x"\r\nSet-Cookie: a=b.pdf', "x- Set-Cookie- a=b.pdf"),
        ("annexe.fdp\u202e.pdf", "annexe.fdp.pdf"),
        ("..", "document.pdf"),
        ("", "document.pdf"),
        ("règlement général v1.2 2026.pdf", "règlement général v1.2 2026.pdf"),
        ("n" * 500 + ".pdf", "n" * 116 + ".pdf"),
        ("市" * 100 + ".pdf", "市" * 66 + ".pdf"),
    ],
)
def test_a_name_becomes_harmless(name: str, cleaned: str) -> None:
    assert upload_attachment(making.community(), BytesIO(PDF), name, by=SYSTEM).name == cleaned


NOT_TAKEN = {
    "empty": (b"", "empty"),
    "a cut pdf": (PDF[:40], "cut off"),
    "a web page": (b"<!doctype html><script>alert(1)</script>", "cannot be attached"),
    "a web page before a pdf": (b"<html>%PDF-1.7" + PDF, "cannot be attached"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "cannot be attached"),
    "a program": (b"MZ\x90\0\x03", "cannot be attached"),
    "another encoding": ("Procès".encode("latin-1"), "cannot be attached"),
    "any archive": (archive(a=b"x").getvalue(), "cannot be attached"),
    "a text with macros": (archive(word__document_DOT_xml=b"x", word__vbaProject_DOT_bin=b"x").getvalue(), "cannot"),
    "a cut archive": (archive(word__document_DOT_xml=b"x" * 5000).getvalue()[:900], "damaged"),
}


@pytest.mark.parametrize("name", NOT_TAKEN)
def test_what_is_no_document_is_refused_with_a_sentence(name: str, settings: Settings) -> None:
    data, words = NOT_TAKEN[name]
    with pytest.raises(Refused, match=words):
        upload_attachment(making.community(), BytesIO(data), "plan.pdf", by=SYSTEM)
    assert not kept(settings)


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(TooLarge, match="20 MB"):
        upload_attachment(making.community(), BytesIO(PDF + bytes(20_000_000)), "plan.pdf", by=SYSTEM)
