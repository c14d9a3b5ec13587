"""Every route asks for a permission that there is, every permission is asked for, and the page says what holds."""

import re
from pathlib import Path

import pytest
from tools.access import PAGE, renewed, routes

from perron.communities.permissions import MANAGES, PERMISSIONS, Permission
from perron.communities.roles import ROLES, Level

pytestmark = pytest.mark.once
SOURCES = Path(__file__).resolve().parents[2] / "src" / "perron"
# Beside permissions: public pages, what is everybody's own, and who is known by a mailed link.
OTHERS = {"anyone", "signed in", "identified"}


def test_every_route_asks_for_a_permission_or_says_why_not() -> None:
    said = {address: getattr(route.callback, "who_may", None) for address, route in routes()}
    assert len(said) > 100
    assert [address for address, who in said.items() if who not in OTHERS and not isinstance(who, Permission)] == []
    staff = {address: who for address, who in said.items() if address.startswith(("desk/", "studio/<slug:community>/"))}
    assert [address for address, who in staff.items() if not isinstance(who, Permission)] == []


def test_the_view_of_a_permission_on_something_is_told_what() -> None:
    for address, route in routes():
        who = getattr(route.callback, "who_may", None)
        if isinstance(who, Permission) and who.at != Level.OPERATOR:
            assert f":{who.at}>" in address, address


def test_each_permission_is_asked_for_and_held_by_roles_of_their_level() -> None:
    code = "".join(path.read_text() for path in SOURCES.rglob("*.py") if path.name != "permissions.py")
    for name, permission in PERMISSIONS.items():
        assert permission in MANAGES.values() or re.search(rf"\b{name.upper()}\b", code), name
        for level in Level:
            assert set(permission.held_by(level)) <= set(ROLES[level]), name
            # Nobody below what it is exercised on.
            assert not permission.held_by(level) or list(Level).index(level) <= list(Level).index(permission.at), name


def test_menus_ask_for_permissions_that_there_are() -> None:
    """A misspelt name would only hide a button."""
    asked = {name for path in SOURCES.rglob("*.html") for name in re.findall(r"\bpowers\.(\w+)", path.read_text())}
    assert len(asked) > 10
    assert asked <= set(PERMISSIONS)


def test_the_page_on_access_is_up_to_date() -> None:
    page = PAGE.read_text()
    assert renewed(page) == page, "run python -m tools.access"
