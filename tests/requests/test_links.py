from datetime import timedelta

import pytest
from django.test import Client

from perron.core.clock import now, travel
from perron.privacy.models import Link, Notice
from perron.privacy.requests import links
from perron.privacy.subjects import of_address
from tests import making
from tests.requests.asking import ADDRESS, by_link, letters, mailed_link, token_of

pytestmark = pytest.mark.django_db

START = "/account/rights/"


def test_the_answer_is_the_same_whether_anything_is_stored_or_not() -> None:
    making.person("known@example.org")
    pages = []
    for email in ("known@example.org", "unknown@example.org"):
        answer = Client().post(START, {"email": email})
        assert answer.status_code == 200
        pages.append(answer.content)
    assert pages[0] == pages[1]
    assert len(letters("rights-link")) == 2


def test_nothing_is_stored_of_an_address_before_its_link_is_redeemed() -> None:
    path = mailed_link()
    assert Link.objects.get().email == ""
    Client().post("/account/rights/link/", {"token": token_of(path)})
    assert Link.objects.get().email == ADDRESS


def test_programs_that_open_links_do_not_use_them_up() -> None:
    path = mailed_link()
    for _visit in range(3):
        page = Client().get(path)
        assert page.status_code == 200
        assert "<button" in page.content.decode()
    client = Client()
    assert client.post("/account/rights/link/", {"token": token_of(path)})["Location"] == "/account/data/"
    assert ADDRESS in client.get("/account/data/").content.decode()


def test_a_link_works_once() -> None:
    path = mailed_link()
    assert Client().post("/account/rights/link/", {"token": token_of(path)}).status_code == 302
    again = Client()
    for answer in (again.post("/account/rights/link/", {"token": token_of(path)}), again.get(path)):
        assert answer.status_code == 410
        assert START in answer.content.decode()
    assert ADDRESS not in again.get(START).content.decode()


def test_a_link_ends_and_so_does_what_it_opens() -> None:
    path = mailed_link()
    with travel(now() + links.LASTS):
        assert Client().post("/account/rights/link/", {"token": token_of(path)}).status_code == 410
    client = by_link()
    with travel(now() + timedelta(minutes=31)):
        assert ADDRESS not in client.get(START).content.decode()


@pytest.mark.parametrize("token", ["", "x", "a:b:c", "eyJ9:1:2", "\0", "é" * 3000])
def test_what_is_no_link_of_ours_opens_nothing(token: str) -> None:
    assert Client().post("/account/rights/link/", {"token": token}).status_code == 410


def test_a_link_that_was_changed_opens_nothing() -> None:
    token = token_of(mailed_link())
    changed = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    assert Client().post("/account/rights/link/", {"token": changed}).status_code == 410
    assert not Link.objects.filter(redeemed_at__isnull=False).exists()


def test_few_links_an_hour_go_to_one_address_and_the_page_does_not_say_so() -> None:
    for _attempt in range(links.AN_HOUR + 2):
        answer = Client().post(START, {"email": "Anne@Example.org"})
        assert answer.status_code == 200
    assert len(letters("rights-link")) == links.AN_HOUR
    links.ask("other@example.org", page="/", language="en")
    assert len(letters("rights-link")) == links.AN_HOUR + 1
    with travel(now() + timedelta(minutes=61)):
        Client().post(START, {"email": ADDRESS})
    assert len(letters("rights-link")) == links.AN_HOUR + 2


@pytest.mark.parametrize("email", ["", "nobody", "a@b", "a b@example.org", "<script>@x", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_said_beside_the_field(email: str) -> None:
    answer = Client().post(START, {"email": email})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert "<script>@" not in answer.content.decode()
    assert not Notice.objects.exists()


def test_another_site_cannot_post_and_no_cookie_is_needed() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(START, {"email": ADDRESS}, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert strict.post(START, {"email": ADDRESS}, headers={"origin": "https://evil.example"}).status_code == 403
    assert not letters()
    answer = strict.post(START, {"email": ADDRESS}, headers={"sec-fetch-site": "same-origin"})
    assert (answer.status_code, answer.cookies) == (200, {})
    assert len(letters("rights-link")) == 1


def test_the_wish_comes_along() -> None:
    client = Client()
    path = mailed_link(wish="erasure")
    assert client.post("/account/rights/link/", {"token": token_of(path)})["Location"] == "/account/rights/erasure/"


def test_leaving_ends_it_at_once() -> None:
    client = by_link()
    client.post("/account/rights/leave/")
    assert ADDRESS not in client.get(START).content.decode()


def test_an_address_reaches_no_account() -> None:
    making.person(ADDRESS)
    client = by_link()
    assert client.get("/studio/").status_code == 302
    assert links.email_of(of_address(ADDRESS)) == ADDRESS
