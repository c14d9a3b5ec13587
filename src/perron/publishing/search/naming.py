"""Finding communities by their names: by the same words as items, but of all of them the index is not needed."""

from collections.abc import Iterable

from perron.communities.models import Community
from perron.publishing.search.words import Asked, words_of

MOST = 12


def named(typed: str, communities: Iterable[Community], language: str) -> list[Community]:
    """Return at most `MOST` of `communities` that have all words of `typed` in their names, communes first."""
    asked = Asked(typed)
    if not asked:
        return []
    found = [one for one in communities if _has(asked, words_of(one.names.values()))]
    found.sort(key=lambda one: (one.kind != Community.Kind.COMMUNE, one.name_in(language).casefold(), one.slug))
    return found[:MOST]


def _has(asked: Asked, words: list[str]) -> bool:
    return all(
        any(word == wanted or (begins and word.startswith(wanted)) for word in words)
        for wanted, begins in asked.terms(in_title=False)
    )
