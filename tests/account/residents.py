"""Somebody who signs up: their browser, the letters that come to them, and the links in these."""

import re
from urllib.parse import unquote

from django.core.cache import cache
from django.test import Client

from perron.accounts.models import Person
from perron.communities.models import Platform
from perron.letters.models import Letter
from perron.letters.rendering import render
from tests import making

ADDRESS, PASSWORD = "zoe.martin@example.org", "quatre mots dans le vent"
SIGN_UP, LINK, ADDRESS_LINK = "/account/sign-up/", "/account/sign-up/link/", "/account/address/link/"


def town() -> Platform:
    """Make a platform whose partner has agreed to accounts; no earlier attempt counts any more."""
    cache.clear()
    return making.platform(making.community())


def browser(language: str = "en") -> Client:
    return Client(headers={"accept-language": language})


def asks(email: str = ADDRESS, **more: str) -> str:
    """Ask for an account, and return the answer."""
    response = browser().post(SIGN_UP, {"email": email, "of_age": "on"} | more)
    assert response.status_code == 200, response.text
    return response.text


def token(kind: str = "account-open", to: str = "") -> str:
    """Return what the link of the newest letter carries, as its reader finds it."""
    rows = Letter.objects.filter(kind=kind, **({"to": to} if to else {}))
    found = re.search(r"\?token=(\S+)", render(rows.latest("written_at")).text)
    assert found
    return unquote(found[1])


def tokens() -> list[str]:
    """Return what the links of all letters carry, oldest first."""
    letters = Letter.objects.filter(kind="account-open").order_by("written_at")
    return [unquote(letter.context["link"].partition("token=")[2]) for letter in letters]


def opens(carried: str, client: Client | None = None, **more: str) -> Client:
    """Open the account of a link, and return the browser, signed in."""
    client = client or browser()
    said = {"token": carried, "password": PASSWORD, "first_name": "Zoé", "name": "Martin"} | more
    response = client.post(LINK, said)
    assert response.status_code == 302, response.text
    return client


def resident() -> tuple[Person, Client]:
    """Sign somebody up from beginning to end."""
    town()
    asks()
    client = opens(token())
    return Person.objects.get(email=ADDRESS), client
