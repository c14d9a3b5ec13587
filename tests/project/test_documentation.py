"""Every setting and every command is described, and nothing is described that is not there."""

import re
from pathlib import Path

import perron

SOURCES = Path(perron.__file__).parent
DOCS = SOURCES.parent.parent / "docs"


def test_every_setting_from_the_environment_is_documented() -> None:
    read = set()
    for path in SOURCES.rglob("*.py"):
        # However it is read, its name stands there as a text.
        read |= set(re.findall(r"""["'](PERRON_\w+)["']""", path.read_text()))
    described = set(re.findall(r"^## `(PERRON_\w+)`", (DOCS / "settings.md").read_text(), re.MULTILINE))
    assert "PERRON_HOME" in read
    assert described == read


def test_every_command_is_documented() -> None:
    there = {path.stem for path in SOURCES.glob("*/management/commands/*.py")} - {"__init__"}
    described = set(re.findall(r"^## `perron (\w+)", (DOCS / "commands.md").read_text(), re.MULTILINE))
    assert {"serve", "worker"} <= there
    assert there <= described
    # Django's own that are worth knowing are described too.
    assert described - there <= {"check", "migrate"}


def test_every_test_that_is_named_is_there() -> None:
    named = {
        found for page in DOCS.rglob("*.md") for found in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page.read_text())
    }
    assert named
    missing = [(path, name) for path, name in named if f"def {name}(" not in (DOCS.parent / path).read_text()]
    assert missing == []
