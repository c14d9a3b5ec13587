"""Headings (WCAG 2.2, 1.3.1 and 2.4.6): people who listen jump from one to the next."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.reading import Block, Passage, word_count

_WORDS_OF_A_HEADING = 9
# From this many words on, people look for the part that concerns them.
_WITHOUT_HEADINGS = 400


def look(_draft: Draft, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Look at the order of headings, and for lines that only look like one."""
    for passage in passages:
        if passage.name == "body":
            yield from _order(passage)
            yield from _only_bold(passage)
            yield from _none_at_all(passage)


def _order(passage: Passage) -> Iterator[Finding]:
    level = 0
    for block in passage.blocks:
        if block.sort != "heading":
            continue
        if not block.text.strip():
            yield Finding(
                "headings",
                passage.field,
                "",
                _("A heading is empty."),
                _("People who listen to the page jump from heading to heading, and hear nothing there."),
                _("Write the heading, or take the # away."),
            )
        # A text may begin at any level: the page moves it up.
        elif level and block.level > level + 1:
            yield Finding(
                "headings",
                passage.field,
                block.text,
                _("This heading leaves out a level."),
                _("People who listen to the page think that they have missed a part."),
                _("Use %(marks)s here: one # more than the heading above.") % {"marks": "#" * (level + 1)},
            )
        level = block.level


def _only_bold(passage: Passage) -> Iterator[Finding]:
    for block, after in zip(passage.blocks, passage.blocks[1:], strict=False):
        if _looks_like_a_heading(block) and after.sort != "heading":
            yield Finding(
                "headings",
                passage.field,
                block.text,
                _("This line looks like a heading, but is only bold."),
                _("People who listen to the page cannot jump to it."),
                _("Write # before it instead of ** around it."),
            )


def _looks_like_a_heading(block: Block) -> bool:
    """A short bold line by itself. Hours, prices, numbers and whole sentences are bold to be seen, not as headings."""
    text = block.text.strip()
    return (
        block.sort == "paragraph"
        and block.bold
        and not block.links
        and "\n" not in text
        and 0 < word_count(text) <= _WORDS_OF_A_HEADING
        and not text.endswith((".", "!", "…", ",", ":"))
        and not any(character.isdigit() or character in "@:€" for character in text)
    )


def _none_at_all(passage: Passage) -> Iterator[Finding]:
    number = _words(passage.blocks)
    if number > _WITHOUT_HEADINGS and not any(block.sort == "heading" or _looks_like_a_heading(block)
                                              for block in passage.blocks):  # fmt: skip
        yield Finding(
            "headings",
            passage.field,
            "",
            _("The text has %(number)d words and no heading.") % {"number": number},
            _("Most people look for the part that concerns them, and leave when they do not find it."),
            _("Cut it into parts, each with a heading: # What changes."),
        )


def _words(blocks: Sequence[Block]) -> int:
    return sum(word_count(block.text) for block in blocks)
