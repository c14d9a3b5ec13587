"""One device's choice on another: the link carries it where no server sees it, and nothing is taken over unasked."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.installation import Site
from tests.browser.test_offline import held, settled

pytestmark = pytest.mark.once

LINK, IN = "[data-link]", "[data-in]"


def kept(page: Page, what: str) -> dict[str, Any]:
    return dict(json.loads(page.evaluate(f"localStorage.getItem('perron:front:{what}')") or "{}"))


def link_of(page: Page, site: Site) -> str:
    """Follow two places and a topic, save an item, and return the link that carries it all."""
    choice = json.dumps({"communities": ["liege", "club"], "topics": ["sport"]})
    page.evaluate("text => localStorage.setItem('perron:front:following', text)", choice)
    page.goto(f"/fr/liege/{site.items['event']}/")
    page.click("[data-tools] [data-save]")
    page.goto("/fr/move/")
    expect(page.locator("[data-out] [data-summary]")).to_have_text("2 lieux · 1 thème · 1 publication enregistrée")
    return page.input_value(LINK)


def test_a_choice_goes_to_another_device_and_no_request_names_it(visit: Callable[..., Page], site: Site) -> None:
    link = link_of(visit("/fr/"), site)
    asked: list[str] = []
    other = visit("/fr/offline/")
    other.context.on("request", lambda one: asked.append(f"{one.url.split('#')[0]} {one.post_data} {one.headers}"))
    other.goto(link)
    expect(other.locator(f"{IN} [data-places-carried] li")).to_have_text(["Liège", "Club de natation"])
    assert kept(other, "following") == {}
    expect(other.locator("[data-add]")).to_be_hidden()
    settled(other)
    other.click("[data-replace]")
    expect(other.locator("[data-done] h1")).to_be_focused()
    assert kept(other, "following") == {"communities": ["liege", "club"], "topics": ["sport"]}
    assert "#" not in other.url
    assert asked
    assert not [line for line in asked if "club" in line]
    assert not [address for address in held(other)["addresses"] if "#" in address]
    # The saved item told only its address: the list finds the rest.
    other.goto("/fr/saved/")
    expect(other.locator("[data-saved] a")).to_have_text("Fête du quai")
    expect(other.locator("[data-saved] [data-from-community]")).to_have_text("Liège")


def test_it_is_added_to_what_is_there_or_left(visit: Callable[..., Page]) -> None:
    page = visit("/fr/move/#v=1&l=fr&c=club,liege&t=sport", follows=["herstal"])
    page.click("[data-leave]")
    page.wait_for_url("**/fr/")
    assert kept(page, "following") == {"communities": ["herstal"], "topics": []}
    page.goto("/fr/move/#v=1&l=fr&c=club,liege&t=sport")
    page.click("[data-add]")
    expect(page.locator("[data-done]")).to_be_visible()
    # Who reads about everything goes on doing so.
    assert kept(page, "following") == {"communities": ["herstal", "club", "liege"], "topics": []}


def test_the_code_is_the_link(visit: Callable[..., Page], site: Site, tmp_path: Path) -> None:
    if not shutil.which("zbarimg"):
        pytest.skip("there is no zbarimg here (Debian: apt install zbar-tools)")
    page = visit("/fr/", viewport={"width": 390, "height": 844}, color_scheme="dark")
    link = link_of(page, site)
    assert _read(page, tmp_path) == link
    many = [{"path": f"liege/a-notice-with-a-rather-long-name-{number}"} for number in range(60)]
    page.evaluate("text => localStorage.setItem('perron:front:saved', text)", json.dumps({"items": many}))
    page.goto("/fr/offline/")
    page.goto("/fr/move/")
    expect(page.locator("[data-cut]")).to_be_visible()
    whole, read = page.input_value(LINK), _read(page, tmp_path)
    assert whole.startswith(read)
    assert 400 < len(read) <= 800 < len(whole)


def _read(page: Page, folder: Path) -> str:
    page.wait_for_selector("[data-code]:not([hidden])")
    page.locator("[data-code]").screenshot(path=folder / "code.png")
    command = ["zbarimg", "--quiet", "--raw", "--oneshot", str(folder / "code.png")]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    "fragment",
    [
        "v=1",
        "v=2&c=liege",
        "v=1&c=<img src=x onerror=alert(1)>",
        "v=1&c=../../studio/,javascript:alert(1),LIEGE,nowhere",
        "v=1&c=__proto__,constructor&t=__proto__&s=__proto__/x,../x/y,liege",
        "v=1&c=%00%ff%E2%80%AE&l=xx",
        "v=1&c=" + ",".join(["liege"] * 20_000),
        "%",
        "c",
    ],
)
def test_a_hostile_link_is_harmless(visit: Callable[..., Page], fragment: str) -> None:
    page = visit("/fr/offline/", follows=["herstal"])
    page.goto(f"/fr/move/#{fragment}")
    expect(page.locator("[data-unreadable]")).to_be_visible()
    assert kept(page, "following") == {"communities": ["herstal"], "topics": []}
    assert kept(page, "saved") == {}


def test_of_a_half_hostile_link_only_known_names_are_left(visit: Callable[..., Page]) -> None:
    names = ",".join(["liege", "liege", "<b>", *(f"other-{number}" for number in range(500)), "club"])
    page = visit("/fr/offline/")
    page.goto(f"/fr/move/#v=1&l=https://evil.example/&c=liege,club,{names}&t=sport,sport,%22&s=evil/x,liege/..,liege/x")
    expect(page.locator(f"{IN} li")).to_have_text(["Liège", "Club de natation", "Sport"])
    page.click("[data-replace]")
    expect(page.locator("[data-done]")).to_be_visible()
    assert kept(page, "following") == {"communities": ["liege", "club"], "topics": ["sport"]}
    assert kept(page, "saved") == {"items": [{"path": "liege/x", "title": "", "from": ""}]}
    assert page.get_attribute("[data-done] a", "href") == "/fr/"


def test_who_has_chosen_nothing_is_led_to_the_choice(visit: Callable[..., Page]) -> None:
    page = visit("/fr/choose/")
    page.click("a[href$='/move/']")
    page.click("[data-nothing] a")
    page.wait_for_url("**/fr/choose/")
