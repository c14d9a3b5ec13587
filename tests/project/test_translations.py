"""The catalogues: every text in every language, with all the plural forms that the language has."""

from pathlib import Path

import polib
import pytest
from tools.messages import PACKAGES, lacks_translation

CATALOGUES = sorted(PACKAGES.glob("*/locale/*/LC_MESSAGES/django.po"))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: "-".join(path.parts[-5:-2:2]))
def test_no_text_lacks_a_translation(path: Path) -> None:
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue if lacks_translation(entry, catalogue)] == []


def test_two_forms_are_not_enough_for_french() -> None:
    catalogue = polib.POFile()
    catalogue.metadata = {"Plural-Forms": "nplurals=3; plural=n>1;"}
    entry = polib.POEntry(msgid="a day", msgid_plural="days", msgstr_plural={0: "un jour", 1: "jours"})
    assert lacks_translation(entry, catalogue)
    entry.msgstr_plural[2] = "jours"
    assert not lacks_translation(entry, catalogue)
