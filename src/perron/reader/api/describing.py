"""What the API says of itself: OpenAPI 3.1, and the same as a page for people."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import get_script_prefix

from perron.communities import versions
from perron.communities.hosting import platform_of
from perron.reader.api import problems
from perron.reader.api.routes import api
from perron.reader.public import public

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TAG = "reading"
_GEOJSON = {"area", "community_places"}


def document(root: str = "/") -> dict[str, Any]:
    """Return the OpenAPI document, its paths below `root`."""
    described = dict(api.get_openapi_schema(path_prefix=f"{root}api/v1/"))
    described["jsonSchemaDialect"] = _DIALECT
    described["servers"] = [{"url": "/", "description": "This installation"}]
    described["security"] = []
    described["tags"] = [{"name": _TAG, "description": "What is public, for everybody; nothing can be written."}]
    # Each of their fields is a parameter.
    for name in ("InLanguage", "Paged", "AskedCommunities", "AskedItems"):
        described["components"]["schemas"].pop(name, None)
    described["info"]["license"] = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
    for path in described["paths"].values():
        for operation in path.values():
            operation["tags"] = [_TAG]
            for parameter in operation["parameters"]:
                parameter["schema"] = _given(parameter["schema"])
            for status, answer in operation["responses"].items():
                _correct(answer, is_problem=status >= 400, is_area=operation["operationId"] in _GEOJSON)
    return described


def parameters() -> dict[str, list[str]]:
    """Return, by the name of each operation, the query parameters that it understands."""
    paths = api.get_openapi_schema(path_prefix="/").get("paths", {})
    return {
        operation["operationId"]: [each["name"] for each in operation["parameters"] if each["in"] == "query"]
        for path in paths.values()
        for operation in path.values()
    }


def openapi(request: HttpRequest) -> HttpResponse:
    """Answer with the OpenAPI document."""
    response = JsonResponse(document(get_script_prefix()), json_dumps_params={"ensure_ascii": False})
    return public(response, on=[versions.of_platform(platform_of(request))])


def page(request: HttpRequest) -> HttpResponse:
    """Show the document as a page; it loads nothing but this installation's own style."""
    described = document(get_script_prefix())
    operations = [
        {"path": path, **methods["get"], "answer": _answer(methods["get"])}
        for path, methods in described["paths"].items()
    ]
    context = {
        "root": get_script_prefix(),
        "info": described["info"],
        "operations": operations,
        "schemas": {
            name: [_field(field, each) for field, each in schema.get("properties", {}).items()]
            for name, schema in described["components"]["schemas"].items()
        },
    }
    response = render(request, "reader/api/docs.html", context)
    response["Content-Language"] = "en"
    return public(response, on=[versions.of_platform(platform_of(request))])


def _given(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave null out of a parameter's schema: one that is not given is absent, not null."""
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return rest | options[0] if len(options) == 1 else schema


def _correct(answer: dict[str, Any], *, is_problem: bool, is_area: bool) -> None:
    """Say the media types that are really answered."""
    content = answer.get("content", {})
    if "application/json" in content and (is_problem or is_area):
        media_type = problems.MEDIA_TYPE if is_problem else "application/geo+json"
        answer["content"] = {media_type: content["application/json"]}


def _field(name: str, schema: dict[str, Any]) -> dict[str, str]:
    return {"name": name, "type": _type(schema), "description": schema.get("description", "")}


def _answer(operation: dict[str, Any]) -> str:
    """Return the name of the schema that it answers with; "" where it has none of its own."""
    (content,) = operation["responses"][200]["content"].values()
    return str(content["schema"].get("$ref", "")).rsplit("/", 1)[-1]


def _type(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "anyOf" in schema:
        return " | ".join(_type(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_type(schema.get('items', {}))}]"
    return str(schema.get("format") or schema.get("type") or "any")
