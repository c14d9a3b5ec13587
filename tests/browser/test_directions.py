"""Text from right to left, in a page that reads from the left or from the right: nothing runs over or out of it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.installation import Site
from tests.browser.test_offline import until

pytestmark = pytest.mark.once

# Words that lie over other words, or outside of the window. What is fixed over the page is meant to.
_CROWDED = """() => {
  const isSeen = (one) => one.checkVisibility() && !one.closest(".unseen, .skip, .tabs, .app-notes, template");
  const isFixed = (one) => one && (/fixed|sticky/.test(getComputedStyle(one).position) || isFixed(one.parentElement));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const boxes = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.data.trim() || !isSeen(node.parentElement) || isFixed(node.parentElement)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const text = node.data.trim().slice(0, 40);
    boxes.push(...Array.from(range.getClientRects(), (box) => ({ box, text })).filter(({ box }) => box.width > 1));
  }
  const outside = boxes.filter(({ box }) => box.left < -1 || box.right > innerWidth + 1);
  const found = outside.map(({ text }) => `outside: ${text}`);
  // Lines of one text may touch; the words of another lie over them from a third of a line on.
  const over = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > Math.min(a.height, b.height) / 3;
  boxes.forEach((one, index) => boxes.slice(index + 1).forEach((other) => {
    if (one.text !== other.text && over(one.box, other.box)) found.push(`${one.text} | ${other.text}`);
  }));
  if (document.documentElement.scrollWidth > innerWidth) found.push(`${document.documentElement.scrollWidth} px wide`);
  return found;
}"""
_MIRROR = "document.documentElement.dir = 'rtl'"


@pytest.fixture(scope="module")
def written(site: Site) -> dict[str, str]:
    """The addresses of an event in Arabic and of news in Hebrew."""
    return site.do("from-the-right")


@pytest.mark.parametrize(
    "path",
    ["/fr/", "/fr/anvers/{event}/", "/fr/anvers/{news}/", "/fr/anvers/", "/fr/agenda/?view=week", "/fr/saved/",
     "/fr/choose/", "/fr/liege/", "/fr/move/"],
)  # fmt: skip
def test_nothing_runs_over_or_out(visit: Callable[..., Page], written: dict[str, str], path: str) -> None:
    narrow: ViewportSize = {"width": 320, "height": 700}
    wide: ViewportSize = {"width": 1280, "height": 700}
    page = visit(path.format(**written), follows=["anvers", "liege"], viewport=narrow, service_workers="block")
    until(page, "!document.querySelector('[aria-busy]')")
    found = {}
    for direction in ("ltr", "rtl"):
        page.evaluate(f"document.documentElement.dir = {direction!r}")
        for size in (narrow, wide):
            page.set_viewport_size(size)
            found[direction, size["width"]] = page.evaluate(_CROWDED)
    assert not any(found.values()), found


def test_text_finds_its_own_direction(visit: Callable[..., Page], written: dict[str, str]) -> None:
    page = visit(f"/fr/anvers/{written['event']}/")
    direction = "element => getComputedStyle(element).direction"
    for selector in ("h1", ".lead", ".prose", ".facts dd[dir=auto]"):
        assert page.locator(selector).first.evaluate(direction) == "rtl", selector
    assert page.locator(".story-head .over").first.evaluate(direction) == "ltr"
    assert page.locator("h1").evaluate("element => getComputedStyle(element).letterSpacing") in {"normal", "0px"}


def test_a_mirrored_page_begins_at_the_right(visit: Callable[..., Page]) -> None:
    page = visit("/fr/liege/", viewport={"width": 390, "height": 844})
    stem = "getComputedStyle(document.querySelector('main'))"
    assert page.evaluate(f"parseFloat({stem}.borderLeftWidth)") > 0
    page.evaluate(_MIRROR)
    assert page.evaluate(f"parseFloat({stem}.borderLeftWidth)") == 0
    assert page.evaluate(f"parseFloat({stem}.borderRightWidth)") > 0
    logo = page.locator(".logo").bounding_box()
    assert logo is not None
    assert logo["x"] > 300
    expect(page.locator(".foot")).to_have_css("background-position", "100% 0px, 100% 12px, 0px 24px")
