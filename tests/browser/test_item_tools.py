"""The tools of an item's page: sharing its address, printing it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Site
from tests.browser.test_offline import until

pytestmark = pytest.mark.once

SHARE, TOLD = "[data-share]", "[data-told]"
_SHEET = """
  window.given = [];
  navigator.share = async (what) => { given.push(what); if (window.refuses) throw new DOMException("", refuses); };
  navigator.canShare = () => true;
"""
_COLOURS = """() => [...document.querySelectorAll("body, main *")].filter((one) => one.checkVisibility())
  .map((one) => getComputedStyle(one)).flatMap((style) => [style.color, style.backgroundColor])"""


def test_where_there_is_a_sheet_the_address_alone_is_shared(visit: Callable[..., Page], site: Site) -> None:
    path = f"/fr/liege/{site.items['event']}/"
    page = visit("/fr/offline/")
    page.context.add_init_script(_SHEET)
    page.goto(f"{path}?utm_source=letter#times")
    page.click(SHARE)
    until(page, "given.length === 1")
    assert page.evaluate("given[0]") == {"title": "Fête du quai", "url": f"{site.origin}{path}"}
    page.evaluate("window.refuses = 'AbortError'")
    page.click(SHARE)
    until(page, "given.length === 2")
    expect(page.locator(TOLD)).to_be_hidden()


def test_without_a_sheet_the_address_is_copied_and_said_to_be(visit: Callable[..., Page], site: Site) -> None:
    path = f"/fr/liege/{site.items['event']}/"
    page = visit(path, permissions=["clipboard-read", "clipboard-write"])
    page.evaluate("delete Navigator.prototype.share")
    page.click(SHARE)
    expect(page.locator(f"{TOLD} [data-said=copied]")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{site.origin}{path}"


def test_where_nothing_may_be_copied_the_address_stands_there_to_be_selected(
    visit: Callable[..., Page], site: Site
) -> None:
    path = f"/fr/liege/{site.items['event']}/"
    page = visit(path)
    page.evaluate("delete Navigator.prototype.share; delete Navigator.prototype.clipboard")
    page.click(SHARE)
    expect(page.locator(f"{TOLD} input")).to_be_focused()
    assert page.evaluate("getSelection().toString()") in {"", f"{site.origin}{path}"}
    expect(page.locator(f"{TOLD} input")).to_have_value(f"{site.origin}{path}")
    expect(page.locator(f"{TOLD} [data-said=copied]")).to_be_hidden()


@pytest.mark.parametrize("path", ["/fr/liege/{news}/", "/fr/liege/{alert}/", "/fr/liege/", "/fr/agenda/?view=month"])
def test_on_paper_it_is_black_on_white_without_what_one_can_only_tap(
    visit: Callable[..., Page], site: Site, path: str
) -> None:
    page = visit(path.format(**site.items), color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    for selector in (".tabs", ".languages", "[data-tools]", ".save", ".promises", ".segments", ".agenda-turn a"):
        assert page.locator(selector).filter(visible=True).count() == 0, selector
    colours = {
        tuple(int(part) for part in re.findall(r"\d+", colour)[:3])
        for colour in page.evaluate(_COLOURS)
        if not colour.endswith(", 0)")
    }
    assert colours
    assert all(len(set(colour)) == 1 for colour in colours), "only shades of grey"
    expect(page.locator(".on-paper")).to_have_text(re.compile(r"/fr/"))


def test_on_paper_a_link_is_its_address(visit: Callable[..., Page], site: Site) -> None:
    page = visit(f"/fr/liege/{site.items['news']}/")
    behind = "element => getComputedStyle(element, '::after').content"
    link = page.locator(".prose a")
    assert link.evaluate(behind) == "none"
    page.emulate_media(media="print")
    assert link.evaluate(behind) == '" <https://example.org/>"'
    page.evaluate("document.querySelector('.prose a').setAttribute('href', '/fr/liege/')")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert f"{site.origin}/fr/liege/" in link.evaluate(behind)


def test_a_sheet_is_a4(visit: Callable[..., Page], site: Site) -> None:
    page = visit(f"/fr/liege/{site.items['news']}/")
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", page.pdf(prefer_css_page_size=True))
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {(595, 842)}
