"""What is wrong with a campaign, or might make mail programs and readers take it for spam.

A handful of plain rules about what is written, each of which says what it saw. No score, and no promise: whether a mail
arrives depends as much on where it is sent from, and on what its readers do with it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from perron.core import markdown
from perron.core.errors import Refused
from perron.core.language import NAMES
from perron.outreach.newsletter.audience import basis_named
from perron.outreach.newsletter.tables import Campaign
from perron.privacy.policy.current import policy

# What a phone shows of a subject line; of longer ones, the end is lost.
_LONGEST_SEEN = 78
# So many words at least say something beside a link.
_FEWEST_WORDS = 15
_ANSWER = re.compile(r"^(re|fwd?|tr|aw|wg|antw)\s*:", re.IGNORECASE)
_SHOUTS = re.compile(r"[!?]{2,}|[€$£]{2,}|!.*!.*!")
_LOOKS_LIKE_ADDRESS = re.compile(r"^(?:https?://)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)(?:[/?#].*)?$", re.IGNORECASE)
_HOST = re.compile(r"^https?://([^/?#:]+)", re.IGNORECASE)


@dataclass(frozen=True)
class Finding:
    """One thing that was seen. `stops`: it cannot be sent like that; else somebody decides."""

    sentence: str
    stops: bool = False
    language: str = ""

    @property
    def where(self) -> str:
        """The language that it is about, by its own name; "" for all of it."""
        return NAMES.get(self.language, "")


@dataclass(frozen=True)
class Link:
    """A link in a text."""

    words: str
    address: str


def find(campaign: Campaign) -> list[Finding]:
    """Return what was seen, in the language at hand: first what stops it."""
    return sorted(_find(campaign), key=lambda finding: not finding.stops)


def links_in(text: str) -> list[Link]:
    """Return the links of a text in limited Markdown, in their order."""
    found: list[Link] = []
    for block in markdown.tokens(text):
        address, words = "", ""
        for token in block.children or ():
            if token.type == "link_open":
                address, words = str(token.attrs.get("href", "")), ""
            elif token.type == "link_close":
                found.append(Link(words, address))
                address = ""
            elif address:
                words += token.content
    return found


def _find(campaign: Campaign) -> Iterator[Finding]:
    try:
        basis_named(campaign.basis)
    except Refused as refusal:
        yield Finding(refusal.message, stops=True)
    begun = [code for code in NAMES if campaign.headings.get(code) or campaign.texts.get(code)]
    if not begun:
        yield Finding(_("Nothing is written yet."), stops=True)
    for language in begun:
        heading, text = campaign.headings.get(language, ""), campaign.texts.get(language, "")
        if not heading:
            yield Finding(_("The subject line is empty."), stops=True, language=language)
        if not text:
            yield Finding(_("There is a subject line, and no text."), stops=True, language=language)
        for sentence in [*_in_heading(heading), *_in_text(text), *_in_links(campaign, text)]:
            yield Finding(sentence, language=language)
    missing = [code for code in policy().languages if code not in begun]
    if begun and missing:
        said = {"missing": ", ".join(NAMES[code] for code in missing), "instead": NAMES[begun[0]]}
        yield Finding(_("Nothing is written for who reads %(missing)s: they get it in %(instead)s.") % said)


def _in_heading(heading: str) -> Iterator[str]:
    if _shouted(heading):
        yield _("The subject line is in capitals. Filters and readers take that for shouting.")
    if _ANSWER.match(heading):
        yield _("The subject line pretends to answer a mail. Readers who see that complain.")
    if _SHOUTS.search(heading):
        yield _("The subject line has several signs in a row, or many exclamation marks. Write a plain sentence.")
    if len(heading) > _LONGEST_SEEN:
        said = {"number": len(heading), "most": _LONGEST_SEEN}
        yield _("The subject line has %(number)d characters; telephones show about %(most)d at most.") % said


def _in_text(text: str) -> Iterator[str]:
    words = markdown.plain(markdown.render(text))
    for link in links_in(text):
        words = words.replace(link.words, "", 1)
    if text and len(words.split()) < _FEWEST_WORDS:
        if links_in(text):
            yield _("There is little more than a link. Filters distrust that, and readers do not know why to press it.")
        else:
            yield _("There is hardly any text. Filters distrust that.")
    if any(_shouted(line) for line in text.splitlines()):
        yield _("A line of the text is in capitals. Filters and readers take that for shouting.")


def _in_links(campaign: Campaign, text: str) -> Iterator[str]:
    for link in links_in(text):
        said = {"address": link.address[:200], "words": link.words[:80]}
        shown, leads = _LOOKS_LIKE_ADDRESS.match(link.words.strip()), _HOST.match(link.address)
        if shown and leads and shown[1].lower() != leads[1].lower():
            yield _("The link “%(words)s” leads elsewhere than it says: %(address)s. That is how frauds look.") % said
        if link.address.lower().startswith("http:"):
            yield _("A link is not protected (http instead of https): %(address)s") % said
        elif not link.address.lower().startswith(("https:", "mailto:", "tel:")):
            yield _("A link leads nowhere from a mail; write its whole address, with https: %(address)s") % said
        match campaign.links.get(link.address):
            case "dead":
                yield _("A link is dead, nothing answers there: %(address)s") % said
            case "unclear":
                yield (
                    _("A link could not be checked from here. Press it once to see where it leads: %(address)s") % said
                )


def _shouted(line: str) -> bool:
    letters = [each for each in line if each.isalpha()]
    return len(letters) >= 10 and all(each.isupper() for each in letters)
