import io
import json

import pytest
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.communities.membership import change_role, end, members_of
from perron.communities.models import Area, Community, Member, Partner, Platform, Topic
from perron.communities.roles import Role
from perron.privacy.acting import SYSTEM
from tests import making
from tests.desk import rooms

pytestmark = pytest.mark.django_db

SQUARE = {"type": "Polygon", "coordinates": [[[5.5, 50.6], [5.6, 50.6], [5.6, 50.7], [5.5, 50.6]]]}


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(making.person("operator@example.org", role=Role.ADMINISTRATOR))
    return client


def picture(side: int = 600) -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (side, side), "#123456").save(file, "PNG")
    file.seek(0)
    file.name = "logo.png"
    return file


def partner() -> str:
    return str((Partner.objects.first() or making.partner()).pk)


def community_answers(**more: object) -> dict[str, object]:
    return {
        "name_fr": "Liège", "name_nl": "Luik", "kind": "commune", "partner": partner(),
        "slug": "liege", "commune_nis": "4000 liège", "languages": ["nl", "fr"], "first_language": "fr",
    } | more  # fmt: skip


def platform_answers(**more: object) -> dict[str, object]:
    return {
        "name": "En Poche", "partner": partner(), "slug": "poche", "colour": "#7a1f2b",
        "languages": ["fr"], "first_language": "fr", "host": "",
    } | more  # fmt: skip


def test_an_empty_installation_becomes_one_with_an_app(desk: Client) -> None:
    assert "/desk/partners/new/" in desk.get("/desk/").content.decode()
    desk.post("/desk/partners/new/", {"name": "Ville de Liège", "enterprise_number": "BE 0207.725.104"})
    assert Partner.objects.get(slug="ville-de-liege").enterprise_number == "0207725104"
    answer = desk.post("/desk/communities/new/", community_answers())
    assert answer["Location"] == "/desk/communities/liege/members/"
    liege = Community.objects.get()
    assert (liege.names, liege.languages, liege.commune_nis) == ({"fr": "Liège", "nl": "Luik"}, ["fr", "nl"], "62063")
    assert liege.latitude == pytest.approx(50.63, abs=0.1)
    answer = desk.post("/desk/platforms/new/", platform_answers(host="École.be"))
    assert answer["Location"] == "/desk/platforms/poche/communities/"
    desk.post(answer["Location"], {"add": "liege"})
    platform = Platform.objects.get()
    assert (list(platform.communities.all()), platform.host) == ([liege], "xn--cole-9oa.be")
    for path in ("/desk/", "/desk/partners/ville-de-liege/", "/desk/platforms/poche/", "/desk/communities/liege/"):
        page = desk.get(path)
        assert page.status_code == 200
        assert "Error:" not in page.content.decode()


def test_communities_of_an_app_are_arranged(desk: Client) -> None:
    one, two, three = (making.community(slug) for slug in ("one", "two", "three"))
    platform = making.platform(one, two)
    path = "/desk/platforms/front/communities/"
    for asked, expected in (
        ({"up": "two"}, [two, one]), ({"up": "two"}, [two, one]), ({"add": "three"}, [two, one, three]),
        ({"remove": "two"}, [one, three]), ({"add": "nowhere\x00"}, [one, three]), ({}, [one, three]),
    ):  # fmt: skip
        desk.post(path, asked)
        assert list(platform.communities.order_by("place__position")) == expected


def test_a_partner_a_platform_and_a_community_are_changed(desk: Client) -> None:
    community = making.community("liege", commune_nis="62063", phone="+32 4 221 80 00")
    making.platform(community)
    desk.post("/desk/partners/ville/", {"name": "Liège", "enterprise_number": ""})
    desk.post("/desk/platforms/front/", platform_answers(name="Ma ville", colour="#00529b", is_front="on"))
    desk.post("/desk/communities/liege/", community_answers(name_fr="Ville de Liège", commune_nis="Liège (62063)"))
    platform = Platform.objects.get()
    community.refresh_from_db()
    assert (Partner.objects.get().name, platform.name, platform.colour) == ("Liège", "Ma ville", "#00529b")
    assert platform.is_front
    assert (platform.slug, community.slug) == ("front", "liege")
    assert (community.names["fr"], community.phone) == ("Ville de Liège", "")


def test_the_same_form_sent_unchanged_changes_nothing(desk: Client) -> None:
    names, languages = {"fr": "Liège", "de": "Lüttich"}, ["de", "fr"]
    community = making.community("liege", names=names, commune_nis="62063", languages=languages,
                                 website="https://www.liege.be/", fictional=True)  # fmt: skip
    before = {field.name: getattr(community, field.name) for field in community._meta.concrete_fields}
    form = desk.get("/desk/communities/liege/").context["form"]
    asked = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    assert desk.post("/desk/communities/liege/", asked).status_code == 302
    community.refresh_from_db()
    assert {field.name: getattr(community, field.name) for field in community._meta.concrete_fields} == before


def test_a_logo_is_put_up_exchanged_and_taken_down(desk: Client, django_capture_on_commit_callbacks: object) -> None:
    platform = making.platform()
    desk.post("/desk/platforms/front/logo/", {"logo": picture()})
    platform.refresh_from_db()
    with platform.logo.open("rb") as file, Image.open(file) as logo:
        assert (logo.format, logo.size) == ("PNG", (512, 512))
    first, storage = str(platform.logo.name), platform.logo.storage
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        desk.post("/desk/platforms/front/logo/", {"logo": picture()})
    platform.refresh_from_db()
    assert platform.logo.name != first
    assert (storage.exists(first), storage.exists(str(platform.logo.name))) == (False, True)
    desk.post("/desk/platforms/front/logo/", {"remove": "1"})
    platform.refresh_from_db()
    assert not platform.logo


@pytest.mark.parametrize("side", [0, 100])
def test_a_logo_that_cannot_be_is_refused_with_a_sentence(desk: Client, side: int) -> None:
    platform = making.platform()
    file = picture(side) if side else io.BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    file.name = "logo.png"
    answer = desk.post("/desk/platforms/front/logo/", {"logo": file})
    assert answer.status_code == 422
    assert answer.context["logo_form"].errors
    platform.refresh_from_db()
    assert not platform.logo


def test_all_that_is_wrong_is_said_at_once(desk: Client) -> None:
    answers = platform_answers(name="", host="https://x", colour="#ffcc00", languages=[])
    errors = desk.post("/desk/platforms/new/", answers).context["form"].errors
    assert set(errors) == {"name", "host", "colour", "languages"}


def test_a_topic_is_added_changed_and_removed(desk: Client) -> None:
    desk.post("/desk/topics/new/", {"slug": "culture", "name_fr": "Culture", "position": "3"})
    desk.post("/desk/topics/culture/", {"name_fr": "Culture et loisirs", "position": "1"})
    topic = Topic.objects.get()
    assert (topic.names, topic.position) == ({"fr": "Culture et loisirs"}, 1)
    item = making.released()
    item.topics.add(topic)
    assert desk.post("/desk/topics/culture/", {"remove": "1"}).status_code == 422
    item.topics.clear()
    desk.post("/desk/topics/culture/", {"remove": "1"})
    assert not Topic.objects.exists()


def test_an_area_is_pasted_uploaded_chosen_and_removed(desk: Client) -> None:
    making.community()
    new = "/desk/communities/liege/areas/new/"
    feature = json.dumps({"type": "Feature", "properties": {}, "geometry": SQUARE})
    desk.post(new, {"slug": "pasted", "name_fr": "Centre", "drawn": feature})
    file = io.BytesIO(json.dumps({"type": "FeatureCollection", "features": [json.loads(feature)]}).encode())
    file.name = "area.geojson"
    desk.post(new, {"slug": "uploaded", "name_fr": "Centre", "file": file})
    desk.post(new, {"slug": "chosen", "name_fr": "Région", "communes_nis": "Liège (62063)\r\n4040\r\nLuik"})
    areas = {area.slug: area for area in Area.objects.all()}
    assert areas["pasted"].polygon == areas["uploaded"].polygon == SQUARE
    assert areas["chosen"].communes_nis == ["62063", "62051"]
    form = desk.get("/desk/communities/liege/areas/chosen/").context["form"]
    assert form["communes_nis"].value() == "Liège (62063)\nHerstal (62051)"
    desk.post("/desk/communities/liege/areas/pasted/", {"name_fr": "Cœur", "drawn": "", "communes_nis": "Liège"})
    areas["pasted"].refresh_from_db()
    assert (areas["pasted"].polygon, areas["pasted"].names) == (None, {"fr": "Cœur"})
    desk.post("/desk/communities/liege/areas/pasted/", {"remove": "1"})
    assert Area.objects.count() == 2


def test_members_are_changed_and_ended(desk: Client) -> None:
    community = making.community()
    path = "/desk/communities/liege/members/"
    anne = making.person("anne@example.org", role=Role.EDITOR, at=community)
    rooms.say_why(desk)
    member = Member.objects.get(person=anne)
    assert "anne@example.org" in desk.get(path).content.decode()
    desk.post(path, {"change": str(member.pk), "role": "author"})
    assert [member.role for member in members_of(community)] == [Role.AUTHOR]
    desk.post(path, {"change": str(member.pk), "role": "emperor"})
    assert [member.role for member in members_of(community)] == [Role.AUTHOR]
    desk.post(path, {"end": str(member.pk)})
    assert not members_of(community)
    assert desk.post(path, {"end": str(member.pk)}).status_code == 404


def test_a_member_of_another_place_is_not_changed_from_here(desk: Client) -> None:
    making.community()
    elsewhere = making.person(role=Role.EDITOR, at=making.community("namur"))
    member = Member.objects.get(person=elsewhere)
    assert desk.post("/desk/communities/liege/members/", {"end": str(member.pk)}).status_code == 404
    assert Member.objects.filter(pk=member.pk).exists()


def test_an_ended_operator_is_out_with_the_next_request(desk: Client) -> None:
    making.person(role=Role.ADMINISTRATOR)
    assert desk.get("/desk/").status_code == 200
    member = Member.objects.get(person__email="operator@example.org")
    change_role(member, Role.SUPPORT, by=SYSTEM)
    assert desk.get("/desk/").status_code == 200
    assert desk.get("/desk/evidence/").status_code == 403
    end(member, by=SYSTEM)
    assert desk.get("/desk/")["Location"].startswith("/account/sign-in/")


@pytest.mark.parametrize("language", ["fr", "nl", "de", "en"])
def test_every_screen_is_in_the_persons_language(desk: Client, language: str, settings: Settings) -> None:
    Person.objects.filter(email="operator@example.org").update(language=language)
    page = desk.get("/desk/").content.decode()
    titles = {"fr": "Tout ce que", "nl": "Alles wat", "de": "Alles, was", "en": "All that"}
    assert titles[language] in page
    assert f'<html lang="{language}"' in page
