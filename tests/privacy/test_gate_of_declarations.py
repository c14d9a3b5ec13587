"""What is wrong in a declaration closes the gate with a sentence that says what to do."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.db import models
from django.test.utils import isolate_apps

from perron.accounts.models import Person
from perron.communities import membership
from perron.communities.models import Member
from perron.privacy import gate, keys
from perron.privacy.declaring import (
    Activity,
    Category,
    Declarations,
    Keep,
    NotPersonal,
    Personal,
    Since,
    Store,
    Tenants,
    Until,
    With,
)
from perron.privacy.gate import activities, clocks, collecting, columns, places, tenants
from perron.privacy.models import AuditEntry


def _declared(model: type[models.Model]) -> Personal:
    return next(table for table in gate.tables() if table.model is model and isinstance(table, Personal))


def _gaps_with(monkeypatch: pytest.MonkeyPatch, table: Personal) -> list[str]:
    """Return the gaps when `table` stands for the declaration of the same model."""
    known = [table if known.model is table.model else known for known in gate.tables()]
    for module in (columns, places, activities, clocks, tenants):
        _replace(monkeypatch, module, known)
    return gate.find_gaps()


def _replace(monkeypatch: pytest.MonkeyPatch, module: ModuleType, known: Iterable[Any]) -> None:
    for name in ("tables", "personal_tables"):
        if hasattr(module, name):
            only = [table for table in known if name == "tables" or isinstance(table, Personal)]
            monkeypatch.setattr(module, name, lambda only=only: only)


_RULE = f"{keys.__name__}.{keys.address_key.__name__}"
_CITES_NOTHING = Keep(reason="tax", citation="GDPR art. 17(3)(f)")
_MEMBER = Since(column="since", trigger="deed")


@pytest.mark.parametrize(
    ("model", "change", "finding"),
    [
        (Person, {"columns": {}}, "column accounts.Person.email is undeclared: say in personal_data.py"),
        (Person, {"provided": "shoe_size"}, "shoe_size is listed as provided by the person but is no personal column"),
        (Person, {"subject": "shoe_size"}, "its subject shoe_size leads nowhere; correct"),
        (Person, {"subject": "name"}, "column accounts.Person.name leads to a person but has no index; give it"),
        (Person, {"clock": With(column="name")}, "leaves with name, which is no foreign key; correct `clock`"),
        (Person, {"clock": Since(column="x", trigger="account_closed")}, "its clock reads x, which is no column"),
        (Person, {"clock": Since(column="joined_at", trigger="tea")}, "the policy says nothing of tea; add it to"),
        (Person, {"clock": Since(column="last_login", trigger="account_closed")}, "may stay empty and nobody sets it"),
        (Person, {"erasure": _CITES_NOTHING}, "has no such article"),
        (AuditEntry, {"activity": Activity.STATISTICS}, "but the policy says that activity H touches nobody"),
        (Member, {"clock": With(column="person")}, "retention staff.role_ended has no clock; give a table"),
        (Member, {"clock": Until(trigger="role_ended", ended_by=())}, "goes at an event, but no rule removes it; name"),
        (Member, {"clock": Until(trigger="role_ended", ended_by=("perron.communities.x",))}, "there is no rule"),
        (Member, {"clock": Until(trigger="role_ended", ended_by=(_RULE,))}, "does nothing with delete; name the rule"),
        (Member, {"clock": replace(_MEMBER, set_by=(_RULE,))}, "does nothing with since; name the rule that does"),
        (Person, {"tenant": None}, "accounts.Person does not say whose its rows are: add the path to the partner"),
        (Member, {"tenant": "team__partner"}, "its tenant team__partner breaks off at team; correct"),
        (Member, {"tenant": "community"}, "its tenant community leads to no tenant; correct"),
        (Member, {"tenant": Tenants("partner", public={"person": ("x",)})}, "person needs the values that are public"),
        (Member, {"columns": {"person": Category.ADDRESS}}, "holds address, which the policy does not list for it"),
    ],
)  # fmt: skip
def test_each_finding_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, model: type[models.Model], change: dict[str, Any], finding: str
) -> None:
    gaps = _gaps_with(monkeypatch, replace(_declared(model), **change))
    assert any(finding in gap for gap in gaps), gaps


def test_a_rule_is_known_by_what_it_does() -> None:
    ended = f"{membership.__name__}.{membership.end.__name__}"
    assert _declared(Member).clock == Until(trigger="role_ended", ended_by=(ended,))


def test_an_activity_that_touches_people_needs_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(activities, "OPEN_ACTIVITIES", {})
    gaps = gate.find_gaps()
    assert any("activity G touches people, but no table or store serves it" in gap for gap in gaps)


def test_what_is_listed_as_open_must_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(collecting.OPEN_ACTIVITIES, Activity.ACCOUNTS, "nothing")
    assert any("activity C has its code: take it out of OPEN_ACTIVITIES" in gap for gap in gate.find_gaps())


@pytest.mark.parametrize(
    ("setting", "value", "finding"),
    [
        ("CACHES", {"default": {}, "more": {}}, "store cache:more is undeclared: add a Store"),
        ("STORAGES", {"default": {}}, "store files:staticfiles is declared but the settings have none of that name"),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.signed_cookies", "which no declared table holds: set"),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.file", "which no declared table holds: set"),
        ("DATABASES", {"default": {}, "more": {}}, "database more is undeclared: Perron keeps its tables in"),
        ("MESSAGE_STORAGE", "django.contrib.messages.storage.cookie.CookieStorage", "which nobody declared: set"),
        ("LANGUAGES", [("fr", "French"), ("eo", "Esperanto")], "languages lacks 'eo', which the program speaks; add"),
    ],
)
def test_every_configured_place_is_declared(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: object, finding: str
) -> None:
    monkeypatch.setattr(settings, setting, value)
    assert any(finding in gap for gap in gate.find_gaps())


def test_a_personal_store_serves_an_activity(monkeypatch: pytest.MonkeyPatch) -> None:
    nameless = Store(name="file:diary", kind="file", personal=True, why="")
    silent = Store(name="file:counts", kind="file", personal=True, why="", activity=Activity.STATISTICS)
    everything = (*gate.declarations(), Declarations(stores=(nameless, silent)))
    monkeypatch.setattr(collecting, "declarations", lambda: everything)
    gaps = gate.find_gaps()
    assert any("store file:diary is personal but serves no activity; say which" in gap for gap in gaps)
    assert any("store file:counts is personal, but the policy says that H touches nobody" in gap for gap in gaps)


def test_files_in_a_store_of_their_own_are_undeclared() -> None:
    with isolate_apps("perron.publishing"):

        class Sketch(models.Model):  # noqa: DJ008
            file = models.FileField(storage=FileSystemStorage("elsewhere"))

            class Meta:
                app_label = "publishing"

    gaps = list(columns._column_gaps(Sketch, NotPersonal(model=Sketch, columns="id file", why="")))
    (gap,) = gaps
    assert gap.startswith("column publishing.Sketch.file keeps its files in a store of its own, which nobody declared")


def test_settings_that_leave_out_who_keeps_the_gate_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    privacy = apps.get_app_config("privacy")
    monkeypatch.setattr(apps, "is_installed", lambda name: name != "perron.project")
    with pytest.raises(ImproperlyConfigured, match="which keeps the gate; add it as the last"):
        privacy.ready()


def test_a_file_of_somebody_goes_with_its_row() -> None:
    with isolate_apps("perron.publishing"):

        class Portrait(models.Model):  # noqa: DJ008
            person = models.ForeignKey(Person, on_delete=models.CASCADE)
            file = models.FileField()

            class Meta:
                app_label = "publishing"

    table = Personal(
        model=Portrait,
        activity=Activity.ACCOUNTS,
        subject="person_id",
        columns={"person": Category.IDENTIFIER, "file": Category.PHOTO},
        others="id",
        clock=With(column="person"),
    )
    gap: Callable[[Personal], Any] = columns._personal_gaps
    assert any("has a file column; say with `files` which stored files go with its rows" in each for each in gap(table))
    assert not list(gap(replace(table, files=lambda rows: rows.values_list("file", flat=True))))
