from typing import Any

import pytest

from perron.communities import versions
from perron.communities.describing import describe, describe_partner, describe_platform, describe_topic, redraw
from perron.communities.founding import (
    draw_area,
    found_community,
    found_partner,
    found_platform,
    found_topic,
    remove_area,
    remove_topic,
    show,
)
from perron.communities.models import Area, Community, Partner, Platform, Topic
from perron.communities.roles import Role
from perron.communities.writing import Unfit
from perron.core.errors import NotAllowed, Refused
from perron.privacy.acting import SYSTEM, Actor
from perron.privacy.models import AuditEntry
from tests import making

pytestmark = pytest.mark.django_db

SQUARE = {"type": "Polygon", "coordinates": [[[5.5, 50.6], [5.6, 50.6], [5.6, 50.7], [5.5, 50.6]]]}


def test_a_description_is_cleaned_saved_audited_and_makes_pages_stale() -> None:
    community = making.community()
    clerk = making.person(role=Role.ADMINISTRATOR, at=community).actor
    before = versions.current().get(versions.of_community(community), 0)
    names = {"fr": " Ville\u202e de\x00 Liège\n", "nl": ""}
    saved = describe(community, by=clerk, names=names, descriptions={"fr": "Un.\r\n\r\nDeux."}, postal_code="4000")
    community.refresh_from_db()
    assert community.names == {"fr": "Ville de Liège"} == saved.names
    assert community.descriptions == {"fr": "Un.\n\nDeux."}
    row = AuditEntry.objects.get(verb="describe")
    assert (row.actor_id, row.tenant_id) == (clerk.id, community.pk)
    assert row.detail == {"columns": ["descriptions", "names", "postal_code"]}
    assert versions.current()[versions.of_community(community)] > before


def test_saving_what_is_there_already_writes_nothing() -> None:
    community = making.community()
    describe(community, by=SYSTEM, phone="+32 4 221 80 00")
    seen = versions.current()
    describe(community, by=SYSTEM, phone="+32 4 221 80 00")
    assert (AuditEntry.objects.count(), versions.current()) == (1, seen)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("names", {}),
        ("names", {"fr": "x" * 121}),
        ("names", {"xx": "Liège"}),
        ("names", {"fr": "\u202e\x00"}),
        ("names", "Liège"),
        ("descriptions", {"fr": "x" * 2001}),
        ("descriptions", ["fr"]),
        ("languages", []),
        ("languages", ["fr", "fr"]),
        ("languages", ["it"]),
        ("postal_code", "400"),
        ("postal_code", "0400"),
        ("latitude", 91.0),
        ("latitude", "north"),
        ("phone", "call me"),
        ("phone", "12"),
        ("email", "nobody"),
        ("website", "javascript:alert(1)"),
        ("website", "ftp://example.org/"),
        ("opening_hours", {"week": {"xx": []}}),
        ("opening_hours", {"week": {"mo": [["12:00", "09:00"]]}}),
        ("commune_nis", "00000"),
        ("commune_nis", "11007"),
        ("kind", "castle"),
    ],
)
def test_a_value_that_does_not_fit_is_named_and_changes_nothing(column: str, value: Any) -> None:
    community = making.community(latitude=50.6, longitude=5.5)
    with pytest.raises(Unfit) as refusal:
        describe(community, by=SYSTEM, **{column: value})
    assert list(refusal.value.fields) == [column]
    assert all(refusal.value.fields[column])
    fresh = Community.objects.get(pk=community.pk)
    assert (fresh.names, getattr(fresh, column)) == (community.names, getattr(making.community(), column))
    assert not AuditEntry.objects.exists()


def test_half_a_point_is_none() -> None:
    with pytest.raises(Unfit, match="both a latitude and a longitude"):
        describe(making.community(), by=SYSTEM, latitude=50.6)


def test_others_and_other_columns_are_refused() -> None:
    liege, namur = making.community("liege"), making.community("namur", partner=making.partner("other"))
    editor = making.person(role=Role.EDITOR, at=liege).actor
    stranger = making.person(role=Role.ADMINISTRATOR, at=namur).actor
    clerk = making.person(role=Role.ADMINISTRATOR, at=liege).actor
    for by in (editor, stranger, making.person().actor, Actor("person")):
        with pytest.raises(NotAllowed):
            describe(liege, by=by, phone="")
    with pytest.raises(NotAllowed):
        describe(liege, by=clerk, fictional=True)
    with pytest.raises(TypeError):
        describe(liege, by=SYSTEM, slug="elsewhere")
    assert describe(liege, by=making.person(role=Role.ADMINISTRATOR).actor, fictional=True).fictional


def test_only_the_operators_administrators_found_and_describe_the_rest() -> None:
    liege = making.community()
    platform, topic = making.platform(liege), making.topic()
    for by in (making.person(role=Role.ADMINISTRATOR, at=liege).actor, making.person(role=Role.SUPPORT).actor,
               Actor("source")):  # fmt: skip
        for deed in (
            lambda by=by: found_partner(by=by, name="X"),
            lambda by=by: found_community(by=by, partner=liege.partner, slug="x", kind="shop", names={"fr": "X"}),
            lambda by=by: found_platform(by=by, partner=liege.partner, slug="x", name="X"),
            lambda by=by: found_topic(by=by, slug="x", names={"fr": "X"}),
            lambda by=by: describe_partner(liege.partner, by=by, name="X", enterprise_number=""),
            lambda by=by: describe_platform(platform, by=by, name="X"),
            lambda by=by: describe_topic(topic, by=by, names={"fr": "X"}, position=1),
            lambda by=by: show(platform, [], by=by),
            lambda by=by: remove_topic(topic, by=by),
        ):
            with pytest.raises(NotAllowed):
                deed()
    assert (Partner.objects.count(), Platform.objects.count(), Topic.objects.count()) == (1, 1, 1)
    assert platform.communities.count() == 1


def test_a_whole_installation_is_founded() -> None:
    by = making.person(role=Role.ADMINISTRATOR).actor
    partner = found_partner(by=by, name="Province de Liège", enterprise_number="0207725104")
    again = found_partner(by=by, name="Province de Liège")
    assert (partner.slug, again.slug[:18]) == ("province-de-liege", "province-de-liege-")
    liege = found_community(by=by, partner=partner, slug="liege", kind="commune", names={"fr": "Liège"},
                            commune_nis="62063")  # fmt: skip
    library = found_community(by=by, partner=partner, slug="chiroux", kind="public_service", names={"fr": "Chiroux"})
    platform = found_platform(by=by, partner=partner, slug="poche", name="En Poche", host="poche.example")
    show(platform, [library, liege], by=by)
    show(platform, [liege, library], by=by)
    assert list(platform.communities.order_by("place__position")) == [liege, library]
    show(platform, [library], by=by)
    assert list(platform.communities.all()) == [library]
    assert set(AuditEntry.objects.values_list("verb", flat=True)) == {"found", "show"}
    assert versions.of_platform(platform) in versions.current()


@pytest.mark.parametrize("slug", ["", "studio", "fr", "p", "Liège", "a b", "-a", "a--b", "x" * 51, "<script>", "😀"])
def test_an_address_that_cannot_be_is_refused(slug: str) -> None:
    with pytest.raises(Unfit) as refusal:
        found_community(by=SYSTEM, partner=making.partner(), slug=slug, kind="shop", names={"fr": "X"})
    assert list(refusal.value.fields) == ["slug"]
    assert not Community.objects.exists()


def test_an_address_or_host_is_used_once() -> None:
    making.community("liege")
    with pytest.raises(Unfit) as refusal:
        found_community(by=SYSTEM, partner=making.partner(), slug="liege", kind="shop", names={"fr": "X"})
    assert list(refusal.value.fields) == ["slug"]
    making.platform(slug="one", host="app.example.be")
    with pytest.raises(Unfit, match="Another platform has this host"):
        found_platform(by=SYSTEM, partner=making.partner(), slug="two", name="Two", host="app.example.be")


def test_there_is_one_front_platform() -> None:
    first, second = making.platform(), making.platform(slug="second", is_front=False)
    seen = versions.current()
    describe_platform(second, by=SYSTEM, is_front=True)
    assert list(Platform.objects.filter(is_front=True)) == [second]
    for platform in (first, second):
        key = versions.of_platform(platform)
        assert versions.current()[key] > seen.get(key, 0)


def test_a_colour_on_which_nobody_can_read_is_refused() -> None:
    with pytest.raises(Unfit, match="contrast"):
        describe_platform(making.platform(), by=SYSTEM, colour="#ffcc00")


def test_an_area_is_drawn_redrawn_and_removed() -> None:
    community = making.community()
    clerk = making.person(role=Role.ADMINISTRATOR, at=community).actor
    area = draw_area(community, by=clerk, slug="centre", names={"fr": "Centre"}, polygon=SQUARE)
    redraw(area, by=clerk, names={"fr": "Tout Liège"}, polygon=None, communes_nis=["62063"])
    area.refresh_from_db()
    assert (area.polygon, area.communes_nis, area.names) == (None, ["62063"], {"fr": "Tout Liège"})
    nowhere: list[tuple[Any, list[str]]] = [(None, []), ({"type": "Point"}, []), (None, ["11007"]), (None, ["1", "1"])]
    for polygon, codes in nowhere:
        with pytest.raises(Unfit):
            redraw(area, by=clerk, names={"fr": "Nulle part"}, polygon=polygon, communes_nis=codes)
    remove_area(area, by=clerk)
    assert not Area.objects.exists()


def test_what_items_carry_is_not_removed() -> None:
    topic = making.topic()
    item = making.released()
    item.topics.add(topic)
    with pytest.raises(Refused, match="used by items"):
        remove_topic(topic, by=SYSTEM)
    item.topics.clear()
    remove_topic(topic, by=SYSTEM)
    assert not Topic.objects.exists()
