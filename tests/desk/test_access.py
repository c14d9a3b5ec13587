import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import URLPattern
from pytest_django.fixtures import Settings

from perron.accounts.models import Person
from perron.communities.access import Role
from perron.communities.models import Area, Community, Member, Topic
from perron.desk.urls import urlpatterns
from perron.letters import outbox
from perron.letters.posting import post_due
from perron.outreach.contact.receiving import Written, receive
from perron.privacy.acting import SYSTEM
from perron.privacy.declaring import Activity
from perron.privacy.models import Restriction
from perron.privacy.restrictions import restrict
from perron.privacy.subjects import of_address
from tests import making
from tests.letters.writing_letters import letter
from tests.requests.asking import written

pytestmark = pytest.mark.django_db
# What a partner's administrators open beside their own studio.
_THEIRS = (
    "communities/liege/members/",
    *(f"partners/ville/{name}" for name in ("register/", "register.csv", "register.jsonld", "terms/")),
)


@pytest.fixture
def paths(settings: Settings, tmp_path: Path) -> list[str]:
    """Every address of the desk, with something real behind it: a 404 would prove nothing."""
    settings.PERRON_HOME = tmp_path
    community = making.community()
    making.platform(community)
    making.topic("culture")
    Area.objects.create(community=community, slug="centre", names={"fr": "Centre"}, communes_nis=["62063"])
    real = {"partner": "ville", "platform": "front", "community": "liege", "topic": "culture", "area": "centre"}
    real |= {"letter": str(letter("policy-changes").pk), "name": _in_the_outbox()}
    real |= {"reference": written(identified_by="known at the counter").reference, "deed": "answer"}
    asked = Written(first_name="Anne", name="Lambert", email="anne@example.org", heading="Question", text="Bonjour.")
    real["conversation"] = str(receive(asked, language="fr").pk)
    bert = of_address("bert@example.org")
    real["restriction"] = str(restrict(bert, Restriction.Ground.ACCURACY, by=SYSTEM).pk)
    return ["/desk/" + _filled(route, real) for route in urlpatterns]


def _in_the_outbox() -> str:
    letter("policy-changes", activity=Activity.RIGHTS, context={"day": "2026-12-01", "changes": "", "link": ""})
    post_due()
    return outbox.newest()[0].name


def _filled(route: URLPattern, real: dict[str, str]) -> str:
    path = str(route.pattern)
    for name, value in real.items():
        path = re.sub(rf"<\w+:{name}>", value, path)
    assert "<" not in path
    return path


def test_an_operators_administrator_opens_every_page(client: Client, paths: list[str]) -> None:
    client.force_login(making.person(role=Role.ADMINISTRATOR))
    for path in paths:
        expected = {"logo": 302, "again": 405, "verified": 405}.get(path.split("/")[-2], 200)
        assert client.get(path).status_code == expected, path


def test_whoever_is_not_signed_in_is_asked_to(client: Client, paths: list[str]) -> None:
    for path in paths:
        for answer in (client.get(path), client.post(path, {})):
            assert answer.status_code == 302
            assert answer["Location"].startswith("/account/sign-in/"), path


@pytest.mark.parametrize("role", ["author", "editor", "operator's editor", "partner's administrator", "nobody"])
def test_others_open_no_page_of_the_desk(client: Client, paths: list[str], role: str) -> None:
    client.force_login(_person(role))
    for path in paths:
        if role == "partner's administrator" and path.endswith(_THEIRS):
            continue
        for answer in (client.get(path), client.post(path, {"remove": "1"})):
            assert answer.status_code in {403, 404}, path
    assert (Topic.objects.count(), Area.objects.count()) == (1, 1)


def test_a_communitys_administrator_manages_its_members_and_nothing_else(client: Client, paths: list[str]) -> None:
    client.force_login(making.person(role=Role.ADMINISTRATOR, at=Community.objects.get()))
    namur = making.community("namur", partner=making.partner("other"))
    for path in paths:
        expected = {200} if path == "/desk/communities/liege/members/" else {403, 404}
        assert client.get(path).status_code in expected, path
    page = client.get("/desk/communities/liege/members/").content.decode()
    assert 'href="/desk/"' not in page
    assert 'href="/studio/liege/"' in page
    assert 'href="/desk/communities/liege/members/"' in client.get("/studio/liege/").content.decode()
    asked = {"admit": "1", "email": "new@example.org", "role": "administrator"}
    assert client.post("/desk/communities/namur/members/", asked).status_code == 404
    assert not Member.objects.filter(community=namur).exists()
    assert client.post("/desk/communities/liege/members/", asked).status_code == 200
    assert Member.objects.get(person__email="new@example.org").community == Community.objects.get(slug="liege")


def _person(role: str) -> Person:
    if role == "nobody":
        return making.person()
    if role == "operator's editor":
        return making.person(role=Role.EDITOR)
    if role == "partner's administrator":
        person = making.person()
        Member.objects.create(person=person, partner=making.partner(), role=Role.ADMINISTRATOR)
        return person
    return making.person(role=role, at=Community.objects.get(slug="liege"))
