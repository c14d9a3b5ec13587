"""What is only read, asked for in other ways."""

import pytest
from django.test import Client

from tests import making

pytestmark = pytest.mark.django_db

READ = ["/fr/", "/fr/liege/", "/liege/feed.rss", "/sitemap.xml", "/health", "/sw.js", "/fr/about/",
        "/media/images/00000000-0000-0000-0000-000000000000/320.webp"]  # fmt: skip


@pytest.fixture(autouse=True)
def town() -> None:
    making.platform(making.community())


@pytest.mark.parametrize("path", READ)
def test_what_is_only_read_says_so_to_whoever_would_write(path: str) -> None:
    client = Client(enforce_csrf_checks=True)
    for method in ("post", "put", "patch", "delete", "trace"):
        response = getattr(client, method)(path)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    response = client.options(path)
    assert (response.status_code, response["Allow"], response.content) == (204, "GET, HEAD, OPTIONS", b"")


def test_a_request_for_no_path_at_all_is_not_found(client: Client) -> None:
    for method in ("get", "options"):
        assert getattr(client, method)("*").status_code == 404


def test_a_platforms_address_is_found_without_its_last_slash(client: Client) -> None:
    response = client.get("/p/poche")
    assert (response.status_code, response["Location"]) == (301, "/p/poche/")
