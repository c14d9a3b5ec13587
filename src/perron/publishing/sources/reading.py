"""From bytes to a `Feed`: the characters, the format (by what the file holds, not by its name), and its reader."""

import codecs
import re
from collections.abc import Callable
from functools import partial
from html.entities import html5

from django.utils.translation import gettext as _
from lxml import etree

from perron.core.errors import TooLarge
from perron.publishing.sources import cap, icalendar, json_feed, rss_atom
from perron.publishing.sources.entry import Feed, Unreadable, look_at_number

LIMIT = 20_000_000

# What takes the readers about a quarter of a minute.
_MOST_TAGS = 1_000_000
_MOST_ATTRIBUTES = 1_000
_LONG_TAG = re.compile(r"<\w[^<>]{10000,}")

_DECLARED = re.compile(r"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""", re.ASCII)
# Python knows codecs that are no character sets, and some that take quadratic time.
_CHARSET = re.compile(
    r"(us-)?ascii|utf[-_]?(8|16|32)([-_]?[bl]e)?|iso[-_]?(8859|2022).*|latin.*|(windows|cp|ibm)[-_]?\d+|koi8.*|mac.*|"
    r"gb\w+|big5.*|shift.*|euc.*",
    re.IGNORECASE,
)
# A file under one of these names is often UTF-8, and hardly ever by accident.
_WESTERN = re.compile(r"(us-)?ascii|iso[-_]?8859[-_]?(1|15)|latin[-_]?[19]|(windows|cp)[-_]?1252", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
         (b"<\0?\0", "utf-16-le"), (b"\0<\0?", "utf-16-be"))  # fmt: skip
# RFC 5545 §3.1: a calendar's lines may be folded between the bytes of one character.
_FOLDED = re.compile(rb"(?<=[\x80-\xf4])\r?\n[ \t](?=[\x80-\xbf])")
# What neither XML nor people need: controls but tab and line ends, lone surrogates, non-characters.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_DECLARATION = re.compile(r"<\?xml\s.{0,400}?\?>", re.DOTALL)
_PROLOGUE = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)*", re.DOTALL)
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30};)")
_XML_OWN = {"amp;", "lt;", "gt;", "quot;", "apos;"}
_WEB_PAGE = re.compile(r"<(!doctype\s+)?html\b", re.IGNORECASE)
_RSS_091 = re.compile(r"<!DOCTYPE\s+rss\s+PUBLIC\s+\"-//Netscape Communications//DTD RSS 0\.91//EN\"[^\[>]*>")


def read(data: bytes, *, charset: str = "", base: str = "") -> Feed:
    """Return what `data` holds. `charset` is what the server said, `base` the address that relative links start from.

    Raises `Unreadable`, `TooLarge`.
    """
    if len(data) > LIMIT:
        raise TooLarge(_("The file has more than %(most)d MB.") % {"most": LIMIT // 1_000_000})
    text = _CONTROLS.sub("", characters(data, charset)).lstrip("\ufeff \t\r\n")
    if not text:
        raise Unreadable(_("The file is empty."))
    try:
        feed = _reader(text, base)(text)
    except RecursionError as error:
        raise Unreadable(_("The file is nested too deeply.")) from error
    feed.format = feed.format or _format(text)
    return feed


def characters(data: bytes, charset: str = "") -> str:
    """Return `data` as text: by its byte order mark, the server's word, its own XML declaration, or UTF-8.

    What is not in the encoding that it claims is read as UTF-8, and the bytes that are none as Windows-1252: one
    paragraph pasted into a file does not spoil the rest of it.
    """
    data = _FOLDED.sub(b"", data)
    marked = next((name for mark, name in _BOMS if data.startswith(mark)), "")
    declared = _DECLARED.match(data[:400].decode("latin-1"))
    claimed = [name for name in (marked, charset, declared[1] if declared else "") if _CHARSET.fullmatch(name)]
    if not marked and any(_WESTERN.fullmatch(name) for name in claimed):
        claimed.insert(0, "utf-8")
    for name in claimed:
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            continue
    return data.decode("utf-8", errors="perron.windows")


def _windows(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", errors="replace"), error.end


codecs.register_error("perron.windows", _windows)


def _format(text: str) -> str:
    if text.startswith("{"):
        return "JSON Feed"
    return "iCalendar" if text[:6].upper() == "BEGIN:" else "CAP"


def _reader(text: str, base: str) -> Callable[[str], Feed]:
    if text.startswith("{"):
        return partial(json_feed.read, base=base)
    if text[:15].upper() == "BEGIN:VCALENDAR":
        return icalendar.read
    if text.startswith("<"):
        return partial(_read_xml, base=base)
    raise _unknown()


def _read_xml(text: str, base: str) -> Feed:
    text = _without_document_type(text)
    if text.count("<") > _MOST_TAGS or any(tag[0].count("=") > _MOST_ATTRIBUTES for tag in _LONG_TAG.finditer(text)):
        raise TooLarge(_("The file has too many parts to be read."))
    root = _parsed(text)
    name = str(etree.QName(root).localname)
    if name == "alert":
        return cap.read(root)
    if name in {"rss", "RDF", "feed"}:
        look_at_number(sum(1 for _element in root.iter("{*}item", "{*}entry")))
        return rss_atom.read(root, base)
    raise _unknown()


def _without_document_type(text: str) -> str:
    """Refuse a document type, and with it entities: one can only stand before the first element.

    The one of RSS 0.91 names a file that nobody ever loads; it is dropped.
    """
    text = _DECLARATION.sub("", _RSS_091.sub("", text, count=1), count=1)
    prologue = _PROLOGUE.match(text)
    start = prologue.end() if prologue else 0
    if _WEB_PAGE.match(text, start):
        raise _web_page()
    if text[start : start + 9].upper() == "<!DOCTYPE":
        line = text.count("\n", 0, start) + 1
        raise Unreadable(_("Line %(line)d: a document type and entities are not accepted.") % {"line": line})
    return _NAMED.sub(_numbered, text)


def _numbered(found: re.Match[str]) -> str:
    """HTML's named characters (`&eacute;`) are no XML, but feeds use them."""
    if found[1] in _XML_OWN:
        return found[0]
    return "".join(f"&#{ord(character)};" for character in html5.get(found[1], "")) or found[0]


def _parsed(text: str) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
                             remove_comments=True, remove_pis=True)  # fmt: skip
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 1
        raise Unreadable(
            _("Line %(line)d: this is not well-formed XML (%(reason)s).") % {"line": line, "reason": error.msg}
        ) from error


def _web_page() -> Unreadable:
    return Unreadable(_("This is a web page. Give the address of its feed or calendar."), "web_page")


def _unknown() -> Unreadable:
    return Unreadable(_("This is neither RSS, Atom, JSON Feed, iCalendar nor CAP."))
