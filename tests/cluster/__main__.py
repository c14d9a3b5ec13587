"""`python -m tests.cluster TIMES [NAME …]`: interrupt the services of an installation, and deploy it anew, under load.

Starts PostgreSQL, RabbitMQ and nginx of its own; says what is missing, and does nothing then. Prints a line for each
scenario and writes `cluster.json` under var/. Ends with status 1 if something was lost, or done twice beyond what is
allowed, or answered as it must not be.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from perron.privacy.tenancy.scope import process_acts_as_program
from tests.cluster import proxy, services


def main(times: int, names: list[str]) -> int:
    if said := services.missing() or proxy.missing():
        print(f"Restarts and deploys are left out; {said}.")  # noqa: T201
        return 0
    # What was started ends with this process, however it is told to.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    target = Path(os.environ.get("PERRON_HOME", "var")).resolve() / "cluster.json"
    with tempfile.TemporaryDirectory(prefix="perron-cluster-") as made:
        # The system's user postgres has to get through.
        Path(made).chmod(0o711)
        home, data, queues = (Path(made) / name for name in ("home", "data", "queues"))
        for folder in (home, data, queues):
            folder.mkdir(mode=0o700)
        with services.postgresql(data) as database, services.rabbitmq(queues) as broker:
            _set_up(home, database.url)
            known = _scenarios(home, database, broker, times)
            outcomes = [_told(known[name]()) for name in names or known]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([asdict(each) | {"met": each.met} for each in outcomes], indent=1) + "\n")
    return int(not all(each.met for each in outcomes))


def _set_up(home: Path, database: str) -> None:
    os.environ |= {
        "PERRON_HOME": str(home), "PERRON_DATABASE": database, "PERRON_ORIGIN": "https://app.example.org",
        "DJANGO_SETTINGS_MODULE": "perron.project.settings",
    }  # fmt: skip
    django.setup()
    process_acts_as_program()
    import_module("perron.project.preparing").prepare_database()


def _scenarios(
    home: Path, database: services.PostgreSQL, broker: services.RabbitMQ, times: int
) -> dict[str, Callable[[], Any]]:
    # They import models, which are there only now.
    restarting, deploying = import_module("tests.cluster.restarting"), import_module("tests.cluster.deploying")
    return {
        "restarts": lambda: restarting.restarts(home, database, broker, times),
        "deploys": lambda: deploying.deploys(home, database.url, broker.url, times),
        "deploys of one": lambda: deploying.deploys_of_one(home, database.url, times),
    }


def _told(outcome: Any) -> Any:
    verdict = "as it should be" if outcome.met else "NOT AS IT SHOULD BE"
    print(  # noqa: T201
        f"{outcome.name:<14} {outcome.lost:>5} lost {outcome.doubled:>5} doubled (allowed: {outcome.most_doubled}) "
        f"{outcome.doubled_rows:>5} rows twice {outcome.wrong:>5} wrong  {verdict}",
        *([] if outcome.met else [outcome.details]),
        flush=True,
    )
    return outcome


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
