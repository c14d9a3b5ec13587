"""Copies of somebody's data: whole, theirs alone, by index, in a documented format, in four languages."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import jsonschema_rs
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from perron.accounts.models import Person
from perron.core.language import LANGUAGES
from perron.privacy import exporting
from perron.privacy.copies import pages
from perron.privacy.copies.format import read
from perron.privacy.declaring import Personal
from perron.privacy.subjects import Subject
from tests import planting
from tests.plans import not_by_index

pytestmark = pytest.mark.django_db


class Opened:
    """A copy, read back."""

    def __init__(self, write: Callable[..., exporting.Made], subjects: list[Subject], language: str = "en") -> None:
        out = BytesIO()
        self.made = write(subjects, language=language, out=out)
        self.zip = ZipFile(BytesIO(out.getvalue()))
        self.raw = self.zip.read("data.json").decode()
        self.data: dict[str, Any] = json.loads(self.raw)
        self.schema = json.loads(self.zip.read("schema.json"))
        self.names = self.zip.namelist()
        self.page = self.zip.read("index.html").decode() if "index.html" in self.names else ""

    def table(self, name: str) -> dict[str, Any]:
        return next(table for table in self.data["tables"] if table["table"] == name)


def _planted(kind: str = "person") -> Subject:
    subject = planting.somebody(kind)
    for table in sorted(planting.personal_tables(), key=lambda table: table.subject != "id"):
        if table.subject_kind in {kind, "any"}:
            own = {"email": f"{subject.id}@example.org"} if table.model is Person else {}
            planting.plant(table, subject, 2, **own)
    return subject


@pytest.mark.parametrize("kind", ["person", "address"])
def test_every_declared_table_is_in_the_copy_and_nobody_elses_rows(kind: str) -> None:
    anne, bert = _planted(kind), _planted(kind)
    copy = Opened(exporting.archive, [anne])
    tables = [table for table in planting.personal_tables() if table.subject_kind in {kind, "any"}]
    assert {table["table"] for table in copy.data["tables"]} == {table.model._meta.label for table in tables}
    for table in tables:
        _compare(table, anne, copy)
    assert str(bert.id) not in copy.raw + copy.page
    assert bert.id.hex not in copy.raw + copy.page


def _compare(table: Personal, subject: Subject, copy: Opened) -> None:
    shown = copy.table(table.model._meta.label)
    stored = list(table.model._base_manager.filter(**{table.subject: subject.id}).order_by("pk"))
    assert len(shown["rows"]) == len(stored) > 0
    withheld = {*table.never_given.split(), *table.of_others.split()}
    for row, said in zip(stored, shown["rows"], strict=True):
        for column in table.columns:
            value = row.serializable_value(column)
            if column in withheld:
                assert column not in said
                assert not value or str(value) not in copy.raw + copy.page
            elif isinstance(value, str):
                assert said[column] == value
                assert value in copy.page or not value.startswith("planted")
            else:
                assert column in said


def test_the_password_is_named_and_not_given() -> None:
    copy = Opened(exporting.archive, [_planted()])
    account = copy.table("accounts.Person")
    password = next(column for column in account["columns"] if column["name"] == "password")
    assert password["withheld"] == "secret"
    assert all("password" not in row for row in account["rows"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("write", [exporting.archive, exporting.portable])
def test_the_data_follow_the_schema_that_comes_with_them(write: Callable[..., exporting.Made], language: str) -> None:
    copy = Opened(write, [_planted()], language)
    jsonschema_rs.meta.validate(copy.schema)
    jsonschema_rs.Draft202012Validator(copy.schema).validate(copy.data)
    assert read(copy.raw.encode()).language == language
    assert copy.data["tables"]


def test_the_copy_says_what_article_15_lists() -> None:
    copy = Opened(exporting.archive, [_planted()])
    parts = {part["id"]: {fact["id"] for fact in part["facts"]} for part in copy.data["about"]}
    assert {"who", "C", "F", "staff", "recipients", "location", "rights", "contact", "decisions"} <= set(parts)
    # (a), (b), (c), (d), (g); and the arrangement of joint controllers, art. 26(2).
    assert {"bases", "categories", "recipients", "retentions", "sources", "held", "arrangement"} <= parts["C"]
    for part in copy.data["about"]:
        assert escape(part["title"]) in copy.page
    assert "Autorité de protection des données" in copy.page


def test_what_is_not_held_is_not_explained() -> None:
    copy = Opened(exporting.archive, [planting.somebody()])
    assert copy.data["tables"] == []
    assert {"B", "C", "F", "staff"}.isdisjoint(part["id"] for part in copy.data["about"])
    assert "Nothing is held about you." in copy.page


def test_what_can_be_taken_along_is_what_the_person_gave() -> None:
    anne = _planted()
    copy = Opened(exporting.portable, [anne])
    assert "index.html" not in copy.names
    given = {column["name"] for column in copy.table("accounts.Person")["columns"]}
    assert given == {"email", "name", "first_name", "language", "declared_age"}
    assert all(column["provided"] for table in copy.data["tables"] for column in table["columns"])


def test_two_subjects_of_one_person_are_in_one_copy() -> None:
    account, address = _planted("person"), _planted("address")
    copy = Opened(exporting.archive, [account, address])
    assert len(copy.data["subjects"]) == 2
    assert len(copy.table("privacy.AuditEntry")["rows"]) == 4


def test_long_tables_go_on_in_pages_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "FIRST", 2)
    monkeypatch.setattr(pages, "FURTHER", 3)
    anne = planting.somebody()
    audited = next(table for table in planting.personal_tables() if table.model.__name__ == "AuditEntry")
    planting.plant(audited, anne, 8)
    copy = Opened(exporting.archive, [anne])
    assert [name for name in copy.names if name.startswith("tables/")] == ["tables/1-2.html", "tables/1-3.html"]
    read_in = [copy.page, *(copy.zip.read(name).decode() for name in copy.names if name.startswith("tables/"))]
    counted = [sum(planting.mark(audited, "verb", number) in page for number in range(1, 9)) for page in read_in]
    assert counted == [2, 3, 3]
    assert 'href="tables/1-2.html"' in copy.page


def test_what_somebody_wrote_does_not_become_markup() -> None:
    anne = planting.somebody()
    account = next(table for table in planting.personal_tables() if table.model is Person)
    planting.plant(account, anne, name="<script>alert(1)</script>", email="anne@example.org")
    copy = Opened(exporting.archive, [anne])
    assert "<script" not in copy.page
    assert "&lt;script&gt;alert(1)" in copy.page


def test_files_are_in_the_copy_and_a_lost_one_is_said_to_be_lost() -> None:
    anne = _planted()
    uploads = next(table for table in planting.personal_tables() if table.model.__name__ == "Attachment")
    stored: Any = uploads.model._base_manager.filter(uploaded_by_id=anne.id).order_by("pk")
    kept, lost = stored
    default_storage.save(f"attachments/{kept.pk}/{kept.name}", ContentFile(b"%PDF-planted"))
    copy = Opened(exporting.portable, [anne])
    files = {file["path"]: file["size"] for file in copy.table("publishing.Attachment")["files"]}
    path = f"files/attachments/{kept.pk}/{kept.name}"
    assert copy.zip.read(path) == b"%PDF-planted"
    assert files == {path: 12, f"files/attachments/{lost.pk}/{lost.name}": None}
    assert copy.made.files == 1


def test_a_copy_takes_the_same_queries_whoever_else_there_is_and_each_is_by_index() -> None:
    anne = _planted()
    with CaptureQueriesContext(
        connection,
    ) as alone:
        exporting.archive([anne], language="en", out=BytesIO())
    for _ in range(3):
        _planted()
    with CaptureQueriesContext(connection) as among_others:
        exporting.archive([anne], language="en", out=BytesIO())
    assert len(among_others) == len(alone)
    assert not_by_index(among_others.captured_queries) == []
