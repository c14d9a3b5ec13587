"""Long sentences, walls of text, capitals.

A sentence is called long well above what plain-language guides advise (GOV.UK: 25 words in English), since a count of
words cannot tell a clear list from a muddle. The languages differ: the same thing takes more words in French, which has
an article or a preposition where Dutch and German make one long word.
"""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.reading import Block, Passage, word_count

LONG_SENTENCE = {"fr": 38, "nl": 32, "de": 30, "en": 33}
LONG_PARAGRAPH = 120
_MOST = 5

_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
# A run of capitals counts as shouting from three words on, two of them long: CPAS, TEC and SPW are names.
_RUN, _LONG_WORDS, _LONG = 3, 2, 5
_WHOLE_LINE = 12


def look(_draft: Draft, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Look at every text, the longest sentences first."""
    for passage in passages:
        yield from _long_sentences(passage)
        yield from _walls(passage)
        yield from _capitals(passage)


def _long_sentences(passage: Passage) -> Iterator[Finding]:
    most = LONG_SENTENCE[passage.language]
    sentences = [sentence for block in passage.blocks for sentence in block.sentences]
    long = sorted(((word_count(one), one) for one in sentences if word_count(one) > most), key=lambda pair: -pair[0])
    for number, sentence in long[:_MOST]:
        yield Finding(
            "sentences",
            passage.field,
            sentence,
            _("This sentence has %(number)d words.") % {"number": number},
            _("Beyond about %(most)d words, many readers lose the thread.") % {"most": most},
            _("Make two of it, or a list."),
        )


def _walls(passage: Passage) -> Iterator[Finding]:
    for block in passage.blocks:
        number = word_count(block.text)
        if number > LONG_PARAGRAPH:
            yield Finding(
                "paragraphs",
                passage.field,
                block.text,
                _("This paragraph has %(number)d words.") % {"number": number},
                _("On a phone it fills the screen without a place to rest, and is skipped."),
                _("Begin a new paragraph with each thought: leave a line empty."),
            )


def _capitals(passage: Passage) -> Iterator[Finding]:
    for block in passage.blocks:
        shouted = _shouted(block, is_line=passage.name == "title" or block.sort == "heading")
        if shouted:
            yield Finding(
                "capitals",
                passage.field,
                shouted,
                _("These words are all in capitals."),
                _("They are harder to read, seem to shout, and some are spelled out when read aloud."),
                _("Write them as in a sentence; in the text, ** around them makes them bold."),
            )


def _shouted(block: Block, *, is_line: bool) -> str:
    """Return the longest run of capitals that is more than a few names, or ""."""
    runs: list[list[re.Match[str]]] = [[]]
    for word in _WORD.finditer(block.outside):
        if word[0].isupper() or word[0].isdigit():
            runs[-1].append(word)
        else:
            runs.append([])
    found = max(runs, key=lambda run: sum(len(word[0]) for word in run))
    words = [word[0] for word in found if word[0].isupper() and len(word[0]) > 1]
    long = [word for word in words if len(word) >= _LONG]
    letters = sum(map(len, words))
    whole = is_line and len(runs) == 1 and len(words) > 1 and letters >= _WHOLE_LINE and bool(long)
    if whole or (len(words) >= _RUN and len(long) >= _LONG_WORDS):
        return block.outside[found[0].start() : found[-1].end()]
    return ""
