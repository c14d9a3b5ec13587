"""Two devices of one person have the same choice: only once each was told to, in both directions, and until it ends."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import making
from tests.browser.installation import Site
from tests.browser.test_offline import until
from tests.browser.town import RESIDENT

pytestmark = pytest.mark.once

KEY = "perron:front:sync"


def signed_in(visit: Callable[..., Page], **options: Any) -> Page:
    """Open the page with the switch, by signing in."""
    page = visit("/account/devices/", **options)
    page.fill("#id_login", RESIDENT)
    page.fill("#id_password", making.PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/account/devices/")
    return page


def begun(visit: Callable[..., Page], **options: Any) -> Page:
    """Open the page with the switch off, whatever an earlier try left."""
    page = signed_in(visit, **options)
    if page.locator("[data-switch-off]").count():
        page.click("[data-switch-off] button")
        expect(page.locator("[data-switch-on]")).to_be_visible()
    return page


def followed(page: Page, *slugs: str) -> None:
    """Wait until the device follows these places, in this order."""
    kept = "JSON.parse(localStorage.getItem('perron:front:following') ?? '{}').communities ?? []"
    until(page, f"({kept}).join() === {','.join(slugs)!r}")


def saves(page: Page, *paths: str) -> None:
    kept = "(JSON.parse(localStorage.getItem('perron:front:saved') ?? '{}').items ?? []).map(({ path }) => path)"
    until(page, f"{kept}.join() === {','.join(paths)!r}")


def in_step(page: Page) -> None:
    """Have the device look, as it does when somebody comes back to it, and wait for what it was told."""
    with page.expect_response(lambda answer: "/account/choice/" in answer.url and answer.request.method == "GET"):
        page.evaluate("dispatchEvent(new Event('online'))")


def test_two_devices_are_kept_in_step_until_it_is_switched_off(visit: Callable[..., Page], site: Site) -> None:
    telephone = begun(visit, viewport={"width": 320, "height": 640})
    asked: list[str] = []
    telephone.on("request", lambda one: asked.append(one.url))
    telephone.goto("/fr/choose/")
    telephone.check("input[name=c][value=liege]")
    telephone.click(".choose-go button")
    telephone.wait_for_url("**/fr/")
    telephone.goto(f"/fr/liege/{site.items['event']}/")
    telephone.click("[data-tools] [data-save]")
    assert not [url for url in asked if "/account/" in url]
    telephone.goto("/fr/choose/")
    telephone.click("[data-sync] a.button")
    telephone.click("[data-switch-on] button")
    expect(telephone.locator("[data-sync-when=on]").first).to_be_visible()

    # Another device brings a choice of its own: nothing is lost on either.
    tablet = signed_in(visit)
    tablet.evaluate(
        "localStorage.setItem('perron:front:following', JSON.stringify({communities: ['club'], topics: []}))"
    )
    tablet.click("[data-join]")
    followed(tablet, "club", "liege")
    saves(tablet, f"liege/{site.items['event']}")
    expect(tablet.locator("input[name=c][value=liege]")).to_be_checked()
    tablet.goto("/fr/saved/")
    expect(tablet.locator("[data-saved] a")).to_have_text("Fête du quai")
    in_step(telephone)
    followed(telephone, "liege", "club")
    expect(telephone.locator("input[name=c][value=club]")).to_be_checked()

    # What is taken off on one, without a connection, goes on the other too when there is one.
    tablet.goto("/fr/liege/")
    tablet.context.set_offline(True)
    tablet.click("[data-follow=liege]")
    followed(tablet, "club")
    with tablet.expect_response(lambda answer: answer.request.method == "PUT"):
        tablet.context.set_offline(False)
    in_step(telephone)
    followed(telephone, "club")
    telephone.goto("/fr/saved/")
    with telephone.expect_response(lambda answer: answer.request.method == "PUT"):
        telephone.click("[data-saved] [data-save]")
    in_step(tablet)
    saves(tablet)

    telephone.goto("/fr/choose/")
    telephone.click("[data-sync-stop]")
    expect(telephone.locator("[data-sync-when=stopped]")).to_be_visible()
    in_step(tablet)
    until(tablet, f"localStorage.getItem('{KEY}') === null")
    for device in (telephone, tablet):
        followed(device, "club")
        asked.clear()
        device.on("request", lambda one: asked.append(one.url))
        device.goto("/fr/")
        expect(device.locator("[data-places-own]")).to_be_visible()
        assert not [url for url in asked if "/account/" in url]


def test_it_stops_for_who_signed_out_and_for_anybody_elses_account(visit: Callable[..., Page]) -> None:
    page = begun(visit)
    page.evaluate(f"localStorage.setItem('{KEY}', JSON.stringify({{ id: 'somebody-elses' }}))")
    page.click("[data-switch-on] button")
    expect(page.locator("[data-sync-when=on]").first).to_be_visible()
    page.context.clear_cookies()
    in_step(page)
    expect(page.locator("[data-sync-when=signed-out]").first).to_be_visible()
    page.click("[data-sync-when=signed-out] a")
    page.wait_for_url("**/sign-in/**")
    page.evaluate(f"localStorage.setItem('{KEY}', JSON.stringify({{ id: 'somebody-elses' }}))")
    again = signed_in(lambda _path, **_options: page)
    assert again.evaluate(f"localStorage.getItem('{KEY}')") is None


A, B, C = (f"2026-01-0{day}T00:00:00.000Z" for day in (1, 2, 3))


def test_the_later_word_counts_name_by_name(visit: Callable[..., Page]) -> None:
    page = visit("/fr/offline/")
    source = page.evaluate("document.querySelector('script[src*=\"reader/app\"]').src.replace(/app[^/]*\\.js$/, '')")
    listed = page.evaluate("fetch('/sw.js').then((answer) => answer.text())")
    name = next(part for part in listed.split('"') if "reader/merging" in part)
    assert source
    own = {"communities": {"liege": B}, "topics": {}, "saved": {}, "language": {"fr": A},
           "removed": {"communities": {"club": B}, "topics": {}, "saved": {"liege/x": A}}}  # fmt: skip
    other = {"communities": {"club": A, "biblio": A}, "topics": {"sport": A}, "saved": {"liege/x": A},
             "language": {"nl": B}, "removed": {"communities": {"liege": C}, "topics": {}, "saved": {}}}  # fmt: skip
    run = """async ([name, own, other]) => {
      const { merged, joined, noted, nothing, isSame } = await import(name);
      const both = merged(own, other);
      return { both, same: isSame(both, merged(other, own)) && isSame(both, merged(both, other)),
               joined: joined(own, other, new Date("2026-01-04")),
               noted: noted(own, { communities: ["zoo"], topics: [], saved: [], language: "de" }, new Date(0)),
               many: Object.keys(noted(nothing(), { communities: [...Array(50).keys()].map((n) => `c${n}`), topics: [],
                                                    saved: [], language: "" }).communities) };
    }"""
    said = page.evaluate(run, [name, own, other])
    assert said["both"] == {"communities": {"biblio": A}, "topics": {"sport": A}, "saved": {"liege/x": A},
                            "language": {"nl": B}, "removed": {"communities": {"liege": C, "club": B}, "topics": {},
                                                               "saved": {}}}  # fmt: skip
    assert said["same"]
    # Who read about everything goes on doing so.
    assert (said["joined"]["topics"], list(said["joined"]["removed"]["topics"])) == ({}, ["sport"])
    # A clock that runs behind does not undo what came later.
    assert said["noted"]["removed"]["communities"]["liege"] > B
    assert list(said["noted"]["language"]) == ["de"]
    assert said["many"] == [f"c{number}" for number in range(40)]
    assert json.dumps(own)
