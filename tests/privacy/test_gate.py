import dataclasses

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.test.utils import isolate_apps

from perron.accounts.models import Person
from perron.privacy import gate
from perron.privacy.gate import collecting, restricted
from perron.privacy.hiding import Unrestricted


def test_everything_that_holds_data_is_declared() -> None:
    assert gate.find_gaps() == []


def test_an_undeclared_column_closes_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    options = Person._meta
    extra = models.CharField(name="nickname")
    monkeypatch.setitem(options.__dict__, "local_concrete_fields", (*options.local_concrete_fields, extra))
    with pytest.raises(ImproperlyConfigured, match="nickname is undeclared"):
        gate.keep()


def test_an_undeclared_table_closes_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    with isolate_apps("perron.publishing"):

        class Diary(models.Model):  # noqa: DJ008
            class Meta:
                app_label = "publishing"

    monkeypatch.setattr(apps, "get_models", lambda **_: [Diary])
    assert "table publishing.Diary is undeclared" in gate.find_gaps()[0]


def test_an_undeclared_log_closes_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.LOGGING["handlers"], "somewhere", {})
    assert any("log:somewhere is undeclared" in gap for gap in gate.find_gaps())


def test_a_table_that_a_restriction_would_not_reach_closes_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = [
        dataclasses.replace(table, used_in_restriction="") if table.model is Person else table
        for table in collecting.personal_tables()
    ]
    monkeypatch.setattr(restricted, "personal_tables", lambda: silent)
    assert any("table accounts.Person shows the rows of restricted people" in gap for gap in gate.find_gaps())
    hidden = Unrestricted[Person]()
    monkeypatch.setitem(Person._meta.__dict__, "default_manager", hidden)
    assert any(
        'table accounts.Person hides rows by subject_id; give its manager the declared "id"' in gap
        for gap in gate.find_gaps()
    )
    monkeypatch.setattr(restricted, "personal_tables", collecting.personal_tables)
    assert any("table accounts.Person hides the rows of restricted people" in gap for gap in gate.find_gaps())
    monkeypatch.setitem(Person._meta.__dict__, "base_manager", hidden)
    assert any("table accounts.Person would lose restricted rows" in gap for gap in gate.find_gaps())
