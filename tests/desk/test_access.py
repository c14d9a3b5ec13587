import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from perron.communities.access import Scope
from perron.communities.models import Area, Community, Invitation, Partner, Topic
from perron.communities.permissions import granted
from perron.communities.roles import ROLES, Level, Role
from perron.desk.urls import urlpatterns
from perron.privacy.models import Request, Restriction
from tests import making
from tests.desk import rooms

pytestmark = pytest.mark.django_db


@pytest.fixture
def paths(settings: Settings, tmp_path: Path) -> list[str]:
    settings.PERRON_HOME = tmp_path
    return list(rooms.addresses(rooms.planted()).values())


@pytest.mark.parametrize(("level", "role"), [(level, role) for level in Level for role in ROLES[level]])
def test_each_role_opens_what_it_may_and_nothing_else(
    client: Client, paths: list[str], level: Level, role: Role
) -> None:
    community = Community.objects.get()
    scopes: dict[Level, Scope] = {Level.COMMUNITY: community, Level.PARTNER: community.partner, Level.OPERATOR: None}
    client.force_login(making.person(role=role, at=scopes[level]))
    if level == Level.OPERATOR:
        rooms.say_why(client)
    opened, followed = 0, set[str]()
    for path, route in zip(paths, urlpatterns, strict=True):
        if getattr(route.callback, "who_may", None) in granted(level, role):
            led_on = dict.fromkeys(("logo", "sign", "withdraw"), 302)
            expected = (led_on | dict.fromkeys(("again", "verified", "lift"), 405)).get(path.split("/")[-2], 200)
            page = client.get(path)
            assert page.status_code == expected, path
            opened += 1
            if page.status_code == 200:
                _look_at_links(client, page, followed)
        else:
            for answer in (client.get(path), client.post(path, {"remove": "1"})):
                assert answer.status_code in {403, 404}, path
    assert (Topic.objects.count(), Area.objects.count()) == (1, 1)
    assert opened == {Role.ADMINISTRATOR: {Level.OPERATOR: len(paths), Level.PARTNER: 23, Level.COMMUNITY: 2}[level],
                      Role.SUPPORT: 13, Role.ACCOUNTANT: 6,
                      Role.DPO: {Level.OPERATOR: 27, Level.PARTNER: 11}.get(level),
                      }.get(role, 0)  # fmt: skip


def _look_at_links(client: Client, page: Any, followed: set[str]) -> None:
    """No page of the desk offers what its reader may not open; what others offered before is opened once."""
    if not page["Content-Type"].startswith("text/html"):
        return
    for link in set(re.findall(r'href="(/(?:desk|studio)/[^"#]*)"', page.content.decode())) - followed:
        followed.add(link)
        assert client.get(link.replace("&amp;", "&")).status_code < 400, link


@pytest.mark.parametrize("role", [Role.DPO, Role.SUPPORT, Role.ACCOUNTANT])
def test_who_only_reads_changes_nothing(client: Client, paths: list[str], role: Role) -> None:
    client.force_login(making.person(role=role))
    asked = {"name": "Other", "take_up": "1", "tell": "1", "to": "bert@example.org", "language": "fr", "reason": "x"}
    before = Request.objects.values().get(), Restriction.objects.values().get(), Partner.objects.values().get()
    for path in paths:
        if path.startswith(("/desk/partners/", "/desk/requests/", "/desk/restrictions/")):
            assert client.post(path, asked).status_code in {200, 403, 404, 405, 422}, path
    assert (
        Request.objects.values().get(),
        Restriction.objects.values().get(),
        Partner.objects.values().get(),
    ) == before


def test_whoever_is_not_signed_in_is_asked_to(client: Client, paths: list[str]) -> None:
    for path in paths:
        for answer in (client.get(path), client.post(path, {})):
            assert answer.status_code == 302
            assert answer["Location"].startswith("/account/sign-in/"), path


def test_who_has_no_role_opens_no_page(client: Client, paths: list[str]) -> None:
    client.force_login(making.person())
    for path in paths:
        assert client.get(path).status_code in {403, 404}, path


def test_members_are_managed_from_the_studio(client: Client) -> None:
    community = making.community()
    making.community("namur", partner=making.partner("other"))
    client.force_login(making.person(role=Role.ADMINISTRATOR, at=community))
    page = client.get("/desk/communities/liege/members/").content.decode()
    assert 'href="/desk/"' not in page
    assert 'href="/studio/liege/"' in page
    assert 'href="/desk/communities/liege/members/"' in client.get("/studio/liege/").content.decode()
    asked = {"invite": "1", "email": "new@example.org", "role": "administrator"}
    assert client.post("/desk/communities/namur/members/", asked).status_code == 404
    assert client.post("/desk/communities/liege/members/", asked).status_code == 302
    assert Invitation.objects.get().community == community
    client.force_login(making.person(role=Role.ADMINISTRATOR, at=community.partner))
    assert 'href="/desk/partners/ville/members/"' in client.get("/studio/").content.decode()
    assert client.post("/desk/partners/ville/members/", asked | {"role": "dpo"}).status_code == 302
    assert Invitation.objects.filter(partner=community.partner, role=Role.DPO).exists()
