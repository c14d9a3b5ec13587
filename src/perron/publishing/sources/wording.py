"""From a source's words to ours: HTML or plain text becomes our Markdown, in one of the community's languages."""

import html
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from bs4 import BeautifulSoup
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from markdownify import MarkdownConverter

from perron.communities.models import Community
from perron.core import markdown
from perron.core.text import clean_line, clean_text, normalise, shorten
from perron.publishing.checking import BODY_LENGTH, SUMMARY_LENGTH, TITLE_LENGTH
from perron.publishing.content import Content, Words
from perron.publishing.sources.entry import Entry, Wording, joined

INSTRUCTIONS_LENGTH = 500
# Beyond these, parsing HTML takes time that grows with the square; no article is like that.
_MOST_HTML = 200_000
_MOST_TAGS = 3_000
_CUT = gettext_lazy("The text was cut at %(most)d characters.")

# What begins a structure of Markdown at the start of a line, and what does anywhere.
_TAG = re.compile(r"<[^<>]*>")
_INLINE = re.compile(r"([\\`*_\[\]<>~|])")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_LEADING = re.compile(r"^(\s*)([#+=-]|>)", re.MULTILINE)
_NUMBERED = re.compile(r"^(\s*\d{1,9})([.)])", re.MULTILINE)
_LINKED = re.compile(r"(?<!\\)<https?:|\]\(<")
_ADDRESS = re.compile(r"https?://[^\s<>\"\\|`{}^]+[^\s<>\"\\|`{}^.,;:!?)\]'*_~]")


def content(entry: Entry, community: Community, topics: dict[str, str]) -> tuple[Content, list[str]]:
    """Return the content of `entry` and what had to be changed to fit.

    `topics` maps normalised names to slugs: categories of the source that are topics here are taken over.
    """
    notes = list(entry.notes)
    texts: dict[str, Words] = {}
    details: dict[str, Any] = dict(entry.details)
    for language, wording in _by_language(entry, community, notes).items():
        texts[language] = _words(wording, entry.url if entry.url.startswith("http") else entry.base, notes)
        if wording.instructions:
            details[f"instructions_{language}"] = shorten(clean_text(wording.instructions), INSTRUCTIONS_LENGTH)
    found = (topics.get(normalise(category), "") for category in entry.categories)
    return Content(texts=texts, details=details, topics=tuple(sorted({slug for slug in found if slug}))), notes


def from_html(text: str, base: str = "") -> str:
    """Return HTML as our Markdown: structure and links kept, everything else left out."""
    soup = BeautifulSoup(markdown.sanitise(_kept(text)), "html.parser")
    # Rendered Markdown begins at the third level (`core.markdown`), written at the second.
    for heading in soup.find_all(["h3", "h4"]):
        heading.name = {"h3": "h2", "h4": "h3"}[heading.name]
    for link in soup.find_all("a"):
        link["href"] = joined(base, str(link.get("href", "")))
        if str(link["href"]).partition(":")[0].lower() not in {"http", "https", "mailto", "tel"}:
            link.unwrap()
    try:
        return clean_text(_Converter(**_OPTIONS).convert_soup(soup))
    except RecursionError:
        return from_plain(markdown.plain(text))


def from_plain(text: str) -> str:
    """Return plain text as Markdown that shows exactly it: lines kept, addresses as links."""
    text = clean_text(text)
    parts: list[str] = []
    end = 0
    for address in _ADDRESS.finditer(text):
        parts += [_escaped(text[end : address.start()]), f"<{address[0]}>"]
        end = address.end()
    escaped = "".join([*parts, _escaped(text[end:])])
    lines = _NUMBERED.sub(r"\1\\\2", _LEADING.sub(r"\1\\\2", escaped)).split("\n")
    # Four spaces would begin a block of code; a backslash keeps the end of a line.
    stripped = [line.strip() for line in lines]
    return "\n".join(
        f"{line}\\" if line and following else line
        for line, following in zip(stripped, [*stripped[1:], ""], strict=True)
    )


def _words(wording: Wording, base: str, notes: list[str]) -> Words:
    if wording.is_html and (len(wording.body) > _MOST_HTML or wording.body.count("<") > _MOST_TAGS):
        notes.append(_("Its text is so long or so intricate that only the words were taken."))
        wording = replace(wording, body=html.unescape(_TAG.sub(" ", wording.body)), is_html=False)
    if len(wording.body) > _MOST_HTML:
        notes.append(_CUT % {"most": BODY_LENGTH})
        wording = replace(wording, body=wording.body[:BODY_LENGTH])
    body = from_html(wording.body, base) if wording.is_html else from_plain(wording.body)
    plain = clean_line(markdown.plain(wording.body) if wording.is_html else wording.body)
    title = clean_line(wording.title) or shorten(plain, 80)
    if plain == title:
        plain = ""
        # The same words, unless one of them leads somewhere.
        body = body if _LINKED.search(body) else ""
    if len(title) > TITLE_LENGTH:
        body = f"**{_escaped(title)}**\n\n{body}"
        title = shorten(title, TITLE_LENGTH)
    for name, address in wording.links:
        link = from_html(f'<a href="{html.escape(address)}">{html.escape(clean_line(name))}</a>', base)
        body += f"\n\n{link}"
    if len(body) > BODY_LENGTH:
        notes.append(_CUT % {"most": BODY_LENGTH})
        body = body[:BODY_LENGTH].rsplit("\n\n", 1)[0]
    summary = shorten(clean_line(wording.summary) or plain, SUMMARY_LENGTH)
    return Words(title=title, summary=summary, body=body.strip("\n"))


def _by_language(entry: Entry, community: Community, notes: list[str]) -> dict[str, Wording]:
    """Return one wording for each language of the community that there is, or the first under its own first."""
    found: dict[str, Wording] = {}
    for wording in entry.wordings:
        language = wording.language.split("-")[0].split("_")[0].strip().lower()
        if language in community.languages:
            found.setdefault(language, wording)
    if found or not entry.wordings:
        return found
    if entry.wordings[0].language:
        notes.append(_("The text is in a language in which the community does not publish."))
    return {community.languages[0]: entry.wordings[0]}


def _kept(text: str) -> str:
    """Headings to ours, so that the sanitiser keeps them; what a browser shows as blocks, as paragraphs."""
    text = re.sub(r"<(/?)h[12]\b", r"<\1h3", text, flags=re.IGNORECASE)
    text = re.sub(r"<(/?)h[56]\b", r"<\1h4", text, flags=re.IGNORECASE)
    text = re.sub(r"<(/?)b(?=[\s>])", r"<\1strong", text, flags=re.IGNORECASE)
    text = re.sub(r"<(/?)i(?=[\s>])", r"<\1em", text, flags=re.IGNORECASE)
    return re.sub(r"<(/?)(?:div|section|article|dd|dt|figcaption)\b", r"<\1p", text, flags=re.IGNORECASE)


def _escaped(text: str) -> str:
    return _ENTITY.sub(r"\\&", _INLINE.sub(r"\\\1", text))


class _Converter(MarkdownConverter):
    """Escapes what markdownify leaves: entities written out, and structures at the start of a line."""

    def escape(self, text: str, parent_tags: set[str]) -> str:
        """Return a text node so that it means only itself."""
        if not text or "_noformat" in parent_tags:
            return text
        return _NUMBERED.sub(r"\1\\\2", _LEADING.sub(r"\1\\\2", _escaped(text)))

    def convert_a(self, el: Any, text: str, parent_tags: set[str]) -> str:
        """Return a link whose address may hold parentheses and spaces."""
        words = " ".join(text.split())
        if "_noformat" in parent_tags or not words:
            return text
        address = re.sub(r"[\s<>\\]", lambda found: quote(found[0]), str(el["href"]))
        return f"[{words}](<{address}>)"


_OPTIONS: dict[str, Any] = {"heading_style": "ATX", "bullets": "-", "autolinks": False, "newline_style": "BACKSLASH",
                            "table_infer_header": True}  # fmt: skip
