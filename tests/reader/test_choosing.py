"""The first run and the agenda, without JavaScript."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from perron.communities.hosting import split_prefix
from perron.core import clock
from perron.core.clock import BRUSSELS
from perron.reader.opening import opening
from tests import making

# Written down, so that all processes of a test run collect the same tests.
NOBODY = UUID("01890000-0000-7000-8000-000000000000")

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def town() -> None:
    making.platform(
        making.community("liege", names={"fr": "Ville de Liège", "nl": "Stad Luik"}, commune_nis="62063"),
        making.community("biblio", names={"fr": "Bibliothèque"}, kind="public_service", commune_nis="62063"),
        making.community("eupen", names={"de": "Stadt Eupen"}, commune_nis="63023", postal_code="4700"),
    )


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("4000", {"liege", "biblio"}),
        ("Luik", {"liege", "biblio"}),
        ("liege", {"liege", "biblio"}),
        ("4700", {"eupen"}),
        ("biblioth", {"biblio"}),
        ("nowhere at all", {"liege", "biblio", "eupen"}),
    ],
)
def test_places_are_found_by_commune_postal_code_or_own_name(client: Client, search: str, found: set[str]) -> None:
    page = client.get("/fr/choose/", {"q": search}).content.decode()
    assert {slug for slug in ("liege", "biblio", "eupen") if f'value="{slug}"' in page} == found


def test_what_is_ticked_stays_ticked_while_searching(client: Client) -> None:
    page = client.get("/fr/choose/?q=4000&c=eupen").content.decode()
    assert page.count(" checked") == 1
    assert page.index('value="eupen"') < page.index(" checked")


def test_unknown_names_in_a_choice_are_left_out(client: Client) -> None:
    making.released(title="Au marché", at=making.community("liege"))
    page = client.get("/fr/", {"c": ["liege", "<b>", "x" * 500]}).content.decode()
    assert "Au marché" in page
    assert 'href="/fr/agenda/?c=liege"' in page


def test_the_agenda_shows_a_day_a_week_and_a_month(client: Client) -> None:
    with clock.travel(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        for title, day in (("Mardi", "2026-03-10"), ("Samedi", "2026-03-14"), ("Fin mars", "2026-03-31")):
            details = {"starts": f"{day}T19:00", "ends": f"{day}T20:00"}
            making.released("event", title=title, details=details)
        shown = {
            view: {title for title in ("Mardi", "Samedi", "Fin mars") if title in client.get(
                f"/fr/liege/agenda/?view={view}").content.decode().split("data-agenda", 1)[1]}
            for view in ("day", "week", "month")
        }  # fmt: skip
        later = client.get("/fr/agenda/?view=day&date=2026-03-31").content.decode()
    assert shown == {"day": {"Mardi"}, "week": {"Mardi", "Samedi"}, "month": {"Mardi", "Samedi", "Fin mars"}}
    assert "Fin mars" in later
    assert 'datetime="2026-03-31T19:00+02:00"' in later


def test_an_event_of_several_days_is_shown_on_the_days_that_it_lasts(client: Client) -> None:
    with clock.travel(datetime(2026, 3, 10, 9, tzinfo=UTC)):
        details = {"starts": "2026-03-06", "ends": "2026-03-20", "all_day": True}
        making.released("event", title="Foire d’octobre", details=details)
        page = client.get("/fr/agenda/?view=week").content.decode()
    assert "Foire d’octobre" in page
    assert "continue" in page


def test_the_agenda_keeps_the_choice_in_its_links_and_reaches_no_further_than_it_knows(client: Client) -> None:
    page = client.get("/fr/agenda/?view=day&c=liege&t=sport").content.decode()
    assert "?view=week&amp;c=liege&amp;t=sport" in page
    far = clock.today() + timedelta(days=401)
    assert client.get(f"/fr/agenda/?date={far}").status_code == 404
    assert client.get("/fr/agenda/?date=9999-12-31&view=month").status_code == 404


@pytest.mark.parametrize(
    ("moment", "is_open", "changes"),
    [
        ("2026-03-10T10:00", True, "2026-03-10T12:00"),
        ("2026-03-10T12:00", False, "2026-03-10T13:30"),
        ("2026-03-10T20:00", False, "2026-03-17T09:00"),
        ("2026-03-17T10:00", True, "2026-03-17T12:00"),
    ],
)
def test_a_community_is_open_by_the_clock_of_brussels(moment: str, is_open: bool, changes: str) -> None:
    hours = {"week": {"tu": [["09:00", "12:00"], ["13:30", "17:00"]]}, "exceptions": {"2026-03-11": []}}
    with clock.travel(datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)):
        now = opening(hours)
    assert now is not None
    assert now.changes_at is not None
    assert (now.is_open, f"{now.changes_at:%Y-%m-%dT%H:%M}") == (is_open, changes)
    assert len(now.days) == 7


def test_opening_hours_are_shown_only_where_there_are_some(client: Client) -> None:
    assert "data-opening" not in client.get("/fr/liege/").content.decode()
    making.community("shop", kind="shop", opening_hours={"week": {"mo": [["00:00", "24:00"]]}})
    assert "data-opening" in client.get("/fr/shop/").content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [("/fr/?c=liege&t=%00", 200), ("/fr/agenda/?c=liege&t=%00", 200), (f"/media/attachments/{NOBODY}/%00.pdf", 404)],
)
def test_a_null_in_an_address_reaches_no_query(client: Client, address: str, status: int) -> None:
    """PostgreSQL refuses it with an error, where SQLite looks for it."""
    asked: list[object] = []

    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        asked.extend(values or ())
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        assert client.get(address).status_code == status
    assert asked
    assert not [value for value in asked if "\x00" in str(value)]


def test_only_what_can_be_a_platforms_address_is_taken_for_one() -> None:
    assert split_prefix("/p/metropole/fr/") == ("/p/metropole", "/fr/")
    assert split_prefix("/p/\x00/fr/") == ("", "/p/\x00/fr/")
