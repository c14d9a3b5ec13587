"""The limited Markdown that editors write, and the HTML that comes in from elsewhere; both end sanitised."""

import re
from collections.abc import Sequence
from html import unescape
from types import SimpleNamespace

import nh3
from markdown_it import MarkdownIt, helpers
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

# Headings start at the third level: the page's title is the first, its sections the second.
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h3", "h4", "blockquote", "hr", "table", "thead", "tbody",
         "tr", "th", "td", "code", "pre"}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"scope"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_HEADING = re.compile(r"<(/?)h([1-6])>")

# Each bracket that is never closed costs the parser a look at what follows: more of them in a text are no links at all.
_MOST_UNCLOSED = 600


def _bounded_label(state: StateInline, start: int, disableNested: bool = False) -> int:  # noqa: N803 the parser's name
    unclosed = state.env.get("unclosed", 0)
    if unclosed >= _MOST_UNCLOSED:
        return -1
    end = helpers.parseLinkLabel(state, start, disableNested)
    if end < 0:
        state.env["unclosed"] = state.env.get("unclosed", 0) + 1
    return end


_parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False}).disable(["image"])
_parser.helpers = SimpleNamespace(  # type: ignore[assignment]  # as modules are
    parseLinkDestination=helpers.parseLinkDestination,
    parseLinkLabel=_bounded_label,
    parseLinkTitle=helpers.parseLinkTitle,
)


def render(markdown: str) -> str:
    """Return sanitised HTML for `markdown`: no images, no raw HTML, headings from the third level down."""
    html = _HEADING.sub(lambda m: f"<{m[1]}h{3 if int(m[2]) <= 2 else 4}>", _parser.render(markdown))
    # A text that begins with a deeper heading would skip a level (WCAG 2.2, 1.3.1).
    before, third, after = html.partition("<h3>")
    return sanitise(before.replace("<h4>", "<h3>").replace("</h4>", "</h3>") + third + after)


def tokens(markdown: str) -> Sequence[Token]:
    """Return `markdown` as its parser reads it, for rules that look at headings, paragraphs and links."""
    return _parser.parse(markdown)


def sanitise(html: str) -> str:
    """Return `html` with only harmless elements, and only links to http, https, mailto and tel."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
        clean_content_tags={"script", "style"},
    )


def plain(html: str) -> str:
    """Return the words of `html` without its elements, on one line."""
    spaced = re.sub(r"<(/p|/li|br|/h\d|/tr|/td|/div)\b", r" <\1", html)
    text = nh3.clean(spaced, tags=set(), clean_content_tags={"script", "style"})
    return " ".join(unescape(text).split())
