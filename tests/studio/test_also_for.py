"""The screens on which items are offered to communities, and answered there."""

import pytest
from django.test import Client

from perron.communities.models import Community
from perron.privacy.acting import SYSTEM
from perron.publishing.models import Item, Placement, Stance
from perron.publishing.sharing import placing
from tests import making
from tests.studio.conftest import signed_in


@pytest.fixture
def water(liege: Community) -> Community:
    water = making.community("water", kind=Community.Kind.PUBLIC_SERVICE, names={"fr": "Les Eaux"})
    making.platform(liege, water, herstal())
    return water


def herstal() -> Community:
    return making.community("herstal", names={"fr": "Herstal"}, postal_code="4040", commune_nis="62051")


@pytest.fixture
def sender(water: Community) -> Client:
    return signed_in(making.person("sender@example.org", role="editor", at=water))


def also_for(item: Item) -> str:
    return f"/studio/water/items/{item.pk}/also-for/"


def offered(water: Community, liege: Community) -> Placement:
    return placing.offer(making.released(at=water), [liege], by=SYSTEM)[0]


def test_an_editor_ticks_communities_and_reads_their_answers(sender: Client, water: Community) -> None:
    item = making.released(at=water)
    assert "Choose communities" in sender.get(f"/studio/water/items/{item.pk}/").content.decode()
    sender.post(also_for(item), {"to": ["liege", "herstal"]})
    assert Placement.objects.count() == 2
    Placement.objects.filter(community__slug="herstal").update(state="declined", reason="Pas chez nous.")
    page = sender.get(also_for(item)).content.decode()
    assert "Pas chez nous." in page
    assert 'name="to"' not in page
    sender.post(also_for(item), {"back": "herstal"})
    assert Placement.objects.get().community.slug == "liege"


def test_all_of_a_platform_or_a_province_are_chosen_by_one_tap(sender: Client, water: Community) -> None:
    Community.objects.filter(slug="liege").update(commune_nis="62063")
    item = making.released(at=water)
    page = sender.get(also_for(item)).content.decode()
    assert 'value="platform:front"' in page
    assert 'value="province:WLG"' in page
    sender.post(also_for(item), {"group": "province:WLG"})
    assert Placement.objects.count() == 2


@pytest.mark.parametrize(("words", "found"), [("hers", True), ("4040", True), ("HERSTÀL", True), ("stal", False)])
def test_communities_are_found_by_name_and_postal_code(
    sender: Client, water: Community, words: str, found: bool
) -> None:
    page = sender.get(also_for(making.draft(at=water)), {"q": words}).content.decode()
    assert ('value="herstal"' in page) is found


def test_choosing_nobody_says_so(sender: Client, water: Community) -> None:
    for asked in ({}, {"to": "nobody"}, {"group": "province:XXX"}, {"to": "\x00"}):
        answer = sender.post(also_for(making.draft(at=water)), asked)
        assert answer.status_code == 422
        assert "Choose at least one community." in answer.content.decode()


def test_a_commune_has_nothing_to_offer(editor: Client, liege: Community) -> None:
    item = making.released(at=liege)
    assert "Also for" not in editor.get(f"/studio/liege/items/{item.pk}/").content.decode()
    assert editor.get(f"/studio/liege/items/{item.pk}/also-for/").status_code == 404


def test_what_waits_stands_on_the_first_screen_until_it_is_answered(
    editor: Client, author: Client, liege: Community, water: Community
) -> None:
    placement = offered(water, liege)
    address = f"/studio/liege/offers/{placement.pk}/"
    assert address in editor.get("/studio/liege/").content.decode()
    assert address not in author.get("/studio/liege/").content.decode()
    assert "Un texte <strong>important</strong>" in editor.get(address).content.decode()
    editor.post(address, {"verdict": "accept"})
    placement.refresh_from_db()
    assert placement.state == "accepted"
    assert address not in editor.get("/studio/liege/").content.decode()


def test_declining_asks_for_a_reason(editor: Client, liege: Community, water: Community) -> None:
    placement = offered(water, liege)
    address = f"/studio/liege/offers/{placement.pk}/"
    answer = editor.post(address, {"verdict": "decline"})
    assert answer.status_code == 422
    assert "Write why" in answer.content.decode()
    editor.post(address, {"verdict": "decline", "reason": "Pas chez nous."})
    placement.refresh_from_db()
    assert (placement.state, placement.reason) == ("declined", "Pas chez nous.")


def test_only_administrators_answer_once_and_for_all(
    editor: Client, administrator: Client, liege: Community, water: Community
) -> None:
    wish = {"sender": "water", "answer": "always"}
    assert editor.post("/studio/liege/offers/", wish).status_code == 403
    for wrong in ({"sender": "herstal", "answer": "always"}, {"sender": "water", "answer": "perhaps"}):
        assert administrator.post("/studio/liege/offers/", wrong).status_code == 422
    assert not Stance.objects.exists()
    administrator.post("/studio/liege/offers/", wish)
    assert Stance.objects.get().answer == "always"
    assert offered(water, liege).state == "accepted"


def test_nobody_answers_for_another_community(
    editor: Client, author: Client, sender: Client, liege: Community, water: Community
) -> None:
    placement = offered(water, herstal())
    address = f"/studio/liege/offers/{placement.pk}/"
    assert editor.post(address, {"verdict": "accept"}).status_code == 404
    assert author.get("/studio/liege/offers/").status_code == 403
    assert sender.get("/studio/herstal/offers/").status_code == 404
    placement.refresh_from_db()
    assert placement.state == "offered"
