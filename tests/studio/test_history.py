"""What became of an item, what differs between two versions, and bringing one back."""

import io
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image as Drawing

from perron.communities.models import Area, Community
from perron.core.errors import Conflict, NotAllowed, NotFound
from perron.privacy.acting import SYSTEM
from perron.privacy.models import AuditEntry
from perron.publishing import drafting, releasing
from perron.publishing.content import Shown
from perron.publishing.models import Image, Item
from perron.publishing.uploading import upload_image
from perron.publishing.working.autosaving import autosave
from perron.publishing.working.restoring import restore
from tests import making


def saved(item: Item, title: str, **more: Any) -> Item:
    item.refresh_from_db()
    return drafting.save(item, making.content(title=title, **more), by=SYSTEM, expected=item.edition)


def picture(community: Community) -> Image:
    file = io.BytesIO()
    Drawing.new("RGB", (64, 64), "#993322").save(file, "JPEG")
    file.seek(0)
    return upload_image(community, file, by=SYSTEM)


def test_the_history_says_who_when_what_and_what_was_public(liege: Community, author: Client) -> None:
    writer = making.person("claire@example.org", role="author", at=liege)
    item = making.released(at=liege, title="Un")
    item = drafting.save(item, making.content(title="Deux"), by=writer.actor, expected=1)
    autosave(item, making.content(title="Trois"), by=writer.actor, expected=2)
    response = author.get(reverse("studio:history", args=["liege", item.pk]))
    versions = response.context["versions"]
    assert [version.revision.number for version in versions] == [3, 2, 1]
    assert [version.changed for version in versions] == [["Title (Français)"], ["Title (Français)"], []]
    assert [version.is_public for version in versions] == [False, False, True]
    text = response.content.decode()
    assert "Anne Exemple" in text
    assert "saved by itself" in text
    assert "Public now" in text


def test_two_versions_are_compared_in_words(liege: Community, author: Client) -> None:
    item = making.draft("event", at=liege, title="Un")
    saved(item, "Deux")
    saved(item, "Trois")
    page = reverse("studio:compared", args=["liege", item.pk])
    response = author.get(page, {"one": 3, "other": 1})
    title = response.context["differences"][0]
    assert (title.label, title.one, title.other) == ("Title (Français)", "Un", "Trois")
    assert "Deux" not in response.content.decode()
    for one, other in (("9", "1"), ("x", "1"), ("", ""), ("-1", "1"), ("²", "1")):
        assert author.get(page, {"one": one, "other": other}).status_code == 404


def test_a_restored_version_is_a_new_one_and_the_public_sees_the_old(liege: Community, author: Client) -> None:
    item = making.released(at=liege, title="Un")
    saved(item, "Deux")
    releasing.release(item, by=SYSTEM, expected=2)
    address = reverse("studio:restored", args=["liege", item.pk, 1])
    assert author.post(address, {"edition": 2}).status_code == 302
    item.refresh_from_db()
    assert (item.edition, item.released_edition, drafting.newest(item).title()) == (3, 2, "Un")
    assert item.texts.get().title == "Deux"
    assert AuditEntry.objects.get(verb="restore").detail == {"edition": 3, "restored": 1}
    assert "brought back version 1" in author.get(reverse("studio:history", args=["liege", item.pk])).content.decode()


def test_what_a_version_named_and_is_gone_is_left_out_and_said(liege: Community, author: Client) -> None:
    gone, there = picture(liege), picture(liege)
    area = Area.objects.create(community=liege, slug="centre", names={"fr": "Centre"}, communes_nis=["62063"])
    making.topic("sport")
    shown = tuple(Shown(str(image.pk), {"fr": "Un pont"}) for image in (gone, there))
    item = making.draft(at=liege, title="Avec images", pictures=shown, topics=("sport",), areas=(str(area.pk),))
    saved(item, "Sans")
    gone.delete()
    area.delete()
    response = author.post(reverse("studio:restored", args=["liege", item.pk, 1]), {"edition": 2}, follow=True)
    assert "One of its pictures is gone: the rest is back." in response.content.decode()
    item.refresh_from_db()
    content = drafting.newest(item)
    assert [each.image for each in content.pictures] == [str(there.pk)]
    assert (content.title(), content.topics, content.areas) == ("Avec images", ("sport",), ())
    releasing.release(item, by=SYSTEM, expected=3)


def test_restoring_over_somebody_elses_new_text_is_told(liege: Community, author: Client) -> None:
    item = making.draft(at=liege, title="Un")
    saved(item, "Deux")
    saved(item, "Leur troisième")
    response = author.post(reverse("studio:restored", args=["liege", item.pk, 1]), {"edition": 2})
    assert response.status_code == 409
    assert "Leur troisième" in response.content.decode()
    item.refresh_from_db()
    assert item.edition == 3
    with pytest.raises(Conflict):
        restore(item, 1, by=SYSTEM, expected=2)
    with pytest.raises(NotFound):
        restore(item, 9, by=SYSTEM, expected=3)
    stranger = making.person(role="editor", at=making.community("namur"))
    with pytest.raises(NotAllowed):
        restore(item, 1, by=stranger.actor, expected=3)


def test_a_long_history_is_listed_a_page_at_a_time(liege: Community, author: Client) -> None:
    item = making.draft(at=liege)
    for number in range(40):
        saved(item, f"Titre {number}")
    page = reverse("studio:history", args=["liege", item.pk])
    first = author.get(page)
    assert len(first.context["versions"]) == 30
    rest = author.get(page, {"before": first.context["older"]})
    assert [version.revision.number for version in rest.context["versions"]] == list(range(11, 0, -1))
