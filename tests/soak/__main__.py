"""`python -m tests.soak KILLS [NAME …]`: kill what works at random moments, so many times, and count what it cost.

Prints a table and writes `soak.json` under var/. Ends with status 1 if anything was lost, or done twice beyond what is
allowed. On SQLite, or on PostgreSQL with PERRON_DATABASE; either way in a test database of its own.
"""

import json
import os
import sys
import tempfile
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import django
from django.test.utils import setup_databases, teardown_databases

from perron.privacy.tenancy.scope import process_acts_as_program
from tests.soak.killing import Cost, soak


def main(kills: int, names: list[str]) -> int:
    """Soak every scenario, or those of these names."""
    target = Path(os.environ.get("PERRON_HOME", "var")).resolve() / "soak.json"
    with tempfile.TemporaryDirectory(prefix="perron-soak-") as home:
        os.environ |= {"PERRON_HOME": home, "DJANGO_SETTINGS_MODULE": "perron.project.settings"}
        django.setup()
        process_acts_as_program()
        made = setup_databases(verbosity=0, interactive=False)
        try:
            # They import models, which are there only now.
            known = import_module("tests.soak.scenarios").SCENARIOS
            costs = [_told(soak(name, known[name], kills)) for name in names or known]
        finally:
            teardown_databases(made, verbosity=0)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([asdict(cost) | {"met": cost.met} for cost in costs], indent=1) + "\n")
    return int(not all(cost.met for cost in costs))


def _told(cost: Cost) -> Cost:
    verdict = "as it should be" if cost.met else "NOT AS IT SHOULD BE"
    print(  # noqa: T201
        f"{cost.name:<10} {cost.rounds:>5} rounds {cost.kills:>5} kills or faults {cost.lost:>5} lost "
        f"{cost.doubled:>5} doubled (allowed: {cost.most_doubled})  {verdict}"
        + (f"\n           {cost.more}" if cost.more else ""),
        flush=True,
    )
    return cost


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
