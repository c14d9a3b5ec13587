"""Every table of tenants: nobody finds its rows without saying for whom, nor anything but their own.

The tables are those that are declared. What managers find holds on both databases; what SQL does, PostgreSQL shows.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model
from django.test import Client
from pytest_django.fixtures import Settings

from perron.communities.models import Partner
from perron.privacy import gate
from perron.privacy.tenancy import logins
from perron.privacy.tenancy.paths import tenants_of
from perron.privacy.tenancy.scope import NOBODY, acting, acting_as_program, acting_for
from tests import making
from tests.planting import plant_of
from tests.studio.conftest import signed_in

PATHS = [(table.model, path) for table in gate.tables() if (said := tenants_of(table)) for path in said.paths]
MODELS = list(dict.fromkeys(model for model, _path in PATHS))
on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no row-level security")

type Planted = dict[tuple[type[Model], Partner], list[Any]]


@pytest.fixture
def partners(db: None) -> tuple[Partner, Partner]:
    # What a row needs and is not planted with is this one's.
    making.platform(making.community("nobody"), slug="nobody")
    return making.partner("anne"), making.partner("bert")


@pytest.fixture
def planted(partners: tuple[Partner, Partner]) -> Planted:
    found: Planted = {(model, partner): [] for model in MODELS for partner in partners}
    for model, path in PATHS:
        for partner in partners:
            found[model, partner].append(plant_of(model, path, partner))
    return found


def test_managers_find_the_rows_of_those_for_whom_one_acts(planted: Planted, partners: tuple[Partner, Partner]) -> None:
    assert len(MODELS) > 20
    anne, bert = partners
    for model in MODELS:
        rows = model._default_manager
        with acting(NOBODY):
            assert not rows.exists(), f"{model.__name__} shows rows to nobody"
        with acting_for(anne.pk):
            _assert_finds(model, planted, anne, bert)
        with acting_for(anne.pk, bert.pk):
            assert {row.pk for row in (*planted[model, anne], *planted[model, bert])} <= _keys(model)
        with acting_as_program():
            assert rows.count() == model._base_manager.count()


@on_postgresql
def test_sql_without_a_context_finds_nothing_and_with_one_only_its_own(
    planted: Planted, partners: tuple[Partner, Partner]
) -> None:
    anne, bert = partners
    for model in MODELS:
        name, key = model._meta.db_table, model._meta.pk.column
        ours = {row.pk for row in planted[model, anne]}
        with acting(NOBODY), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {name}")
            assert cursor.fetchall() == [], f"{name} shows rows to nobody"
            cursor.execute(f"UPDATE {name} SET {key} = {key}")
            assert cursor.rowcount == 0
        with acting_for(anne.pk), connection.cursor() as cursor:
            cursor.execute(f"SELECT {key} FROM {name}")
            found = {found for (found,) in cursor.fetchall()}
            assert ours <= found
            assert not found & {row.pk for row in planted[model, bert]}, f"{name} shows another's rows"
            for statement in (f"UPDATE {name} SET {key} = {key}", f"DELETE FROM {name}"):
                with _undone():
                    cursor.execute(statement)
                    assert cursor.rowcount == len(found), f"{statement} reached another's rows"


@on_postgresql
def test_nobody_adds_a_row_to_what_is_anothers(planted: Planted, partners: tuple[Partner, Partner]) -> None:
    anne, bert = partners
    for model in MODELS:
        for scope in (acting(NOBODY), acting_for(anne.pk)):
            # The policy is asked before the key is found to be taken.
            with scope, _undone(), pytest.raises(ProgrammingError, match="row-level security"):
                model._base_manager.bulk_create([planted[model, bert][0]])


@on_postgresql
def test_a_row_cannot_be_given_away(partners: tuple[Partner, Partner]) -> None:
    anne, bert = partners
    item = making.draft(at=making.community("a", partner=anne))
    with acting_for(anne.pk), _undone(), pytest.raises(ProgrammingError, match="row-level security"):
        type(item).objects.filter(pk=item.pk).update(community=making.community("b", partner=bert))


@on_postgresql
@pytest.mark.django_db
def test_the_session_cannot_go_round_the_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


@on_postgresql
@pytest.mark.django_db
def test_a_login_that_no_policy_stops_is_refused_where_others_reach_the_installation(settings: Settings) -> None:
    assert logins.fault() == ""
    settings.PERRON_ORIGIN = "https://app.example.org"
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = session_user")
        (goes_round,) = cursor.fetchone()
    assert ("which no row-level security stops" in logins.fault()) == goes_round


@on_postgresql
def test_what_a_transaction_takes_back_is_said_again(partners: tuple[Partner, Partner]) -> None:
    anne, bert = partners
    drafts = {partner: making.draft(at=making.community(partner.slug, partner=partner)) for partner in partners}

    def seen() -> set[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT id FROM publishing_item")
            return {found for (found,) in cursor.fetchall()}

    with acting_for(bert.pk):
        assert seen() == {drafts[bert].pk}
        with _undone(), acting_for(anne.pk):
            assert seen() == {drafts[anne].pk}
        assert seen() == {drafts[bert].pk}
        with pytest.raises(ProgrammingError), transaction.atomic(), acting_for(anne.pk), connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")
        assert seen() == {drafts[bert].pk}


def test_a_connection_that_is_kept_carries_no_context_into_the_next_request(partners: tuple[Partner, Partner]) -> None:
    anne, _bert = partners
    draft = making.draft(at=making.community("a", partner=anne))
    author = signed_in(making.person(role="author", at=draft.community))
    for _time in range(2):
        assert draft.working_title in author.get("/studio/a/items/").content.decode()
        with acting(NOBODY):
            assert not type(draft).objects.exists()
        assert Client().get(f"/studio/a/items/{draft.pk}/").status_code == 302


class _TakenBack(Exception):
    pass


@contextmanager
def _undone() -> Iterator[None]:
    """Take back what the block did."""
    with suppress(_TakenBack), transaction.atomic():
        yield
        raise _TakenBack


def _keys(model: type[Model]) -> set[Any]:
    return set(model._default_manager.values_list("pk", flat=True))


def _assert_finds(model: type[Model], planted: Planted, own: Partner, other: Partner) -> None:
    found = _keys(model)
    assert {row.pk for row in planted[model, own]} <= found, f"{model.__name__} hides one's own rows"
    assert not found & {row.pk for row in planted[model, other]}, f"{model.__name__} shows another's rows"
