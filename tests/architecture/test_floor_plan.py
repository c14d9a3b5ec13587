"""The floor plan beyond what import-linter sees: foreign keys, routes, file lengths."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db.models import ForeignKey, ManyToManyField
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "perron"
LONGEST = 300
# Data, generated code and translations have no reader from top to bottom.
NOT_PROSE = ("/migrations/", "/vendor/", "/locale/", "/data/")


def _floors() -> dict[str, int]:
    """Return each package's floor, 0 the highest, from the contract that import-linter checks."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    return {name.strip(" ()"): floor for floor, layer in enumerate(layers) for name in layer.split("|")}


def _package(model: type) -> str | None:
    parts = model.__module__.split(".")
    return parts[1] if parts[0] == "perron" else None


def test_foreign_keys_point_downwards() -> None:
    floors = _floors()
    wrong = []
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey | ManyToManyField) and not field.auto_created:
                ours, theirs = _package(model), _package(field.related_model)
                if ours and theirs and ours != theirs and floors[ours] >= floors[theirs]:
                    wrong.append(f"{model.__name__}.{field.name} points from {ours} to {theirs}")
    assert wrong == []


def _routes(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        address = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, address)
        else:
            yield address, pattern


def test_every_route_states_who_may_use_it() -> None:
    routes = list(_routes(get_resolver().url_patterns))
    assert len(routes) > 1
    assert [address for address, route in routes if not hasattr(route.callback, "who_may")] == []


def _files() -> list[Path]:
    folders = (ROOT / name for name in ("src", "tests", "bench", "tools"))
    found = [
        path for folder in folders for suffix in ("py", "js", "css", "html") for path in folder.rglob(f"*.{suffix}")
    ]
    return [path for path in found if not any(part in path.as_posix() for part in NOT_PROSE)]


def test_files_stay_short_enough_to_read_from_the_top() -> None:
    files = _files()
    assert len(files) > 50
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


@pytest.mark.parametrize("name", ["utils", "helpers", "services", "managers", "common", "misc"])
def test_files_are_named_by_what_they_do(name: str) -> None:
    assert list(SOURCES.rglob(f"{name}*.py")) == []
