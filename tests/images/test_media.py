from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from perron.accounts.models import Person
from perron.core import clock
from perron.privacy.acting import SYSTEM
from perron.publishing import releasing
from perron.publishing.addresses import attachment_path, image_path
from perron.publishing.content import Enclosed, Shown
from perron.publishing.models import Attachment, Image
from perron.publishing.uploading import image_file, upload_attachment, upload_image
from tests import making
from tests.images.pictures import encoded, halves

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + b"x" * 5000 + b"\n%%EOF\n"


@pytest.fixture
def image() -> Image:
    return upload_image(making.community(), encoded(halves(700, 400)), by=SYSTEM)


@pytest.fixture
def plan() -> Attachment:
    return upload_attachment(making.community(), BytesIO(PDF), "Avis d’enquête nº 3.pdf", by=SYSTEM)


def shown(image: Image, **more: Any) -> Any:
    return making.released(pictures=(Shown(str(image.pk), {"fr": "La place"}),), **more)


def get(path: str, *, by: Person | None = None, **headers: str) -> Any:
    client = Client(SERVER_NAME="localhost", headers=headers)
    if by:
        client.force_login(by)
    return client.get(path)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def test_the_addresses_are_those_that_publishing_gives_out(image: Image, plan: Attachment) -> None:
    assert reverse("reader:image", args=[image.pk, 320]) == image_path(image.pk, 320)
    assert reverse("reader:attachment", args=[plan.pk, "a.pdf"]) == attachment_path(plan.pk, "a.pdf")


def test_a_released_picture_is_everybodys_for_ever(image: Image) -> None:
    shown(image)
    for width in image.widths:
        answer = get(image_path(image.pk, width))
        with default_storage.open(image_file(image, width)) as file:
            assert body(answer) == file.read()
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")


def test_before_its_release_only_members_see_a_picture(image: Image) -> None:
    path = image_path(image.pk, 320)
    author = making.person(role="author", at=making.community())
    stranger = making.person(role="administrator", at=making.community("other"))
    assert get(path).status_code == 404
    assert get(path, by=stranger).status_code == 404
    answer = get(path, by=author)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")


def test_a_draft_does_not_make_its_picture_public(image: Image) -> None:
    making.draft(pictures=(Shown(str(image.pk), {"fr": "La place"}),))
    assert get(image_path(image.pk, 320)).status_code == 404


def test_a_withdrawn_or_expired_item_takes_its_picture_along(image: Image) -> None:
    path = image_path(image.pk, 320)
    item = shown(image, expires_at=(clock.now() + timedelta(hours=1)).isoformat())
    assert get(path).status_code == 200
    with clock.travel(clock.now() + timedelta(hours=2)):
        assert get(path).status_code == 404
    releasing.withdraw(item, by=SYSTEM)
    assert get(path).status_code == 404


@pytest.mark.parametrize("width", [0, 1, 321, 960, 10**30])
def test_a_width_that_was_not_made_does_not_exist(image: Image, width: int) -> None:
    shown(image)
    assert get(image_path(image.pk, width)).status_code == 404


def test_a_picture_whose_file_is_lost_is_not_found(image: Image) -> None:
    shown(image)
    default_storage.delete(image_file(image, 320))
    assert get(image_path(image.pk, 320)).status_code == 404


def test_who_has_the_bytes_is_told_so(image: Image) -> None:
    shown(image)
    path = image_path(image.pk, 320)
    etag = get(path)["ETag"]
    assert etag != get(image_path(image.pk, 640))["ETag"]
    again = get(path, if_none_match=etag)
    assert (again.status_code, body(again), again["ETag"]) == (304, b"", etag)
    assert again["Cache-Control"].startswith("public")
    assert get(path, if_none_match='"other"').status_code == 200


def test_to_head_it_says_all_but_the_body(image: Image) -> None:
    shown(image)
    path = image_path(image.pk, 320)
    full, head = get(path), Client(SERVER_NAME="localhost").head(path)
    assert not body(head)
    for header in ("Content-Length", "Content-Type", "ETag", "Cache-Control", "Accept-Ranges"):
        assert head[header] == full[header]
    assert int(head["Content-Length"]) == len(body(full))
    assert Client(SERVER_NAME="localhost").head(path, headers={"range": "bytes=0-9"}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("bytes=0-9", slice(0, 10)), ("bytes=100-", slice(100, None)), ("bytes=-20", slice(-20, None)),
     ("bytes=0-99999999", slice(0, None)), ("bytes=-99999999", slice(0, None)), ("bytes=7-7", slice(7, 8))],
)  # fmt: skip
def test_a_range_is_answered_with_that_range(plan: Attachment, asked: str, expected: slice) -> None:
    making.released(enclosures=(Enclosed(str(plan.pk)),))
    answer = get(attachment_path(plan.pk, plan.name), range=asked)
    first, last = expected.indices(len(PDF))[0], expected.indices(len(PDF))[1] - 1
    assert (answer.status_code, body(answer)) == (206, PDF[expected])
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(PDF)}"
    assert answer["Content-Length"] == str(len(PDF[expected]))


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=9-3", "bytes=a-b", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_that_cannot_be_read_is_answered_with_everything(plan: Attachment, asked: str) -> None:
    making.released(enclosures=(Enclosed(str(plan.pk)),))
    answer = get(attachment_path(plan.pk, plan.name), range=asked)
    assert (answer.status_code, body(answer)) == (200, PDF)


@pytest.mark.parametrize("asked", ["bytes=99999-", "bytes=-0", "bytes=99999-100000"])
def test_a_range_beyond_the_end_is_refused(plan: Attachment, asked: str) -> None:
    making.released(enclosures=(Enclosed(str(plan.pk)),))
    answer = get(attachment_path(plan.pk, plan.name), range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(PDF)}")


def test_a_range_of_another_file_is_answered_with_everything(plan: Attachment) -> None:
    making.released(enclosures=(Enclosed(str(plan.pk)),))
    path = attachment_path(plan.pk, plan.name)
    assert get(path, range="bytes=0-9", if_range='"other"').status_code == 200
    assert get(path, range="bytes=0-9", if_range=get(path)["ETag"]).status_code == 206


def test_a_pdf_is_read_and_anything_else_is_kept(plan: Attachment) -> None:
    notes = upload_attachment(making.community(), BytesIO(b"Merci"), "notes.txt", by=SYSTEM)
    making.released(enclosures=(Enclosed(str(plan.pk)), Enclosed(str(notes.pk))))
    read = get(attachment_path(plan.pk, plan.name))
    assert read["Content-Type"] == "application/pdf"
    assert read["Content-Disposition"] == "inline; filename*=UTF-8''Avis%20d%E2%80%99enqu%C3%AAte%20n%C2%BA%203.pdf"
    kept = get(attachment_path(notes.pk, notes.name))
    assert kept["Content-Type"] == "text/plain; charset=utf-8"
    assert kept["Content-Disposition"].startswith("attachment;")


def test_a_file_is_found_by_its_own_name_only_and_hidden_before_release(plan: Attachment) -> None:
    path = attachment_path(plan.pk, plan.name)
    author = making.person(role="author", at=making.community())
    assert get(path).status_code == 404
    assert get(path, by=author)["Cache-Control"] == "private, no-store"
    making.released(enclosures=(Enclosed(str(plan.pk)),))
    assert get(path).status_code == 200
    assert get(attachment_path(plan.pk, "other.pdf")).status_code == 404


def test_nothing_is_written_to_an_address_of_a_file(image: Image) -> None:
    shown(image)
    assert Client(SERVER_NAME="localhost").post(image_path(image.pk, 320)).status_code == 405
