"""`python -m bench.counted FOLDER`: `perron worker`, with every statement that reaches the database written down."""

import sys
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.db.backends.signals import connection_created
from psycopg.pq import Trace

from perron.privacy.tenancy.scope import process_acts_as_program


def work(folder: Path) -> None:
    """Work until a signal comes; each connection has a file of its own in `folder`."""
    files: list[Any] = []

    def trace(connection: Any, **_more: Any) -> None:
        file = (folder / f"{len(files)}").open("ab", buffering=0)
        files.append(file)
        if connection.vendor == "sqlite":
            connection.connection.set_trace_callback(lambda _statement: file.write(b"S\n"))
        else:
            connection.connection.pgconn.trace(file.fileno())
            connection.connection.pgconn.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)

    connection_created.connect(trace)
    call_command("worker")


if __name__ == "__main__":
    django.setup()
    process_acts_as_program()
    work(Path(sys.argv[1]))
