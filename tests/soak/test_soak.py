"""The long run of kills (`make soak`), short: it works, tells what it found, and every scenario meets a kill."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# The letters have a test of their own beside them.
SCENARIOS = [
    "releases", "imports", "retention", "erasure", "deliveries", "moods", "push", "calls", "alert", "overtaking",
    "full disk",
]  # fmt: skip


@pytest.mark.once
def test_nothing_is_lost_or_doubled_by_a_kill(tmp_path: Path) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PERRON_")}
    ran = subprocess.run(
        [sys.executable, "-m", "tests.soak", "1", *SCENARIOS],
        env=inherited | {"PERRON_HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    costs = json.loads((tmp_path / "soak.json").read_text())
    assert [cost["name"] for cost in costs] == SCENARIOS
    assert all(cost["kills"] and cost["met"] and not cost["lost"] for cost in costs)
