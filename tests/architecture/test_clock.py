"""One clock: no code and no SQL reads the wall clock, so that retention, deadlines and tests can move it."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "src" / "perron"
# Within statements for a database; columns that Django fills in by a clock of its own are found by their argument.
OWN_CLOCKS = re.compile(
    r"\bCURRENT_(TIMESTAMP|DATE|TIME)\b|\bnow\(\)|\bLOCALTIME|'now'|\bclock_timestamp\b", re.IGNORECASE
)

READINGS = """\
import datetime as dt
import time
from datetime import UTC, datetime
from time import time as seconds
from django.utils import timezone
datetime.now(UTC)
dt.date.today()
dt.datetime.utcnow()
time.time_ns()
timezone.now()
"""
WAITING = "import time\ntime.monotonic() + time.perf_counter()\n"


def test_the_linter_refuses_whoever_reads_the_wall_clock() -> None:
    said = READINGS.splitlines()
    refused = {number for number, line in enumerate(said, start=1) if ")" in line or "as seconds" in line}
    assert _refused(READINGS, "src/perron/privacy/somewhere.py") >= refused
    assert _refused(READINGS, "tests/somewhere.py") >= refused
    assert _refused(READINGS, "src/perron/core/clock.py") == set()


def test_waiting_is_measured_by_the_clock_that_nobody_sets() -> None:
    assert _refused(WAITING, "src/perron/privacy/somewhere.py") == set()


def test_no_statement_asks_the_database_for_the_time() -> None:
    assert list(_own_clocks('"""Says now()."""\nx = "DELETE … WHERE at < CURRENT_TIMESTAMP"\n')) == [2]
    assert list(_own_clocks("at = DateTimeField(auto_now_add=True)\n")) == [1]
    found = [
        f"{path.relative_to(ROOT)}:{line}" for path in SOURCES.rglob("*.py") for line in _own_clocks(path.read_text())
    ]
    assert found == []


def _refused(source: str, name: str) -> set[int]:
    """Return the numbers of the lines that the linter's rule on banned names refuses."""
    ruff = [sys.executable, "-m", "ruff", "check", "--quiet", "--select=TID251", "--output-format=concise"]
    named = [*ruff, "--stdin-filename", name, "-"]
    answer = subprocess.run(named, input=source, text=True, capture_output=True, cwd=ROOT, check=False)
    return {int(line.split(":")[1]) for line in answer.stdout.splitlines() if "TID251" in line}


def _own_clocks(source: str) -> Iterator[int]:
    tree = ast.parse(source)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str() as said) if id(node) not in docstrings and OWN_CLOCKS.search(said):
                yield node.lineno
            case ast.keyword(arg=str() as name) if name.startswith("auto_now"):
                yield node.lineno
