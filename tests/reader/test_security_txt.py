from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client

from perron.core.clock import travel
from tests import making

DAY = datetime(2026, 11, 30, 12, tzinfo=UTC)


def _fields(client: Client, path: str = "/.well-known/security.txt") -> dict[str, list[str]]:
    answer = client.get(path)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    found: dict[str, list[str]] = {}
    for line in filter(None, answer.content.decode().split("\n")):
        name, value = line.split(": ", 1)
        found.setdefault(name, []).append(value)
    return found


@pytest.mark.once
@pytest.mark.django_db
def test_whoever_finds_a_weakness_finds_whom_to_write_to(client: Client) -> None:
    making.platform(making.community())
    with travel(DAY):
        said = _fields(client)
    assert said["Contact"][0] == "mailto:privacy@letsgocity.be"
    assert said["Canonical"][0].endswith("/.well-known/security.txt")
    assert client.get(urlsplit(said["Contact"][1]).path).status_code == 200
    # Exactly one, in the future, and less than a year (RFC 9116 §2.5.5).
    [expires] = map(datetime.fromisoformat, said["Expires"])
    assert timedelta(days=90) < expires - DAY < timedelta(days=365)
    with travel(DAY + timedelta(days=1)):
        assert _fields(client)["Expires"] > said["Expires"]


@pytest.mark.once
@pytest.mark.django_db
def test_a_platform_with_its_own_host_names_itself(client: Client) -> None:
    making.platform(making.community())
    making.platform(slug="ville", is_front=False, host="ville.example")
    said = _fields(Client(headers={"host": "ville.example"}))
    assert urlsplit(said["Canonical"][0])[1:3] == ("ville.example:8000", "/.well-known/security.txt")
