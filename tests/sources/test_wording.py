import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perron.core import markdown
from perron.core.text import clean_line, clean_text
from perron.publishing.sources.wording import from_html, from_plain

PLAIN = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]) | st.sampled_from("*_`[]()#+-<>&\\!~|=\n\n1.")
)


@settings(deadline=None)
@given(PLAIN)
def test_plain_text_shows_exactly_itself(text: str) -> None:
    shown = markdown.plain(markdown.render(from_plain(text)))
    assert _squeezed(shown) == _squeezed(clean_text(text))


@settings(deadline=None)
@given(PLAIN)
def test_the_text_in_html_shows_exactly_itself(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = markdown.plain(markdown.render(from_html(f"<p>{escaped}</p>")))
    assert _squeezed(shown) == _squeezed(clean_line(text))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>Un <b>mot</b> et <i>un</i> autre</p>", "<strong>mot</strong> et <em>un</em>"),
        ("<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>", "<li>c</li>"),
        ("<ol><li>a</li><li>b</li></ol>", "<ol>\n<li>a</li>"),
        ('<a href="/page(1)?a=b&amp;c=d e">lien</a>', 'href="https://a.example/page(1)?a=b&amp;c=d%20e"'),
        ("<h1>Titre</h1><p>x</p>", "<h3>Titre</h3>"),
        ("<table><tr><td>a</td><td>b|c</td></tr></table>", "<t"),
        ("a<br>b", "<br>"),
        ("<div>un</div><div>deux</div>", "<p>un</p>\n<p>deux</p>"),
        ("<blockquote>cité</blockquote>", "<blockquote>"),
        ("<pre>a  b\n*c*</pre>", "*c*"),
    ],
)
def test_structure_and_links_survive(html: str, expected: str) -> None:
    assert expected in markdown.render(from_html(html, "https://a.example/x"))


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>ok",
        "<a href='javascript:alert(1)'>ok</a>",
        "<a href=' jAva\tscript:alert(1)'>ok</a>",
        "<img src=x onerror=alert(1)>ok",
        "<p onclick=alert(1) style='position:fixed'>ok</p>",
        "<iframe src='https://evil.example'></iframe>ok",
        "<svg><script>alert(1)</script></svg>ok",
        "&lt;script&gt;alert(1)&lt;/script&gt;ok",
        "[ok](javascript:alert(1))",
        "<style>body{}</style>ok",
    ],
)
def test_nothing_dangerous_survives(html: str) -> None:
    shown = markdown.render(from_html(html))
    assert "ok" in shown
    assert not re.search(r"<(script|img|iframe|svg|style)|\bhref=\"[^h]|onclick=|style=", shown)


def test_addresses_in_plain_text_become_links() -> None:
    shown = markdown.render(from_plain("Voir https://a.example/b_c*d*?x=1&y=(2). Fin."))
    assert 'href="https://a.example/b_c*d*?x=1&amp;y=(2"' in shown


def test_html_nested_beyond_reason_becomes_plain_text() -> None:
    assert "fond" in from_html("<blockquote>" * 1_400 + "fond")


def _squeezed(text: str) -> str:
    return "".join(text.split())
