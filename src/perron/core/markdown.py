"""The limited Markdown that editors write, and the HTML that comes in from elsewhere; both end sanitised."""

import re

import nh3
from markdown_it import MarkdownIt

# Headings start at the third level: the page's title is the first, its sections the second.
_TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h3", "h4", "blockquote", "hr", "table", "thead", "tbody",
         "tr", "th", "td", "code", "pre"}  # fmt: skip
_ATTRIBUTES = {"a": {"href", "title"}, "th": {"scope"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_HEADING = re.compile(r"<(/?)h([1-6])>")

_parser = MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False}).disable(["image"])


def render(markdown: str) -> str:
    """Return sanitised HTML for `markdown`: no images, no raw HTML, headings from the third level down."""
    html = _HEADING.sub(lambda m: f"<{m[1]}h{3 if int(m[2]) <= 2 else 4}>", _parser.render(markdown))
    # A text that begins with a deeper heading would skip a level (WCAG 2.2, 1.3.1).
    before, third, after = html.partition("<h3>")
    return sanitise(before.replace("<h4>", "<h3>").replace("</h4>", "</h3>") + third + after)


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
    for entity, character in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&")):
        text = text.replace(entity, character)
    return " ".join(text.split())
