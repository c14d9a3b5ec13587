"""What one address sends and searches is limited: by a page that says when to go on, and without anybody being kept."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from perron.core.clock import travel
from perron.core.language import LANGUAGES
from perron.outreach.models import Conversation
from perron.project.edge.limiting import Limits
from perron.screens.limits import SEARCHING, SENDING, Limit
from tests import making

MOMENT = datetime(2026, 11, 30, 12, tzinfo=UTC)
FEW = Limit("few", most=2, seconds=60)
FORM = {"first_name": "Anne", "name": "Exemple", "email": "anne@example.org", "heading": "Question", "text": "Bonjour."}


@pytest.mark.once
def test_the_count_is_for_one_address_and_ends_with_the_while() -> None:
    def wait(address: str, after: int = 0) -> int:
        with travel(MOMENT + timedelta(seconds=after)):
            return FEW.wait({"REMOTE_ADDR": address})

    assert [wait("192.0.2.1"), wait("192.0.2.1"), wait("192.0.2.1", 10)] == [0, 0, 50]
    assert wait("192.0.2.2") == 0
    assert wait("192.0.2.1", 60) == 0
    # One household has a network of addresses.
    assert [wait("2001:db8::1"), wait("2001:db8::2"), wait("2001:db8::3")] == [0, 0, 60]
    assert wait("2001:db8:0:1::1") == 0
    assert [wait("unknown") for _time in range(9)] == [0] * 9
    assert "192.0.2" not in str(cache.__dict__) + str(getattr(cache, "_cache", ""))


@pytest.mark.once
def test_behind_the_proxy_it_is_whom_the_proxy_names(settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP"
    for number in range(5):
        assert FEW.wait({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_REAL_IP": f"192.0.2.{number}"}) == 0


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize("language", LANGUAGES)
def test_who_sends_too_much_is_told_when_to_go_on_and_nothing_is_taken(language: str) -> None:
    making.platform(making.community())
    with travel(MOMENT):
        for _time in range(SENDING.most):
            SENDING.wait({"REMOTE_ADDR": "127.0.0.1"})
        answer = Client().post(f"/{language}/contact/", FORM, headers={"sec-fetch-site": "same-origin"})
        assert (answer.status_code, answer["Retry-After"]) == (429, "600")
        assert f'lang="{language}"' in answer.content.decode()
        assert not Conversation.objects.exists()
        # Reading goes on.
        assert Client().get(f"/{language}/contact/").status_code == 200
    with travel(MOMENT + timedelta(minutes=10)):
        posted = Client().post(f"/{language}/contact/", FORM, headers={"sec-fetch-site": "same-origin"})
        assert posted.status_code == 302


@pytest.mark.once
@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["/fr/contact/", "/fr/liege/join/", "/account/rights/", "/fr/liege/subscribe/", "/fr/liege/subscribe/device/",
     "/fr/newsletter/"],
)  # fmt: skip
def test_every_form_that_sends_without_an_account_counts(path: str) -> None:
    making.platform(making.community())
    for _time in range(SENDING.most):
        SENDING.wait({"REMOTE_ADDR": "127.0.0.1"})
    assert Client().post(path, {}, headers={"sec-fetch-site": "same-origin"}).status_code == 429


@pytest.mark.once
@pytest.mark.django_db
def test_searches_are_counted_outside_the_edge_and_refused_in_their_language() -> None:
    making.platform(making.community())
    passed: list[dict[str, Any]] = []

    def edge(environ: dict[str, Any], _start: Any) -> list[bytes]:
        return [b"found"]

    def beyond(environ: dict[str, Any], _start: Any) -> list[bytes]:
        passed.append(environ)
        return [b"refused"]

    limits = Limits(edge, beyond)

    def search(path: str = "/fr/search/", query: str = "q=bal") -> bytes:
        return b"".join(limits({"PATH_INFO": path, "QUERY_STRING": query, "REMOTE_ADDR": "192.0.2.1"}, lambda *_: None))

    with travel(MOMENT):
        assert {search() for _time in range(SEARCHING.most)} == {b"found"}
        for path in ("/fr/search/", "/p/ville/nl/search/", "/fr/liege/search.json", "/api/v1/items"):
            assert search(path) == b"refused", path
        assert search("/fr/search/", "") == search("/fr/liege/", "q=bal") == b"found"
    wait = passed[0]["perron.wait"]
    for path, media in (("/nl/search/", "text/html"), ("/api/v1/items", "application/problem+json")):
        answer = Client().get(path, {"q": "bal"}, **{"perron.wait": wait})
        assert (answer.status_code, answer["Retry-After"]) == (429, "60")
        assert answer["Content-Type"].startswith(media)
