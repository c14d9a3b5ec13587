"""Without a connection: everything last seen opens with its age. A new version asks before it takes over."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from perron.project.personal_data import DECLARATIONS as COOKIES
from perron.reader.personal_data import DECLARATIONS
from tests import making
from tests.browser.installation import Site
from tests.browser.pages import RESIDENTS, STAFF

pytestmark = pytest.mark.once

THREE = ["liege", "biblio", "herstal"]


def test_what_was_seen_opens_without_a_connection_and_says_how_old_it_is(
    visit: Callable[..., Page], site: Site
) -> None:
    page = visit(follows=THREE)
    settled(page)
    page.goto("/fr/biblio/")
    page.goto(f"/fr/liege/{site.items['news']}/")
    settled(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_have_text("Nouvelle 0 de liege")
    expect(age(page)).to_have_text(re.compile(r"\d\d:\d\d"))
    assert page.evaluate("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    page.goto("/fr/biblio/")
    expect(page.locator("h1")).to_have_text("Bibliothèque")
    expect(age(page)).to_be_visible()
    page.goto("/fr/")
    expect(page.locator("[data-feed]")).to_contain_text("Nouvelle 7 de herstal")
    expect(page.locator("[data-now-alerts]")).to_contain_text("Crue de la Meuse")
    expect(age(page)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('.masthead')).display") != "block"
    # The connection comes back while the page is open: it is today's news again.
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(age(page)).to_be_hidden()


def test_the_first_page_of_all_opens_offline_though_the_worker_came_after_it(visit: Callable[..., Page]) -> None:
    page = visit("/fr/biblio/")
    settled(page)
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_have_text("Bibliothèque")


def test_a_page_asked_for_while_the_worker_of_another_installs_is_kept_too(chromium: Browser, site: Site) -> None:
    context = chromium.new_context(base_url=site.origin)
    slow, other = context.new_page(), context.new_page()
    slow.route("**/*.js", lambda _: None)  # holds the scripts until it is taken away
    slow.goto("/fr/biblio/", wait_until="commit")
    other.goto("/fr/")
    settled(other)
    slow.unroute("**/*.js")
    settled(slow)
    context.close()


def test_a_page_whose_answer_comes_when_the_worker_of_another_is_active_is_answered_for(
    chromium: Browser, site: Site
) -> None:
    context = chromium.new_context(base_url=site.origin)
    slow, other = context.new_page(), context.new_page()
    slow.goto("/robots.txt")
    asked: list[Route] = []
    slow.route("**/fr/biblio/", lambda route: asked.append(route))  # noqa: PLW0108 Playwright marks the function
    slow.evaluate("setTimeout(() => location.assign('/fr/biblio/'))")
    other.goto("/fr/")
    settled(other)
    asked[0].continue_()
    slow.wait_for_url("**/fr/biblio/")
    settled(slow)
    context.close()


def test_what_was_never_opened_leads_to_the_offline_page_in_its_language(
    visit: Callable[..., Page], site: Site
) -> None:
    page = visit("/fr/")
    settled(page)
    page.context.set_offline(True)
    page.goto("/nl/herstal/")
    assert page.get_attribute("main", "data-page") == "offline"
    assert page.get_attribute("html", "lang") == "nl"
    expect(page.locator("[data-kept]")).to_be_hidden()
    page.goto("/fr/herstal/")
    expect(page.locator("[data-kept] a")).to_have_attribute("href", f"{site.origin}/fr/")
    expect(page.locator("[data-kept] a")).to_have_text("Aujourd’hui")
    page.goto("/fr/?c=liege")
    assert page.get_attribute("main", "data-page") == "offline"


def test_the_staffs_pages_are_never_kept_or_answered_for(visit: Callable[..., Page]) -> None:
    page = visit("/fr/")
    settled(page)
    answer = page.goto("/account/sign-in/")
    assert answer is not None
    assert not answer.from_service_worker
    page.goto("/fr/?c=liege&t=sport")
    assert page.evaluate("fetch('/api/v1/communities').then((answer) => answer.status)") == 200
    page.goto("/fr/")
    settled(page)
    kept = held(page)["addresses"]
    assert kept
    assert not [address for address in kept if re.search(r"/(account|studio|desk|api)/|[?&][ctq]=", address)]


def test_what_was_withdrawn_does_not_stay_on_the_device(visit: Callable[..., Page], site: Site) -> None:
    slug = site.do("alert", "Fumée au port")["alert"]
    page = visit("/fr/offline/")
    settled(page)
    page.goto(f"/fr/liege/{slug}/")
    settled(page)
    assert any(slug in address for address in held(page)["addresses"])
    site.do("withdraw", slug)
    for _ in range(40):
        answer = page.reload()
        if answer is not None and answer.status == 410:
            break
        page.wait_for_timeout(250)
    page.goto("/fr/offline/")
    assert not any(slug in address for address in held(page)["addresses"])


def test_pictures_are_kept_up_to_a_number_and_the_oldest_go(visit: Callable[..., Page], site: Site) -> None:
    page = visit("/fr/offline/")
    settled(page)
    page.reload()
    image = f"/media/images/{site.items['image']}/320.webp"
    page.evaluate(
        """async (image) => {
          for (let number = 0; number < 125; number++) await (await fetch(`${image}?${number}`)).blob();
        }""",
        image,
    )
    page.wait_for_timeout(500)
    names = page.evaluate(
        "caches.open('perron:front:pictures').then((cache) => cache.keys()).then((keys) => keys.map((key) => key.url))"
    )
    assert len(names) == 120
    assert f"{site.origin}{image}?124" in names
    assert f"{site.origin}{image}?0" not in names


def test_a_new_version_waits_until_it_is_asked_for(visit: Callable[..., Page], site: Site, attempt: int) -> None:
    page = visit("/p/ville/fr/")
    settled(page)
    page.evaluate("caches.open('perron:ville:shell:of-an-older-build')")
    note = page.locator("[data-note=version]")
    expect(note).to_be_hidden()
    # The worker's first line names the stylesheet of the platform's colour: with another one it is another worker.
    site.do("colour", "ville", ("#1f3a5f", "#5f1f3a")[attempt])
    for _ in range(40):
        page.reload()
        page.wait_for_timeout(500)
        if note.is_visible():
            break
    expect(note).to_be_visible()
    assert page.evaluate("navigator.serviceWorker.getRegistration().then((one) => Boolean(one.waiting))")
    assert "perron:ville:shell:of-an-older-build" in held(page)["caches"]
    with page.expect_navigation():
        note.locator("button").click()
    until(page, "navigator.serviceWorker.getRegistration().then((one) => !one.waiting)")
    until(page, "caches.keys().then((names) => !names.includes('perron:ville:shell:of-an-older-build'))")
    expect(note).to_be_hidden()


def test_the_first_visit_to_another_platform_speaks_of_no_new_version(visit: Callable[..., Page]) -> None:
    page = visit("/fr/")
    settled(page)
    page.goto("/p/ville/fr/")
    until(
        page,
        """navigator.serviceWorker.getRegistration()
          .then((one) => one.scope.endsWith('/p/ville/') && Boolean(one.active))""",
    )
    page.wait_for_timeout(200)
    expect(page.locator("[data-note=version]")).to_be_hidden()


def test_a_platform_by_path_has_its_own_worker_and_storage(visit: Callable[..., Page]) -> None:
    page = visit("/p/ville/fr/")
    settled(page)
    assert (
        page.evaluate("navigator.serviceWorker.getRegistration().then((one) => new URL(one.scope).pathname)")
        == "/p/ville/"
    )
    assert all(name.startswith("perron:ville:") for name in held(page)["caches"])
    page.goto("/p/ville/fr/biblio/")
    page.context.set_offline(True)
    page.reload()
    expect(page.locator("h1")).to_have_text("Bibliothèque")


def test_the_device_holds_what_is_declared_and_nothing_else(visit: Callable[..., Page], site: Site) -> None:
    page = visit("/fr/choose/")
    page.check("input[value=liege]")
    page.click(".choose-go button")
    page.wait_for_url("**/fr/")
    settled(page)
    page.locator("a[hreflang=nl]").last.click()
    page.wait_for_url("**/nl/")
    for path in ("/nl/agenda/", "/nl/liege/", f"/nl/liege/{site.items['news']}/"):
        page.goto(path)
        settled(page)
    page.click("[data-tools] [data-save]")
    # Those below /account/ are for who opens an account, and say so on the page about cookies.
    for path in (path for paths in RESIDENTS.values() for path in paths if not path.startswith("/account/")):
        page.goto(path.format(language="nl", **site.items))
    found = held(page)
    build = next(name for name in found["caches"] if ":shell:" in name).rpartition(":")[2]
    names = {
        *(f"localstorage:{key}" for key in found["local"]),
        *(f"cachestorage:{name}" for name in found["caches"]),
        *(f"serviceworker:{scope}" for scope in found["workers"]),
        *(f"sessionstorage:{key}" for key in found["session"]),
        *(f"indexeddb:{name}" for name in found["databases"]),
    }
    declared = {
        store.name.replace("{platform}", "front").replace("{build}", build).replace("{root}", "/")
        for store in DECLARATIONS.stores
        # What lies there only after somebody switched it on: `test_syncing` and `test_notifications` have that.
        if store.kind == "device" and not store.name.endswith((":sync", ":push")) and store.name != "push:{root}"
    }
    assert names == declared
    assert page.context.cookies() == []


def test_signing_in_sets_the_declared_cookies_and_no_other(
    visit: Callable[..., Page], site: Site, attempt: int
) -> None:
    page = visit("/account/sign-in/")
    page.fill("[name=login]", "editor@example.org")
    page.fill("[name=password]", making.PASSWORD)
    page.get_by_role("button", name="Se connecter", exact=True).click()
    page.fill("[name=code]", making.code(after=attempt))
    page.keyboard.press("Enter")
    page.wait_for_url("**/studio/**")
    for path in (path for name, paths in STAFF.items() if name.startswith("studio:") for path in paths):
        page.goto(path.format(**site.items))
    declared = {store.name for store in COOKIES.stores if store.name.startswith("cookie:")}
    assert {f"cookie:{cookie['name']}" for cookie in page.context.cookies()} == declared
    assert all(cookie["httpOnly"] and cookie["sameSite"] == "Lax" for cookie in page.context.cookies())
    kept = held(page)
    assert [kept[sort] for sort in ("local", "session", "databases")] == [[], [], []]


def settled(page: Page) -> None:
    """Wait until the worker answers for the page and has kept what was shown."""
    until(
        page,
        """async () => {
          if (!navigator.serviceWorker.controller) return false;
          const found = await caches.match(location.href.split("#")[0], { ignoreVary: true });
          const pictures = [...document.images].filter((image) => image.currentSrc && image.complete);
          const kept = await Promise.all(pictures.map((image) => caches.match(image.currentSrc)));
          return Boolean(found) && kept.every(Boolean) && !document.querySelector("[aria-busy]");
        }""",
    )


def until(page: Page, predicate: str) -> None:
    for _ in range(100):
        if page.evaluate(predicate):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"never true: {predicate}")


def age(page: Page) -> Locator:
    return page.locator("[data-age]").filter(visible=True)


def held(page: Page) -> dict[str, list[str]]:
    """Return everything that the browser holds for this site."""
    found: dict[str, list[str]] = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const keys = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
          const workers = await navigator.serviceWorker.getRegistrations();
          return {
            local: Object.keys(localStorage),
            session: Object.keys(sessionStorage),
            caches: names,
            addresses: keys.flat().map((key) => key.url),
            workers: workers.map((one) => new URL(one.scope).pathname),
            databases: (await indexedDB.databases()).map((one) => one.name),
          };
        }"""
    )
    return found
