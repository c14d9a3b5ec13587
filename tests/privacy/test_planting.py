"""The tool itself: a test that looks for what was never there would pass for the wrong reason."""

import pytest

from perron.privacy.declaring import Personal
from tests import planting


@pytest.mark.django_db
@pytest.mark.parametrize("table", planting.personal_tables(), ids=lambda table: table.model._meta.label)
def test_what_is_planted_in_a_declared_table_is_found_by_its_subject(table: Personal) -> None:
    kind = "address" if table.subject_kind == "address" else "person"
    anne, bert = planting.somebody(kind), planting.somebody(kind)
    for subject in (anne, bert):
        if kind == "person":
            for account in planting.personal_tables():
                if account.subject == "id" and account.subject_kind == "person":
                    planting.plant(account, subject, email=f"{subject.id}@example.org")
    planted = planting.plant(table, anne, 3)
    planting.plant(table, bert, 3)
    found = table.model._base_manager.filter(**{table.subject: anne.id})
    assert {row.pk for row in planted} == set(found.values_list("pk", flat=True))
