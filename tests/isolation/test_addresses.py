"""Nobody of one partner gets at what is another's, by any address, any method and any mixture of identifiers.

The addresses come from the URL table, the things that they name are real (`towns.py`). Whoever tries has the highest
roles at their own partner.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponseBase

from perron.accounts.models import Session
from perron.privacy import gate
from perron.privacy.tenancy.paths import tenants_of
from tests import making
from tests.isolation.addresses import attempts, own_addresses, routes
from tests.isolation.forms import forms_of, swapped
from tests.isolation.towns import KNOWN, Town, found
from tests.studio.conftest import signed_in

METHODS = ("GET", "POST")
# No view has more than one answer to these: each route is asked once.
OTHERS = ("PUT", "PATCH", "DELETE")
_REFUSED = {400, 403, 404, 405, 410}

type Record = Callable[[str, object], None]


@pytest.fixture
def towns(db: None) -> tuple[Town, Town]:
    making.topic("culture")
    making.platform(slug="front")
    return found("leuven"), found("eupen")


def test_no_address_opens_what_is_anothers(towns: tuple[Town, Town], record_property: Record) -> None:
    own, other = towns
    client = signed_in(own.person)
    client.raise_request_exception = False
    before, files = _everything(), _files()
    tried, leaks = 0, []
    for route in routes(other):
        for number, attempt in enumerate(attempts(route, own, other)):
            for method in METHODS if number else (*METHODS, *OTHERS):
                tried += 1
                response = client.generic(method, attempt.address)
                if other.secret in _body(response):
                    leaks.append(f"{method} {attempt.address} shows what is {other.community}'s")
                elif attempt.refused and response.status_code not in _REFUSED:
                    leaks.append(f"{method} {attempt.address} ({route.template}) answers {response.status_code}")
    changed = sorted(name for name, rows in _everything().items() if rows != before[name])
    record_property("isolation", f"{tried} requests tried, {len(leaks)} leaked")
    assert leaks == []
    assert (changed, _files()) == ([], files)
    assert tried > 500


def test_ones_own_pages_show_nothing_of_anothers(towns: tuple[Town, Town], record_property: Record) -> None:
    own, other = towns
    client = signed_in(own.person)
    shown, leaks = 0, []
    for route in routes(other):
        for address in own_addresses(route, own):
            # What is searched for is in what both have; the API refuses questions that it does not know.
            response = client.get(address, {"q": KNOWN})
            body = _body(response if response.status_code != 400 else client.get(address))
            shown += own.secret in body
            if other.secret in body:
                leaks.append(address)
    record_property("isolation", f"{shown} pages show what is one's own, {len(leaks)} what is another's")
    assert leaks == []
    assert shown > 20, "the secrets must be where somebody could see them"


def test_ones_own_forms_take_nothing_of_anothers(towns: tuple[Town, Town], record_property: Record) -> None:
    own, other = towns
    client = signed_in(own.person)
    client.raise_request_exception = False
    before = _belonging(other)
    pages = [page for route in routes(other) if route.who_may != "anyone" for page in own_addresses(route, own)]
    forms = dict.fromkeys(form for page in pages for form in forms_of(page, _body(client.get(page))))
    sent, leaks = 0, []
    for form in forms:
        for answers in swapped(form, own, other):
            sent += 1
            if other.secret in _body(client.post(form.action, answers, follow=True)):
                leaks.append(f"{form.action} {answers}")
    leaks += [page for page in pages if other.secret in _body(client.get(page))]
    record_property("isolation", f"{sent} forms sent with what is another's, {len(leaks)} took it")
    assert leaks == []
    assert _belonging(other) == before
    assert sent > 8


def _body(response: HttpResponseBase) -> str:
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return f"{response.headers}{content.decode(errors='replace')}"


def _everything() -> dict[str, str]:
    """Return a digest of the rows of each table, but of sessions, which note who looks."""
    found = {}
    for table in gate.tables():
        if table.model is not Session:
            rows = table.model._base_manager.order_by("pk").values_list()
            found[table.model._meta.label] = hashlib.sha256("\n".join(map(repr, rows)).encode()).hexdigest()
    return found


def _belonging(town: Town) -> dict[str, list[str]]:
    """Return the rows of a town's partner, as text, by table."""
    found = {}
    for table in gate.tables():
        for path in said.paths if (said := tenants_of(table)) else ():
            rows = table.model._base_manager.filter(**{path: town.partner}).order_by("pk").values_list()
            found[f"{table.model._meta.label} {path}"] = list(map(repr, rows))
    return found


def _files() -> list[Path]:
    return sorted(path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
