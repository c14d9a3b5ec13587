"""The catalogues: every text in every language, with all the plural forms that the language has."""

import ast
import re
from pathlib import Path

import polib
import pytest
from tools.messages import PACKAGES, lacks_translation

from perron.project.compile_messages import main as compile_messages

GETTEXT = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
CATALOGUES = sorted(PACKAGES.glob("*/locale/*/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "-".join(path.parts[-5:-2:2]))
def test_no_text_lacks_a_translation(path: Path) -> None:
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue if lacks_translation(entry, catalogue)] == []


def test_no_text_hides_from_the_catalogues_in_an_f_string() -> None:
    """GNU gettext does not look into them."""
    hidden = [
        f"{path.relative_to(PACKAGES)}:{call.lineno}"
        for path in PACKAGES.rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in GETTEXT
    ]
    assert hidden == []


def test_two_forms_are_not_enough_for_french() -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Plural-Forms": "nplurals=3; plural=n>1;"}
    entry = polib.POEntry(msgid="a day", msgid_plural="days", msgstr_plural={0: "un jour", 1: "jours"})
    assert lacks_translation(entry, catalogue)
    entry.msgstr_plural[2] = "jours"
    assert not lacks_translation(entry, catalogue)


@pytest.mark.parametrize("language", ["fr", "nl", "de"])
def test_texts_are_read_as_in_print_however_they_are_typed(language: str) -> None:
    compile_messages()
    for path in PACKAGES.glob(f"*/locale/{language}/LC_MESSAGES/django.mo"):
        read = [form for one in polib.mofile(str(path)) for form in (one.msgstr, *one.msgstr_plural.values())]
        assert read
        assert [form for form in read if re.search(r"\w'\w", form)] == []
        if language == "fr":
            assert [form for form in read if re.search(" [;:?!»]", form)] == []
