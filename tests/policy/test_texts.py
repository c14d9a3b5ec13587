"""Every language says the same, and each sentence says what the program does."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from perron.privacy.gate.facts import fact_gaps
from perron.privacy.policy.current import policy, versions
from perron.privacy.policy.periods import Period
from perron.privacy.policy.reading import BadPolicy, read
from perron.privacy.policy.texts import texts

LANGUAGES = ("fr", "nl", "de", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_version_has_all_its_words(language: str) -> None:
    for version in versions():
        words = texts(language, version)
        for activity in version.activities.values():
            said = words.activity(activity.id)
            assert said.name
            assert bool(said.consequence) == activity.personal
            assert bool(said.interest) == any(basis.ground == "legitimate_interest" for basis in activity.bases)


def test_a_sentence_follows_the_period_that_the_program_keeps() -> None:
    known = policy()
    contact = known.activities["B"]
    longer = replace(contact.retentions["last_contact"], period=Period(months=18))
    changed = replace(
        known, activities={**known.activities, "B": replace(contact, retentions={"last_contact": longer})}
    )
    assert "1 an " in texts("fr").retention("B", "last_contact")
    assert "18 mois " in texts("fr", changed).retention("B", "last_contact")


def _copied(tmp_path: Path) -> Path:
    folder = tmp_path / policy().folder.name
    shutil.copytree(policy().folder, folder)
    return folder


def _fault(folder: Path) -> str:
    with pytest.raises(BadPolicy) as refused:
        texts("nl", read(folder))
    return str(refused.value)


@pytest.mark.parametrize(
    ("before", "after", "fault"),
    [
        ('telephone = "telefoonnummer"\n', "", "categories.telephone: is missing"),
        ('telephone = "telefoonnummer"', 'telephone = " "', "categories.telephone: is empty"),
        ("[subjects]", '[subjects]\nmayor = "burgemeesters"', "subjects.mayor: policy.toml uses no such name; remove"),
        ("nog {period} na ons laatste", "nog een jaar na ons laatste", "last_contact: lacks {period}"),
        ("{operator} maakt", "{operator} in {town} maakt", "introduction: policy.toml says nothing for {town}; use"),
        ("{operator} maakt", "{operator} {maakt", "introduction: "),
        ("nog {period} na ons", "nog 5 jaar, of {period}, na ons", "last_contact: writes the figure 5; figures belong"),
        ("Onder de {age} jaar", "Onder de 16 ({age}) jaar", "statements.children: writes the figure 16; figures"),
        ("{operator} maakt", "{operator:>9999} maakt", "introduction: the blank operator has a format, which"),
        ("[subjects]", "[subjects", "not TOML"),
    ],
)
def test_words_that_do_not_fit_are_named_with_their_remedy(tmp_path: Path, before: str, after: str, fault: str) -> None:
    folder = _copied(tmp_path)
    file = folder / "nl.toml"
    words = file.read_text()
    assert before in words
    file.write_text(words.replace(before, after))
    assert fault in _fault(folder)
    assert str(file) in _fault(folder)


def test_words_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    folder = _copied(tmp_path)
    (folder / "nl.toml").unlink()
    (folder / "nl.toml").mkdir()
    assert "nl.toml: cannot be read (Is a directory); make it a file that Perron may read" in _fault(folder)


def test_words_that_were_only_copied_are_found(tmp_path: Path) -> None:
    folder = _copied(tmp_path)
    shutil.copy(folder / "en.toml", folder / "nl.toml")
    assert f"{folder}/en.toml: says the same as nl.toml; translate it." in fact_gaps(read(folder))


def test_a_missing_language_is_named(tmp_path: Path) -> None:
    folder = _copied(tmp_path)
    (folder / "nl.toml").unlink()
    assert "nl.toml: is missing; write" in _fault(folder)
