"""`make sbom` names every library of an installation, in a file that CycloneDX's own schema takes."""

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from tools.sbom import REQUIREMENTS, bill, pins

pytestmark = pytest.mark.once
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made() -> str:
    return bill(pins(REQUIREMENTS.read_text()))


def test_it_is_what_cyclonedx_says_and_the_same_each_time(made: str) -> None:
    # Loaded here, since it takes seconds, and every worker collects every file.
    validation = importlib.import_module("cyclonedx.validation.json")
    assert validation.JsonStrictValidator(SchemaVersion.V1_6).validate_str(made) is None
    assert bill(pins(REQUIREMENTS.read_text())) == made
    assert "timestamp" not in made
    # Nothing of where the libraries were fetched from.
    assert set(re.findall(r"https?://[^\"/]+", made)) == {"http://cyclonedx.org"}


def test_every_pinned_library_is_in_it_with_hashes_licence_and_what_it_needs(made: str) -> None:
    said: dict[str, Any] = json.loads(made)
    pinned = dict(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==(\S+)", REQUIREMENTS.read_text(), re.MULTILINE))
    assert len(pinned) > 20
    assert {each["name"]: each["version"] for each in said["components"]} == pinned
    assert [each["name"] for each in said["components"] if not each.get("licenses")] == []
    assert all(each["hashes"] for each in said["components"])
    needs = {each["ref"]: each.get("dependsOn", []) for each in said["dependencies"]}
    assert f"django@{pinned['django']}" in needs["perron"]
    assert f"httpcore@{pinned['httpcore']}" in needs[f"httpx@{pinned['httpx']}"]


def test_a_make_target_writes_it() -> None:
    assert re.search(r"^sbom:.*\n\t.*tools\.sbom var/sbom\.json$", (ROOT / "Makefile").read_text(), re.MULTILINE)
