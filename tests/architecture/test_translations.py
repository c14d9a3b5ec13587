"""Every text that a person can read exists in fr, nl, de and en (the source), complete and with its placeholders."""

import re
import shutil
from collections import defaultdict
from pathlib import Path

import polib
import pytest
from tools.messages import PACKAGES, TRANSLATED, update

from perron.core.language import LANGUAGES

PLACEHOLDER = re.compile(r"%\(\w+\)|%[sd]|\{\w+\}")


def _catalogues() -> list[Path]:
    return sorted(PACKAGES.glob("*/locale/*/LC_MESSAGES/django.po"))


def _name(path: Path) -> str:
    return path.relative_to(PACKAGES).as_posix()


def test_the_source_is_english() -> None:
    assert {*TRANSLATED, "en"} == set(LANGUAGES)


@pytest.mark.parametrize("path", _catalogues(), ids=_name)
def test_every_text_is_translated(path: Path) -> None:
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []


@pytest.mark.parametrize("path", _catalogues(), ids=_name)
def test_translations_keep_their_placeholders(path: Path) -> None:
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(path))
        if not entry.msgid_plural
        and sorted(PLACEHOLDER.findall(entry.msgid)) != sorted(PLACEHOLDER.findall(entry.msgstr))
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_text_means_the_same_in_every_package(language: str) -> None:
    """Django merges the catalogues: of two translations of one text, one would show up everywhere.

    What has two meanings has two texts, or a context.
    """
    said: dict[tuple[str | None, str, bool], set[str]] = defaultdict(set)
    for path in PACKAGES.glob(f"*/locale/{language}/LC_MESSAGES/django.po"):
        for entry in polib.pofile(str(path)):
            words = entry.msgstr or str(sorted(entry.msgstr_plural.items()))
            said[entry.msgctxt, entry.msgid, bool(entry.msgid_plural)].add(words)
    assert {text: words for text, words in said.items() if len(words) > 1} == {}


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="GNU gettext is not installed")
def test_no_text_was_added_without_its_translations(tmp_path: Path) -> None:
    """Collects the texts anew in a copy: a text that the catalogues lack comes out untranslated."""
    for package in sorted(path for path in PACKAGES.iterdir() if (path / "__init__.py").exists()):
        copy = tmp_path / package.name
        ignored = shutil.ignore_patterns("*.mo", "__pycache__", "data", "static")
        shutil.copytree(package, copy, ignore=ignored)
        assert update(copy) == 0, package.name
