"""A content as its readers meet it: each text in its language, cut into blocks, with the links in it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from markdown_it.token import Token

from perron.core import markdown
from perron.core.text import clean_text
from perron.publishing.advising.finding import Draft
from perron.publishing.checking import BODY_LENGTH
from perron.publishing.kinds.registry import KINDS

# What stands between two sentences: the end of one, then a capital, a number or a quotation.
_END = re.compile(r"(?<=[.!?…])[\"»”’)\]*]*\s+(?=[\"«“‘(\[*]*[^\W_a-zà-ÿ])|\s*[;\n]\s*")
# After these the sentence goes on. What often ends one (etc., enz., usw.) is not among them.
_ABBREVIATED = re.compile(
    r"(?:^|[\s(«“’'])(?:[^\W\d_]|\d{1,2}|mm?|mmes?|mlles?|mgr|dr|drs|prof|ste?|sts|art|al|av|bd|bld|boul|ch|chée|pl|"
    r"rte|tél|tel|fax|gsm|pp?|ex|cf|env|min|max|nos?|nr|bv|blz|dhr|mevr|mr|mrs|ms|mw|ir|ing|ca|str|strr|bzw|ggf|inkl|"
    r"evtl|hr|hrn|fr|vgl|s|sog|abs|approx|incl|vol|dept|rd|ave|t\.e\.m|o\.a|m\.b\.t|z\. ?b|d\. ?h|u\. ?a|p\. ?ex|"
    r"e\.g|i\.e|[a-z]\.[a-z])\.$",
    re.IGNORECASE,
)
_LONGEST_ABBREVIATION = 12


@dataclass(frozen=True)
class Link:
    """A link in a text."""

    words: str
    address: str


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or an entry of a list or table, as plain words.

    `outside` is the text without what is in links and code; `bold` says that all of it is bold; `level` is that of a
    heading as it was typed.
    """

    sort: Literal["heading", "paragraph", "entry"]
    text: str
    outside: str
    links: tuple[Link, ...] = ()
    level: int = 0
    bold: bool = False

    @property
    def sentences(self) -> list[str]:
        """The text, sentence by sentence; a line of its own is one, and so is what ends in a semicolon."""
        sentences: list[list[str]] = []
        for part in _split(self.text):
            if sentences and _ABBREVIATED.search(sentences[-1][-1][-_LONGEST_ABBREVIATION:]):
                sentences[-1].append(part)
            else:
                sentences.append([part])
        return [" ".join(parts) for parts in sentences]


@dataclass(frozen=True)
class Passage:
    """What one field says in one language."""

    field: str
    language: str
    blocks: tuple[Block, ...]

    @property
    def name(self) -> str:
        """What is asked in the field: "title", "summary", "body", or one of the kind's own questions."""
        return self.field.rpartition("_")[0]

    @property
    def links(self) -> list[Link]:
        """All its links, in order."""
        return [link for block in self.blocks for link in block.links]


def read(draft: Draft) -> list[Passage]:
    """Return every text of the draft that is not empty, language by language."""
    return [
        Passage(f"{name}_{language}", language, blocks)
        for language in dict.fromkeys([*draft.languages, *draft.content.texts])
        for name, text in _texts(draft, language)
        if (blocks := tuple(_blocks(text)) if name == "body" else _plain(text))
    ]


def word_count(text: str) -> int:
    """Return how many words there are in `text`."""
    return sum(1 for word in text.split() if any(character.isalnum() for character in word))


def _texts(draft: Draft, language: str) -> Iterator[tuple[str, str]]:
    words = draft.content.texts.get(language)
    if words:
        yield from (("title", words.title), ("summary", words.summary), ("body", words.body[:BODY_LENGTH]))
    for name in KINDS[draft.kind].form.per_language:
        yield name, clean_text(str(draft.content.details.get(f"{name}_{language}") or ""))


def _plain(text: str) -> tuple[Block, ...]:
    return (Block("paragraph", text, text),) if text.strip() else ()


def _blocks(body: str) -> Iterator[Block]:
    """Cut Markdown into blocks. What stands in code is nobody's prose."""
    before: list[Token] = []
    in_list = 0
    for token in markdown.tokens(body):
        if token.type in {"list_item_open", "table_open", "blockquote_open"}:
            in_list += 1
        elif token.type in {"list_item_close", "table_close", "blockquote_close"}:
            in_list -= 1
        if token.type == "inline":
            opening = before[-1]
            heading = opening.type == "heading_open"
            yield _block(
                token.children or [],
                "heading" if heading else "entry" if in_list else "paragraph",
                int(opening.tag[1]) if heading else 0,
            )
        before = [token]


def _block(children: Sequence[Token], sort: Literal["heading", "paragraph", "entry"], level: int) -> Block:
    text, outside, links = "", "", []
    words, address, strong, plain = "", None, 0, False
    for child in children:
        if child.type == "link_open":
            words, address = "", str(child.attrGet("href") or "")
            outside += " "
        elif child.type == "link_close" and address is not None:
            links.append(Link(words.strip(), address))
            address = None
        elif child.type in {"strong_open", "strong_close"}:
            strong += 1 if child.type == "strong_open" else -1
        elif child.type in {"text", "softbreak", "hardbreak"}:
            said = child.content if child.type == "text" else "\n"
            text += said
            words += said
            plain = plain or (not strong and any(character.isalnum() for character in said))
            outside += "" if address is not None else said
        elif child.type == "code_inline":
            text += " "
            words += child.content
            plain = True
    return Block(sort, text, outside, tuple(links), level, bold=bool(text.strip()) and not plain)


def _split(text: str) -> list[str]:
    parts, start = [], 0
    for end in _END.finditer(text):
        parts.append(text[start : end.start()])
        start = end.end()
    return [part.strip() for part in [*parts, text[start:]] if part.strip()]
