"""Search over 100,000 items in 600 communities: words that are everywhere, somewhere, together nowhere."""

import os
import random
import time
from collections.abc import Iterator
from itertools import accumulate, batched
from statistics import median

from django.db import connection, transaction

from bench.rows import Row, at_most
from perron.communities.models import Community, Partner
from perron.core.clock import now
from perron.core.identifiers import uuid7
from perron.project.preparing import prepare_database
from perron.publishing.models import Item, SearchEntry
from perron.publishing.search.asking import search
from perron.publishing.search.engines import tidy
from perron.publishing.search.indexing import key_of
from perron.publishing.search.words import entry_of

ON_POSTGRESQL = True
ITEMS, COMMUNITIES = 100_000, 600
_WORDS, _IN_TITLE, _IN_TEXT = 40_000, 8, 90
_ROUNDS = 5
# Three years, in seconds.
_YEARS = 3 * 365 * 24 * 3600
_KINDS = ["news"] * 12 + ["event"] * 4 + ["works"] * 2 + ["document"]
_LETTERS = "abcdefghilmnoprstuv"


def rows() -> list[Row]:
    """Measure on PostgreSQL where there is one, else on SQLite."""
    prepare_database()
    database = "PostgreSQL" if os.environ.get("PERRON_DATABASE") else "SQLite"
    chance = random.Random(4)
    words = _vocabulary(chance)
    communities = _build(words, chance)
    # As the sweeper leaves it.
    tidy()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    times = {asked: _milliseconds(asked, within) for asked, within in _questions(words, communities, chance)}
    clock, processor = ([each[way] for each in times.values()] for way in (0, 1))
    slowest = max(times, key=times.__getitem__)
    name = f"search over {ITEMS:,} items, {database}"
    rows = [
        at_most(f"{name}: median of {len(times)} questions", median(clock), "ms", 50),
        at_most(f"… the slowest of them, “{slowest[:40]}”", max(clock), "ms", 1000),
    ]
    # SQLite works in this process: what other programs take of the machine does not count.
    return rows + ([at_most("… median by processor time", median(processor), "ms", 50)] if database == "SQLite" else [])


def _vocabulary(chance: random.Random) -> list[str]:
    made: dict[str, None] = {}
    while len(made) < _WORDS:
        made["".join(chance.choices(_LETTERS, k=chance.randint(3, 11)))] = None
    return list(made)


def _build(words: list[str], chance: random.Random) -> list[Community]:
    """Write entries as a release does, of texts in which few words are frequent and most are rare (Zipf)."""
    partner = Partner.objects.create(slug="bench", name="Bench")
    communities = Community.objects.bulk_create(
        Community(partner=partner, slug=f"town-{number}", kind="commune", names={"fr": "Town"})
        for number in range(COMMUNITIES)
    )
    weights = list(accumulate(1 / (place + 10) for place in range(_WORDS)))
    moment = now()
    for batch in batched(range(ITEMS), 2_000, strict=False):
        items, entries = [], []
        for number in batch:
            community, kind = chance.choice(communities), chance.choice(_KINDS)
            published = moment.fromtimestamp(moment.timestamp() - chance.randrange(_YEARS), moment.tzinfo)
            item = Item(pk=uuid7(), community=community, kind=kind, slug=f"item-{number}", state="released",
                        published_at=published, changed_at=published)  # fmt: skip
            title = chance.choices(words, cum_weights=weights, k=_IN_TITLE)
            text = ["partout", *chance.choices(words, cum_weights=weights, k=_IN_TEXT)]
            items.append(item)
            found_by = entry_of([" ".join(title)], [" ".join(text)], [community.pk], kind)
            entries.append(SearchEntry(id=key_of(item), item=item, words=found_by))
        with transaction.atomic():
            Item.objects.bulk_create(items)
            SearchEntry.objects.bulk_create(sorted(entries, key=lambda entry: entry.pk), ignore_conflicts=True)
    return communities


def _questions(
    words: list[str], communities: list[Community], chance: random.Random
) -> Iterator[tuple[str, list[Community] | None]]:
    """Yield what is asked, and in which communities."""
    for asked in (
        "partout",
        "par",
        words[0],
        words[0][:3],
        f"{words[0]} {words[1]}",
        " ".join(words[:10]),
        "partout absent",
    ):
        yield asked, None
    for place in (100, 1_000, 5_000, 20_000, 39_000):
        yield words[place], None
        yield f"{words[place]} {words[place + 1]}", None
        yield f"partout {words[place][:3]}", None
        # In a platform of half of the communities, and in one community.
        yield f"{words[place]} partout", communities[:300]
        yield f"{words[0]} {words[place]}", [chance.choice(communities)]
    yield f"partout {words[2]}", communities[:300]
    yield f"partout {words[3]}", [communities[0]]


def _milliseconds(asked: str, within: list[Community] | None) -> tuple[float, float]:
    """Return what a question takes, by the clock and by processor time."""
    keys = None if within is None else [community.pk for community in within]
    clock, processor = [], []
    for _ in range(_ROUNDS):
        began, busy = time.perf_counter(), time.process_time()
        search(asked, communities=keys)
        clock.append((time.perf_counter() - began) * 1000)
        processor.append((time.process_time() - busy) * 1000)
    return median(clock), median(processor)
