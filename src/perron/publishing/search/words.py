"""Texts and questions as words that are compared: the same for both databases, which only look them up."""

from collections.abc import Iterable
from uuid import UUID

from perron.core.text import normalise

# Before the words of a title, and before what is no word at all: characters that no normalised word contains.
_OF_TITLE, _MARK = "¶", "§"
_LONGEST_WORD = 40
MOST_CHARACTERS = 200_000
MOST_ASKED = 10
# A shorter word is meant as it stands: "bus 4" does not ask for line 48.
_BEGINS = 3
# Articles, prepositions and the like: no item is looked for by them, and in another order they are missing.
_LITTLE = frozenset(
    """
    a au aux avec ce ces chez d dans de des du en et il ils je l la le les leur ma mes mon n nos notre on ou par pas
    pour qu que qui s sa ses son sur un une vos votre y
    aan als bij de den der die dit een en er het ik in is je met mijn naar of om onze op over te ten ter tot uit uw van
    voor wat we wij zijn
    am an auf aus bei bis das dem den der des die ein eine einem einen einer es fur ich im in ist mit nach oder und
    unser vom von vor was wir zu zum zur
    a an and are at by for from i in is it my of on or our the to we with your
    """.split()  # noqa: SIM905 read as four languages
)


def words_of(texts: Iterable[str]) -> list[str]:
    """Return the different words of `texts`, in order, as far as `MOST_CHARACTERS` go."""
    return list(_bounded(dict.fromkeys(word for text in texts for word in _split(text))))


def entry_of(titles: Iterable[str], texts: Iterable[str], communities: Iterable[UUID], kind: str) -> str:
    """Return all that an item is found by, as `SearchEntry.words` keeps it; `communities` are those that show it."""
    title = words_of(titles)
    marks = [*places(communities), _mark(kind)]
    return " ".join([*marks, *(_OF_TITLE + word for word in title), *words_of([*title, *texts])])


class Asked:
    """What somebody looks for: the words that count of what was typed. False if there are none.

    What stands in quotes, operators and the like is taken for words: nothing that can be typed is syntax.
    """

    def __init__(self, typed: str) -> None:
        words = words_of([typed])
        self.words = tuple([word for word in words if word not in _LITTLE][:MOST_ASKED] or words[:MOST_ASKED])

    def __bool__(self) -> bool:
        return bool(self.words)

    def terms(self, *, in_title: bool) -> list[tuple[str, bool]]:
        """Return each word as the index knows it, and whether words that only begin so count."""
        before = _OF_TITLE if in_title else ""
        return [(before + word, len(word) >= _BEGINS) for word in self.words]


def places(communities: Iterable[UUID]) -> list[str]:
    """Return the marks of items of these communities."""
    return [_mark(community.hex) for community in communities]


def kinds(kind: str) -> list[str]:
    """Return the mark of items of a kind."""
    return [_mark(kind)] if kind else []


def _mark(name: str) -> str:
    return _MARK + name


def _split(text: str) -> list[str]:
    # What was a mathematical or full-width letter may be a capital only now.
    return [word[:_LONGEST_WORD] for word in normalise(text).casefold().split()]


def _bounded(words: Iterable[str]) -> Iterable[str]:
    room = MOST_CHARACTERS
    for word in words:
        room -= len(word) + 1
        if room < 0:
            return
        yield word
