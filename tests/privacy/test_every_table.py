"""Every declared table: a row is planted, has its time, expires, is erased; then all that is stored is searched for it.

The tables are those that are declared: a new one is tried from the day that it is declared. A declaration that lies
fails here (`test_lies.py`).
"""

from datetime import UTC, datetime
from typing import Any

import pytest

from perron.privacy import retaining
from perron.privacy.declaring import Delete, Personal, Since, Until
from tests import planting
from tests.privacy import lives

TABLES = planting.personal_tables()


def _name(table: Personal) -> str:
    return table.model._meta.label


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES, ids=_name)
def test_what_is_erased_is_nowhere_but_where_the_receipt_says(table: Personal) -> None:
    lives.plant_and_erase(table)


@pytest.mark.django_db
@pytest.mark.parametrize("table", [t for t in TABLES if lives.leaves_by_time(t)], ids=_name)
def test_a_row_lasts_its_time_and_not_longer(table: Personal) -> None:
    lives.plant_and_expire(table)


@pytest.mark.django_db
@pytest.mark.parametrize("table", [t for t in TABLES if isinstance(t.clock, Until)], ids=_name)
def test_what_goes_at_an_event_is_not_overdue(table: Personal) -> None:
    planted = planting.plant(table, lives.somebody(table))
    report = retaining.expire(as_of=datetime(2100, 1, 1, tzinfo=UTC))
    assert report.overdue == {}
    rows = table.model._base_manager.filter(pk__in=[row.pk for row in planted])
    assert rows.exists() != (table.expiry == Delete(when_unused=True))


# allauth mails links that it signs instead; the table stays empty.
WITHOUT_INDEX = {"account.EmailConfirmation"}


@pytest.mark.parametrize("table", [t for t in TABLES if isinstance(t.clock, Since)], ids=_name)
def test_what_is_due_is_found_by_an_index(table: Personal) -> None:
    assert isinstance(table.clock, Since)
    options = table.model._meta
    column: Any = options.get_field(table.clock.column)
    first = {index.fields[0].lstrip("-") for index in options.indexes if index.fields}
    has_index = column.db_index or column.unique or column.name in first
    assert has_index != (_name(table) in WITHOUT_INDEX)
