"""Links: names that say where they lead (WCAG 2.2, 2.4.4), addresses that can be pressed, addresses that still lead
somewhere."""

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from perron.core.text import normalise
from perron.publishing.advising.finding import Draft, Finding
from perron.publishing.advising.reading import Link, Passage, read

# Normalised; of all languages at once, since “hier” or “link” says nothing in any of them.
_SAYS_NOTHING = frozenset(
    normalise(name)
    for name in """
    ici|cliquez ici|cliquer ici|clique ici|cliquez-ici|cliquez sur ce lien|par ici|voir ici|c'est ici|lien|le lien|
    ce lien|via ce lien|sur ce lien|suivez ce lien|suivre ce lien|en savoir plus|savoir plus|plus d'infos|plus d'info|
    plus d'informations|+ d'infos|+ d'info|infos|info|lire la suite|la suite|suite|lire plus|voir plus|plus|voir|
    cette page|la page|page|ce site|site|le site|site web|site internet|détails|cliquez|ce document|document|fichier|
    hier|klik hier|klik|via deze link|deze link|de link|via link|link|lees meer|meer lezen|lees verder|verder lezen|
    meer|meer info|meer informatie|deze pagina|pagina|deze website|website|de website|dit document|bestand|
    hier klicken|klicken sie hier|klicke hier|klick hier|mehr|mehr infos|mehr info|mehr lesen|mehr erfahren|weiterlesen|
    weiter|mehr informationen|weitere informationen|weitere infos|dieser link|diesem link|diesen link|unter diesem link|
    diese seite|seite|webseite|details|dokument|datei|dieses dokument|
    here|click here|click|more|more info|more information|read more|learn more|find out more|this link|the link|
    this page|this|this site|this website|web site|file|url|www|http
    """.replace("\n", " ").split("|")
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>()\[\]«»“”]+[^\s<>()\[\]«»“”.,;:!?'’\"]", re.IGNORECASE)
_MAIL = re.compile(r"(?<![\w.@/-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b", re.IGNORECASE)
# Belgian numbers as people write them: 04 221 80 00, 04/221.80.00, 0496 12 34 56, +32 (0)4 221 80 00.
_PHONE = re.compile(
    r"(?<![\w+.,/-])(?:(?:\+|00)32[ .]?(?:\(0\))?[ .]?|0)[1-9]\d?\d?(?:[ ./-]{0,3}\d{2,3}){3}(?![\w/-])"
)
_MOST_IN_A_LINK = 60


def look(draft: Draft, passages: Sequence[Passage]) -> Iterator[Finding]:
    """Look at the names of links, at addresses that are none, and at those that lead nowhere."""
    for passage in passages:
        for link in passage.links:
            yield from _name(passage, link)
            yield from _target(passage, link)
            if link.address in draft.dead:
                yield _dead(passage.field, link, draft.dead[link.address])
        yield from _same_name(passage)
        if passage.name == "body":
            yield from _cannot_be_pressed(passage)
    for field, address in outside_texts(draft):
        if address in draft.dead:
            yield _dead(field, Link("", address), draft.dead[address])


def addresses(draft: Draft) -> list[str]:
    """Return the addresses on the web that the draft leads to, each once."""
    found = [link.address for passage in read(draft) for link in passage.links]
    found += [address for _field, address in outside_texts(draft)]
    return [address for address in dict.fromkeys(found) if address.lower().startswith(("http://", "https://"))]


def outside_texts(draft: Draft) -> Iterator[tuple[str, str]]:
    """Return fields that hold nothing but an address."""
    address = draft.content.details.get("registration_url")
    if draft.kind == "event" and isinstance(address, str) and address:
        yield "registration_url", address


def _name(passage: Passage, link: Link) -> Iterator[Finding]:
    if not link.words:
        yield Finding(
            "links",
            passage.field,
            link.address,
            _("A link has no name."),
            _("Nobody sees it, and people who listen to the page hear only “link”."),
            _("Write between the brackets what is there: [Registration form](address)."),
        )
    elif normalise(link.words) in _SAYS_NOTHING or not normalise(link.words):
        yield Finding(
            "links",
            passage.field,
            link.words,
            _("The name of this link does not say where it leads."),
            _("People who listen to the page go through its links one by one, without the sentence around them."),
            _("Name what is there: [Registration form](address)."),
        )
    elif _is_raw(link.words):
        yield Finding(
            "links",
            passage.field,
            link.words,
            _("The name of this link is its address."),
            _("It is read aloud letter by letter."),
            _("Name what is there: [Registration form](address)."),
        )


def _is_raw(words: str) -> bool:
    """Whether a link is named by an address that says more than which site it is: “liege.be” is a name."""
    if not _ADDRESS.fullmatch(words):
        return False
    rest = re.sub(r"^(?:https?://)?(?:www\.)?", "", words, flags=re.IGNORECASE)
    return "/" in rest.rstrip("/")


def _target(passage: Passage, link: Link) -> Iterator[Finding]:
    address = link.address.strip()
    if not address:
        yield Finding(
            "links",
            passage.field,
            link.words,
            _("This link has no address."),
            _("Whoever presses it stays where they are."),
            _("Write the address between the round brackets: [name](https://…)."),
        )
    elif re.match(r"(?:www\.|[\w-]+(?:\.[\w-]+)*\.(?:be|com|eu|org|net|fr|nl|de|lu|brussels|vlaanderen)(?:[/?#]|$))",
                  address, re.IGNORECASE):  # fmt: skip
        yield Finding(
            "links",
            passage.field,
            f"[{link.words}]({address})",
            _("This address lacks its beginning."),
            _("It leads to a page of this platform that does not exist."),
            _("Write %(address)s.") % {"address": f"https://{address}"},
        )


def _same_name(passage: Passage) -> Iterator[Finding]:
    """Find one name for two places. Names that say nothing are told of already."""
    leads: dict[str, str] = {}
    told = set()
    for link in passage.links:
        name = normalise(link.words)
        if not name or name in _SAYS_NOTHING or name in told or not link.address:
            continue
        if leads.setdefault(name, link.address).rstrip("/") != link.address.rstrip("/"):
            told.add(name)
            yield Finding(
                "links",
                passage.field,
                link.words,
                _("Two links have the same name and lead to different places."),
                _("In a list of links nobody can tell them apart."),
                _("Say in each name what is special about its page."),
            )


def _cannot_be_pressed(passage: Passage) -> Iterator[Finding]:
    """Find addresses and numbers that are only words; the first of each sort shows how it is done."""
    outside = "\n".join(block.outside for block in passage.blocks)
    for pattern, what, written in (
        (_ADDRESS, _("This address is not a link: nobody can press it."), _as_link),
        (_MAIL, _("This mail address is not a link."), lambda found: f"[{found}](mailto:{found})"),
        (_PHONE, _("This telephone number is not a link."), _as_call),
    ):
        found = [match[0] for match in pattern.finditer(outside)]
        if not found:
            continue
        yield Finding(
            "links",
            passage.field,
            ", ".join(dict.fromkeys(found)),
            what,
            _("On a phone, a tap is easier than copying it."),
            _("Write %(link)s.") % {"link": written(found[0])},
        )
        outside = pattern.sub(" ", outside)


def _as_link(found: str) -> str:
    address = found if found.lower().startswith("http") else f"https://{found}"
    shown = address if len(address) <= _MOST_IN_A_LINK else "https://…"
    return "[" + _("what is there") + f"]({shown})"


def _as_call(found: str) -> str:
    digits = re.sub(r"\D", "", found.replace("(0)", ""))
    number = digits.removeprefix("0032") if digits.startswith("0032") else digits
    number = number.removeprefix("32") if found.startswith("+") else number.removeprefix("0")
    return f"[{found}](tel:+32{number})"


def _dead(field: str, link: Link, why: str) -> Finding:
    return Finding(
        "dead",
        field,
        f"{link.words} ({link.address})" if link.words and link.words != link.address else link.address,
        _("This link leads nowhere."),
        why,
        _("Look for the new address, or take the link away."),
    )
