"""One story from two sources is shown once, with both named; the app does the same on the device (`today.js`)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from perron.publishing.presenting import Story
from perron.publishing.sharing import sameness
from perron.reader.cards import Card


def shown_once(cards: Sequence[Card]) -> list[Card]:
    """Return the cards in their order; of those that tell the same, the one published first, which names the others."""
    first = grouped([(card.story, card.same) for card in cards])
    names: dict[Any, list[str]] = {}
    for card in cards:
        one = first[card.story.id]
        others = names.setdefault(one.id, [])
        if card.story.community_name not in {one.community_name, *others}:
            others.append(card.story.community_name)
    own = [card for card in cards if first[card.story.id].id == card.story.id]
    return [replace(card, also=tuple(names[card.story.id])) for card in own]


def grouped(stories: Iterable[tuple[Story, tuple[str, ...]]]) -> dict[Any, Story]:
    """Return, by each story's id, the story that stands for it: the one published first of those with equal keys."""
    known: dict[str, Story] = {}
    stands: dict[Any, Story] = {}
    for story, keys in sorted(stories, key=lambda row: (row[0].published_at, row[0].id)):
        equal = (known[key] for key in keys if key in known)
        one = next((other for other in equal if _same(story, other, keys, known)), story)
        stands[story.id] = one
        for key in keys:
            known.setdefault(key, one)
    return stands


def _same(story: Story, other: Story, keys: tuple[str, ...], known: dict[str, Story]) -> bool:
    shared = [key for key in keys if known.get(key) is other]
    return any(key.startswith(sameness.FOR_GOOD) for key in shared) or sameness.are_near(story, other)
