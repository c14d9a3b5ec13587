"""Staff see other people's data on marked pages only, and each opening leaves a row; found from the table of URLs."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.communities.looking import NotTold, shows
from perron.communities.roles import Role
from perron.core.clock import now, travel
from perron.desk import urls as desk
from perron.desk.shows_nobody import SHOWS_NOBODY as DESK
from perron.privacy.looks import Look, What
from perron.privacy.subjects import Subject, of_person
from perron.privacy.viewing import looks_at
from perron.studio import urls as studio
from perron.studio.shows_nobody import SHOWS_NOBODY as STUDIO
from tests import making
from tests.desk import rooms
from tests.desk.rooms import Planted
from tests.requests.asking import signed_in

DOORS = {"desk": (desk.urlpatterns, DESK), "studio": (studio.urlpatterns, STUDIO)}
MARKED = [
    (door, route) for door, (routes, _nobody) in DOORS.items() for route in routes if hasattr(route.callback, "shows")
]


@pytest.fixture
def town(settings: Settings, tmp_path: Path) -> Planted:
    settings.PERRON_HOME = tmp_path
    return rooms.planted()


@pytest.mark.once
@pytest.mark.parametrize("door", DOORS)
def test_every_page_says_what_it_shows_of_people_or_that_it_shows_nobody(door: str) -> None:
    routes, nobody = DOORS[door]
    shown = {str(route.name) for route in routes if hasattr(route.callback, "shows")}
    assert shown & set(nobody) == set(), "these say both"
    assert {str(route.name) for route in routes} - shown - set(nobody) == set(), "mark these"
    assert set(nobody) - {str(route.name) for route in routes} == set(), "these are gone"


def _whose(what: What, town: Planted, member: Subject) -> Subject:
    people = town.people
    match what:
        case What.MEMBERS | What.PARTNER:
            return member
        case What.LETTER | What.DELIVERY | What.RESTRICTION:
            return people[what]
        case What.CONVERSATION | What.REVIEW:
            return people["conversation"]
        case What.AGREEMENT | What.CONTACT | What.APPLICATION:
            made = {What.AGREEMENT: rooms.signed, What.CONTACT: rooms.contact}
            return made[what]() if what in made else rooms.applied(town)
    return people["request"]


@pytest.mark.django_db
@pytest.mark.parametrize(("door", "route"), MARKED, ids=[str(route.name) for _door, route in MARKED])
def test_opening_a_page_with_somebodys_data_leaves_a_row(door: str, route: URLPattern, town: Planted) -> None:
    staff = making.person(role=Role.ADMINISTRATOR)
    colleague = _member(route)
    what: What = getattr(route.callback, "shows")  # noqa: B009 the type of a view has none
    whose = _whose(what, town, of_person(colleague.pk))
    path = f"/{door}/{rooms.filled(route, town.real)}"
    client = signed_in(staff)
    rooms.say_why(client)
    _make_something_to_see(client, what, whose)
    before = Look.objects.filter(viewer_id=staff.pk, what=what).count()
    answer = client.post(f"{path}?of={whose.id}") if "verified" in path else client.get(f"{path}?of={whose.id}")
    assert answer.status_code == 200
    assert Look.objects.filter(subject_id=whose.id, what=what, viewer_id=staff.pk).exists()
    rows = Look.objects.filter(viewer_id=staff.pk, what=what).count()
    client.post(f"{path}?of={whose.id}") if "verified" in path else client.get(f"{path}?of={whose.id}")
    assert rows == Look.objects.filter(viewer_id=staff.pk, what=what).count() > before


def _member(route: URLPattern) -> Person:
    """Somebody whom a page of members, or an archive, shows: of the operator, the partner or the community."""
    match str(route.name).split("-")[0]:
        case "partner" | "archive":
            return making.person(role=Role.ADMINISTRATOR, at=making.partner())
        case "community":
            return making.person(role=Role.EDITOR, at=making.community())
    return making.person(role=Role.SUPPORT)


def _make_something_to_see(client: Client, what: What, whose: Subject) -> None:
    if what == What.REVIEW:
        client.get("/desk/contact/")
        assert Look.objects.filter(subject_id=whose.id).exists()
    if what == What.PROOF:
        reference = client.get("/desk/requests/").content.decode().split("/desk/requests/")[-2][:8]
        client.post(f"/desk/requests/{reference}/close_as_moot/", {"words": "Entered twice."})


@pytest.mark.django_db
def test_the_operators_staff_say_why_before_they_see_a_partners_data(town: Planted) -> None:
    applicant = rooms.applied(town)
    path = f"/studio/liege/applications/{town.real['application']}/"
    staff = signed_in(making.person(role=Role.ADMINISTRATOR))
    question = staff.get(path)
    assert question.status_code == 302
    assert question["Location"] == f"/desk/partners/ville/reason/?next={quote(path, safe='')}"
    assert looks_at(applicant) == []
    assert "Why do you open this?" in staff.get(question["Location"]).content.decode()
    assert staff.post(question["Location"], {"why": "curious"}).status_code == 422
    assert staff.post(question["Location"], {"why": "support case 4711"})["Location"] == path
    assert "Chris" in staff.get(path).content.decode()
    [look] = looks_at(applicant)
    assert (look.why, look.organisation) == ("support case 4711", "Letsgocity S.A.")
    with travel(now() + timedelta(hours=1, minutes=1)):
        assert staff.get(path).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/desk/partners/ville/members/", "/desk/communities/liege/members/"])
def test_support_sees_who_works_for_a_partner_for_a_reason_and_changes_nothing(town: Planted, page: str) -> None:
    role, at = (Role.EDITOR, making.community()) if "communities" in page else (Role.DPO, making.partner())
    member = making.person("works@example.org", role=role, at=at)
    support = signed_in(making.person(role=Role.SUPPORT))
    question = support.get(page)
    assert question["Location"] == f"/desk/partners/ville/reason/?next={quote(page, safe='')}"
    support.post(question["Location"], {"why": "cannot sign in, case 4711"})
    shown = support.get(page).content.decode()
    assert ("works@example.org" in shown, "<select" in shown, 'name="end"' in shown) == (True, False, False)
    assert [look.why for look in looks_at(of_person(member.pk))] == ["cannot sign in, case 4711"]
    key = member.memberships.get().pk
    for deed in ({"end": key}, {"reset": key}, {"invite": "1", "email": "x@example.org", "role": "administrator"}):
        assert support.post(page, deed).status_code == 403
    assert support.get(f"{page}review/").status_code in {403, 404}


@pytest.mark.django_db
def test_a_partners_own_people_are_not_asked_why(town: Planted) -> None:
    applicant = rooms.applied(town)
    own = signed_in(making.person(role=Role.ADMINISTRATOR, at=making.community()))
    assert own.get("/studio/liege/applications/").status_code == 200
    assert [look.organisation for look in looks_at(applicant)] == ["Ville"]


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("onward", ["//evil.example", "https:evil.example", r"\\evil.example", "javascript:alert(1)"])
def test_the_question_leads_to_no_other_site(onward: str) -> None:
    making.partner()
    staff = signed_in(making.person(role=Role.ADMINISTRATOR))
    page = f"/desk/partners/ville/reason/?next={onward}"
    assert staff.post(page, {"why": "support case 4711"})["Location"] == "/desk/partners/ville/"


@pytest.mark.once
def test_a_page_that_does_not_say_whose_data_it_shows_is_not_sent() -> None:
    page = shows(What.ACCOUNT)(lambda _request: HttpResponse("Anne Lambert"))
    with pytest.raises(NotTold, match="call looked"):
        page(RequestFactory().get("/desk/"))


@pytest.mark.django_db
def test_the_officer_reviews_the_log_and_takes_it_along(town: Planted) -> None:
    clerk = making.person("clerk@example.org", role=Role.ADMINISTRATOR)
    signed_in(clerk).get(f"/desk/contact/{town.real['conversation']}/")
    officer = signed_in(making.person(role=Role.ADMINISTRATOR))
    found = officer.post("/desk/looks/", {"about": "clerk@example.org", "since": now().date().isoformat()})
    assert f"of={clerk.pk}" in found["Location"]
    assert "example.org" not in found["Location"]
    page = officer.get(found["Location"]).content.decode()
    assert "what you wrote to us" in page
    assert "a review" not in page.split("<ul class")[1]
    file = officer.get(found["Location"].replace("/looks/", "/looks.csv")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(file)))
    assert rows[1][4] == str(town.people["conversation"].id)
    assert officer.post("/desk/looks/", {"about": "nobody@example.org"}).status_code == 422
    assert "Nobody looked" in officer.get(f"/desk/looks/?of={clerk.pk}&what=letter").content.decode()
    # The review was noted as well, and asking for it shows it.
    assert str(town.people["conversation"].id) in officer.get("/desk/looks/?what=review").content.decode()
