import pytest

from perron.core.text import clean_line, clean_text, normalise, shorten, typeset


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Deux\nlignes\t ici ", "Deux lignes ici"),
        ("Nul\x00le part\x1b[31m", "Nulle part[31m"),
        ("Bonjour\u202eriojnoB", "BonjourriojnoB"),
        ("Qui\u00a0? «\u202foui\u202f»", "Qui\u00a0? «\u202foui\u202f»"),
        ("e\u0301te\u0301 \U0001f642", "été \U0001f642"),
        ("\ud800 seul", "seul"),
        ("\x00 \n", ""),
    ],
)
def test_a_line_is_cleaned_of_what_does_not_belong_in_it(text: str, cleaned: str) -> None:
    assert clean_line(text) == cleaned
    assert clean_line(cleaned) == cleaned


def test_lines_are_kept_and_their_ends_unified() -> None:
    assert clean_text("a \r\nb\r\r\r\rc\x00") == "a\nb\n\nc"


def test_case_accents_and_punctuation_do_not_matter_when_comparing() -> None:
    assert normalise("L’Œuvre d’Été\u00a0: Saint-Nicolas") == normalise("l'oeuvre d'ete saint nicolas")


def test_a_text_is_cut_between_words() -> None:
    assert shorten("Une phrase assez longue", 12) == "Une phrase…"
    assert shorten("court", 12) == "court"


@pytest.mark.parametrize(
    ("typed", "language", "printed"),
    [
        ("Qu'est-ce que c'est ?", "fr", "Qu’est-ce que c’est\u00a0?"),
        ("Il dit « oui » : c'est tout !", "fr", "Il dit «\u00a0oui\u00a0»\u00a0: c’est tout\u00a0!"),
        ("l'{operator}, d'%(who)s", "fr", "l’{operator}, d’%(who)s"),
        ("Onze pagina's: kijk", "nl", "Onze pagina’s: kijk"),
        ("Elke dag, 's ochtends en 't liefst vroeg", "nl", "Elke dag, ’s ochtends en ’t liefst vroeg"),
        ("zij zegt 'nu' en 'straks'", "nl", "zij zegt 'nu' en 'straks'"),
        ("'quoted' at 10:30", "en", "'quoted' at 10:30"),
    ],
)
def test_what_a_keyboard_types_is_set_as_in_print(typed: str, language: str, printed: str) -> None:
    assert typeset(typed, language) == printed
    assert typeset(printed, language) == printed
