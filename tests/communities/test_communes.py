import csv
import random
import string
from pathlib import Path

import pytest

from perron.communities import communes
from perron.communities.communes import Commune, by_nis, by_postal_code, look_up, merged, nearest, present

FACTS = Path(__file__).parents[2].parent / "shared" / "data" / "communes" / "communes.csv"
EVERY = (*present(), *merged())


def today(commune: Commune) -> Commune:
    found = by_nis(commune.nis)
    assert found
    return found


def test_there_are_565_communes_and_29_that_lead_to_them() -> None:
    assert (len(present()), len(merged())) == (565, 29)
    assert {today(commune).successor for commune in EVERY} == {""}


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        *((old, "11002", "Antwerpen") for old in ("11002", "11007")),
        *((old, "23106", "Pajottegem") for old in ("23023", "23024", "23032")),
        *((old, "37021", "Wingene") for old in ("37012", "37018")),
        *((old, "37022", "Tielt") for old in ("37007", "37015")),
        *((old, "44086", "Nazareth-De Pinte") for old in ("44012", "44048")),
        *((old, "44087", "Lochristi") for old in ("44034", "44073")),
        *((old, "44088", "Merelbeke-Melle") for old in ("44040", "44043")),
        *((old, "46029", "Lokeren") for old in ("46014", "44045")),
        *((old, "46030", "Beveren-Kruibeke-Zwijndrecht") for old in ("46003", "46013", "11056")),
        *((old, "71071", "Tessenderlo-Ham") for old in ("71057", "71069")),
        *((old, "71072", "Hasselt") for old in ("71022", "73040")),
        *((old, "73110", "Bilzen-Hoeselt") for old in ("73006", "73032")),
        *((old, "73111", "Tongeren-Borgloon") for old in ("73009", "73083")),
        *((old, "82039", "Bastogne") for old in ("82003", "82005")),
        ("54007", "57096", "Mouscron"),
        ("12034", "12041", "Puurs-Sint-Amands"),
    ],
)
def test_a_merged_or_renumbered_commune_leads_to_its_successor(old: str, new: str, name: str) -> None:
    found = by_nis(old)
    assert found
    assert (found.nis, found.name) == (new, name)


def test_a_successor_serves_every_postal_code_of_those_it_is_made_of() -> None:
    for old in merged():
        for code in old.postal_codes:
            assert by_nis(old.nis) in by_postal_code(code), (old.name, code)


def test_every_name_finds_its_commune_first_or_beside_its_namesakes() -> None:
    namesakes: dict[str, set[str]] = {}
    for commune in EVERY:
        for name in {*commune.names.values(), *commune.also}:
            namesakes.setdefault(name.casefold(), set()).add(today(commune).nis)
    for name, expected in namesakes.items():
        assert {commune.nis for commune in look_up(name, len(expected))} == expected, name


def test_every_postal_code_finds_its_communes() -> None:
    for commune in EVERY:
        for code in commune.postal_codes:
            assert today(commune) in look_up(code), (commune.name, code)
            assert look_up(f"B-{code} {commune.name}", 1) == [today(commune)]


def test_almost_every_name_with_one_typing_error_is_found_in_the_first_three() -> None:
    # 99.4 % with this seed; what is missed are names of two to five letters that became another name's beginning.
    dice = random.Random(2025)
    names = [(name, today(commune)) for commune in EVERY for name in set(commune.names.values())]
    found = sum(commune in look_up(misspelt(name, dice), 3) for name, commune in names)
    assert found / len(names) >= 0.98


def misspelt(name: str, dice: random.Random) -> str:
    at, letter = dice.randrange(len(name)), dice.choice(string.ascii_lowercase)
    return dice.choice(
        [
            name[:at] + letter + name[at + 1 :],
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :],
        ]
    )


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("Luik", ["62063"]),
        ("liege", ["62063"]),
        ("Liége", ["62063"]),
        ("LÜTTICH", ["62063"]),
        ("Bruxelles-ville", ["21004"]),
        ("Saint-Nicolas", ["62093", "46021"]),
        ("St-Nicolas", ["62093", "46021"]),
        ("Sint-Niklaas", ["46021"]),
        ("st niklaas", ["46021"]),
        ("4000", ["62063", "62093"]),
        ("4000 Saint-Nicolas", ["62093", "62063"]),
        ("b-6686", ["82039"]),
        ("4001", ["62063", "62093"]),
        ("Gammerages", ["23106"]),
        ("Meeuwen-Gruitrode", ["72042"]),
        ("louviere", ["58001"]),
        ("saint vith", ["63067"]),
        ("St. Vith", ["63067"]),
        ("antwepren", ["11002"]),
    ],
)
def test_people_find_what_they_mean(typed: str, expected: list[str]) -> None:
    assert [commune.nis for commune in look_up(typed, len(expected))] == expected


@pytest.mark.parametrize(
    "typed", ["", "  ", "%%", "\x00", "𝕏😀", "\u202e", "zzzzzz", "<script>", "x" * 100_000, "9" * 50]
)
def test_nonsense_finds_nothing(typed: str) -> None:
    assert look_up(typed) == []


def test_a_code_that_is_none_finds_nothing() -> None:
    assert (by_nis(""), by_nis("99999"), by_postal_code("0000")) == (None, None, [])


def test_the_nearest_commune_of_a_point() -> None:
    assert nearest(50.6451, 5.5734).name == "Liège"
    # Ruiselede, which is Wingene now.
    assert nearest(51.0406, 3.3947).name == "Wingene"
    for commune in present():
        assert nearest(commune.latitude, commune.longitude) == commune


def test_the_names_are_those_of_the_language() -> None:
    brussels, amel = by_nis("21004"), by_nis("63001")
    assert brussels
    assert amel
    assert [brussels.name_in(language) for language in ("fr", "nl", "de", "en")] == [
        "Bruxelles", "Brussel", "Brüssel", "Bruxelles",
    ]  # fmt: skip
    assert (amel.name, amel.name_in("fr"), amel.languages) == ("Amel", "Amblève", ("de",))
    assert {commune.province for commune in EVERY} == set(communes.PROVINCES)


@pytest.mark.skipif(not FACTS.exists(), reason="the facts of 2019 are not beside the repository (../shared/data)")
def test_the_table_agrees_with_the_facts_of_2019() -> None:
    regimes = {"F": ("fr",), "N": ("nl",), "D": ("de",), "FN": ("fr", "nl")}
    with FACTS.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 581
    for row in rows:
        found = by_nis(row["nis"])
        assert found
        assert set(row["postal_codes"].replace(",", " ").split()) <= set(found.postal_codes)
        assert found.languages == regimes[row["languages"]]
        for name in (row["name_fr"], row["name_nl"]):
            assert found in look_up(name, 2), name
