from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow

from perron.communities.models import Community
from perron.privacy.acting import SYSTEM
from perron.publishing import drafting
from perron.publishing.content import Content
from perron.publishing.models import Attachment, Image, Item, Picture
from perron.publishing.uploading import upload_attachment
from tests import making


def photo(name: str = "pont.jpg", size: tuple[int, int] = (800, 600)) -> SimpleUploadedFile:
    file = BytesIO()
    Pillow.new("RGB", size, "#336699").save(file, "JPEG")
    return SimpleUploadedFile(name, file.getvalue(), "image/jpeg")


def newest() -> Content:
    return drafting.newest(Item.objects.get())


def test_a_picture_is_uploaded_with_whatever_else_was_typed(liege: Community, author: Client) -> None:
    answers = {"action": "pictures", "title_fr": "Le pont", "new_pictures": photo()}
    response = author.post("/studio/liege/new/news/", answers)
    assert response["Location"].endswith("#pictures")
    image = Image.objects.get()
    assert image.community == liege
    assert [shown.image for shown in newest().pictures] == [str(image.pk)]
    assert newest().title() == "Le pont"


def test_a_picture_without_words_is_not_released(liege: Community, editor: Client) -> None:
    editor.post("/studio/liege/new/news/", {"title_fr": "Le pont", "new_pictures": photo()})
    page, key = f"/studio/liege/items/{Item.objects.get().pk}/", str(Image.objects.get().pk)
    answers = {"title_fr": "Le pont", "picture": key, "action": "release", "edition": 1}
    refused = editor.post(page, answers)
    assert refused.status_code == 422
    assert "Describe each picture" in refused.content.decode()
    described = answers | {f"alternative_{key}_fr": "Un pont sur la Meuse", f"credit_{key}": "A. Exemple"}
    assert editor.post(page, described).status_code == 302
    picture = Picture.objects.get()
    assert (picture.alternatives, picture.credit) == ({"fr": "Un pont sur la Meuse"}, "A. Exemple")


def test_pictures_change_places_and_go(liege: Community, editor: Client) -> None:
    editor.post("/studio/liege/new/news/", {"title_fr": "Ponts", "new_pictures": [photo("a.jpg"), photo("b.jpg")]})
    first, second = (shown.image for shown in newest().pictures)
    page = f"/studio/liege/items/{Item.objects.get().pk}/"
    base = {"title_fr": "Ponts", f"alternative_{second}_fr": "Le second"}
    editor.post(page, base | {"picture": [first, second], "action": f"picture-up:{second}", "edition": 1})
    assert [shown.image for shown in newest().pictures] == [second, first]
    assert newest().pictures[0].alternatives == {"fr": "Le second"}
    editor.post(page, base | {"picture": [second, first], "action": f"picture-remove:{first}", "edition": 2})
    assert [shown.image for shown in newest().pictures] == [second]
    editor.post(page, base | {"picture": second, "action": f"picture-remove:{first}", "edition": 3})
    assert [shown.image for shown in newest().pictures] == [second]


@pytest.mark.parametrize(
    ("name", "data"),
    [("faux.jpg", b"not a picture"), ("dessin.svg", b"<svg onload='alert(1)'/>"), ("vide.jpg", b""),
     ("court.jpg", photo().read()[:200])],
)  # fmt: skip
def test_what_is_no_picture_is_refused_and_the_words_are_kept(
    name: str, data: bytes, liege: Community, editor: Client
) -> None:
    answers = {"title_fr": "Le pont", "new_pictures": SimpleUploadedFile(name, data, "image/jpeg")}
    response = editor.post("/studio/liege/new/news/", answers)
    assert response.status_code == 422
    assert name in response.content.decode()
    assert 'href="#id_pictures"' in response.content.decode()
    assert newest().title() == "Le pont"
    assert not Image.objects.exists()


def test_a_file_is_attached_titled_and_removed(liege: Community, editor: Client) -> None:
    pdf = SimpleUploadedFile("avis <b>.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf")
    editor.post("/studio/liege/new/document/", {"title_fr": "Avis", "new_files": pdf})
    key = str(Attachment.objects.get().pk)
    page = f"/studio/liege/items/{Item.objects.get().pk}/"
    editor.post(page, {"title_fr": "Avis", "enclosure": key, f"enclosed_{key}_fr": "L'avis complet", "edition": 1})
    assert newest().enclosures[0].titles == {"fr": "L'avis complet"}
    answers = {"title_fr": "Avis", "enclosure": key, "action": f"enclosure-remove:{key}", "edition": 2}
    assert editor.post(page, answers)["Location"].endswith("#files")
    assert newest().enclosures == ()


def test_another_communitys_picture_cannot_be_shown(liege: Community, editor: Client) -> None:
    theirs = Image.objects.create(community=making.community("namur"), width=1, height=1, widths=[1])
    answers = {
        "title_fr": "Pris",
        "picture": str(theirs.pk),
        f"alternative_{theirs.pk}_fr": "Pris",
        "action": "release",
    }
    response = editor.post("/studio/liege/new/news/", answers)
    assert response.status_code == 422
    assert "A picture is gone" in response.content.decode()
    assert str(theirs.pk) + "/1.webp" not in response.content.decode()


def test_a_file_of_somebody_else_shows_in_no_preview(liege: Community, author: Client) -> None:
    theirs = upload_attachment(making.community("eupen"), BytesIO(b"Geheim."), "geheim.txt", by=SYSTEM)
    for key in (theirs.pk, uuid4()):
        author.post("/studio/liege/new/news/", {"title_fr": "Le pont", "enclosure": str(key), "picture": str(key)})
        preview = author.get(f"/studio/liege/items/{Item.objects.latest('created_at').pk}/preview/fr/")
        assert preview.status_code == 200
        assert "geheim" not in preview.content.decode()
