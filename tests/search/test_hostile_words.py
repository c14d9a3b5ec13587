"""Nothing that can be typed is syntax: 500 strings that break other searches are answered, alike by both databases."""

import random

import pytest

from perron.publishing.content import Words
from perron.publishing.search.asking import search
from tests import making

pytestmark = pytest.mark.django_db

# What means something to FTS5, tsquery, LIKE, SQL, JSON, shells, regular expressions, or to nobody.
_PIECES = [
    '"', "'", "''", '""', "*", "^", "(", ")", "((", "))", "()", "{", "}", "[", "]", ":", ":*", ":A",
    "&", "|", "!", "<->", "<2>", "-", "+", "~", "\\", "\\'", "%", "_", "%s", "%(a)s", "{0}", "$1",
    ";", "--", "/*", "*/", "=", "<", ">", "#", "@", "`", "AND", "OR", "NOT", "NEAR", "NEAR(a b, 5)",
    "title:", "words :", "rank", "publishing_search", "'; DROP TABLE x; --", "\x00", "\n", "\t",
    "\r", "\x1b[31m", "\ud800", "\udfff", "\ufeff", "\u202e", "\u200b", "\u0301", "\u0300" * 60,
    "\U0010ffff", "¶", "§", "§news", "é", "ß", "İ", "ı", "ǅ", "ﬁ", "½", "²", "Ⅷ", "٣", "漢字", "ひらがな",
    "עברית", "العربية", "ไทย", "👩‍👩‍👧", "🇧🇪", "a", "1", "null", "None", "undefined", "true", "NaN",
    "1e999", "0x41", "..", "../../etc/passwd", "<script>", "&amp;", "kermesse",
]  # fmt: skip


def hostile() -> list[str]:
    chance = random.Random(4)
    made = [*_PIECES, *(f"kermesse{piece}" for piece in _PIECES), *(f'{piece}"kermesse' for piece in _PIECES)]
    made += ["x" * 100_000, "a " * 50_000, "(" * 10_000, '"' * 9_999, "a*b*" * 5_000, "é" * 70_000, "\x00" * 1_000]
    while len(made) < 500:
        made.append("".join(chance.choice(_PIECES) + chance.choice(["", " "]) for _ in range(chance.randrange(2, 30))))
    return made


def test_five_hundred_hostile_strings() -> None:
    item = making.released(texts={"fr": Words("Kermesse", body=" ".join(_PIECES))})
    strings = hostile()
    assert len(strings) >= 500
    answered = 0
    for typed in strings:
        found = search(typed).items
        answered += item.pk in found
    assert answered > 200


@pytest.mark.parametrize("typed", ["", " ", '"', "()", "*", "¶ §", "\x00", "\u0301", "👩‍👩‍👧", "-- ;"])
def test_no_word_finds_nothing(typed: str) -> None:
    making.released()
    assert search(typed).items == ()


def test_a_hostile_text_is_found_by_its_words() -> None:
    item = making.released(texts={"fr": Words("§news ¶x '); DROP", body="\"; \\' :* <-> kermesse")})
    for typed in ("drop", "kermesse", "§news", "news x drop"):
        assert search(typed).items == (item.pk,), typed


def test_at_most_ten_words_count() -> None:
    item = making.released(texts={"fr": Words("un deux trois quatre cinq six sept huit neuf dix douze")})
    assert search("deux trois quatre cinq six sept huit neuf dix douze absent").items == (item.pk,)
    assert search("deux trois quatre cinq six sept huit neuf dix absent").items == ()


def test_a_text_of_very_many_words_is_cut_not_refused() -> None:
    body = " ".join(f"mot{number}x" for number in range(6_000))
    item = making.released(texts={"fr": Words("Long", body=body[:49_000])})
    assert search("mot5x").items == (item.pk,)
