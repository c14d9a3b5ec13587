"""The whole of it by screens and letters alone: a partner with its platform, its staff, its first news, a resident."""

import json
import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.installation import Site
from tests.browser.passkeys import Device

pytestmark = pytest.mark.once

PASSWORD = "quatre mots dans le vent"
# Who founds it all, signed in a moment ago.
OPERATOR = "operator-fr@example.org"


@pytest.fixture
def open_device(chromium: Browser, site: Site) -> Iterator[Callable[..., Device]]:
    """Return a function that opens a browser, with a device for passkeys, at the name for which browsers make them."""
    contexts = []
    troubles: list[str] = []
    origin = site.origin.replace("127.0.0.1", "localhost")

    def opened(who: str = "") -> Device:
        context = chromium.new_context(base_url=origin, locale="fr-BE", viewport={"width": 390, "height": 640})
        contexts.append(context)
        context.set_default_timeout(10_000)
        if who:
            session = site.items[f"session {who}"]
            context.add_cookies([{"name": "session", "value": session, "url": origin}])
        device = Device(context)
        device.page.on("pageerror", lambda error: troubles.append(f"{device.page.url}: {error}"))
        return device

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def test_from_a_partner_to_the_erasure_of_a_resident(open_device: Callable[..., Device], site: Site) -> None:
    name = f"spa-{uuid4().hex[:6]}"
    people = {who: f"{who}@{name}.example.org" for who in ("director", "editor", "resident")}
    operator, board, desk = open_device(OPERATOR).page, open_device(), open_device()
    director, editor = board.page, desk.page
    found(operator, name, people["director"])
    take_up_role(board, site.link_to(people["director"]), "Dora Dupont")
    for _agreement in range(2):
        sign(director, "/studio/", "Accords avec l’opérateur")
        sign(operator, "/desk/", f"Ville de {name} a signé")

    director.goto("/studio/")
    director.locator(".switch a").click()
    director.locator("header summary").click()
    go(director, "Membres")
    invite(director, people["editor"], "Rédacteur")
    take_up_role(desk, site.link_to(people["editor"]), "Emma Evrard")
    sign_in_by_passkey(editor)
    held = [(one["rpId"], one["isResidentCredential"]) for one in desk.credentials()]
    assert held == [("localhost", True)]
    publish(editor, name)
    look_after_oneself(open_device().page, open_device().page, site, name, people["resident"])


def found(page: Page, name: str, director: str) -> None:
    """As the operator: a partner, its community, its platform, and the first person who acts for it."""
    page.goto("/desk/")
    go(page, "Ajouter un partenaire")
    page.get_by_label("Nom de l’organisation").fill(f"Ville de {name}")
    send(page, "Ajouter le partenaire")
    go(page, "Ajouter une communauté")
    page.get_by_label("Nom (Français)").fill(f"Ville {name}")
    page.get_by_label("Adresse", exact=True).fill(name)
    send(page, "Ajouter la communauté")
    expect(page.locator("h1")).to_contain_text("Membres de")
    page.goto("/desk/")
    go(page, f"Ville de {name}")
    go(page, "Ajouter une plateforme")
    page.get_by_label("Nom de l’application").fill(f"{name} en poche")
    page.get_by_label("Adresse", exact=True).fill(name)
    send(page, "Ajouter la plateforme")
    page.select_option("[name=add]", name)
    send(page, "La montrer")
    page.goto("/desk/")
    go(page, f"Ville de {name}")
    go(page, "Membres pour toutes ses communautés")
    invite(page, director, "Administrateur")


def invite(page: Page, address: str, role: str) -> None:
    page.get_by_label("Adresse e-mail").fill(address)
    page.get_by_label(role, exact=True).check()
    send(page, "Envoyer l’invitation")
    expect(page.locator(".said")).to_contain_text(address)


def take_up_role(device: Device, link: str, name: str) -> None:
    """Accept an invitation: a name, a password, a passkey."""
    page = device.page
    page.goto(link)
    page.get_by_label("Votre nom").fill(name)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    send(page, "Accepter")
    device.make_passkey()
    page.wait_for_url(re.compile(r"^[^?]*/studio/"))


def sign_in_by_passkey(page: Page) -> None:
    """Sign out, and in again by the passkey alone."""
    page.goto("/account/security/")
    page.locator(".account-head").get_by_role("button", name="Se déconnecter").click()
    page.wait_for_url("**/account/sign-in/")
    page.goto("/studio/")
    page.locator(".passkey-button").click()
    page.wait_for_url(re.compile(r"^[^?]*/studio/"))


def sign(page: Page, first: str, waiting: str) -> None:
    """Sign for one's side the first text that waits for it; both sides find it on their first page."""
    page.goto(first)
    page.get_by_role("link", name=waiting).first.click()
    page.locator('main a[href*="/sign/"]').first.click()
    page.get_by_label("En quelle qualité").fill("Directrice")
    for box in page.locator("main form [type=checkbox]").all():
        box.check()
    send(page, "Signer le texte ci-dessous")
    expect(page.locator(".said")).to_have_text("Signé.")


def publish(page: Page, name: str) -> None:
    page.goto(f"/studio/{name}/")
    page.get_by_role("link", name="Nouvelles").click()
    page.fill("[name=title_fr]", "La source rouvre")
    page.fill("[name=summary_fr]", "Dès samedi matin.")
    page.fill("[name=body_fr]", "Venez goûter **l’eau**.")
    page.get_by_role("button", name="Publier maintenant").click()
    expect(page.locator("p.said")).to_contain_text("est publié")


def look_after_oneself(page: Page, tablet: Page, site: Site, name: str, address: str) -> None:
    """As a resident: open an account, follow on two devices, have a copy, correct, set aside, erase."""
    page.goto(f"/p/{name}/")
    expect(page.get_by_role("link", name="La source rouvre")).to_be_visible()
    page.goto(f"/p/{name}/fr/choose/")
    page.check(f"input[name=c][value={name}]")
    page.click(".choose-go button")
    page.wait_for_url("**/fr/")
    go(page, "Votre compte")
    go(page, "En ouvrir un")
    page.fill("[name=email]", address)
    page.get_by_label("J’ai 13 ans ou plus").check()
    send(page, "Envoyez-moi le lien")
    page.goto(site.link_to(address))
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    send(page, "Ouvrir mon compte")

    go(page, "Pareil sur tous vos appareils")
    page.click("[data-switch-on] button")
    expect(page.locator("[data-sync-when=on]").first).to_be_visible()
    tablet.goto(f"/p/{name}/account/devices/")
    tablet.fill("#id_login", address)
    tablet.fill("#id_password", PASSWORD)
    tablet.press("#id_password", "Enter")
    tablet.click("[data-join]")
    expect(tablet.locator(f"input[name=c][value={name}]")).to_be_checked()
    assert name in json.loads(tablet.evaluate(f"localStorage.getItem('perron:{name}:following')"))["communities"]

    page.goto("/account/")
    go(page, "Voir tout ce qui est conservé sur vous")
    with page.expect_download() as copy:
        page.get_by_role("button", name="Tout télécharger").click()
    assert copy.value.suggested_filename.endswith(".zip")
    go(page, "Rectification")
    page.locator("[name=account_name]").fill("Zeller")
    send(page, "Envoyer")
    expect(page.locator(".said")).to_be_visible()
    page.goto("/account/data/")
    go(page, "Limitation")
    page.locator("[name=ground]").first.check()
    send(page, "Mettre mes données de côté")
    page.goto("/account/data/")
    expect(page.locator("main > .notice")).to_have_count(1)
    go(page, "Effacement")
    page.check("[name=sure]")
    send(page, "Effacer mes données")
    expect(page.locator("h1")).to_have_text("Vos données sont effacées")
    page.goto("/account/")
    expect(page.locator("[name=login]")).to_be_visible()


def go(page: Page, link: str) -> None:
    page.get_by_role("link", name=link).first.click()


def send(page: Page, button: str) -> None:
    page.locator("main").get_by_role("button", name=button, exact=True).click()


def test_at_an_address_of_numbers_one_is_led_to_where_passkeys_are_made(visit: Callable[..., Page], site: Site) -> None:
    page = visit("/account/sign-in/?next=/studio/liege/")
    expect(page.locator(".passkey-button")).to_be_hidden()
    there = site.origin.replace("127.0.0.1", "localhost") + "/account/sign-in/?next=/studio/liege/"
    assert page.get_by_role("link", name="localhost").get_attribute("href") == there
