"""The content check: what could be better about a draft, in plain words. It advises; `checking` is what refuses."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice

from perron.publishing.advising import dates, headings, languages, links, pictures, words
from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.reading import Passage, read

# In the order in which an editor would go through them.
_RULES: tuple[Callable[[Draft, Sequence[Passage]], Iterable[Finding]], ...] = (
    dates.look,
    links.look,
    pictures.look,
    headings.look,
    words.look,
    languages.look,
)
# More than anybody reads.
MOST = 60


def advise(draft: Draft) -> list[Finding]:
    """Return what could be better, each thing once. Pure: the same draft has the same findings."""
    passages = read(draft)
    findings = chain.from_iterable(look(draft, passages) for look in _RULES)
    return list(dict.fromkeys(islice(findings, MOST)))
