"""Whoever asks what is held about them reads names, in their language, for every table and column."""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db.models import ForeignKey
from django.utils import translation
from django.utils.functional import Promise

from perron.accounts.models import Person
from perron.core.language import LANGUAGES
from perron.privacy import gate
from perron.privacy.declaring import Personal


def _personal() -> list[Personal]:
    return [table for table in gate.tables() if isinstance(table, Personal)]


def _name(table: Personal) -> str:
    return table.model._meta.label


def _unnamed(table: Personal) -> Iterator[str]:
    """Yield the columns that nobody could tell apart: the category alone says what a column is only if it is alone."""
    often = Counter(table.columns.values())
    for column, category in table.columns.items():
        verbose = isinstance(getattr(table.model._meta.get_field(column), "verbose_name", ""), Promise)
        if often[category] > 1 and column not in table.words and not verbose and column not in _subject(table):
            yield column


def _subject(table: Personal) -> set[str]:
    """Return the names of the column that says whose row it is: that is known to who reads it."""
    first = table.subject.split("__")[0]
    return {first, first.removesuffix("_id")}


@pytest.mark.parametrize("table", _personal(), ids=_name)
def test_a_table_has_a_name_for_people_in_every_language(table: Personal) -> None:
    names = set()
    for language in LANGUAGES:
        with translation.override(language):
            names.add(str(table.label))
    assert "" not in names, f"give {_name(table)} a label in personal_data.py: label=_('…')"
    assert len(names) == len(LANGUAGES), f"{_name(table)}: {names}"


@pytest.mark.parametrize("table", _personal(), ids=_name)
def test_columns_of_the_same_category_have_names_of_their_own(table: Personal) -> None:
    assert list(_unnamed(table)) == [], f"add them to words={{…}} of {_name(table)}"


@pytest.mark.parametrize("table", _personal(), ids=_name)
def test_words_are_translated_and_belong_to_columns(table: Personal) -> None:
    named = {**table.words, **table.context}
    assert [name for name, word in named.items() if not isinstance(word, Promise)] == []
    assert set(table.words) <= set(table.columns)
    assert set(table.never_given.split()) | set(table.of_others.split()) <= set(table.columns)


@pytest.mark.parametrize("table", _personal(), ids=_name)
def test_another_person_in_a_row_is_declared_as_such(table: Personal) -> None:
    """GDPR art. 15(4): a copy does not give away who else was involved."""
    persons = {
        field.name
        for field in table.model._meta.local_concrete_fields
        if isinstance(field, ForeignKey) and field.related_model is Person
    }
    assert persons - _subject(table) <= set(table.of_others.split())
