"""Notifications on a device: nothing is asked before the button, and what arrives is shown, whatever it is.

No push service is reached from here: what a browser would get from one is put in its place, and messages are handed to
the service worker by the browser's own protocol.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, Playwright, Worker, expect

from tests.browser.installation import Site, find_program, launched
from tests.browser.test_offline import held, settled
from tests.channels.push_service import Browser

pytestmark = pytest.mark.once

HERE = "/fr/liege/subscribe/"
STUB = """
  const said = %s;
  const made = { ...said, toJSON: () => said, unsubscribe: async () => sessionStorage.removeItem("stub") };
  sessionStorage.asked ??= 0;
  Notification.requestPermission = async () => (sessionStorage.asked++, "granted");
  PushManager.prototype.subscribe = async (options) => (sessionStorage.stub = JSON.stringify(options), made);
  PushManager.prototype.getSubscription = async () => (sessionStorage.stub ? made : null);
"""


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Chromium]:
    """The build without windows shows no notifications."""
    with launched(playwright, find_program("chromium")) as browser:
        yield browser


def standing(page: Page, name: str) -> Any:
    """Return what is shown of how it stands, and see that nothing else is."""
    expect(page.locator(f"[data-standing={name}]")).to_be_visible()
    expect(page.locator("[data-standing]:visible")).to_have_count(1)
    return page.locator(f"[data-standing={name}]")


def test_a_device_is_asked_by_the_button_and_leaves_by_one_press(visit: Callable[..., Page], site: Site) -> None:
    page = visit("/fr/", permissions=["notifications"])
    said = {"endpoint": "https://push.example.net/1", "keys": Browser().keys()}
    page.add_init_script(STUB % json.dumps(said))
    page.goto(HERE)
    form = standing(page, "ready")
    assert page.evaluate("sessionStorage.asked") == "0"
    form.locator("summary").first.click()
    form.locator("[value=event]").check()
    form.locator("button").click()
    expect(standing(page, "subscribed")).to_be_focused()
    assert page.evaluate("sessionStorage.asked") == "1"
    options = json.loads(page.evaluate("sessionStorage.stub"))
    assert options["userVisibleOnly"]
    assert len(options["applicationServerKey"]) == 87
    assert "perron:front:push" in held(page)["caches"]
    # It is known again, here, and not where it was not asked for.
    page.goto("/fr/biblio/subscribe/")
    standing(page, "ready")
    page.goto(HERE)
    standing(page, "subscribed").locator("[data-own]").click()
    expect(page.locator("h1")).to_have_text("Ce que reçoit cet appareil")
    expect(page.locator(".subscribed").first).to_contain_text("Événements")
    page.click("[name=stop]")
    expect(page.locator("[data-device-left]")).to_be_visible()
    page.wait_for_function("!sessionStorage.stub")
    assert "perron:front:push" not in held(page)["caches"]


@pytest.mark.parametrize(
    ("script", "name"),
    [
        ("delete window.PushManager", "impossible"),
        (
            "delete window.PushManager; Object.defineProperty(navigator, 'userAgent', { value: 'iPhone' })",
            "install-first",
        ),
        ("Object.defineProperty(Notification, 'permission', { value: 'denied' })", "denied"),
    ],
)
def test_what_stands_in_the_way_is_said(script: str, name: str, visit: Callable[..., Page]) -> None:
    page = visit("/fr/offline/")
    page.add_init_script(script)
    page.goto(HERE)
    standing(page, name)


def test_a_browser_that_never_answers_is_not_waited_for(visit: Callable[..., Page]) -> None:
    page = visit("/fr/offline/", permissions=["notifications"])
    page.add_init_script(
        """Notification.requestPermission = async () => "granted";
        PushManager.prototype.subscribe = () => new Promise(() => {});"""
    )
    page.clock.install()
    page.goto(HERE)
    button = standing(page, "ready").locator("button")
    button.click()
    expect(page.locator("[data-said]")).to_contain_text("Votre navigateur demande")
    page.clock.fast_forward(20_000)
    expect(page.locator("[data-said]")).to_contain_text("Cela n’a pas fonctionné")
    # Who reads by keyboard is still where they were, and can try again.
    expect(button).to_be_focused()
    expect(button).not_to_have_attribute("aria-disabled", "true")


def test_what_arrives_is_shown_and_leads_where_it_says(visit: Callable[..., Page]) -> None:
    page = visit(HERE, permissions=["notifications"])
    settled(page)
    deliver = _deliverer(page)
    deliver(_message("Marché lundi"))
    assert _shown(page) == [["Marché lundi", "Liège · Place", "a1", False, "fr", ["read"]]]
    # A correction takes its place, without a sound.
    deliver(_message("Marché mardi", silent=True))
    assert _shown(page) == [["Marché mardi", "Liège · Place", "a1", True, "fr", ["read"]]]
    worker = page.context.service_workers[0]
    assert _pressed(worker, "") == f"{page.url.split('/fr/')[0]}/fr/liege/"
    assert _pressed(worker, "read") == f"{page.url.split('/fr/')[0]}/fr/biblio/"
    assert _shown(page) == []
    # A browser takes the permission from who shows nothing.
    deliver("no JSON")
    assert [line[0] for line in _shown(page)] == ["Mosane"]


def test_the_worker_says_where_the_browser_is_reached_now(visit: Callable[..., Page]) -> None:
    page = visit(HERE)
    settled(page)
    page.evaluate(
        """async () => (await caches.open("perron:front:push"))
        .put("/device.json", Response.json({ key: "abc", moved: "/fr/subscription/device/", server: "BA" }))"""
    )
    asked = page.context.service_workers[0].evaluate(
        """async () => {
          const asked = [];
          self.fetch = async (address, { body }) => (asked.push([address, JSON.parse(body)]), new Response("{}"));
          const event = new ExtendableEvent("pushsubscriptionchange");
          event.newSubscription = { toJSON: () => ({ endpoint: "https://push.example.net/2" }) };
          dispatchEvent(event);
          while (!asked.length) await new Promise((resolve) => setTimeout(resolve, 10));
          return asked;
        }"""
    )
    assert asked == [["/fr/subscription/device/", {"key": "abc", "endpoint": "https://push.example.net/2"}]]


def _message(title: str, **more: Any) -> str:
    actions = [{"action": "read", "title": "Lire", "navigate": "/fr/biblio/"}]
    said = {
        "title": title,
        "body": "Liège · Place",
        "tag": "a1",
        "lang": "fr",
        "navigate": "/fr/liege/",
        "actions": actions,
    }
    return json.dumps({"web_push": 8030, "notification": said | more})


def _deliverer(page: Page) -> Callable[[str], None]:
    protocol = page.context.new_cdp_session(page)
    found: list[str] = []

    def note(event: dict[str, Any]) -> None:
        found.extend(one["registrationId"] for one in event["registrations"])

    protocol.on("ServiceWorker.workerRegistrationUpdated", note)
    protocol.send("ServiceWorker.enable")
    page.wait_for_function("navigator.serviceWorker.ready.then(() => true)")
    origin = page.evaluate("location.origin")

    def deliver(said: str) -> None:
        message = {"origin": origin, "registrationId": found[0], "data": said}
        protocol.send("ServiceWorker.deliverPushMessage", message)

    return deliver


def _shown(page: Page) -> list[list[Any]]:
    """Return the notifications that the device shows now, once the worker is done."""
    page.wait_for_timeout(300)
    return list(
        page.evaluate(
            """async () => (await (await navigator.serviceWorker.ready).getNotifications())
            .map(({ title, body, tag, silent, lang, actions }) =>
              [title, body, tag, Boolean(silent), lang, actions.map(({ action }) => action)])"""
        )
    )


def _pressed(worker: Worker, action: str) -> str:
    """Press on what is shown; return the address that is opened."""
    return str(
        worker.evaluate(
            """async (action) => {
              let opened = "";
              clients.openWindow = async (address) => (opened = address);
              const shown = await registration.getNotifications();
              self.last = shown[0] ?? self.last;
              dispatchEvent(new NotificationEvent("notificationclick", { notification: self.last, action }));
              while (!opened) await new Promise((resolve) => setTimeout(resolve, 10));
              return opened;
            }""",
            action,
        )
    )
