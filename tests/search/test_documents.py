"""The words of attached files, hostile ones among them."""

import io
import zipfile
import zlib
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from reportlab.pdfgen.canvas import Canvas

from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.content import Enclosed
from perron.publishing.models import Attachment, DocumentWords, Item
from perron.publishing.search.asking import search
from perron.publishing.search.documents import read_documents
from perron.publishing.uploading import attachment_file, upload_attachment
from tests import making

pytestmark = pytest.mark.django_db

_DOCX = """<w:document><w:body><w:p><w:r><w:t>Règle</w:t></w:r><w:proofErr w:type="spellStart"/>\
<w:r><w:rPr><w:b/></w:rPr><w:t>ment</w:t></w:r></w:p><w:p><w:r><w:t>Taxe &amp;
redevance</w:t></w:r></w:p></w:body></w:document>"""


def pdf(*pages: str) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    for page in pages:
        canvas.drawString(72, 720, page)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def zipped(name: str, text: str, **others: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for other, content in others.items():
            archive.writestr(other, content)
        archive.writestr(name, text)
    return out.getvalue()


def enclosing(data: bytes, name: str) -> Item:
    community = making.community()
    file = upload_attachment(community, io.BytesIO(data), name, by=SYSTEM)
    return making.released("document", at=community, enclosures=(Enclosed(str(file.pk), {"fr": "Le plan"}),))


def test_an_item_is_found_by_its_pdf_and_by_its_files_title() -> None:
    item = enclosing(pdf("Zone de police", "Délibération du collège"), "PV octobre.pdf")
    assert search("le plan octobre").items == (item.pk,)
    assert search("deliberation").items == ()
    assert read_documents() == 1
    assert search("deliberation police plan").items == (item.pk,)
    assert read_documents() == 0


def test_what_is_read_stays_known_after_a_correction_and_leaves_with_the_item() -> None:
    item = enclosing(pdf("Délibération"), "pv.pdf")
    read_documents()
    item = releasing.withdraw(item, by=SYSTEM)
    assert search("deliberation").items == ()
    item = releasing.release(item, by=SYSTEM, expected=item.edition)
    assert search("deliberation").items == (item.pk,)


def test_files_of_drafts_are_not_read() -> None:
    community = making.community()
    file = upload_attachment(community, io.BytesIO(pdf("Secret")), "a.pdf", by=SYSTEM)
    making.draft("document", at=community, enclosures=(Enclosed(str(file.pk)),))
    assert read_documents() == 0
    assert not DocumentWords.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "typed"),
    [
        ("Règlement\ncommunal".encode(), "a.txt", "reglement communal"),
        (zipped("word/document.xml", _DOCX), "a.docx", "reglement taxe redevance"),
        (zipped("content.xml", "<text:p>Règlement</text:p><text:p>communal</text:p>",
                mimetype="application/vnd.oasis.opendocument.text"), "a.odt", "reglement communal"),
    ],
)  # fmt: skip
def test_other_files(data: bytes, name: str, typed: str) -> None:
    item = enclosing(data, name)
    read_documents()
    assert search(typed).items == (item.pk,)


def _bomb() -> bytes:
    """A page whose content is a thousand times as large as its file."""
    content = zlib.compress(b"(x) Tj " * 30_000_000, 9)
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/Contents 4 0 R>>endobj\n4 0 obj<</Filter/FlateDecode/Length %d>>stream\n%s\n"
        b"endstream endobj\ntrailer<</Size 5/Root 1 0 R>>\nstartxref\n0\n%%%%EOF" % (len(content), content)
    )


def _loop() -> bytes:
    """Pages that are their own parents."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>"
        b"endobj\nxref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n0000000052 00000 n \n"
        b"trailer<</Size 3/Root 1 0 R>>"
        b"\nstartxref\n120\n%%EOF"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\n" + b"\xff" * 5_000 + b"%%EOF",
        b"%PDF-1.7\n" + b"[" * 200_000 + b"%%EOF",
        b"%PDF-1.7\nxref\n0 99999999\ntrailer<</Size 99999999/Root 1 0 R/Prev 9>>\nstartxref\n9\n%%EOF",
        _loop,
        _bomb,
    ],
)
def test_a_hostile_file_is_tried_once_and_found_by_its_title_still(data: bytes | Callable[[], bytes]) -> None:
    item = enclosing(data if isinstance(data, bytes) else data(), "a.pdf")
    assert read_documents() == 1
    assert read_documents() == 0
    assert search("plan").items == (item.pk,)


def test_what_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("perron.publishing.search.documents._PATIENCE", 0.01)
    item = enclosing(pdf("Délibération"), "pv.pdf")
    assert read_documents() == 1
    assert search("plan").items == (item.pk,)
    assert search("deliberation").items == ()


def test_a_file_that_is_gone_from_the_disk() -> None:
    item = enclosing(pdf("Délibération"), "pv.pdf")
    default_storage.delete(attachment_file(Attachment.objects.get()))
    assert read_documents() == 1
    assert search("plan").items == (item.pk,)
