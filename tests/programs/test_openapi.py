"""The API against its own description: whatever is sent, the answer is one that the document describes."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.generation.modes import GenerationMode

from perron.communities.models import Area
from perron.publishing.kinds.registry import KINDS
from perron.reader.api import describing
from tests import making

pytestmark = pytest.mark.once

SQUARE = {"type": "Polygon", "coordinates": [[[5.5, 50.6], [5.6, 50.6], [5.6, 50.7], [5.5, 50.6]]]}
BOUNDED = settings(
    max_examples=40, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@pytest.fixture
def description(db: None) -> Iterator[Any]:
    # As Django's own test client does: the connection is the test's, not the request's.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    liege = making.community(commune_nis="62063")
    making.platform(liege)
    making.topic()
    area = Area.objects.create(community=liege, slug="nord", names={"fr": "Le nord"}, polygon=SQUARE)
    for kind in KINDS:
        making.released(kind, at=liege, topics=("culture",), areas=(str(area.pk),))
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


# Of an address without parameters nothing can be wrong.
CASES = [
    (path, mode)
    for path, methods in describing.document()["paths"].items()
    for mode in GenerationMode
    if methods["get"]["parameters"] or mode is GenerationMode.POSITIVE
]


@pytest.mark.parametrize(("path", "mode"), CASES)
def test_every_answer_is_one_that_is_described(description: Any, path: str, mode: GenerationMode) -> None:
    seen = set()

    @BOUNDED
    @given(case=description[path]["GET"].as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        seen.add(case.call_and_validate().status_code)

    check()
    assert seen <= {200, 404, 422}
    assert 200 in seen or mode is GenerationMode.NEGATIVE or "{" in path


def test_the_description_is_openapi_3_1() -> None:
    document = describing.document()
    assert document["openapi"].startswith("3.1")
    assert document["jsonSchemaDialect"] == "https://json-schema.org/draft/2020-12/schema"
    names = []
    for path, methods in document["paths"].items():
        assert path.startswith("/api/v1/")
        for operation in methods.values():
            names.append(operation["operationId"])
            assert operation["summary"]
            assert operation["description"]
            in_path = {each["name"] for each in operation["parameters"] if each["in"] == "path"}
            assert in_path == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            for parameter in operation["parameters"]:
                jsonschema_rs.meta.validate(parameter["schema"])
            for status, answer in operation["responses"].items():
                assert answer["description"]
                (media_type,) = answer["content"]
                assert (media_type == "application/problem+json") == (int(status) >= 400)
    assert len(names) == len(set(names))
    for described in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate(described)


@pytest.mark.django_db
def test_the_page_for_people_loads_nothing_from_elsewhere() -> None:
    making.platform()
    response = Client().get("/api/v1/docs")
    assert response.status_code == 200
    html = response.content.decode()
    assert "<script" not in html
    assert "style=" not in html
    assert "//" not in html.replace("http://testserver", "")
    for operation in ("items", "communities", "platforms", "topics"):
        assert f"/api/v1/{operation}" in html
