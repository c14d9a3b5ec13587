import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from perron.core.errors import NotAllowed
from perron.screens.own_posts import own_posts


@own_posts
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


def ask(method: str = "post", **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    answer = page(getattr(RequestFactory(), method)("/form/", headers=named))
    assert isinstance(answer, HttpResponse)
    return answer


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "same-origin"},
        {"sec_fetch_site": "none"},
        {"origin": "http://testserver"},
        # What fetch metadata says is what counts: behind some proxies the origin has another port.
        {"sec_fetch_site": "same-origin", "origin": "http://testserver:8000"},
        {},
    ],
)
def test_our_own_pages_post(headers: dict[str, str]) -> None:
    assert ask(**headers).content == b"taken"


@pytest.mark.parametrize(
    "headers",
    [
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "cross-site", "origin": "http://testserver"},
        {"sec_fetch_site": "anything"},
        {"origin": "https://evil.example"},
        {"origin": "http://testserver.evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://testserver:8000"},
    ],
)
def test_other_sites_do_not(headers: dict[str, str]) -> None:
    with pytest.raises(NotAllowed):
        ask(**headers)


def test_everybody_reads() -> None:
    assert ask("get", sec_fetch_site="cross-site").content == b"taken"


def test_djangos_own_check_and_its_cookie_stay_away() -> None:
    assert getattr(page, "csrf_exempt", False) is True
