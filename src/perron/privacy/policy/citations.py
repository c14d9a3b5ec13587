"""Citations of laws as policies and declarations write them: "GDPR art. 6(1)(b)", "Act of 30 July 2018 art. 7".

`laws.toml` lists the laws that may be cited, and how their articles are really numbered.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_FORM = re.compile(r"(?P<law>.+) art\. (?P<article>[\dA-Z./]+)(?:\((?P<paragraph>\d+)\))?(?:\((?P<point>[a-z])\))?")


class Citation(NamedTuple):
    """A citation in its parts; `paragraph` and `point` may be ""."""

    law: str
    article: str
    paragraph: str
    point: str


def parse(citation: str) -> Citation:
    """Return the parts of a citation. Raises `ValueError` with the remedy where no law has such a place."""
    found = _FORM.fullmatch(citation)
    if not found:
        raise ValueError(f"{citation!r} is no citation; write for example GDPR art. 6(1)(b)")
    cited = Citation(*(found[part] or "" for part in ("law", "article", "paragraph", "point")))
    if cited.law not in laws():
        raise ValueError(f"{citation!r} cites a law that laws.toml does not know; write one of {', '.join(laws())}")
    articles = laws()[cited.law]["articles"]
    if cited.article not in articles or not _has(articles[cited.article].split(), cited):
        raise ValueError(f"{citation!r}: the law has no such article, paragraph or point; look it up")
    return cited


def in_words(citation: str, language: str) -> str:
    """Return a citation as a language writes the law's name: "RGPD art. 6(1)(b)"."""
    law, art, place = citation.partition(" art. ")
    return f"{law_in_words(law, language)}{art}{place}"


def address(citation: str) -> str:
    """Return where the cited law can be read; "" for one that is not known."""
    return law_address(citation.partition(" art. ")[0])


def law_in_words(law: str, language: str) -> str:
    """Return what a language calls a law; a law that is not known as it is written."""
    return str(laws()[law]["short"][language]) if law in laws() else law


def law_address(law: str) -> str:
    """Return where a law can be read; "" for one that is not known."""
    return str(laws()[law]["address"]) if law in laws() else ""


@cache
def laws() -> Mapping[str, Any]:
    """Return what may be cited, by the law's name: its "address", its "short" names by language, its "articles"."""
    return tomllib.loads((Path(__file__).parent / "laws.toml").read_text(encoding="utf-8"))


def _has(numbering: list[str], cited: Citation) -> bool:
    """Say whether an article numbered such as ["4", "1a-f"] (four paragraphs, the first with points) has the place."""
    paragraphs, *points = numbering
    if cited.paragraph and not 1 <= int(cited.paragraph) <= int(paragraphs):
        return False
    if not cited.point:
        return True
    spans = {span[:-3]: (span[-3], span[-1]) for span in points}
    first, last = spans.get(cited.paragraph or "0", ("z", "a"))
    return first <= cited.point <= last
