import re
from pathlib import Path

import pytest
from django.test import Client

from perron.publishing.kinds.registry import KINDS
from tests import making

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
REQUEST = re.compile(r"^GET (\S+)(?:\n(\d{3}))?$", re.MULTILINE)
EXAMPLES = [
    (path, int(status or 200))
    for block in re.findall(r"```http\n(.*?)```", PAGE.read_text(), re.DOTALL)
    for path, status in REQUEST.findall(block)
]


def test_the_page_has_an_example_of_every_feed() -> None:
    names = {path.rsplit("/", 1)[1] for path, _ in EXAMPLES}
    assert {"feed.rss", "feed.atom", "feed.json", "agenda.ics", "alerts.cap", "openapi.json", "health"} <= names


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "status"), EXAMPLES)
def test_every_example_answers_as_written(path: str, status: int) -> None:
    liege = making.community(commune_nis="62063")
    making.platform(liege)
    making.topic()
    for kind in KINDS:
        making.released(kind, at=liege, topics=("culture",))
    response = Client().get(path)
    assert response.status_code == status
    if status == 200 and path.startswith("/api/v1/") and "items" in response.content.decode()[:10]:
        assert response.json()["items"], "an example that finds nothing shows nothing"
