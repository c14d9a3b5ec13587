"""The point of an event or of works: two numbers or none, and what an import brought is left alone."""

from typing import Any

import pytest
from django.test import Client

from perron.communities.models import Community
from perron.publishing import drafting
from perron.publishing.models import Item
from tests import making
from tests.studio.test_editing import fields, newest, page

EVENT = {"action": "save", "title_fr": "Fête", "starts": "2027-06-12T10:00", "place": "Quai"}


def test_two_numbers_are_the_point(liege: Community, editor: Client) -> None:
    editor.post("/studio/liege/new/event/", EVENT | {"latitude": "50.6451", "longitude": "5.5734"})
    details = newest(Item.objects.get()).details
    assert (float(details["latitude"]), float(details["longitude"])) == (50.6451, 5.5734)


@pytest.mark.parametrize("half", [{"latitude": "50.6451"}, {"longitude": "5.5734"}])
def test_half_a_point_is_not_released(liege: Community, editor: Client, half: dict[str, str]) -> None:
    response = editor.post("/studio/liege/new/event/", EVENT | half | {"action": "release"})
    assert response.status_code == 422
    assert "Write both, or neither." in response.content.decode()


def test_a_point_of_an_import_is_still_a_number_after_saving(liege: Community, editor: Client) -> None:
    item = making.draft("event", at=liege, details={"latitude": 50.6451, "longitude": 5.5734})
    context: Any = editor.get(page(item)).context
    posted = {name: value for name, value in fields(context).items() if value not in (None, False, "")}
    editor.post(page(item), posted | {"action": "save", "edition": item.edition, "title_fr": "Autre titre"})
    details = drafting.newest(Item.objects.get()).details
    assert (details["latitude"], details["longitude"]) == (50.6451, 5.5734)


def test_the_outline_is_there_where_the_commune_is_known(liege: Community, editor: Client) -> None:
    assert "data-point" not in editor.get("/studio/liege/new/works/").content.decode()
    Community.objects.update(commune_nis="62063")
    for kind, expected in (("works", True), ("event", True), ("news", False)):
        text = editor.get(f"/studio/liege/new/{kind}/").content.decode()
        assert ("data-point" in text) is expected, kind
